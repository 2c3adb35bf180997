//! What only an embedded store has: files.

use crate::conformance::*;
use galen_store::{
    Changes, Conflict, Engine, Expected, IndexRows, KeySource, Operation, Param, Put, Store, StoreConfig,
    StoreError,
};
use std::{fs, path::Path};

#[tokio::test]
async fn given_the_wrong_key_when_opened_then_it_says_so() {
    let f = fixture(On::Sqlite).await;
    f.store.close().await;
    let other = f.directory.path().join("other.key");
    fs::write(&other, "11".repeat(32)).unwrap();
    let opened = Store::open(StoreConfig { key: KeySource::File(other), ..f.config.clone() }).await;
    assert!(matches!(opened, Err(StoreError::WrongKey)));
    let missing = KeySource::File(f.directory.path().join("none.key"));
    let opened = Store::open(StoreConfig { key: missing, ..f.config.clone() }).await;
    assert!(matches!(opened, Err(StoreError::Other(_))), "a lost key must not be replaced by a fresh one");
    Store::open(f.config).await.unwrap();
}

fn marked(n: usize) -> String {
    format!("ZqXmArKeR{n:04}")
}

fn hits(folder: &Path) -> usize {
    let mut hits = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = fs::read(path).unwrap();
            hits += bytes.windows(9).filter(|w| w == b"ZqXmArKeR").count();
        }
    }
    hits
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_a_thousand_markers_then_none_is_readable_in_any_file() {
    let f = fixture(On::Sqlite).await;
    for chunk in 0..10 {
        let mut operations = Vec::new();
        for n in chunk * 100..chunk * 100 + 100 {
            let index = IndexRows { terms: vec![(Param(1), marked(n).into_bytes())], ..IndexRows::default() };
            let body = format!(r#"{{"name":"{}"}}"#, marked(n));
            let owner = marked(n);
            operations.push(Operation::Put(Put {
                index,
                owner,
                ..put(PATIENT, &marked(n), Expected::Absent, &body)
            }));
            let (value, holder) = (marked(n), marked(n).into_bytes());
            operations.push(Operation::Claim { scope: "nhs-number", value, holder, until: None });
        }
        let mut set = set(1, operations);
        set.journal = Some(marked(chunk).into_bytes());
        f.store.commit(set).await.unwrap();
    }
    let data = f.directory.path().join("data");
    assert!(data.join("uk1-00.db-wal").exists());
    assert_eq!(hits(&data), 0);
    f.store.backup(&f.directory.path().join("copy.db")).await.unwrap();
    assert_eq!(hits(f.directory.path()), 0);
    f.store.close().await;
    assert_eq!(hits(&data), 0);
}

#[tokio::test]
async fn given_a_backup_when_restored_then_it_is_as_it_was_and_never_overwrites() {
    let f = fixture(On::Sqlite).await;
    f.store.commit(set(1, vec![Operation::Put(put(PATIENT, "p1", Expected::Absent, "kept"))])).await.unwrap();
    let copy = f.directory.path().join("copy.db");
    f.store.backup(&copy).await.unwrap();
    assert!(f.store.backup(&copy).await.is_err());
    f.store
        .commit(set(1, vec![Operation::Put(put(PATIENT, "p2", Expected::Absent, "later"))]))
        .await
        .unwrap();
    let elsewhere = f.directory.path().join("restored");
    galen_store::restore(&copy, &elsewhere, "uk1").unwrap();
    assert!(galen_store::restore(&copy, &elsewhere, "uk1").is_err());
    assert!(galen_store::restore(&copy, &f.directory.path().join("data"), "uk1").is_err());
    let engine = Engine::Sqlite { directory: elsewhere };
    let restored = Store::open(StoreConfig { engine, ..f.config.clone() }).await.unwrap();
    assert_eq!(restored.get(S0, PATIENT, "p1").await.unwrap().unwrap().body.unwrap(), b"kept");
    assert_eq!(restored.get(S0, PATIENT, "p2").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_a_rotated_root_key_then_the_store_keeps_serving_and_only_the_new_key_opens_it() {
    let f = fixture(On::Sqlite).await;
    let owned = |id: &str, owner: &str| {
        Operation::Put(Put { owner: owner.into(), ..put(PATIENT, id, Expected::Absent, "kept") })
    };
    f.store.commit(set(1, vec![owned("p1", "alice")])).await.unwrap();
    let old = fs::read_to_string(f.directory.path().join("galen.key")).unwrap();
    let reading = {
        let store = f.store.clone();
        tokio::spawn(async move {
            for _ in 0..200 {
                store.get(S0, PATIENT, "p1").await.unwrap().unwrap();
                tokio::task::yield_now().await;
            }
        })
    };
    f.store.rotate_root_key([9; 32]).await.unwrap();
    reading.await.unwrap();
    f.store.commit(set(2, vec![owned("p2", "alice"), owned("p3", "bob")])).await.unwrap();
    let f = f.reopened().await;
    for id in ["p1", "p2", "p3"] {
        assert_eq!(f.store.get(S0, PATIENT, id).await.unwrap().unwrap().body.unwrap(), b"kept");
    }
    f.store.close().await;
    assert_eq!(fs::read_to_string(f.directory.path().join("galen.key")).unwrap().trim(), "09".repeat(32));
    fs::write(f.directory.path().join("old.key"), old).unwrap();
    let key = KeySource::File(f.directory.path().join("old.key"));
    assert!(matches!(Store::open(StoreConfig { key, ..f.config }).await, Err(StoreError::WrongKey)));
}

/// Two stores on one file stand for the server and the command line, which are two processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_two_processes_on_one_file_then_both_write_one_valid_chain() {
    let f = fixture(On::Sqlite).await;
    let second = Store::open(f.config.clone()).await.unwrap();
    for n in 0..40i64 {
        let store = if n % 2 == 0 { &f.store } else { &second };
        let operation = Operation::Put(Put {
            owner: format!("o{}", n / 4),
            ..put(PATIENT, &format!("p{n}"), Expected::Absent, "x")
        });
        let mut set = set(n, vec![operation]);
        set.journal = Some(b"entry".to_vec());
        assert_eq!(store.commit(set).await.unwrap().journal.unwrap().sequence, n as u64 + 1);
    }
    for n in 0..40 {
        for store in [&f.store, &second] {
            let found = store.get(S0, PATIENT, &format!("p{n}")).await.unwrap().unwrap();
            assert_eq!(found.body.unwrap(), b"x");
        }
    }
    second.commit(set(50, vec![Operation::Erase { owner: "o0".into() }])).await.unwrap();
    assert_eq!(f.store.get(S0, PATIENT, "p1").await.unwrap().unwrap().body, None);
    let put = Put { owner: "o0".into(), ..put(PATIENT, "p99", Expected::Absent, "x") };
    let refused = f.store.commit(set(51, vec![Operation::Put(put)])).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict(Conflict::Erased { .. })));
}

