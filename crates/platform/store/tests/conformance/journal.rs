//! The journal: order, chain, cursors.

use super::*;
use galen_store::{ChainId, JournalPosition, Operation, WriteSet, entry_hash, genesis_hash};

crate::on_both_engines!(
    given_entries_then_the_chain_verifies_from_its_definition,
    given_a_reader_then_its_cursor_moves_only_forward,
    given_places_then_their_entries_are_found,
);

fn journal(seconds: i64, text: &str) -> WriteSet {
    WriteSet { journal: Some(text.into()), ..set(seconds, vec![]) }
}

async fn given_entries_then_the_chain_verifies_from_its_definition(f: Fixture) {
    for n in 0..3 {
        let place = f.store.commit(journal(n, &format!("entry {n}"))).await.unwrap().journal.unwrap();
        assert_eq!(place, JournalPosition { chain: ChainId(0), sequence: n as u64 + 1 });
    }
    let f = f.reopened().await;
    for n in 3..6 {
        f.store.commit(journal(n, &format!("entry {n}"))).await.unwrap();
    }
    let rows = f.store.journal(S0, JournalPosition::default(), 100).await.unwrap();
    let mut previous = genesis_hash("uk1", S0, ChainId(0));
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row.position.sequence, n as u64 + 1);
        let hash = entry_hash(&previous, ChainId(0), row.position.sequence, row.at.micros(), &row.sealed);
        assert_eq!(row.hash, hash);
        assert_eq!(row.body.as_deref(), Some(format!("entry {n}").as_bytes()));
        previous = hash;
    }
    assert_eq!(rows.len(), 6);
    assert_eq!(f.store.journal_heads(S0).await.unwrap(), rows[5..]);
    let after = f.store.journal(S0, rows[1].position, 2).await.unwrap();
    assert_eq!(after, rows[2..4]);
}

async fn given_a_reader_then_its_cursor_moves_only_forward(f: Fixture) {
    let advance = |chain, sequence| {
        let position = JournalPosition { chain: ChainId(chain), sequence };
        set(1, vec![Operation::Advance { cursor: "relay".into(), position }])
    };
    for (chain, sequence) in [(0, 5), (0, 3), (2, 1)] {
        f.store.commit(advance(chain, sequence)).await.unwrap();
    }
    let places = f.store.cursor(S0, "relay").await.unwrap();
    assert_eq!(places.iter().map(|p| (p.chain.0, p.sequence)).collect::<Vec<_>>(), [(0, 5), (2, 1)]);
    assert!(f.store.cursor(S0, "other").await.unwrap().is_empty());
}

async fn given_places_then_their_entries_are_found(f: Fixture) {
    for n in 0..4 {
        f.store.commit(journal(n, &format!("entry {n}"))).await.unwrap();
    }
    let place = |sequence| JournalPosition { chain: ChainId(0), sequence };
    let rows = f.store.journal_entries(S0, &[place(3), place(99), place(1)]).await.unwrap();
    assert_eq!(rows.iter().map(|r| r.position.sequence).collect::<Vec<_>>(), [3, 1]);
}
