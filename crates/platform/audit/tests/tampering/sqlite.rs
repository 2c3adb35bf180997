//! On SQLite: the attacker has the key, opens the file and turns the triggers off; or has only the encrypted file.

use crate::attack::{Row, attacked};
use crate::{ENTRIES, Log, ZONE};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use galen_audit::AuditFault;
use galen_kernel::Instant;
use galen_store::{Engine, KeySource, ShardId, Store, StoreConfig, StoreError};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::{Connection, params};
use std::path::PathBuf;
use tempfile::TempDir;

/// Attacks on the rows.
const ATTACKS: usize = 600;
/// Bytes flipped in the file.
const FLIPS: u64 = 100;
/// The database's unit of encryption.
const PAGE_BYTES: u64 = 4_096;

/// A data directory.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub async fn open(&self) -> Result<Store, StoreError> {
        let engine = Engine::Sqlite { directory: self.folder.path().join("data") };
        let key = KeySource::File(self.folder.path().join("galen.key"));
        Store::open(StoreConfig { engine, zone: ZONE.into(), key }).await
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("data").join(format!("{ZONE}-00.db"))
    }

    /// The file of the entries that come with no document.
    fn looks(&self) -> PathBuf {
        self.file().with_extension("looks.db")
    }

    /// The file as somebody who has the root key opens it.
    fn connect(&self) -> Connection {
        let text = std::fs::read_to_string(self.folder.path().join("galen.key")).unwrap();
        let root = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).unwrap();
        let mut key = [0; 32];
        let extracted = Salt::new(HKDF_SHA256, b"galen-store-v1").extract(&root);
        extracted.expand(&[b"sqlcipher"], HKDF_SHA256).unwrap().fill(&mut key).unwrap();
        let connection = Connection::open(self.file()).unwrap();
        connection
            .execute_batch(&format!(
                "PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256; PRAGMA key = \"x'{}'\"; PRAGMA synchronous = OFF;",
                HEXLOWER.encode(&key)
            ))
            .unwrap();
        connection
    }
}