#[tokio::test]
async fn given_notes_then_backups_and_new_keys_keep_them_and_their_loss_is_said() {
    let f = fixture(On::Sqlite).await;
    let note = |store: Store, text: &'static str| async move {
        store.note(S0, galen_kernel::Instant::from_micros(1), text.into()).await.unwrap().journal.unwrap()
    };
    let place = note(f.store.clone(), "before").await;
    let copy = f.directory.path().join("copy.db");
    f.store.backup(&copy).await.unwrap();
    assert!(f.directory.path().join("copy.looks.db").exists());
    f.store.rotate_root_key([9; 32]).await.unwrap();
    let rows = f.store.journal_entries(S0, &[place]).await.unwrap();
    assert_eq!(rows[0].body.as_deref(), Some(&b"before"[..]));
    note(f.store.clone(), "after").await;
    f.store.close().await;

    // A process of its own on the same files goes on where the other ended.
    let again = Store::open(f.config.clone()).await.unwrap();
    assert_eq!(note(again.clone(), "again").await.sequence, place.sequence + 2);
    again.close().await;
    fs::remove_file(f.directory.path().join("data/uk1-00.looks.db")).unwrap();
    let opened = Store::open(f.config.clone()).await;
    assert!(matches!(opened, Err(StoreError::Damaged(why)) if why.contains("looks.db")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_two_stores_on_one_file_then_their_notes_make_one_chain() {
    let f = fixture(On::Sqlite).await;
    let other = Store::open(f.config.clone()).await.unwrap();
    let mut waiting = Vec::new();
    for n in 0..200 {
        let store = if n % 2 == 0 { f.store.clone() } else { other.clone() };
        waiting.push(tokio::spawn(async move {
            let at = galen_kernel::Instant::from_micros(n);
            store.note(S0, at, format!("note {n}").into_bytes()).await.unwrap().journal.unwrap()
        }));
    }
    let mut sequences = Vec::new();
    for noted in waiting {
        sequences.push(noted.await.unwrap().sequence);
    }
    sequences.sort_unstable();
    assert_eq!(sequences, (1..=200).collect::<Vec<u64>>());
    other.close().await;
}

/// Bytes that do not compress, the same for the same number.
fn noise(number: u64, bytes: usize) -> Vec<u8> {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..bytes / 8).flat_map(|_| step()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_writing_without_pause_then_the_log_begins_anew_instead_of_growing_for_ever() {
    const MIB: u64 = 1024 * 1024;
    let f = fixture(On::Sqlite).await;
    let log = f.directory.path().join("data/uk1-00.db-wal");
    let (mut longest, mut waiting) = (0, tokio::task::JoinSet::new());
    for number in 0..60_u64 {
        // Some large sets always wait, so that the writer never finds its queue empty and is seldom between two.
        while waiting.len() >= 6 {
            waiting.join_next().await.unwrap().unwrap();
            longest = longest.max(fs::metadata(&log).unwrap().len());
        }
        let store = f.store.clone();
        waiting.spawn(async move {
            let puts = (0..100).map(|n| {
                let id = format!("p{number}-{n}");
                Operation::Put(Put {
                    body: noise(number * 100 + n, 64 * 1024),
                    ..put(PATIENT, &id, Expected::Absent, "")
                })
            });
            store.commit(set(1, puts.collect())).await.unwrap();
        });
    }
    while waiting.join_next().await.is_some() {}
    assert!(longest < 192 * MIB, "the log grew to {} MiB of 375 MiB written", longest / MIB);
}

#[tokio::test]
async fn given_a_closed_store_then_writes_are_refused() {
    let f = fixture(On::Sqlite).await;
    f.store.ready().await.unwrap();
    f.store.close().await;
    f.store.close().await;
    let refused = f.store.commit(set(1, vec![])).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)));
    assert!(f.store.ready().await.is_err());
}

