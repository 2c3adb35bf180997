//! The SQLite engine: encrypted files (documents; what was looked at), one writer thread each, reads inline on the
//! caller's thread.

mod apply;
mod backup;
mod changes;
mod check;
mod checkpoint;
mod connect;
mod journal;
mod looks;
mod open;
mod read;
mod rotate;
mod schema;
mod threads;
mod writer;

pub use backup::restore;
pub(crate) use looks::CHAIN as NOTES;

use crate::{
    Committed, KeySource, ShardId, StoreError, WriteSet,
    prepared::{self, Prepared},
    vault::{OwnerKey, Vault},
};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};
use tokio::sync::oneshot;
use writer::{Answer, Request};

/// Most write sets that wait for the writer; more are refused as unavailable.
pub(crate) const QUEUE_SETS_MAX: usize = 8_192;
/// How often a set is prepared anew because an owner's key or what it replaces changed meanwhile.
const PREPARATIONS_MAX: usize = 4;

/// The only shard of an embedded store.
const SHARD: ShardId = ShardId(0);

/// What the threads of one open store share.
pub(crate) struct Shared {
    /// Tells the thread-local connections of several stores in one process apart.
    serial: u64,
    path: PathBuf,
    zone: String,
    key: KeySource,
    vault: Arc<Vault>,
    /// Set by each commit, cleared by the checkpointer.
    committed: AtomicBool,
    /// A new file key is being put in; readers wait for it instead of failing.
    rotating: AtomicBool,
    closed: AtomicBool,
    /// The root key's generation that the file is encrypted under.
    file_generation: AtomicU64,
    /// What the writer last met; `None` when its last commit succeeded.
    trouble: parking_lot::Mutex<Option<String>>,
    /// Whether the documents' log is being begun anew.
    restart: checkpoint::Restart,
    /// The file of what was looked at.
    looks: looks::Looks,
}

/// An open SQLite store.
pub(crate) struct Sqlite {
    shared: Arc<Shared>,
    queue: crossbeam_channel::Sender<Request>,
    looks: crossbeam_channel::Sender<looks::Request>,
    threads: parking_lot::Mutex<Vec<std::thread::JoinHandle<()>>>,
}

impl Sqlite {
    pub(crate) fn vault(&self) -> &Arc<Vault> {
        &self.shared.vault
    }

    pub(crate) async fn commit(&self, set: WriteSet) -> Result<Committed, StoreError> {
        prepared::validate(&set)?;
        for _ in 1..PREPARATIONS_MAX {
            match self.submit(self.prepare(set.clone())?).await? {
                Answer::Committed(committed) => return Ok(committed),
                Answer::Stale => {}
            }
        }
        match self.submit(self.prepare(set)?).await? {
            Answer::Committed(committed) => Ok(committed),
            Answer::Stale => Err(StoreError::Unavailable("what is replaced keeps changing".into())),
        }
    }

    /// Appends a journal entry that comes with no document.
    pub(crate) async fn note(&self, at: i64, body: &[u8]) -> Result<Committed, StoreError> {
        self.check_open()?;
        looks::append(&self.looks, at, self.shared.vault.seal_journal(SHARD, at, body)?).await
    }

    /// One shard, so the sets are one set.
    pub(crate) async fn commit_spanning(&self, sets: Vec<WriteSet>) -> Result<Committed, StoreError> {
        let mut sets = sets.into_iter();
        let Some(mut merged) = sets.next() else { return Ok(Committed { journal: None }) };
        for set in sets {
            merged.operations.extend(set.operations);
            match (&merged.journal, set.journal) {
                (_, None) => {}
                (None, journal) => merged.journal = journal,
                (Some(_), Some(_)) => {
                    return Err(StoreError::Invalid(
                        "only one of several spanning sets may have a journal entry",
                    ));
                }
            }
        }
        self.commit(merged).await
    }

