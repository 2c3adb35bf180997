//! What only PostgreSQL has: shards, several processes, a server that goes away.

use crate::conformance::*;
use galen_store::{
    ChainId, Changes, Conflict, Expected, JournalPosition, KeySource, NewEntry, Operation, Put, ShardId,
    Store, StoreConfig, StoreError, WriteSet, entry_hash, genesis_hash,
};
use std::fs;

fn on(shard: u8, mut set: WriteSet, journal: &str) -> WriteSet {
    set.shard = ShardId(shard);
    set.journal = Some(journal.into());
    set
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_sets_to_several_shards_when_spanning_then_all_or_none_are_written() {
    let f = fixture(On::Postgres).await;
    let put =
        |id: &str| Operation::Put(Put { owner: "alice".into(), ..put(PATIENT, id, Expected::Absent, "x") });
    for round in 0..3 {
        let sets = vec![
            on(2, set(1, vec![put(&format!("a{round}"))]), "two"),
            on(0, set(1, vec![put(&format!("a{round}"))]), "zero"),
        ];
        let committed = f.store.commit_spanning(sets).await.unwrap();
        assert_eq!(committed.journal.unwrap().sequence, round + 1);
    }
    for shard in [0, 2] {
        let found = f.store.get(ShardId(shard), PATIENT, "a0").await.unwrap().unwrap();
        assert_eq!(found.body.unwrap(), b"x");
    }
    assert_eq!(f.store.get(ShardId(1), PATIENT, "a0").await.unwrap(), None);
    let sets = vec![on(0, set(1, vec![put("b")]), "zero"), on(2, set(1, vec![put("a0")]), "two")];
    let refused = f.store.commit_spanning(sets).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict(Conflict::Version { current: Some(1), .. })));
    assert_eq!(f.store.get(S0, PATIENT, "b").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_more_documents_than_a_block_of_keys_when_spanning_then_all_are_written() {
    let f = fixture(On::Postgres).await;
    let many = |shard: u8| {
        let puts = (0..700).map(|n| Operation::Put(put(PATIENT, &format!("m{n}"), Expected::Absent, "x")));
        on(shard, set(1, puts.collect()), "many")
    };
    f.store.commit_spanning(vec![many(0), many(1)]).await.unwrap();
    for (shard, id) in [(0, "m0"), (0, "m699"), (1, "m300"), (1, "m699")] {
        assert!(f.store.get(ShardId(shard), PATIENT, id).await.unwrap().is_some(), "{shard} {id}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_many_spanning_at_once_then_each_is_written_whole_or_refused_whole() {
    const PAIRS: usize = 100;
    let f = fixture(On::Postgres).await;
    // Two ask for one claim in shard 0, each with a document of its own in shard 2. What is refused for its document
    // (which exists) leaves the claim to others, in the same batch too.
    f.store
        .commit(on(2, set(1, vec![Operation::Put(put(PATIENT, "there", Expected::Absent, "x"))]), "z"))
        .await
        .unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..PAIRS {
        for (who, id) in [("bad", "there".to_owned()), ("a", format!("a{n}")), ("b", format!("b{n}"))] {
            let store = f.store.clone();
            let value = format!("{n}");
            let claim = Operation::Claim { scope: "mrn", value, holder: who.into(), until: None };
            let sets = vec![
                on(2, set(2, vec![Operation::Put(put(PATIENT, &id, Expected::Absent, "x"))]), "two"),
                on(0, set(2, vec![claim]), "zero"),
            ];
            tasks.spawn(async move { (n, who, id, store.commit_spanning(sets).await) });
        }
    }
    let mut winners = vec![0; PAIRS];
    for (n, who, id, outcome) in tasks.join_all().await {
        let held = f.store.get(ShardId(2), PATIENT, &id).await.unwrap();
        let claim = f.store.claim(S0, "mrn", &format!("{n}"), at(3)).await.unwrap().unwrap();
        match outcome {
            Ok(committed) => {
                winners[n] += 1;
                assert!(committed.journal.is_some() && held.is_some());
                assert_eq!(claim.holder, who.as_bytes());
            }
            Err(StoreError::Conflict(Conflict::Claimed { .. })) if who != "bad" => assert_eq!(held, None),
            Err(StoreError::Conflict(Conflict::Version { .. } | Conflict::Claimed { .. })) => {
                assert_eq!(who, "bad");
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert!(winners.iter().all(|count| *count == 1), "{winners:?}");
    assert_eq!(verify_chains(&f.store, ShardId(2)).await, PAIRS as u64 + 1);
    assert_eq!(verify_chains(&f.store, S0).await, PAIRS as u64);
}

async fn verify_chains(store: &Store, shard: ShardId) -> u64 {
    let mut entries = 0;
    for head in store.journal_heads(shard).await.unwrap() {
        let chain = head.position.chain;
        let mut hash = genesis_hash(store.zone(), shard, chain);
        let mut after = JournalPosition { chain, sequence: 0 };
        loop {
            let rows = store.journal(shard, after, 1_000).await.unwrap();
            if rows.is_empty() {
                break;
            }
            for row in rows {
                assert_eq!(row.position.sequence, after.sequence + 1);
                hash = entry_hash(&hash, chain, row.position.sequence, row.at.micros(), &row.sealed);
                assert_eq!(hash, row.hash);
                assert!(row.body.is_some());
                after = row.position;
                entries += 1;
            }
        }
        assert_eq!(hash, head.hash);
    }
    entries
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_several_processes_when_they_race_then_each_has_a_chain_and_sql_decides() {
    let f = fixture(On::Postgres).await;
    let mut stores = vec![f.store.clone()];
    for _ in 0..2 {
        stores.push(Store::open(f.config.clone()).await.unwrap());
    }
    f.store
        .commit(set(1, vec![Operation::Add { balance: "stock".into(), delta: 100, floor: 0 }]))
        .await
        .unwrap();
    let mut tasks = Vec::new();
    for n in 0..300 {
        let store = stores[n % 3].clone();
        tasks.push(tokio::spawn(async move {
            let slot = n / 6;
            let operations = vec![
                Operation::Claim { scope: "slot", value: format!("{slot}"), holder: vec![1], until: None },
                Operation::Put(Put {
                    owner: format!("o{}", n % 7),
                    ..put(PATIENT, &format!("p{slot}"), Expected::Absent, "x")
                }),
                Operation::Add { balance: "stock".into(), delta: -1, floor: 0 },
                Operation::Post(vec![
                    NewEntry { account: "a".into(), unit: "GBP".into(), amount: 1 },
                    NewEntry { account: "b".into(), unit: "GBP".into(), amount: -1 },
                ]),
            ];
            match store.commit(on(0, set(1, operations), "entry")).await {
                Ok(_) => true,
                Err(StoreError::Conflict(_)) => false,
                Err(other) => panic!("{other:?}"),
            }
        }));
    }
    let mut won = 0;
    for task in tasks {
        won += u64::from(task.await.unwrap());
    }
    assert_eq!(won, 50);
    assert_eq!(f.store.balance(S0, "stock").await.unwrap().0, 50);
    assert_eq!(f.store.entries(S0, "a", 0, 1_000).await.unwrap().len(), 50);
    assert_eq!(verify_chains(&f.store, S0).await, 50);
    let chains: Vec<ChainId> =
        f.store.journal_heads(S0).await.unwrap().iter().map(|head| head.position.chain).collect();
    assert!(chains.iter().all(|chain| chain.0 < 3), "{chains:?}");
    for n in 0..50 {
        for store in &stores {
            assert_eq!(store.get(S0, PATIENT, &format!("p{n}")).await.unwrap().unwrap().body.unwrap(), b"x");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_the_wrong_key_or_shards_when_opened_then_it_says_so() {
    let f = fixture(On::Postgres).await;
    let other = f.directory.path().join("other.key");
    fs::write(&other, "11".repeat(32)).unwrap();
    let opened = Store::open(StoreConfig { key: KeySource::File(other), ..f.config.clone() }).await;
    assert!(matches!(opened, Err(StoreError::WrongKey)));
    let mut config = f.config.clone();
    if let galen_store::Engine::Postgres { shards, .. } = &mut config.engine {
        *shards = 4;
    }
    assert!(matches!(Store::open(config).await, Err(StoreError::Invalid(_))));
    assert!(f.store.backup(f.directory.path()).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_a_rotated_root_key_then_only_the_new_one_opens_the_zone() {
    let f = fixture(On::Postgres).await;
    let owned = |id: &str| {
        Operation::Put(Put { owner: "alice".into(), ..put(PATIENT, id, Expected::Absent, "kept") })
    };
    f.store.commit(set(1, vec![owned("p1")])).await.unwrap();
    fs::copy(f.directory.path().join("galen.key"), f.directory.path().join("old.key")).unwrap();
    f.store.rotate_root_key([9; 32]).await.unwrap();
    f.store.commit(set(1, vec![owned("p2")])).await.unwrap();
    let f = f.reopened().await;
    for id in ["p1", "p2"] {
        assert_eq!(f.store.get(S0, PATIENT, id).await.unwrap().unwrap().body.unwrap(), b"kept");
    }
    let key = KeySource::File(f.directory.path().join("old.key"));
    assert!(matches!(Store::open(StoreConfig { key, ..f.config }).await, Err(StoreError::WrongKey)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_a_zone_of_the_first_format_then_opening_brings_every_shard_up() {
    let f = fixture(On::Postgres).await;
    write_some(&f.store).await;
    f.store.close().await;
    let galen_store::Engine::Postgres { url, .. } = &f.config.engine else { panic!("another engine") };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    let running = tokio::spawn(connection);
    for shard in 0..3 {
        let older = format!(
            "SET search_path = uk1_0{shard}; DROP INDEX doc_deleted; DROP INDEX history_changed;
             ALTER TABLE history DROP COLUMN kind;
             UPDATE meta SET value = '\\x00000001' WHERE name = 'format'"
        );
        client.batch_execute(&older).await.unwrap();
    }
    drop(client);
    running.await.unwrap().unwrap();
    let f = f.reopened().await;
    let asked = Changes { kinds: vec![PATIENT], from: at(0), until: at(9), newest_first: true, after: None };
    assert_eq!(told(&f.store, &asked).await, ["p3 gone", "p2 p at 3", "p1 p at 1"]);
    for shard in 1..3 {
        assert!(f.store.changes(ShardId(shard), &asked, 10).await.unwrap().is_empty());
    }
}