/// The file's key, derived as the store derives it.
fn file_key(key_file: &std::path::Path) -> String {
    use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
    let root =
        data_encoding::HEXLOWER.decode(fs::read_to_string(key_file).unwrap().trim().as_bytes()).unwrap();
    let mut key = [0; 32];
    let extracted = Salt::new(HKDF_SHA256, b"galen-store-v1").extract(&root);
    extracted.expand(&[b"sqlcipher"], HKDF_SHA256).unwrap().fill(&mut key).unwrap();
    data_encoding::HEXLOWER.encode(&key)
}

/// The file without the store around it.
fn bare(f: &Fixture) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(f.directory.path().join("data/uk1-00.db")).unwrap();
    let key = file_key(&f.directory.path().join("galen.key"));
    connection
        .execute_batch(&format!(
            "PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256; PRAGMA key = \"x'{key}'\""
        ))
        .unwrap();
    connection
}

#[tokio::test]
async fn given_a_file_of_the_first_format_then_opening_brings_it_up() {
    let f = fixture(On::Sqlite).await;
    write_some(&f.store).await;
    f.store.close().await;
    let connection = bare(&f);
    connection
        .execute_batch(
            "DROP INDEX doc_deleted; DROP INDEX history_changed; ALTER TABLE history DROP COLUMN kind;
             UPDATE meta SET value = x'00000001' WHERE name = 'format'",
        )
        .unwrap();
    drop(connection);
    let f = f.reopened().await;
    let asked = Changes { kinds: vec![PATIENT], from: at(0), until: at(9), newest_first: true, after: None };
    assert_eq!(told(&f.store, &asked).await, ["p3 gone", "p2 p at 3", "p1 p at 1"]);
    let back = Operation::Put(put(PATIENT, "p", Expected::Version(3), "back"));
    f.store.commit(set(7, vec![back])).await.unwrap();
    assert_eq!(told(&f.store, &asked).await.len(), 4);
    let format: Vec<u8> =
        bare(&f).query_row("SELECT value FROM meta WHERE name = 'format'", [], |row| row.get(0)).unwrap();
    assert_eq!(format, [0, 0, 0, 2]);
}

