//! The PostgreSQL engine: one schema and one writer task per shard, a writer for what spans shards and one for notes,
//! pooled readers, everything pipelined.

mod apart;
mod apply;
mod batch;
mod changes;
mod check;
mod connect;
mod open;
mod pool;
mod read;
mod rotate;
mod schema;
mod together;
mod writer;

use crate::{
    Committed, Conflict, KeySource, Kind, Operation, ShardId, StoreError, WriteSet,
    prepared::{self, Prepared},
    vault::{OwnerKey, Vault},
};
use connect::Address;
use galen_kernel::Instant;
use pool::Pool;
use std::{
    collections::{BTreeSet, HashMap, hash_map::Entry},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{mpsc, oneshot};
pub(crate) use writer::NOTES_FIRST;
use writer::Request;

/// Most groups of write sets that wait for a writer; more are refused as unavailable.
const QUEUE_GROUPS_MAX: usize = 8_192;
/// How often a set is prepared anew because an owner's key or what it replaces changed meanwhile.
const PREPARATIONS_MAX: usize = 4;

/// What became of a write set that broke no rule.
enum Answer {
    /// It is synced.
    Committed(Committed),
    /// Another process made the owner's key first, the root key changed, or what is replaced was re-indexed: prepare again.
    Stale,
}

/// What the tasks of one open store share.
struct Shared {
    zone: String,
    key: KeySource,
    address: Address,
    vault: Arc<Vault>,
    closed: AtomicBool,
}

/// An open PostgreSQL store.
pub(crate) struct Postgres {
    shared: Arc<Shared>,
    shards: Vec<Shard>,
    /// Reads that ask several shards at once: they name the schemas.
    whole: Pool,
    /// What spans shards has a writer of its own.
    spanning: mpsc::Sender<Request>,
    notes: mpsc::Sender<Request>,
    extents: ExtentStatements,
}

/// The statements behind [`Postgres::extents`], made once: they name every shard's schema.
struct ExtentStatements {
    newest: String,
    of_subject: String,
}

impl ExtentStatements {
    fn of(zone: &str, shards: u8) -> Self {
        let each = |column: &dyn Fn(String) -> String| {
            let columns: Vec<String> =
                (0..shards).map(|shard| column(schema_name(zone, ShardId(shard)))).collect();
            columns.join(", ")
        };
        let newest = each(&|schema| format!("(SELECT coalesce(max(key), 0) FROM {schema}.doc)"));
        let holds = each(&|schema| format!("EXISTS (SELECT 1 FROM {schema}.link WHERE subject = $1)"));
        Self { newest: format!("SELECT {newest}"), of_subject: format!("SELECT {newest}, {holds}") }
    }
}

struct Shard {
    pool: Pool,
    queue: mpsc::Sender<Request>,
}

/// What a group of sets must be, to be written together.
fn check_spanning(sets: &[WriteSet]) -> Result<(), StoreError> {
    if sets.iter().any(|set| set.operations.iter().any(|o| matches!(o, Operation::Erase { .. }))) {
        return Err(StoreError::Invalid("an erasure cannot span shards"));
    }
    let shards: BTreeSet<ShardId> = sets.iter().map(|set| set.shard).collect();
    if shards.len() != sets.len() {
        return Err(StoreError::Invalid("two spanning sets go to one shard"));
    }
    Ok(())
}

/// The schema of a shard.
fn schema_name(zone: &str, shard: ShardId) -> String {
    format!("{zone}_{shard}")
}

impl Postgres {
    pub(crate) fn vault(&self) -> &Arc<Vault> {
        &self.shared.vault
    }

    fn shard(&self, shard: ShardId) -> Result<&Shard, StoreError> {
        self.shards.get(usize::from(shard.0)).ok_or(StoreError::Invalid("no such shard"))
    }

    pub(crate) async fn commit(&self, set: WriteSet) -> Result<Committed, StoreError> {
        self.commit_spanning(vec![set]).await
    }

    pub(crate) async fn commit_spanning(&self, sets: Vec<WriteSet>) -> Result<Committed, StoreError> {
        for set in &sets {
            prepared::validate(set)?;
        }
        if sets.len() > 1 {
            check_spanning(&sets)?;
        }
        for _ in 0..PREPARATIONS_MAX {
            let mut group = Vec::with_capacity(sets.len());
            for set in &sets {
                group.push(self.prepare(set.clone()).await?);
            }
            let queue = match group.as_slice() {
                [only] => &self.shard(only.shard)?.queue,
                _ => &self.spanning,
            };
            match self.submit(queue, group).await? {
                Answer::Committed(committed) => return Ok(committed),
                Answer::Stale => {}
            }
        }
        Err(StoreError::Unavailable("what is replaced keeps changing".into()))
    }

    async fn prepare(&self, set: WriteSet) -> Result<Prepared, StoreError> {
        let shard = set.shard;
        let mut replaced = HashMap::new();
        let ids = prepared::replaced(&set);
        if !ids.is_empty() {
            for stored in self.stored_many(shard, &ids).await? {
                replaced.insert((stored.kind, stored.id.clone()), stored);
            }
        }
        let mut keys: HashMap<String, OwnerKey> = HashMap::new();
        let mut unknown = Vec::new();
        for owner in std::iter::once("").chain(prepared::owners(&set)) {
            match self.shared.vault.of_owner(shard, owner) {
                Some(key) => drop(keys.insert(owner.to_owned(), key)),
                None => unknown.push(owner.to_owned()),
            }
        }
        if !unknown.is_empty() {
            self.learn_owners(shard, unknown, &mut keys).await?;
        }
        prepared::prepare(&self.shared.vault, set, &replaced, &keys)
    }

    async fn learn_owners(
        &self,
        shard: ShardId,
        unknown: Vec<String>,
        keys: &mut HashMap<String, OwnerKey>,
    ) -> Result<(), StoreError> {
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows =
            lease.query("SELECT owner, id, wrapped FROM key WHERE owner = ANY($1)", &[&unknown]).await?;
        for row in rows {
            let (owner, id, wrapped): (String, i64, Option<Vec<u8>>) = (row.get(0), row.get(1), row.get(2));
            let Some(wrapped) = wrapped else { return Err(StoreError::Conflict(Conflict::Erased { owner })) };
            let key = self.shared.vault.learn(shard, Some(id), &owner, &wrapped)?;
            keys.insert(owner, key);
        }
        for owner in unknown {
            if let Entry::Vacant(vacant) = keys.entry(owner) {
                let key = self.shared.vault.candidate(shard, vacant.key())?;
                vacant.insert(key);
            }
        }
        Ok(())
    }

    /// Appends a journal entry that comes with no document.
    pub(crate) async fn note(
        &self,
        shard: ShardId,
        at: Instant,
        body: Vec<u8>,
    ) -> Result<Committed, StoreError> {
        let set = WriteSet { shard, at, operations: Vec::new(), journal: Some(body) };
        match self.submit(&self.notes, vec![self.prepare(set).await?]).await? {
            Answer::Committed(committed) => Ok(committed),
            Answer::Stale => Err(StoreError::Unavailable("the shard's key changed".into())),
        }
    }

    async fn submit(
        &self,
        queue: &mpsc::Sender<Request>,
        group: Vec<Prepared>,
    ) -> Result<Answer, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(queue, Request::Write(group, answer))?;
        answered.await.map_err(|_| StoreError::Unavailable("the store is closing".into()))?
    }

    fn send(&self, queue: &mpsc::Sender<Request>, request: Request) -> Result<(), StoreError> {
        if self.shared.closed.load(Ordering::Acquire) {
            return Err(StoreError::Unavailable("the store is closed".into()));
        }
        queue.try_send(request).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => {
                StoreError::Unavailable("too many writes are waiting".into())
            }
            mpsc::error::TrySendError::Closed(_) => StoreError::Unavailable("the store is closed".into()),
        })
    }

    /// The queues of all writers.
    fn queues(&self) -> impl Iterator<Item = &mpsc::Sender<Request>> {
        self.shards.iter().map(|shard| &shard.queue).chain([&self.spanning, &self.notes])
    }

    /// Whether every writer can write.
    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        for queue in self.queues() {
            let (answer, answered) = oneshot::channel();
            self.send(queue, Request::Probe(answer))?;
            answered.await.map_err(|_| StoreError::Unavailable("the store is closing".into()))??;
        }
        Ok(())
    }

    pub(crate) async fn close(&self) {
        if self.shared.closed.swap(true, Ordering::AcqRel) {
            return;
        }
        for queue in self.queues() {
            let (answer, answered) = oneshot::channel();
            if queue.send(Request::Stop(answer)).await.is_ok() {
                let _ = answered.await;
            }
        }
    }

    pub(crate) async fn stored_many(
        &self,
        shard: ShardId,
        ids: &[(Kind, String)],
    ) -> Result<Vec<crate::stored::Stored>, StoreError> {
        let lease = self.shard(shard)?.pool.lease().await?;
        read::stored_many(&lease, &self.shared.vault, shard, ids).await
    }
}
