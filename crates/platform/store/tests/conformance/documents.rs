//! Documents: versions, history, tombstones, owners' keys.

use super::*;
use galen_store::{Conflict, Expected, IndexRows, Operation, Param, Put, StoreError, Version};

crate::on_both_engines!(
    given_nothing_when_put_then_version_one_reads_back,
    given_a_document_when_put_at_a_stale_version_then_conflict_names_the_current_one,
    given_versions_when_history_is_asked_then_newest_come_first,
    given_a_document_when_deleted_then_a_tombstone_reads_and_it_can_come_back,
    given_a_conflict_in_a_set_then_nothing_of_it_is_written,
    given_an_owner_when_erased_then_bodies_are_gone_and_puts_are_refused,
    given_many_writers_of_one_version_then_exactly_one_wins,
    given_documents_when_many_are_asked_then_absent_ones_are_left_out,
    given_two_operations_on_one_document_then_the_set_is_invalid,
    given_a_large_body_then_it_reads_back,
    given_a_reopened_store_then_everything_is_there,
    given_new_owners_in_parallel_then_each_reads_back,
);

async fn given_nothing_when_put_then_version_one_reads_back(f: Fixture) {
    let body = r#"{"resourceType":"Patient","id":"p1"}"#;
    f.store.commit(set(1, vec![Operation::Put(put(PATIENT, "p1", Expected::Absent, body))])).await.unwrap();
    let found = f.store.get(S0, PATIENT, "p1").await.unwrap().unwrap();
    assert_eq!((found.version, found.deleted, found.at), (1, false, at(1)));
    assert_eq!(found.body.as_deref(), Some(body.as_bytes()));
    assert_eq!(f.store.get(S0, OBSERVATION, "p1").await.unwrap(), None);
}

fn version_conflict(error: StoreError) -> Option<u64> {
    match error {
        StoreError::Conflict(Conflict::Version { current, .. }) => current,
        other => panic!("{other:?}"),
    }
}

async fn given_a_document_when_put_at_a_stale_version_then_conflict_names_the_current_one(f: Fixture) {
    let write = |expected, body| set(1, vec![Operation::Put(put(PATIENT, "p1", expected, body))]);
    f.store.commit(write(Expected::Absent, "a")).await.unwrap();
    f.store.commit(write(Expected::Version(1), "b")).await.unwrap();
    let stale = f.store.commit(write(Expected::Version(1), "c")).await.unwrap_err();
    assert_eq!(version_conflict(stale), Some(2));
    let again = f.store.commit(write(Expected::Absent, "c")).await.unwrap_err();
    assert_eq!(version_conflict(again), Some(2));
    let none =
        f.store.commit(set(1, vec![Operation::Delete { kind: PATIENT, id: "p2".into(), expected: 1 }]));
    assert_eq!(version_conflict(none.await.unwrap_err()), None);
}

async fn given_versions_when_history_is_asked_then_newest_come_first(f: Fixture) {
    for n in 0..5u64 {
        let expected = if n == 0 { Expected::Absent } else { Expected::Version(n) };
        let body = format!("body {}", n + 1);
        f.store
            .commit(set(n as i64, vec![Operation::Put(put(PATIENT, "p1", expected, &body))]))
            .await
            .unwrap();
    }
    let versions = |docs: Vec<galen_store::Document>| docs.into_iter().map(|d| d.version).collect::<Vec<_>>();
    let all = f.store.history(S0, PATIENT, "p1", None, 10).await.unwrap();
    assert_eq!(all[4].body.as_deref(), Some(b"body 1".as_slice()));
    assert_eq!(versions(all), [5, 4, 3, 2, 1]);
    assert_eq!(versions(f.store.history(S0, PATIENT, "p1", Some(4), 2).await.unwrap()), [3, 2]);
    assert_eq!(versions(f.store.history(S0, PATIENT, "p9", None, 2).await.unwrap()), [0u64; 0]);
    let third = f.store.get_version(S0, PATIENT, "p1", 3).await.unwrap().unwrap();
    assert_eq!((third.body.as_deref(), third.at), (Some(b"body 3".as_slice()), at(2)));
    assert_eq!(f.store.get_version(S0, PATIENT, "p1", 6).await.unwrap(), None);
}

