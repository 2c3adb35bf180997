//! Random write sets against a model in memory: versions, tombstones, claims, balances and the ledger.

use super::*;
use galen_store::{Conflict, Expected, NewEntry, Operation, StoreError, WriteSet};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use std::collections::HashMap;

crate::on_both_engines!(given_random_write_sets_then_the_store_is_as_the_model_says);

const IDS: u8 = 5;
const SCOPE: &str = "slot";

#[derive(Debug, Clone)]
enum Step {
    Put { id: u8, guess: u64 },
    Delete { id: u8, guess: u64 },
    Claim { value: u8, until: Option<i64> },
    Release { value: u8 },
    Add { balance: u8, delta: i64, floor: i64 },
    Post { from: u8, to: u8, amount: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..IDS, 0u64..4).prop_map(|(id, guess)| Step::Put { id, guess }),
        1 => (0..IDS, 1u64..4).prop_map(|(id, guess)| Step::Delete { id, guess }),
        2 => (0..IDS, prop::option::of(0i64..200)).prop_map(|(value, until)| Step::Claim { value, until }),
        1 => (0..IDS).prop_map(|value| Step::Release { value }),
        3 => (0..3u8, -5i64..6, -3i64..3).prop_map(|(balance, delta, floor)| Step::Add { balance, delta, floor }),
        1 => (0..3u8, 0..3u8, 1i64..9).prop_map(|(from, to, amount)| Step::Post { from, to, amount }),
    ]
}

#[derive(Debug, Clone, Default)]
struct Model {
    documents: HashMap<u8, (u64, Option<String>)>,
    claims: HashMap<u8, (String, Option<i64>)>,
    balances: HashMap<u8, i64>,
    accounts: HashMap<u8, i64>,
    journal: u64,
}

impl Model {
    /// The model after the set, or the kind of conflict it meets.
    fn after(&self, steps: &[Step], now: i64) -> Result<Self, &'static str> {
        let mut next = self.clone();
        let mut conflicts = Vec::new();
        for step in steps {
            match *step {
                Step::Put { id, guess } | Step::Delete { id, guess } => {
                    let current = self.documents.get(&id).map_or(0, |(version, _)| *version);
                    if current != guess {
                        conflicts.push("version");
                    }
                    let body = matches!(step, Step::Put { .. }).then(|| format!("body at {now}"));
                    next.documents.insert(id, (guess + 1, body));
                }
                Step::Claim { value, until } => {
                    let held = self.claims.get(&value);
                    if held.is_some_and(|(_, until)| until.is_none_or(|until| until > now)) {
                        conflicts.push("claimed");
                    }
                    next.claims.insert(value, (format!("at {now}"), until));
                }
                Step::Release { value } => drop(next.claims.remove(&value)),
                Step::Add { balance, delta, floor } => {
                    let sum = self.balances.get(&balance).copied().unwrap_or(0) + delta;
                    if sum < floor {
                        conflicts.push("floor");
                    }
                    next.balances.insert(balance, sum);
                }
                Step::Post { from, to, amount } => {
                    *next.accounts.entry(from).or_default() -= amount;
                    *next.accounts.entry(to).or_default() += amount;
                }
            }
        }
        next.journal += 1;
        if conflicts.is_empty() { Ok(next) } else { Err(conflicts[0]) }
    }
}

fn operation(step: &Step, now: i64) -> Operation {
    let (document, value) = (|id: &u8| format!("p{id}"), |v: &u8| format!("v{v}"));
    match step {
        Step::Put { id, guess } => {
            let expected = if *guess == 0 { Expected::Absent } else { Expected::Version(*guess) };
            Operation::Put(put(PATIENT, &document(id), expected, &format!("body at {now}")))
        }
        Step::Delete { id, guess } => Operation::Delete { kind: PATIENT, id: document(id), expected: *guess },
        Step::Claim { value: v, until } => {
            let holder = format!("at {now}").into_bytes();
            Operation::Claim { scope: SCOPE, value: value(v), holder, until: until.map(at) }
        }
        Step::Release { value: v } => Operation::Release { scope: SCOPE, value: value(v) },
        Step::Add { balance, delta, floor } => {
            Operation::Add { balance: format!("b{balance}"), delta: *delta, floor: *floor }
        }
        Step::Post { from, to, amount } => {
            let line = |n: &u8, amount| NewEntry { account: format!("a{n}"), unit: "GBP".into(), amount };
            Operation::Post(vec![line(from, -amount), line(to, *amount)])
        }
    }
}