    fn prepare(&self, set: WriteSet) -> Result<Prepared, StoreError> {
        if set.shard != SHARD {
            return Err(StoreError::Invalid("no such shard"));
        }
        let mut replaced = HashMap::new();
        let ids = prepared::replaced(&set);
        if !ids.is_empty() {
            for stored in self.stored_many(&ids)? {
                replaced.insert((stored.kind, stored.id.clone()), stored);
            }
        }
        let mut keys: HashMap<String, OwnerKey> = HashMap::new();
        keys.insert(String::new(), self.shard_key()?);
        for owner in prepared::owners(&set) {
            keys.insert(owner.to_owned(), self.owner_key(owner)?);
        }
        prepared::prepare(&self.shared.vault, set, &replaced, &keys)
    }

    fn shard_key(&self) -> Result<OwnerKey, StoreError> {
        match self.shared.vault.of_owner(SHARD, "") {
            Some(key) => Ok(key),
            None => self.load_owner_key("")?.ok_or(StoreError::Damaged("the shard's key is missing".into())),
        }
    }

    fn owner_key(&self, owner: &str) -> Result<OwnerKey, StoreError> {
        if let Some(key) = self.shared.vault.of_owner(SHARD, owner) {
            return Ok(key);
        }
        match self.load_owner_key(owner)? {
            Some(key) => Ok(key),
            None => self.shared.vault.candidate(SHARD, owner),
        }
    }

    async fn submit(&self, prepared: Prepared) -> Result<Answer, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Request::Write(Box::new(prepared), answer))?;
        answered.await.map_err(|_| StoreError::Unavailable("the store is closing".into()))?
    }

    fn check_open(&self) -> Result<(), StoreError> {
        if self.shared.closed.load(std::sync::atomic::Ordering::Acquire) {
            return Err(StoreError::Unavailable("the store is closed".into()));
        }
        Ok(())
    }

    fn send(&self, request: Request) -> Result<(), StoreError> {
        self.check_open()?;
        self.queue.try_send(request).map_err(|e| match e {
            crossbeam_channel::TrySendError::Full(_) => {
                StoreError::Unavailable("too many writes are waiting".into())
            }
            crossbeam_channel::TrySendError::Disconnected(_) => {
                StoreError::Unavailable("the store is closed".into())
            }
        })
    }

    /// Asks the writers for empty transactions: shows that the files can be written.
    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Request::Probe(answer))?;
        let closing = |_| StoreError::Unavailable("the store is closing".into());
        answered.await.map_err(closing)??;
        let (answer, answered) = oneshot::channel();
        let asked = self.looks.try_send(looks::Request::Probe(answer));
        asked.map_err(|_| StoreError::Unavailable("too many journal entries are waiting".into()))?;
        answered.await.map_err(closing)?
    }

    pub(crate) async fn close(&self) {
        if self.shared.closed.swap(true, std::sync::atomic::Ordering::AcqRel) {
            return;
        }
        let (answer, answered) = oneshot::channel();
        let (looks_answer, looks_answered) = oneshot::channel();
        let (queue, looks) = (self.queue.clone(), self.looks.clone());
        // A queue may be full: a blocking send must not stop the runtime.
        let sent = tokio::task::spawn_blocking(move || {
            let looks = looks.send(looks::Request::Stop(looks_answer)).is_ok();
            (queue.send(Request::Stop(answer)).is_ok(), looks)
        })
        .await;
        let (documents, looks) = sent.unwrap_or((false, false));
        if documents {
            let _ = answered.await;
        }
        if looks {
            let _ = looks_answered.await;
        }
        let threads = std::mem::take(&mut *self.threads.lock());
        let _ = tokio::task::spawn_blocking(move || {
            for thread in threads {
                let _ = thread.join();
            }
        })
        .await;
        self.forget_connection();
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.shared.closed.store(true, std::sync::atomic::Ordering::Release);
    }
}