async fn given_a_document_when_deleted_then_a_tombstone_reads_and_it_can_come_back(f: Fixture) {
    let write = |expected, body| set(1, vec![Operation::Put(put(PATIENT, "p1", expected, body))]);
    f.store.commit(write(Expected::Absent, "a")).await.unwrap();
    let delete = Operation::Delete { kind: PATIENT, id: "p1".into(), expected: 1 };
    f.store.commit(set(2, vec![delete])).await.unwrap();
    let tombstone = f.store.get(S0, PATIENT, "p1").await.unwrap().unwrap();
    assert_eq!((tombstone.version, tombstone.deleted, tombstone.body), (2, true, None));
    let versions = f.store.versions(S0, &[(PATIENT, "x".into()), (PATIENT, "p1".into())]).await.unwrap();
    assert_eq!(versions, [None, Some(Version { version: 2, deleted: true })]);
    f.store.commit(write(Expected::Version(2), "c")).await.unwrap();
    let back = f.store.get(S0, PATIENT, "p1").await.unwrap().unwrap();
    assert_eq!((back.version, back.deleted, back.body.as_deref()), (3, false, Some(b"c".as_slice())));
}

async fn given_a_conflict_in_a_set_then_nothing_of_it_is_written(f: Fixture) {
    f.store.commit(set(1, vec![Operation::Put(put(PATIENT, "p1", Expected::Absent, "a"))])).await.unwrap();
    let mut both = set(
        2,
        vec![
            Operation::Put(put(PATIENT, "p2", Expected::Absent, "a")),
            Operation::Add { balance: "beds".into(), delta: 1, floor: 0 },
            Operation::Put(put(PATIENT, "p1", Expected::Absent, "a")),
        ],
    );
    both.journal = Some(b"never".to_vec());
    f.store.commit(both).await.unwrap_err();
    assert_eq!(f.store.get(S0, PATIENT, "p2").await.unwrap(), None);
    assert_eq!(f.store.balance(S0, "beds").await.unwrap().0, 0);
    assert!(f.store.journal_heads(S0).await.unwrap().is_empty());
}

fn owned(id: &str, owner: &str, expected: Expected) -> Operation {
    let index = IndexRows {
        terms: vec![(Param(1), b"smith".to_vec())],
        links: vec![link(1, 1, 1)],
        ..IndexRows::default()
    };
    Operation::Put(Put { owner: owner.into(), index, ..put(PATIENT, id, expected, "secret") })
}

async fn given_an_owner_when_erased_then_bodies_are_gone_and_puts_are_refused(f: Fixture) {
    f.store.commit(set(1, vec![owned("p1", "alice", Expected::Absent)])).await.unwrap();
    f.store.commit(set(1, vec![owned("p1", "alice", Expected::Version(1))])).await.unwrap();
    f.store.commit(set(1, vec![owned("p2", "bob", Expected::Absent)])).await.unwrap();
    assert_eq!(ids(&f, term(1, b"smith")).await, ["p1", "p2"]);
    let erase = |owner: &str| set(2, vec![Operation::Erase { owner: owner.into() }]);
    f.store.commit(erase("alice")).await.unwrap();
    f.store.commit(erase("carol")).await.unwrap();
    assert_eq!(ids(&f, term(1, b"smith")).await, ["p2"]);
    for version in f.store.history(S0, PATIENT, "p1", None, 9).await.unwrap() {
        assert_eq!((version.body, version.deleted), (None, false));
    }
    assert!(f.store.get(S0, PATIENT, "p2").await.unwrap().unwrap().body.is_some());
    for owner in ["alice", "carol"] {
        let refused = f.store.commit(set(3, vec![owned("p3", owner, Expected::Absent)])).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(Conflict::Erased { owner: o }) if o == owner));
    }
    let f = f.reopened().await;
    assert_eq!(f.store.get(S0, PATIENT, "p1").await.unwrap().unwrap().body, None);
    let refused = f.store.commit(set(3, vec![owned("p3", "alice", Expected::Absent)])).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict(Conflict::Erased { .. })));
}

