//! Balances and double-entry lines.

use super::*;
use galen_store::{Conflict, NewEntry, Operation, StoreError};

crate::on_both_engines!(
    given_a_floor_when_a_balance_would_fall_below_then_it_is_refused,
    given_many_takers_then_no_more_is_taken_than_there_is,
    given_postings_then_accounts_read_in_order_and_sum_to_zero,
    given_an_unbalanced_posting_then_it_is_refused,
);

fn add(balance: &str, delta: i64, floor: i64) -> Operation {
    Operation::Add { balance: balance.into(), delta, floor }
}

async fn given_a_floor_when_a_balance_would_fall_below_then_it_is_refused(f: Fixture) {
    f.store.commit(set(1, vec![add("stock", 5, 0)])).await.unwrap();
    f.store.commit(set(1, vec![add("stock", -4, 0)])).await.unwrap();
    let refused = f.store.commit(set(1, vec![add("stock", -2, 0)])).await.unwrap_err();
    let StoreError::Conflict(conflict) = refused else { panic!("{refused:?}") };
    assert_eq!(conflict, Conflict::BelowFloor { balance: "stock".into(), current: 1 });
    f.store.commit(set(1, vec![add("stock", -2, -1)])).await.unwrap();
    assert_eq!(f.store.balance(S0, "stock").await.unwrap().0, -1);
    let fresh = f.store.commit(set(1, vec![add("other", -1, 0)])).await.unwrap_err();
    assert!(matches!(fresh, StoreError::Conflict(Conflict::BelowFloor { current: 0, .. })));
}

async fn given_many_takers_then_no_more_is_taken_than_there_is(f: Fixture) {
    f.store.commit(set(1, vec![add("stock", 30, 0)])).await.unwrap();
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let store = f.store.clone();
            tokio::spawn(async move { store.commit(set(1, vec![add("stock", -1, 0)])).await.is_ok() })
        })
        .collect();
    let mut taken = 0;
    for task in tasks {
        taken += u32::from(task.await.unwrap());
    }
    assert_eq!(taken, 30);
    assert_eq!(f.store.balance(S0, "stock").await.unwrap().0, 0);
}

fn line(account: &str, unit: &str, amount: i64) -> NewEntry {
    NewEntry { account: account.into(), unit: unit.into(), amount }
}

async fn given_postings_then_accounts_read_in_order_and_sum_to_zero(f: Fixture) {
    for n in 1..=5 {
        let lines = vec![line("cash", "GBP", n), line("receivable", "GBP", -n)];
        f.store.commit(set(n, vec![Operation::Post(lines)])).await.unwrap();
    }
    let f = f.reopened().await;
    let lines = vec![line("cash", "GBP", 6), line("receivable", "GBP", -6)];
    f.store.commit(set(6, vec![Operation::Post(lines)])).await.unwrap();
    let cash = f.store.entries(S0, "cash", 0, 100).await.unwrap();
    assert_eq!(cash.iter().map(|e| e.amount).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert!(cash.windows(2).all(|w| w[0].posting < w[1].posting));
    assert_eq!((cash[0].unit.as_str(), cash[0].at, cash[0].account.as_str()), ("GBP", at(1), "cash"));
    let rest = f.store.entries(S0, "cash", cash[2].posting, 2).await.unwrap();
    assert_eq!(rest.iter().map(|e| e.amount).collect::<Vec<_>>(), [4, 5]);
    let other = f.store.entries(S0, "receivable", 0, 100).await.unwrap();
    assert_eq!(cash.iter().chain(&other).map(|e| e.amount).sum::<i64>(), 0);
}

async fn given_an_unbalanced_posting_then_it_is_refused(f: Fixture) {
    let lines = vec![line("a", "GBP", 5), line("b", "EUR", -5)];
    let refused = f.store.commit(set(1, vec![Operation::Post(lines)])).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict(Conflict::Unbalanced)));
}
