//! Kill torture: clients write whole sets and note what was acknowledged; the process is killed, the store reopened,
//! and everything acknowledged must be there and whole, everything else whole or absent.
//!
//! `GALEN_TORTURE_KILLS` sets the kills per engine (a few by default). On PostgreSQL every fifth round crashes the
//! server too. The program runs itself as the writer that is killed.
#![allow(clippy::cast_sign_loss, clippy::cast_possible_wrap, clippy::disallowed_methods)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::indexing_slicing, missing_docs)]

use galen_kernel::Instant;
use galen_store::{
    Condition, Engine, Expected, IndexRows, JournalPosition, KeySource, Kind, Match, NewEntry, Operation,
    Order, Param, Put, Scan, ShardId, Store, StoreConfig, StoreError, TermMatch, WriteSet, entry_hash,
    genesis_hash,
};
use std::{
    collections::{BTreeMap, HashMap},
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant as Clock},
};

const KIND: Kind = Kind(7);
const SHARD: ShardId = ShardId(0);
const CLIENTS: usize = 32;
const KILLS: u64 = 6;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if let [_, mark, engine, place, key, run] = arguments.as_slice()
        && mark == "--writer"
    {
        runtime.block_on(write_until_killed(config(engine, place, key), run.parse().unwrap()));
        return;
    }
    // The test runner asks for a list, or for tests by name: this is one test that is always run.
    if arguments.iter().any(|a| a == "--list") {
        println!("torture: test");
        return;
    }
    let kills = std::env::var("GALEN_TORTURE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    for engine in ["sqlite", "postgres"] {
        runtime.block_on(torture(engine, kills));
    }
}

fn config(engine: &str, place: &str, key: &str) -> StoreConfig {
    let engine = match engine {
        "sqlite" => Engine::Sqlite { directory: place.into() },
        _ => Engine::Postgres { url: place.into(), shards: 1 },
    };
    StoreConfig { engine, zone: "uk1".into(), key: KeySource::File(key.into()) }
}

fn name(run: u64, client: usize, number: u64) -> String {
    format!("d-{run}-{client}-{number}")
}

/// The set that makes a document: one of everything.
fn making(id: &str, client: usize) -> WriteSet {
    let index = IndexRows { terms: vec![(Param(1), id.as_bytes().to_vec())], ..IndexRows::default() };
    let line = |account: &str, amount| NewEntry { account: account.into(), unit: "GBP".into(), amount };
    WriteSet {
        shard: SHARD,
        at: Instant::from_micros(1_700_000_000_000_000),
        operations: vec![
            Operation::Put(Put {
                kind: KIND,
                id: id.into(),
                expected: Expected::Absent,
                owner: format!("owner-{client}"),
                body: format!("body of {id}").into_bytes(),
                index,
            }),
            Operation::Claim { scope: "slot", value: id.into(), holder: id.into(), until: None },
            Operation::Add { balance: "made".into(), delta: 1, floor: 0 },
            Operation::Post(vec![line("cash", 1), line("owed", -1)]),
        ],
        journal: Some(format!("make {id}").into_bytes()),
    }
}

/// The set that makes its second version.
fn changing(id: &str, client: usize) -> WriteSet {
    let mut set = making(id, client);
    set.operations.truncate(1);
    if let Operation::Put(put) = &mut set.operations[0] {
        put.expected = Expected::Version(1);
    }
    set.journal = Some(format!("change {id}").into_bytes());
    set
}