/// A set may touch each thing once.
fn distinct(steps: Vec<Step>) -> Vec<Step> {
    let mut seen = Vec::new();
    let mut kept = Vec::new();
    for step in steps {
        let touched = match &step {
            Step::Put { id, .. } | Step::Delete { id, .. } => (0, *id),
            Step::Claim { value, .. } | Step::Release { value } => (1, *value),
            Step::Add { balance, .. } => (2, *balance),
            Step::Post { .. } => (3, kept.len() as u8),
        };
        if !seen.contains(&touched) {
            seen.push(touched);
            kept.push(step);
        }
    }
    kept
}

async fn compare(f: &Fixture, model: &Model, now: i64) {
    for id in 0..IDS {
        let found = f.store.get(S0, PATIENT, &format!("p{id}")).await.unwrap();
        let found = found.map(|d| {
            assert_eq!(d.deleted, d.body.is_none());
            (d.version, d.body.map(|body| String::from_utf8(body).unwrap()))
        });
        assert_eq!(found.as_ref(), model.documents.get(&id), "document {id} at {now}");
        let held = f.store.claim(S0, SCOPE, &format!("v{id}"), at(now)).await.unwrap();
        let held = held.map(|claim| String::from_utf8(claim.holder).unwrap());
        let expected = model.claims.get(&id).filter(|(_, until)| until.is_none_or(|until| until > now));
        assert_eq!(held.as_ref(), expected.map(|(holder, _)| holder), "claim {id} at {now}");
    }
    let mut total = 0;
    for n in 0..3u8 {
        let balance = f.store.balance(S0, &format!("b{n}")).await.unwrap().0;
        assert_eq!(balance, model.balances.get(&n).copied().unwrap_or(0));
        let entries = f.store.entries(S0, &format!("a{n}"), 0, 1_000).await.unwrap();
        let sum: i64 = entries.iter().map(|entry| entry.amount).sum();
        assert_eq!(sum, model.accounts.get(&n).copied().unwrap_or(0));
        total += sum;
    }
    assert_eq!(total, 0, "the ledger does not balance");
    let heads = f.store.journal_heads(S0).await.unwrap();
    assert_eq!(heads.iter().map(|head| head.position.sequence).sum::<u64>(), model.journal);
}

async fn given_random_write_sets_then_the_store_is_as_the_model_says(f: Fixture) {
    let mut runner = TestRunner::deterministic();
    let mut model = Model::default();
    let sets = prop::collection::vec(step(), 1..5);
    for now in 0..250i64 {
        let steps = distinct(sets.new_tree(&mut runner).unwrap().current());
        let operations = steps.iter().map(|step| operation(step, now)).collect();
        let set = WriteSet { journal: Some(b"entry".to_vec()), ..set(now, operations) };
        let outcome = f.store.commit(set).await;
        match (model.after(&steps, now), outcome) {
            (Ok(next), Ok(_)) => model = next,
            (Err(_), Err(StoreError::Conflict(conflict))) => {
                let named = match conflict {
                    Conflict::Version { .. } => {
                        steps.iter().any(|s| matches!(s, Step::Put { .. } | Step::Delete { .. }))
                    }
                    Conflict::Claimed { .. } => steps.iter().any(|s| matches!(s, Step::Claim { .. })),
                    Conflict::BelowFloor { .. } => steps.iter().any(|s| matches!(s, Step::Add { .. })),
                    Conflict::Unbalanced | Conflict::Erased { .. } => false,
                };
                assert!(named, "{conflict:?} for {steps:?}");
            }
            (expected, outcome) => {
                panic!("{steps:?} at {now}: expected {:?}, got {outcome:?}", expected.map(|_| ()))
            }
        }
        if now % 10 == 0 {
            compare(&f, &model, now).await;
        }
    }
    compare(&f, &model, 250).await;
}
