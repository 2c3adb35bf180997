//! Index rows written anew: found by the new ones only, also when somebody writes the document meanwhile.

use super::*;
use galen_store::{Conflict, Expected, IndexRows, Operation, Param, Put, StoreError};

crate::on_both_engines!(
    given_a_document_when_reindexed_then_it_is_found_by_the_new_rows_and_nothing_else_changed,
    given_a_newer_version_when_reindexed_then_conflict_names_it,
    given_a_tombstone_or_an_erased_one_when_reindexed_then_nothing_happens,
    given_puts_and_reindexing_at_once_then_only_the_last_rows_are_left,
);

fn rows(words: &[&str]) -> IndexRows {
    IndexRows {
        terms: words.iter().map(|word| (Param(1), word.as_bytes().to_vec())).collect(),
        spans: vec![(Param(2), 0, words.len() as i64)],
        ..IndexRows::default()
    }
}

fn written(id: &str, expected: Expected, words: &[&str]) -> Operation {
    Operation::Put(Put { owner: "alice".into(), index: rows(words), ..put(PATIENT, id, expected, "body") })
}

fn reindexed(id: &str, version: u64, words: &[&str]) -> Operation {
    let (id, owner, index) = (id.into(), "alice".into(), rows(words));
    Operation::Reindex { kind: PATIENT, id, version, owner, index }
}

async fn given_a_document_when_reindexed_then_it_is_found_by_the_new_rows_and_nothing_else_changed(
    f: Fixture,
) {
    f.store.commit(set(1, vec![written("p1", Expected::Absent, &["old", "both"])])).await.unwrap();
    let before = f.store.get(S0, PATIENT, "p1").await.unwrap().unwrap();
    for _ in 0..2 {
        f.store.commit(set(9, vec![reindexed("p1", 1, &["new", "both"])])).await.unwrap();
        assert_eq!(f.store.get(S0, PATIENT, "p1").await.unwrap().unwrap(), before);
        assert_eq!(f.store.history(S0, PATIENT, "p1", None, 9).await.unwrap().len(), 1);
        assert_eq!(ids(&f, term(1, b"old")).await, [""; 0]);
        assert_eq!(ids(&f, term(1, b"new")).await, ["p1"]);
        assert_eq!(ids(&f, term(1, b"both")).await, ["p1"]);
    }
    f.store.commit(set(10, vec![written("p1", Expected::Version(1), &["last"])])).await.unwrap();
    for gone in ["new", "both"] {
        assert_eq!(ids(&f, term(1, gone.as_bytes())).await, [""; 0], "{gone}");
    }
    let f = f.reopened().await;
    assert_eq!(ids(&f, term(1, b"last")).await, ["p1"]);
}

async fn given_a_newer_version_when_reindexed_then_conflict_names_it(f: Fixture) {
    f.store.commit(set(1, vec![written("p1", Expected::Absent, &["one"])])).await.unwrap();
    f.store.commit(set(2, vec![written("p1", Expected::Version(1), &["two"])])).await.unwrap();
    for (id, version, current) in [("p1", 1, Some(2)), ("p1", 3, Some(2)), ("p2", 1, None)] {
        match f.store.commit(set(3, vec![reindexed(id, version, &["x"])])).await.unwrap_err() {
            StoreError::Conflict(Conflict::Version { current: found, .. }) => assert_eq!(found, current),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(ids(&f, term(1, b"two")).await, ["p1"]);
}

async fn given_a_tombstone_or_an_erased_one_when_reindexed_then_nothing_happens(f: Fixture) {
    f.store.commit(set(1, vec![written("p1", Expected::Absent, &["one"])])).await.unwrap();
    f.store
        .commit(set(2, vec![Operation::Delete { kind: PATIENT, id: "p1".into(), expected: 1 }]))
        .await
        .unwrap();
    f.store.commit(set(3, vec![reindexed("p1", 2, &["x"])])).await.unwrap();
    assert_eq!(ids(&f, term(1, b"x")).await, [""; 0]);
    f.store.commit(set(4, vec![written("p2", Expected::Absent, &["two"])])).await.unwrap();
    f.store.commit(set(5, vec![Operation::Erase { owner: "alice".into() }])).await.unwrap();
    // Its owner's key is gone: nothing may be sealed under it, and nothing is.
    let _refused = f.store.commit(set(6, vec![reindexed("p2", 1, &["x"])])).await;
    assert_eq!(ids(&f, term(1, b"x")).await, [""; 0]);
    assert_eq!(f.store.get(S0, PATIENT, "p2").await.unwrap().unwrap().body, None);
}

/// The rows that a put takes away are those it read; re-indexing in between must not leave others behind.
async fn given_puts_and_reindexing_at_once_then_only_the_last_rows_are_left(f: Fixture) {
    const ROUNDS: u64 = 60;
    f.store.commit(set(1, vec![written("p1", Expected::Absent, &["w1"])])).await.unwrap();
    for version in 1..=ROUNDS {
        let (next, other) = (format!("w{}", version + 1), format!("x{version}"));
        let putting = f.store.commit(set(2, vec![written("p1", Expected::Version(version), &[&next])]));
        let first = f.store.commit(set(2, vec![reindexed("p1", version, &[&other])]));
        let second = f.store.commit(set(2, vec![reindexed("p1", version, &[&other, "y"])]));
        let (put, first, second) = tokio::join!(putting, first, second);
        put.unwrap();
        for reindexing in [first, second] {
            match reindexing {
                Ok(_) | Err(StoreError::Conflict(Conflict::Version { .. })) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    for version in 1..=ROUNDS {
        for word in [format!("w{version}"), format!("x{version}")] {
            assert_eq!(ids(&f, term(1, word.as_bytes())).await, [""; 0], "{word}");
        }
    }
    assert_eq!(ids(&f, term(1, b"y")).await, [""; 0]);
    assert_eq!(ids(&f, term(1, format!("w{}", ROUNDS + 1).as_bytes())).await, ["p1"]);
}
