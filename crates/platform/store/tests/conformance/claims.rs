//! Unique values.

use super::*;
use galen_store::{Conflict, Operation, StoreError};

crate::on_both_engines!(
    given_a_held_value_when_claimed_then_the_holder_is_told,
    given_a_lapsed_claim_when_claimed_then_it_changes_hands,
    given_a_released_value_then_it_can_be_claimed,
    given_many_claimants_then_exactly_one_wins,
);

fn claim(value: &str, holder: &str, until: Option<i64>) -> Operation {
    Operation::Claim { scope: "mrn", value: value.into(), holder: holder.into(), until: until.map(at) }
}

async fn given_a_held_value_when_claimed_then_the_holder_is_told(f: Fixture) {
    f.store.commit(set(1, vec![claim("7", "alice", None)])).await.unwrap();
    for holder in ["bob", "alice"] {
        let refused = f.store.commit(set(2, vec![claim("7", holder, None)])).await.unwrap_err();
        let StoreError::Conflict(conflict) = refused else { panic!("{refused:?}") };
        let expected = Conflict::Claimed { scope: "mrn", value: "7".into(), holder: b"alice".to_vec() };
        assert_eq!(conflict, expected);
    }
    let held = f.store.claim(S0, "mrn", "7", at(9)).await.unwrap().unwrap();
    assert_eq!((held.holder.as_slice(), held.until), (b"alice".as_slice(), None));
    assert_eq!(f.store.claim(S0, "nhs", "7", at(9)).await.unwrap(), None);
}

async fn given_a_lapsed_claim_when_claimed_then_it_changes_hands(f: Fixture) {
    f.store.commit(set(1, vec![claim("7", "alice", Some(10))])).await.unwrap();
    f.store.commit(set(9, vec![claim("7", "bob", None)])).await.unwrap_err();
    assert!(f.store.claim(S0, "mrn", "7", at(9)).await.unwrap().is_some());
    assert!(f.store.claim(S0, "mrn", "7", at(10)).await.unwrap().is_none());
    f.store.commit(set(10, vec![claim("7", "bob", None)])).await.unwrap();
    assert_eq!(f.store.claim(S0, "mrn", "7", at(10)).await.unwrap().unwrap().holder, b"bob");
}

async fn given_a_released_value_then_it_can_be_claimed(f: Fixture) {
    let release = || Operation::Release { scope: "mrn", value: "7".into() };
    f.store.commit(set(1, vec![release()])).await.unwrap();
    f.store.commit(set(1, vec![claim("7", "alice", None)])).await.unwrap();
    f.store.commit(set(2, vec![release()])).await.unwrap();
    f.store.commit(set(3, vec![claim("7", "bob", None)])).await.unwrap();
    assert_eq!(f.store.claim(S0, "mrn", "7", at(3)).await.unwrap().unwrap().holder, b"bob");
}

async fn given_many_claimants_then_exactly_one_wins(f: Fixture) {
    let tasks: Vec<_> = (0..100)
        .map(|n| {
            let store = f.store.clone();
            tokio::spawn(async move {
                let holder = format!("claimant {n}");
                store.commit(set(1, vec![claim(&format!("slot {}", n % 5), &holder, None)])).await.is_ok()
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += u32::from(task.await.unwrap());
    }
    assert_eq!(won, 5);
}