#[tokio::test]
async fn given_a_file_of_a_newer_version_then_it_is_said_and_left_alone() {
    let f = fixture(On::Sqlite).await;
    f.store.close().await;
    let connection = bare(&f);
    connection.execute("UPDATE meta SET value = x'00000063' WHERE name = 'format'", []).unwrap();
    drop(connection);
    let before = fs::read(f.directory.path().join("data/uk1-00.db")).unwrap();
    let refused = Store::open(f.config.clone()).await.map(|_| ()).unwrap_err();
    assert!(matches!(refused, StoreError::NewerFormat { found: 99, .. }), "{refused:?}");
    assert!(refused.to_string().contains("newer version"), "{refused}");
    assert_eq!(fs::read(f.directory.path().join("data/uk1-00.db")).unwrap(), before);
}

/// Needs root, to mount a file system small enough to fill: `cargo test -p galen-store -- --ignored full_disk`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs root to mount a small file system"]
async fn given_a_full_disk_then_writes_are_refused_reads_live_and_writing_resumes() {
    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("small");
    fs::create_dir(&small).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let status = std::process::Command::new(program).args(arguments).arg(&small).status().unwrap();
        assert!(status.success(), "{program}");
    };
    run("mount", &["-t", "tmpfs", "-o", "size=6m", "tmpfs"]);
    let ballast = small.join("ballast");
    fs::write(&ballast, vec![1; 2 * 1024 * 1024]).unwrap();
    let engine = Engine::Sqlite { directory: small.join("data") };
    let key = KeySource::File(folder.path().join("galen.key"));
    let store = Store::open(StoreConfig { engine, zone: "uk1".into(), key }).await.unwrap();
    let body: String = (0..3_000u64).map(|n| char::from(b'a' + (n * n * 31 % 25) as u8)).collect();
    let write = |n: usize| {
        set(1, vec![Operation::Put(put(PATIENT, &format!("p{n}"), Expected::Absent, &format!("{n}{body}")))])
    };
    let mut written = 0;
    let error = loop {
        match store.commit(write(written)).await {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::DiskFull), "{error:?}");
    assert!(store.ready().await.is_err());
    for n in 0..written {
        assert!(store.get(S0, PATIENT, &format!("p{n}")).await.unwrap().is_some());
    }
    assert!(matches!(store.commit(write(written)).await, Err(StoreError::DiskFull)));
    fs::remove_file(&ballast).unwrap();
    store.commit(write(written)).await.unwrap();
    store.ready().await.unwrap();
    store.close().await;
    drop(store);
    run("umount", &[]);
}
