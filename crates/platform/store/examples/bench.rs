//! A small measurement of the store: creates, gets, scans. Run with `--release -- sqlite` or `-- postgres`.
#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::doc_markdown,
    clippy::indexing_slicing,
    clippy::integer_division
)]
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods)]

use galen_kernel::Instant;
use galen_store::{
    Condition, Engine, Expected, IndexRows, KeySource, Kind, Link, Match, Operation, Order, Param, Put, Scan,
    ShardId, Store, StoreConfig, TermMatch, WriteSet,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant as Clock},
};

const KIND: Kind = Kind(96);
const PATIENTS: u64 = 2_000;
const SHARD: ShardId = ShardId(0);

fn code(number: u64) -> [u8; 8] {
    (number % 25 + 1).to_be_bytes()
}

fn subject(patient: u64) -> [u8; 16] {
    u128::from(patient + 1).to_be_bytes()
}

fn create(n: u64) -> WriteSet {
    let patient = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % PATIENTS;
    let at = 1_700_000_000_000_000 + (n as i64) * 1_000_000;
    let body = format!(
        r#"{{"resourceType":"Observation","id":"o{n}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"vital-signs"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"8302-{}","display":"Body Height"}}],"text":"Body Height"}},"subject":{{"reference":"Patient/p{patient}"}},"encounter":{{"reference":"Encounter/e{n}"}},"effectiveDateTime":"2021-03-01T11:21:13+00:00","issued":"2021-03-01T11:21:13.131+00:00","valueQuantity":{{"value":{}.{},"unit":"cm","system":"http://unitsofmeasure.org","code":"cm"}}}}"#,
        n % 25,
        n % 200,
        n % 10
    );
    let links = [[0; 8], code(n), (100 + n % 3).to_be_bytes()];
    let index = IndexRows {
        terms: vec![
            (Param(1), format!("8302-{}\0http://loinc.org", n % 25).into_bytes()),
            (Param(2), format!("Encounter/e{n}").into_bytes()),
            (Param(3), b"vital-signs".to_vec()),
            (Param(4), b"final".to_vec()),
        ],
        spans: vec![(Param(5), at, at + 1_000_000)],
        quantities: vec![(
            Param(6),
            (n % 200).to_be_bytes().to_vec(),
            b"cm\0http://unitsofmeasure.org".to_vec(),
        )],
        links: links.map(|code| Link { subject: subject(patient), code, at }).into(),
    };
    let put = Put {
        kind: KIND,
        id: format!("o{n}"),
        expected: Expected::Absent,
        owner: format!("p{patient}"),
        body: body.into_bytes(),
        index,
    };
    let journal = format!(
        r#"{{"actor":"practitioner-7","action":"C","what":"Observation/o{n}","patient":"p{patient}","purpose":"TREAT"}}"#
    );
    WriteSet {
        shard: SHARD,
        at: Instant::from_micros(at),
        operations: vec![Operation::Put(put)],
        journal: Some(journal.into_bytes()),
    }
}

/// Runs `work` for each number below `total` on `clients` tasks; returns the rate and the 99th percentile.
async fn drive<F, W>(total: u64, clients: usize, work: F) -> (f64, Duration)
where
    F: Fn(u64) -> W + Send + Sync + 'static,
    W: Future<Output = ()> + Send,
{
    let (next, work) = (Arc::new(AtomicU64::new(0)), Arc::new(work));
    let began = Clock::now();
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (next, work) = (Arc::clone(&next), Arc::clone(&work));
            tokio::spawn(async move {
                let mut times = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= total {
                        return times;
                    }
                    let began = Clock::now();
                    work(n).await;
                    times.push(began.elapsed());
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let rate = total as f64 / began.elapsed().as_secs_f64();
    times.sort_unstable();
    (rate, times[times.len() * 99 / 100])
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let total: u64 = arguments.get(2).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    let engine = match arguments.get(1).map(String::as_str) {
        Some("postgres") => Engine::Postgres { url: galen_testkit::postgres::server().database(), shards: 1 },
        _ => Engine::Sqlite { directory: folder.path().join("data") },
    };
    let key = KeySource::File(folder.path().join("galen.key"));
    let store = Store::open(StoreConfig { engine, zone: "uk1".into(), key }).await.unwrap();

    let writing = store.clone();
    let create = move |n| {
        let store = writing.clone();
        async move { store.commit(create(n)).await.map(|_| ()).unwrap() }
    };
    let (rate, p99) = drive(total, 256, create).await;
    println!("creates: {rate:.0}/s, p99 {p99:?} (256 clients)");

    let reading = store.clone();
    let get = move |n: u64| {
        let store = reading.clone();
        let id = format!("o{}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % total);
        async move { drop(store.get(SHARD, KIND, &id).await.unwrap().unwrap()) }
    };
    let (rate, p99) = drive(total, 64, get).await;
    println!("gets: {rate:.0}/s, p99 {p99:?} (64 clients)");

    let scanning = store.clone();
    let scan = move |n: u64| {
        let store = scanning.clone();
        async move {
            let order = Order::Linked { subject: subject(n % PATIENTS), code: [0; 8], descending: true };
            let scan = Scan::new(KIND, vec![], order, 20);
            assert!(!store.scan(SHARD, &scan).await.unwrap().documents.is_empty());
        }
    };
    let (rate, p99) = drive(20_000, 64, scan).await;
    println!("scans of a compartment, 20 documents: {rate:.0}/s, p99 {p99:?}");

    let scanning = store.clone();
    let scan = move |n: u64| {
        let store = scanning.clone();
        async move {
            let term =
                Match::Term(Param(2), TermMatch::Equals(format!("Encounter/e{}", n % total).into_bytes()));
            let order = Order::Key { descending: false };
            let all = vec![Condition::Any(vec![term])];
            let scan = Scan::new(KIND, all, order, 20);
            assert_eq!(store.scan(SHARD, &scan).await.unwrap().documents.len(), 1);
        }
    };
    let (rate, p99) = drive(20_000, 64, scan).await;
    println!("scans by an equal term, 1 document: {rate:.0}/s, p99 {p99:?}");
    store.close().await;
}
