//! Changes: every version of every document of some kinds, in the order of writing.

use super::*;
use galen_store::{ChangePosition, Changes, Expected, Operation, Store};

crate::on_both_engines!(
    given_versions_when_changes_are_asked_then_each_comes_once_in_order,
    given_many_changes_when_paged_then_nothing_is_missing_or_twice,
    given_changes_when_counted_then_tombstones_and_old_versions_count,
    given_a_replaced_version_then_it_says_when,
);

fn all(newest_first: bool) -> Changes {
    Changes { kinds: vec![PATIENT, OBSERVATION], from: at(0), until: at(1_000), newest_first, after: None }
}

/// Patient p: 1, 2, deleted. Observations o and q: one version each, between.
pub async fn write_some(store: &Store) {
    let write = |seconds, kind, id: &str, expected| {
        store.commit(set(
            seconds,
            vec![Operation::Put(put(kind, id, expected, &format!("{id} at {seconds}")))],
        ))
    };
    write(1, PATIENT, "p", Expected::Absent).await.unwrap();
    write(2, OBSERVATION, "o", Expected::Absent).await.unwrap();
    write(3, PATIENT, "p", Expected::Version(1)).await.unwrap();
    write(3, OBSERVATION, "q", Expected::Absent).await.unwrap();
    let delete = Operation::Delete { kind: PATIENT, id: "p".into(), expected: 2 };
    store.commit(set(5, vec![delete])).await.unwrap();
}

pub async fn told(store: &Store, asked: &Changes) -> Vec<String> {
    let found = store.changes(S0, asked, 100).await.unwrap();
    let tell = |c: &galen_store::ChangedVersion| {
        let d = &c.document;
        let body = d.body.as_deref().map_or("gone", |b| std::str::from_utf8(b).unwrap());
        assert_eq!(d.body.is_none(), d.deleted);
        format!("{}{} {body}", d.id, d.version)
    };
    found.iter().map(tell).collect()
}

async fn given_versions_when_changes_are_asked_then_each_comes_once_in_order(f: Fixture) {
    write_some(&f.store).await;
    let expected = ["p3 gone", "q1 q at 3", "p2 p at 3", "o1 o at 2", "p1 p at 1"];
    assert_eq!(told(&f.store, &all(true)).await, expected);
    let mut oldest_first = expected;
    oldest_first.reverse();
    assert_eq!(told(&f.store, &all(false)).await, oldest_first);
    let of_patients = Changes { kinds: vec![PATIENT], ..all(true) };
    assert_eq!(told(&f.store, &of_patients).await, ["p3 gone", "p2 p at 3", "p1 p at 1"]);
    let some = Changes { from: at(2), until: at(3), ..all(true) };
    assert_eq!(told(&f.store, &some).await, ["q1 q at 3", "p2 p at 3", "o1 o at 2"]);
    assert!(told(&f.store, &Changes { kinds: vec![], ..all(true) }).await.is_empty());
}

async fn given_many_changes_when_paged_then_nothing_is_missing_or_twice(f: Fixture) {
    // Several versions of several documents at one instant: only the whole position tells them apart.
    for round in 0..6u64 {
        for id in ["a", "b", "c"] {
            let expected = if round == 0 { Expected::Absent } else { Expected::Version(round) };
            let one = put(PATIENT, id, expected, "x");
            f.store.commit(set((round / 3) as i64, vec![Operation::Put(one)])).await.unwrap();
        }
    }
    for newest_first in [true, false] {
        for limit in [1, 2, 5, 18, 100] {
            let mut asked = all(newest_first);
            let mut seen: Vec<ChangePosition> = Vec::new();
            loop {
                let page = f.store.changes(S0, &asked, limit).await.unwrap();
                seen.extend(page.iter().map(galen_store::ChangedVersion::position));
                assert!(seen.len() <= 18, "{newest_first} {limit}");
                asked.after = page.last().map(galen_store::ChangedVersion::position);
                if asked.after.is_none() {
                    break;
                }
            }
            let mut sorted = seen.clone();
            sorted.sort();
            sorted.dedup();
            if newest_first {
                sorted.reverse();
            }
            assert_eq!((seen.len(), &sorted), (18, &seen), "{newest_first} {limit}");
        }
    }
}

async fn given_changes_when_counted_then_tombstones_and_old_versions_count(f: Fixture) {
    write_some(&f.store).await;
    let count = |asked: Changes, most| {
        let store = f.store.clone();
        async move { store.count_changes(S0, &asked, most).await.unwrap() }
    };
    assert_eq!(count(all(true), 100).await, 5);
    assert_eq!(count(all(true), 3).await, 3);
    assert_eq!(count(Changes { from: at(2), until: at(3), ..all(true) }, 100).await, 3);
    assert_eq!(count(Changes { kinds: vec![PATIENT], ..all(true) }, 100).await, 3);
}

async fn given_a_replaced_version_then_it_says_when(f: Fixture) {
    write_some(&f.store).await;
    let asked = Changes { kinds: vec![PATIENT], ..all(false) };
    let replaced: Vec<_> =
        f.store.changes(S0, &asked, 10).await.unwrap().iter().map(|c| c.replaced).collect();
    assert_eq!(replaced, [Some(at(3)), Some(at(5)), None]);
}