async fn given_many_writers_of_one_version_then_exactly_one_wins(f: Fixture) {
    f.store.commit(set(1, vec![Operation::Put(put(PATIENT, "p1", Expected::Absent, "a"))])).await.unwrap();
    let tasks: Vec<_> = (0..64)
        .map(|n| {
            let store = f.store.clone();
            let body = format!("by {n}");
            tokio::spawn(async move {
                store
                    .commit(set(2, vec![Operation::Put(put(PATIENT, "p1", Expected::Version(1), &body))]))
                    .await
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => won += 1,
            Err(error) => assert_eq!(version_conflict(error), Some(2)),
        }
    }
    assert_eq!(won, 1);
}

async fn given_documents_when_many_are_asked_then_absent_ones_are_left_out(f: Fixture) {
    for id in ["a", "b"] {
        f.store.commit(set(1, vec![Operation::Put(put(PATIENT, id, Expected::Absent, id))])).await.unwrap();
    }
    let asked: Vec<_> = ["b", "x", "a"].map(|id| (PATIENT, id.to_owned())).into();
    let found = f.store.get_many(S0, &asked).await.unwrap();
    assert_eq!(found.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
}

async fn given_two_operations_on_one_document_then_the_set_is_invalid(f: Fixture) {
    let twice = set(
        1,
        vec![
            Operation::Put(put(PATIENT, "p1", Expected::Absent, "a")),
            Operation::Delete { kind: PATIENT, id: "p1".into(), expected: 1 },
        ],
    );
    assert!(matches!(f.store.commit(twice).await, Err(StoreError::Invalid(_))));
    let tilde = set(1, vec![owned("p1", "~purpose", Expected::Absent)]);
    assert!(matches!(f.store.commit(tilde).await, Err(StoreError::Invalid(_))));
}

async fn given_a_large_body_then_it_reads_back(f: Fixture) {
    let body: String = (0..200_000i64).map(|n| char::from(b'a' + ((n * n / 7) % 26) as u8)).collect();
    f.store.commit(set(1, vec![Operation::Put(put(PATIENT, "p1", Expected::Absent, &body))])).await.unwrap();
    let found = f.store.get(S0, PATIENT, "p1").await.unwrap().unwrap();
    assert_eq!(found.body.unwrap(), body.as_bytes());
    f.store.commit(set(1, vec![Operation::Put(put(PATIENT, "p2", Expected::Absent, ""))])).await.unwrap();
    assert_eq!(f.store.get(S0, PATIENT, "p2").await.unwrap().unwrap().body.unwrap(), b"");
}

async fn given_a_reopened_store_then_everything_is_there(f: Fixture) {
    f.store.commit(set(1, vec![owned("p1", "alice", Expected::Absent)])).await.unwrap();
    let f = f.reopened().await;
    assert_eq!(f.store.get(S0, PATIENT, "p1").await.unwrap().unwrap().body.unwrap(), b"secret");
    f.store.commit(set(2, vec![owned("p2", "alice", Expected::Absent)])).await.unwrap();
    f.store.commit(set(2, vec![owned("p1", "alice", Expected::Version(1))])).await.unwrap();
    let keys: Vec<_> = [("p1", 2), ("p2", 1)].into();
    for (id, version) in keys {
        assert_eq!(f.store.get(S0, PATIENT, id).await.unwrap().unwrap().version, version);
    }
}

async fn given_new_owners_in_parallel_then_each_reads_back(f: Fixture) {
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let store = f.store.clone();
            let (id, owner) = (format!("p{n}"), format!("owner {}", n % 10));
            tokio::spawn(
                async move { store.commit(set(1, vec![owned(&id, &owner, Expected::Absent)])).await },
            )
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let f = f.reopened().await;
    for n in 0..200 {
        let found = f.store.get(S0, PATIENT, &format!("p{n}")).await.unwrap().unwrap();
        assert_eq!(found.body.unwrap(), b"secret");
    }
}