fn read(connection: &Connection) -> Vec<Row> {
    let mut statement = connection.prepare("SELECT seq, at, hash, body FROM journal ORDER BY seq").unwrap();
    let rows = statement.query_map([], |row| {
        Ok(Row { sequence: row.get(0)?, at: row.get(1)?, hash: row.get(2)?, body: row.get(3)? })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn replace(connection: &mut Connection, rows: &[Row]) {
    let transaction = connection.transaction().unwrap();
    transaction.execute("DELETE FROM journal", []).unwrap();
    let mut insert = transaction
        .prepare("INSERT INTO journal (chain, seq, at, hash, body) VALUES (0, ?1, ?2, ?3, ?4)")
        .unwrap();
    for row in rows {
        insert.execute(params![row.sequence, row.at, row.hash, row.body]).unwrap();
    }
    drop(insert);
    transaction.commit().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attack_on_the_rows_is_found_and_its_first_entry_named() {
    let place = Place::new();
    let store = place.open().await.unwrap();
    let log = Log::written(&store).await;
    store.close().await;
    let mut connection = place.connect();
    connection.execute_batch("DROP TRIGGER journal_keeps_rows; DROP TRIGGER journal_keeps_words").unwrap();
    let good = read(&connection);
    for number in 0..ATTACKS {
        let (attack, rows, fault) = attacked(number, 0, &good);
        replace(&mut connection, &rows);
        let store = place.open().await.unwrap();
        let report = log.verify(&store).await.unwrap();
        assert_eq!(report.faults, [fault], "attack {number}: {attack:?}");
        store.close().await;
    }
    replace(&mut connection, &good);
    let store = place.open().await.unwrap();
    assert_eq!(log.verify(&store).await.unwrap().faults, []);
    println!("{ATTACKS} attacks on the rows of SQLite, all found and named");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_byte_flipped_in_the_encrypted_journal_is_found() {
    let place = Place::new();
    let store = place.open().await.unwrap();
    let log = Log::written(&store).await;
    store.close().await;
    let pages: Vec<u32> = {
        let connection = place.connect();
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        let mut statement = connection.prepare("SELECT pageno FROM dbstat WHERE name = 'journal'").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(pages.len() > 10, "{pages:?}");
    let good = std::fs::read(place.file()).unwrap();
    for number in 0..FLIPS {
        let mut chance = StdRng::seed_from_u64(number);
        let page = u64::from(pages[chance.random_range(0..pages.len())] - 1);
        let at = usize::try_from(page * PAGE_BYTES + chance.random_range(0..PAGE_BYTES)).unwrap();
        let mut bytes = good.clone();
        bytes[at] ^= 1 << chance.random_range(0..8);
        std::fs::write(place.file(), &bytes).unwrap();
        if let Ok(store) = place.open().await {
            let report = log.verify(&store).await;
            assert!(
                report.as_ref().map_or(true, |r| !r.faults.is_empty()),
                "byte {at} of the file: {report:?}"
            );
            store.close().await;
        }
    }
    std::fs::write(place.file(), &good).unwrap();
    let store = place.open().await.unwrap();
    assert_eq!(log.verify(&store).await.unwrap().faults, []);
    println!("{FLIPS} bytes flipped in the encrypted journal of SQLite, all found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_refuses_to_change_or_delete_entries() {
    let place = Place::new();
    let store = place.open().await.unwrap();
    let log = Log::written(&store).await;
    let connection = place.connect();
    for sql in
        ["DELETE FROM journal", "DELETE FROM journal WHERE seq = 300", "UPDATE journal SET at = at + 1"]
    {
        let error = connection.execute(sql, []).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{sql}: {error}");
    }
    assert_eq!(log.verify(&store).await.unwrap().faults, []);
}

async fn note(store: &Store, numbers: std::ops::Range<i64>) {
    for number in numbers {
        let at = Instant::from_micros(1_765_000_000_000_000 + number);
        store.note(ShardId(0), at, b"{\"i\":\"R\",\"o\":\"read\"}".to_vec()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_is_kept_as_safely_as_what_was_written() {
    let place = Place::new();
    let store = place.open().await.unwrap();
    note(&store, 0..40).await;
    store.close().await;
    let older = std::fs::read(place.looks()).unwrap();
    let store = place.open().await.unwrap();
    note(&store, 40..400).await;
    let log = Log::written(&store).await;
    assert_eq!(log.verify(&store).await.unwrap().faults, []);
    store.close().await;
    let good = std::fs::read(place.looks()).unwrap();

    // An older copy of the file, in which nobody has read anything since.
    std::fs::write(place.looks(), &older).unwrap();
    let store = place.open().await.unwrap();
    let faults = log.verify(&store).await.unwrap().faults;
    assert!(matches!(&faults[..], [AuditFault::Truncated { checkpointed: 400, .. }]), "{faults:?}");
    store.close().await;

    let mut found = 0;
    for number in 0..FLIPS {
        let mut chance = StdRng::seed_from_u64(number);
        let at = chance.random_range(0..good.len());
        let mut bytes = good.clone();
        bytes[at] ^= 1 << chance.random_range(0..8);
        std::fs::write(place.looks(), &bytes).unwrap();
        let Ok(store) = place.open().await else {
            found += 1;
            continue;
        };
        match log.verify(&store).await {
            // Pages that hold no entry (of the probe's table, free ones) may change without anything being lost.
            Ok(report) if report.faults.is_empty() => assert_eq!(report.entries, ENTRIES + 400),
            _ => found += 1,
        }
        store.close().await;
    }
    assert!(found > FLIPS / 2, "{found} of {FLIPS}");
    std::fs::write(place.looks(), &good).unwrap();
    let store = place.open().await.unwrap();
    assert_eq!(log.verify(&store).await.unwrap().faults, []);
}
