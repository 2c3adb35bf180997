//! The journal: order, chain, cursors.

use super::*;
use galen_store::{ChainId, JournalPosition, Operation, WriteSet, entry_hash, genesis_hash};

crate::on_both_engines!(
    given_entries_then_the_chain_verifies_from_its_definition,
    given_a_reader_then_its_cursor_moves_only_forward,
    given_places_then_their_entries_are_found,
    given_notes_then_they_are_chained_and_found_like_any_entry,
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

async fn given_notes_then_they_are_chained_and_found_like_any_entry(f: Fixture) {
    let at = |n: i64| galen_kernel::Instant::from_micros(n * 1_000_000);
    let written = f.store.commit(journal(0, "written")).await.unwrap().journal.unwrap();
    assert!(!f.store.is_of_notes(written.chain));
    let mut places = Vec::new();
    for n in 1..=3 {
        let noted = f.store.note(S0, at(n), format!("looked {n}").into_bytes()).await.unwrap();
        places.push(noted.journal.unwrap());
    }
    assert!(places.iter().all(|place| f.store.is_of_notes(place.chain)));
    let f = f.reopened().await;
    places.push(f.store.note(S0, at(4), b"looked 4".to_vec()).await.unwrap().journal.unwrap());
    let bodies: Vec<Vec<u8>> = f
        .store
        .journal_entries(S0, &places)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.body.unwrap())
        .collect();
    assert_eq!(bodies, [b"looked 1", b"looked 2", b"looked 3", b"looked 4"]);

    // Every chain verifies from its definition, and its head is the newest of its entries.
    let heads = f.store.journal_heads(S0).await.unwrap();
    let mut entries = 0;
    for head in &heads {
        let chain = head.position.chain;
        let mut previous = genesis_hash("uk1", S0, chain);
        let rows = f.store.journal(S0, JournalPosition { chain, sequence: 0 }, 100).await.unwrap();
        for row in &rows {
            assert_eq!(
                row.hash,
                entry_hash(&previous, chain, row.position.sequence, row.at.micros(), &row.sealed)
            );
            previous = row.hash;
        }
        assert_eq!(rows.last(), Some(head));
        entries += rows.len();
    }
    assert_eq!(entries, 5);
    let long = vec![b'x'; galen_store::BODY_BYTES_MAX + 1];
    assert!(matches!(f.store.note(S0, at(5), long).await, Err(galen_store::StoreError::Invalid(_))));
}
