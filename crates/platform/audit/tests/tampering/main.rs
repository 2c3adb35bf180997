//! The audit log under attack: somebody with all rights on the database changes a journal, in a thousand seeded ways,
//! and every way is found against an exported checkpoint, at the right entry.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(clippy::disallowed_methods, missing_docs)]

mod attack;
mod postgres;
mod sqlite;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use galen_audit::{AuditFault, Checkpoint, Checkpointer, Report, verify};
use galen_kernel::Instant;
use galen_store::{ShardId, Store, WriteSet};
use tempfile::TempDir;

/// The zone of these tests.
const ZONE: &str = "uk1";
/// Entries of the log, over all its chains.
const ENTRIES: u64 = 300;

/// A log of entries as an installation writes them, and the checkpoint that was exported of it.
struct Log {
    folder: TempDir,
    key: Ed25519KeyPair,
    checkpoint: Checkpoint,
}

impl Log {
    async fn written(store: &Store) -> Self {
        for number in 0..ENTRIES {
            let shard = ShardId(u8::try_from(number % u64::from(store.shards())).unwrap());
            let entry = format!("{{\"i\":\"R\",\"o\":\"read\",\"d\":[\"Patient/p{number}\"]}}");
            let at = Instant::from_micros(1_760_000_000_000_000 + i64::try_from(number).unwrap() * 1_000_000);
            let set = WriteSet { shard, at, operations: Vec::new(), journal: Some(entry.into_bytes()) };
            store.commit(set).await.unwrap();
        }
        let (folder, key) = (TempDir::new().unwrap(), Ed25519KeyPair::generate().unwrap());
        let checkpoint = export(store, folder.path(), &key).await;
        Self { folder, key, checkpoint }
    }

    /// What verification says against the exported checkpoint.
    async fn verify(&self, store: &Store) -> Result<Report, galen_kernel::Fault> {
        verify(store, Some(&self.checkpoint), &[self.key.public_key().as_ref().to_vec()], |_| {}).await
    }
}

async fn export(store: &Store, folder: &std::path::Path, key: &Ed25519KeyPair) -> Checkpoint {
    let mut checkpointer = Checkpointer::new(store.clone(), folder.to_owned());
    assert!(checkpointer.advance().await.unwrap());
    checkpointer.export(key, Instant::from_micros(1_770_000_000_000_000)).unwrap();
    let text = std::fs::read_to_string(folder.join(galen_audit::checkpoint::LATEST)).unwrap();
    Checkpoint::parse(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_touched_is_good_and_only_its_own_checkpoints_count() {
    let place = sqlite::Place::new();
    let store = place.open().await.unwrap();
    let log = Log::written(&store).await;
    let good = log.verify(&store).await.unwrap();
    assert_eq!((good.entries, good.faults.as_slice()), (ENTRIES, [].as_slice()));

    let foreign = Ed25519KeyPair::generate().unwrap();
    let forged = export(&store, &log.folder.path().join("forged"), &foreign).await;
    let known = [log.key.public_key().as_ref().to_vec()];
    let report = verify(&store, Some(&forged), &known, |_| {}).await.unwrap();
    assert_eq!(report.faults, [AuditFault::UnknownKey]);

    let elsewhere = Checkpoint { zone: "fr1".into(), ..log.checkpoint.clone() };
    let elsewhere = Checkpoint::parse(&elsewhere.sign(&log.key)).unwrap();
    let report = verify(&store, Some(&elsewhere), &known, |_| {}).await.unwrap();
    let wrong = AuditFault::WrongZone { checkpoint: "fr1".into(), store: ZONE.into() };
    assert!(report.faults.contains(&wrong), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_goes_on_from_the_one_before() {
    let place = sqlite::Place::new();
    let store = place.open().await.unwrap();
    let log = Log::written(&store).await;
    let trusted = [log.key.public_key().as_ref().to_vec()];
    let mut resumed = Checkpointer::new(store.clone(), log.folder.path().to_owned());
    resumed.resume(&trusted);
    assert!(!resumed.advance().await.unwrap(), "all of it was known");
    let mut stranger = Checkpointer::new(store.clone(), log.folder.path().to_owned());
    stranger.resume(&[vec![0; 32]]);
    assert!(stranger.advance().await.unwrap(), "a checkpoint that nobody here signed is not believed");
    let at = Instant::from_micros(1_770_000_000_000_000);
    for _ in 0..5 {
        let set = WriteSet { shard: ShardId(0), at, operations: Vec::new(), journal: Some(b"{}".to_vec()) };
        store.commit(set).await.unwrap();
    }
    assert!(resumed.advance().await.unwrap());
    resumed.export(&log.key, at).unwrap();
    let text = std::fs::read_to_string(log.folder.path().join(galen_audit::checkpoint::LATEST)).unwrap();
    let newest = Checkpoint::parse(&text).unwrap();
    let whole = export(&store, &log.folder.path().join("whole"), &log.key).await;
    assert_eq!(newest.chains, whole.chains);
    let report = verify(&store, Some(&newest), &trusted, |_| {}).await.unwrap();
    assert_eq!((report.entries, report.faults.len()), (ENTRIES + 5, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_goes_on_is_good_against_an_older_checkpoint() {
    let place = sqlite::Place::new();
    let store = place.open().await.unwrap();
    let log = Log::written(&store).await;
    for _ in 0..7 {
        let at = Instant::from_micros(1_770_000_000_000_000);
        let set = WriteSet { shard: ShardId(0), at, operations: Vec::new(), journal: Some(b"{}".to_vec()) };
        store.commit(set).await.unwrap();
    }
    let report = log.verify(&store).await.unwrap();
    assert_eq!((report.entries, report.faults.len()), (ENTRIES + 7, 0));
}
