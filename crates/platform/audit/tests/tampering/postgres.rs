//! On PostgreSQL: the attacker is the superuser and turns the triggers off.

use crate::attack::{CHAIN, Row, attacked};
use crate::{Log, ZONE};
use galen_store::{Engine, KeySource, Store, StoreConfig};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// Attacks on the rows.
const ATTACKS: usize = 600;
/// Shards of the zone.
const SHARDS: u8 = 3;

async fn open(folder: &TempDir, url: &str) -> Store {
    let engine = Engine::Postgres { url: url.into(), shards: SHARDS };
    let key = KeySource::File(folder.path().join("galen.key"));
    Store::open(StoreConfig { engine, zone: ZONE.into(), key }).await.unwrap()
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move { drop(connection.await) });
    client
}

fn table(shard: u8) -> String {
    format!("{ZONE}_{shard:02}.journal")
}

async fn read(client: &Client, shard: u8) -> Vec<Row> {
    let sql = format!("SELECT seq, at, hash, body FROM {} ORDER BY seq", table(shard));
    let rows = client.query(&sql, &[]).await.unwrap();
    rows.iter().map(|r| Row { sequence: r.get(0), at: r.get(1), hash: r.get(2), body: r.get(3) }).collect()
}

async fn replace(client: &Client, shard: u8, rows: &[Row]) {
    let table = table(shard);
    let sequences: Vec<i64> = rows.iter().map(|r| r.sequence).collect();
    let times: Vec<i64> = rows.iter().map(|r| r.at).collect();
    let hashes: Vec<&[u8]> = rows.iter().map(|r| r.hash.as_slice()).collect();
    let bodies: Vec<&[u8]> = rows.iter().map(|r| r.body.as_slice()).collect();
    let insert = format!(
        "INSERT INTO {table} (chain, seq, at, hash, body)
         SELECT {}, s, t, h, b FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[]) AS r (s, t, h, b)",
        CHAIN.0
    );
    client.execute(&format!("DELETE FROM {table}"), &[]).await.unwrap();
    client.execute(&insert, &[&sequences, &times, &hashes, &bodies]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attack_on_the_rows_is_found_and_its_first_entry_named() {
    let (folder, url) = (TempDir::new().unwrap(), galen_testkit::postgres::server().database());
    let store = open(&folder, &url).await;
    let log = Log::written(&store).await;
    let client = connect(&url).await;
    client
        .batch_execute("SET session_replication_role = replica; SET synchronous_commit = off")
        .await
        .unwrap();
    let mut good = Vec::new();
    for shard in 0..SHARDS {
        good.push(read(&client, shard).await);
    }
    for number in 0..ATTACKS {
        let shard = StdRng::seed_from_u64(number as u64).random_range(0..SHARDS);
        let (attack, rows, fault) = attacked(number, shard, &good[usize::from(shard)]);
        replace(&client, shard, &rows).await;
        let report = log.verify(&store).await.unwrap();
        assert_eq!(report.faults, [fault], "attack {number}: {attack:?} on shard {shard}");
        replace(&client, shard, &good[usize::from(shard)]).await;
    }
    assert_eq!(log.verify(&store).await.unwrap().faults, []);
    store.close().await;
    println!("{ATTACKS} attacks on the rows of PostgreSQL, all found and named");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_refuses_to_change_or_delete_entries() {
    let (folder, url) = (TempDir::new().unwrap(), galen_testkit::postgres::server().database());
    let store = open(&folder, &url).await;
    let log = Log::written(&store).await;
    let client = connect(&url).await;
    for shard in 0..SHARDS {
        let table = table(shard);
        for sql in [
            format!("DELETE FROM {table}"),
            format!("DELETE FROM {table} WHERE seq = 1"),
            format!("UPDATE {table} SET at = at + 1"),
            format!("TRUNCATE {table}"),
        ] {
            let error = client.batch_execute(&sql).await.unwrap_err();
            let words = error.as_db_error().unwrap().message().to_owned();
            assert!(words.contains("append-only"), "{sql}: {words}");
        }
    }
    assert_eq!(log.verify(&store).await.unwrap().faults, []);
    store.close().await;
}