/// Writes without end, and prints each acknowledged document and version as a line.
async fn write_until_killed(config: StoreConfig, run: u64) {
    let store = Store::open(config).await.unwrap();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 0.. {
                    let id = name(run, client, number);
                    if !acknowledged(&store, making(&id, client), &id, 1).await {
                        continue;
                    }
                    if number % 4 == 0 {
                        acknowledged(&store, changing(&id, client), &id, 2).await;
                    }
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
}

async fn acknowledged(store: &Store, set: WriteSet, id: &str, version: u64) -> bool {
    match store.commit(set).await {
        Ok(_) => {
            // One write of a short line to a pipe is whole or absent.
            let line = format!("{id} {version}\n");
            std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
            std::io::stdout().lock().flush().unwrap();
            true
        }
        Err(StoreError::Unavailable(_)) => {
            tokio::time::sleep(Duration::from_millis(5)).await;
            false
        }
        Err(other) => {
            panic!("{id}: {other:?}");
        }
    }
}

/// A number that looks like chance and is the same in every run.
fn chance(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[derive(Default)]
struct Seen {
    acknowledged: usize,
    documents: u64,
    journal: BTreeMap<u16, (u64, [u8; 32])>,
    slowest_recovery: Duration,
}

async fn torture(engine: &str, kills: u64) {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("galen.key");
    let place = match engine {
        "sqlite" => folder.path().join("data").to_str().unwrap().to_owned(),
        _ => galen_testkit::postgres::server().database(),
    };
    let mut seen = Seen::default();
    for run in 0..kills {
        let crash = engine == "postgres" && run % 5 == 4;
        let lines = kill_writer(engine, &place, &key, run, crash);
        let began = Clock::now();
        let store = Store::open(config(engine, &place, key.to_str().unwrap())).await.unwrap();
        seen.slowest_recovery = seen.slowest_recovery.max(began.elapsed());
        verify(&store, &lines, &mut seen).await;
        store.close().await;
    }
    println!(
        "torture {engine}: {kills} kills, {} acknowledged, {} documents, 0 lost, slowest reopening {:?}",
        seen.acknowledged, seen.documents, seen.slowest_recovery
    );
}

/// Runs a writer, kills it at some moment, and returns what it acknowledged.
fn kill_writer(engine: &str, place: &str, key: &Path, run: u64, crash: bool) -> Vec<(String, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--writer", engine, place, key.to_str().unwrap(), &run.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let (first, begun) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut lines = Vec::new();
        let mut line = String::new();
        while output.read_line(&mut line).unwrap() > 0 {
            if let Some((id, version)) = line.trim_end().split_once(' ')
                && line.ends_with('\n')
            {
                lines.push((id.to_owned(), version.parse().unwrap()));
            }
            let _ = first.send(());
            line.clear();
        }
        lines
    });
    begun.recv().unwrap();
    std::thread::sleep(Duration::from_micros(chance(run) % 250_000));
    if crash {
        galen_testkit::postgres::server().crash_and_restart();
        std::thread::sleep(Duration::from_micros(chance(run ^ 1) % 250_000));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

async fn verify(store: &Store, lines: &[(String, u64)], seen: &mut Seen) {
    let mut wanted: HashMap<&str, u64> = HashMap::new();
    for (id, version) in lines {
        let newest = wanted.entry(id).or_default();
        *newest = (*newest).max(*version);
    }
    seen.acknowledged += lines.len();
    let told = read_journal(store, seen).await;
    for (id, version) in &wanted {
        let found = store.get(SHARD, KIND, id).await.unwrap();
        let found = found.unwrap_or_else(|| panic!("{id} was acknowledged and is gone"));
        assert!(found.version >= *version, "{id} was acknowledged at version {version}");
        assert!(told.contains_key(*id), "{id} was acknowledged and is not in the journal");
    }
    // Acknowledged or not: what the journal tells of is there and whole, and nothing else is.
    for (id, version) in &told {
        let found = store.get(SHARD, KIND, id).await.unwrap().unwrap();
        assert_eq!(found.version, *version, "{id}");
        assert_eq!(found.body.unwrap(), format!("body of {id}").into_bytes());
        let claim = store.claim(SHARD, "slot", id, Instant::from_micros(0)).await.unwrap().unwrap();
        assert_eq!(claim.holder, id.as_bytes());
        let by_term = Match::Term(Param(1), TermMatch::Equals(id.as_bytes().to_vec()));
        let scan = all(vec![Condition::Any(vec![by_term])]);
        assert_eq!(store.count(SHARD, &scan, 9).await.unwrap(), 1, "{id} is not indexed once");
    }
    seen.documents += told.len() as u64;
    assert_eq!(store.count(SHARD, &all(vec![]), u64::MAX).await.unwrap(), seen.documents);
    assert_eq!(store.balance(SHARD, "made").await.unwrap().0 as u64, seen.documents);
    for (account, amount) in [("cash", 1), ("owed", -1)] {
        assert_eq!(sum(store, account).await, amount * seen.documents as i64);
    }
}

fn all(all: Vec<Condition>) -> Scan {
    Scan::new(KIND, all, Order::Key { descending: false }, 1)
}

async fn sum(store: &Store, account: &str) -> i64 {
    let (mut total, mut after) = (0, 0);
    loop {
        let entries = store.entries(SHARD, account, after, 1_000).await.unwrap();
        let Some(last) = entries.last() else { return total };
        after = last.posting;
        total += entries.iter().map(|entry| entry.amount).sum::<i64>();
    }
}

/// Reads what is new in the journal, verifies its chains, and returns the documents it tells of with their versions.
async fn read_journal(store: &Store, seen: &mut Seen) -> BTreeMap<String, u64> {
    let mut told = BTreeMap::new();
    for head in store.journal_heads(SHARD).await.unwrap() {
        let chain = head.position.chain;
        let start = || (0, genesis_hash("uk1", SHARD, chain));
        let (sequence, hash) = seen.journal.entry(chain.0).or_insert_with(start);
        loop {
            let after = JournalPosition { chain, sequence: *sequence };
            let rows = store.journal(SHARD, after, 1_000).await.unwrap();
            if rows.is_empty() {
                break;
            }
            for row in rows {
                *sequence += 1;
                assert_eq!(row.position.sequence, *sequence, "the chain has a gap");
                *hash = entry_hash(hash, chain, *sequence, row.at.micros(), &row.sealed);
                assert_eq!(*hash, row.hash, "the chain is broken");
                let text = String::from_utf8(row.body.unwrap()).unwrap();
                let (what, id) = text.split_once(' ').unwrap();
                let version = if what == "make" { 1 } else { 2 };
                let newest: &mut u64 = told.entry(id.to_owned()).or_default();
                *newest = (*newest).max(version);
            }
        }
    }
    told
}
