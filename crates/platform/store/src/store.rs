//! The store's face: what every other crate calls.

use crate::{
    Balance, ChainId, ChangedVersion, Changes, Claim, Committed, Document, Engine, Entry, JournalPosition,
    JournalRow, Kind, ShardId, StoreConfig, StoreError, Version, WriteSet, ids, postgres::Postgres,
    sqlite::Sqlite, vault::Vault,
};
use std::sync::Arc;

/// Most bytes a claim's holder may have.
pub const HOLDER_BYTES_MAX: usize = 4_096;
/// Most rows a page may have.
pub const PAGE_ROWS_MAX: u32 = 1_000;
/// Longest name of a zone.
const ZONE_BYTES_MAX: usize = 32;

/// An open store: cheap to clone, shared by all tasks.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    zone: String,
    shards: u8,
    engine: Backend,
}

/// The engine behind a store: a match, not a virtual call, so that reads on SQLite stay inline.
#[allow(clippy::large_enum_variant, reason = "there is one per process, behind an Arc")]
pub(crate) enum Backend {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens (or makes) the store, starts its writers, checks format and key.
    pub async fn open(config: StoreConfig) -> Result<Self, StoreError> {
        let zone = config.zone;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if zone.is_empty() || zone.len() > ZONE_BYTES_MAX || !zone.chars().all(plain) {
            return Err(StoreError::Invalid("a zone's name is lowercase letters and digits"));
        }
        let (engine, shards) = match config.engine {
            Engine::Sqlite { directory } => {
                (Backend::Sqlite(Sqlite::open(&directory, &zone, &config.key)?), 1)
            }
            Engine::Postgres { url, shards } => {
                (Backend::Postgres(Postgres::open_apart(&url, shards, &zone, &config.key).await?), shards)
            }
        };
        Ok(Self { inner: Arc::new(Inner { zone, shards, engine }) })
    }

    /// How many shards this zone has.
    pub fn shards(&self) -> u8 {
        self.inner.shards
    }

    /// The zone's name.
    pub fn zone(&self) -> &str {
        &self.inner.zone
    }

    /// The shard that hash-routed ids (patients) live on: the first eight bytes of the id's SHA-256, big-endian, modulo
    /// the number of shards.
    pub fn shard_of_hash(&self, id: &str) -> ShardId {
        ids::shard_of_hash(id, self.inner.shards)
    }

    /// The shard that a server-made id names in its tag; `None` for ids made elsewhere.
    pub fn shard_of_id(&self, id: &str) -> Option<ShardId> {
        ids::shard_of_id(id, self.inner.shards)
    }

    /// Makes an id on `shard`: tag, then time-ordered bits, then chance.
    pub fn new_id(&self, shard: ShardId, now: galen_kernel::Instant, entropy: [u8; 16]) -> String {
        ids::new_id(shard, now, entropy)
    }

    /// Commits a write set; returns when it is synced.
    pub async fn commit(&self, set: WriteSet) -> Result<Committed, StoreError> {
        self.check_shard(set.shard)?;
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.commit(set).await,
            Backend::Postgres(engine) => engine.apart().commit(set).await,
        }
    }

    /// Appends a journal entry that comes with no document; returns when it is synced. On an embedded store it lies in a
    /// file and a chain of its own, because a commit to the documents' file costs every reader its page cache.
    pub async fn note(
        &self,
        shard: ShardId,
        at: galen_kernel::Instant,
        journal: Vec<u8>,
    ) -> Result<Committed, StoreError> {
        self.check_shard(shard)?;
        crate::prepared::validate_journal(&journal)?;
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.note(at.micros(), &journal).await,
            Backend::Postgres(_) => {
                self.commit(WriteSet { shard, at, operations: Vec::new(), journal: Some(journal) }).await
            }
        }
    }

    /// Whether a chain holds nothing but notes: entries that carry no events, which a relay need not read.
    pub fn is_of_notes(&self, chain: ChainId) -> bool {
        matches!(self.inner.engine, Backend::Sqlite(_)) && chain == crate::sqlite::NOTES
    }

    /// Commits write sets to several shards as one (one database transaction). The first set's journal position is
    /// returned. On an embedded store, which has one shard, sets are merged; only one of them may have a journal entry.
    pub async fn commit_spanning(&self, sets: Vec<WriteSet>) -> Result<Committed, StoreError> {
        for set in &sets {
            self.check_shard(set.shard)?;
        }
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.commit_spanning(sets).await,
            Backend::Postgres(engine) => engine.apart().commit_spanning(sets).await,
        }
    }

    /// The current version of a document (tombstones included, with `deleted`).
    pub async fn get(&self, shard: ShardId, kind: Kind, id: &str) -> Result<Option<Document>, StoreError> {
        self.check_shard(shard)?;
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.get(kind, id),
            Backend::Postgres(engine) => engine.apart().get(shard, kind, id).await,
        }
    }

    /// Many at once, in one round trip, in the order asked for; absent ones are left out.
    pub async fn get_many(
        &self,
        shard: ShardId,
        ids: &[(Kind, String)],
    ) -> Result<Vec<Document>, StoreError> {
        self.check_shard(shard)?;
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.get_many(ids),
            Backend::Postgres(engine) => engine.apart().get_many(shard, ids).await,
        }
    }

    /// Versions only, in one round trip; same order as asked.
    pub async fn versions(
        &self,
        shard: ShardId,
        ids: &[(Kind, String)],
    ) -> Result<Vec<Option<Version>>, StoreError> {
        self.check_shard(shard)?;
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.versions(ids),
            Backend::Postgres(engine) => engine.apart().versions(shard, ids).await,
        }
    }

    /// One version.
    pub async fn get_version(
        &self,
        shard: ShardId,
        kind: Kind,
        id: &str,
        version: u64,
    ) -> Result<Option<Document>, StoreError> {
        let before = version.saturating_add(1);
        let found = self.history(shard, kind, id, Some(before), 1).await?;
        Ok(found.into_iter().next().filter(|document| document.version == version))
    }

    /// Versions, newest first, before `before` (exclusive).
    pub async fn history(
        &self,
        shard: ShardId,
        kind: Kind,
        id: &str,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Document>, StoreError> {
        self.check_shard(shard)?;
        let (before, limit) = (before.unwrap_or(u64::MAX), limit.min(PAGE_ROWS_MAX));
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.history(kind, id, before, limit),
            Backend::Postgres(engine) => engine.apart().history(shard, kind, id, before, limit).await,
        }
    }

    /// Versions of all documents of some kinds, by the time of their writing.
    pub async fn changes(
        &self,
        shard: ShardId,
        asked: &Changes,
        limit: u32,
    ) -> Result<Vec<ChangedVersion>, StoreError> {
        self.check_shard(shard)?;
        let limit = limit.min(PAGE_ROWS_MAX);
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.changes(asked, limit),
            Backend::Postgres(engine) => engine.apart().changes(shard, asked, limit).await,
        }
    }

    /// How many versions there are of some kinds in a range of time, counting no further than `most`.
    pub async fn count_changes(&self, shard: ShardId, asked: &Changes, most: u64) -> Result<u64, StoreError> {
        self.check_shard(shard)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let count = match &self.inner.engine {
            Backend::Sqlite(engine) => engine.count_changes(asked, most)?,
            Backend::Postgres(engine) => engine.apart().count_changes(shard, asked, most).await?,
        };
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Who holds a unique value (lapsed claims are not held).
    pub async fn claim(
        &self,
        shard: ShardId,
        scope: &'static str,
        value: &str,
        now: galen_kernel::Instant,
    ) -> Result<Option<Claim>, StoreError> {
        self.check_shard(shard)?;
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.claim(scope, value, now),
            Backend::Postgres(engine) => engine.apart().claim(shard, scope, value, now).await,
        }
    }

    /// A counter's value; 0 when never moved.
    pub async fn balance(&self, shard: ShardId, balance: &str) -> Result<Balance, StoreError> {
        self.check_shard(shard)?;
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.balance(balance),
            Backend::Postgres(engine) => engine.apart().balance(shard, balance).await,
        }
    }

    /// Posted lines of an account after `after` (posting number), oldest first.
    pub async fn entries(
        &self,
        shard: ShardId,
        account: &str,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        self.check_shard(shard)?;
        let limit = limit.min(PAGE_ROWS_MAX);
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.entries(account, after, limit),
            Backend::Postgres(engine) => engine.apart().entries(shard, account, after, limit).await,
        }
    }

    /// The chains of a shard's journal with their newest entries.
    pub async fn journal_heads(&self, shard: ShardId) -> Result<Vec<JournalRow>, StoreError> {
        self.check_shard(shard)?;
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.journal_heads(),
            Backend::Postgres(engine) => engine.apart().journal_heads(shard).await,
        }
    }

    /// Journal entries of a chain after a place, oldest first.
    pub async fn journal(
        &self,
        shard: ShardId,
        after: JournalPosition,
        limit: u32,
    ) -> Result<Vec<JournalRow>, StoreError> {
        self.check_shard(shard)?;
        let limit = limit.min(PAGE_ROWS_MAX);
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.journal(after, limit),
            Backend::Postgres(engine) => engine.apart().journal(shard, after, limit).await,
        }
    }

    /// The links of a chain after a place, oldest first, without the entries: what a checkpoint is made of.
    pub async fn journal_hashes(
        &self,
        shard: ShardId,
        after: JournalPosition,
        limit: u32,
    ) -> Result<Vec<[u8; 32]>, StoreError> {
        self.check_shard(shard)?;
        let limit = limit.min(PAGE_ROWS_MAX);
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.journal_hashes(after, limit),
            Backend::Postgres(engine) => engine.apart().journal_hashes(shard, after, limit).await,
        }
    }

    /// The journal entries at these very places, in the order asked for; absent ones are left out.
    pub async fn journal_entries(
        &self,
        shard: ShardId,
        places: &[JournalPosition],
    ) -> Result<Vec<JournalRow>, StoreError> {
        self.check_shard(shard)?;
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.journal_entries(places),
            Backend::Postgres(engine) => engine.apart().journal_entries(shard, places).await,
        }
    }

    /// How far a named reader has read, one position per chain.
    pub async fn cursor(&self, shard: ShardId, cursor: &str) -> Result<Vec<JournalPosition>, StoreError> {
        self.check_shard(shard)?;
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.cursor(cursor),
            Backend::Postgres(engine) => engine.apart().cursor(shard, cursor).await,
        }
    }

    /// Re-wraps all data keys (and re-keys the file) under a new root key; the store keeps serving. With a key file the
    /// file is replaced too; a key from the environment or a command is the operator's to change before the next start.
    pub async fn rotate_root_key(&self, new: [u8; 32]) -> Result<(), StoreError> {
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.rotate_root_key(new).await,
            Backend::Postgres(engine) => engine.apart().rotate_root_key(new).await,
        }
    }

    /// Writes a consistent, encrypted copy to `target`, a new file or an existing directory (SQLite; PostgreSQL has its
    /// own tools, refused with a hint).
    pub async fn backup(&self, target: &std::path::Path) -> Result<(), StoreError> {
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.backup(target).await,
            Backend::Postgres(_) => Err(StoreError::Invalid(
                "PostgreSQL has its own backups: use pg_basebackup with WAL archiving, or pg_dump",
            )),
        }
    }

    /// Whether the database answers and can be written: for readiness.
    pub async fn ready(&self) -> Result<(), StoreError> {
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.ready().await,
            Backend::Postgres(engine) => engine.apart().ready().await,
        }
    }

    /// Syncs and stops the writers; later commits are refused as unavailable.
    pub async fn close(&self) {
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.close().await,
            Backend::Postgres(engine) => engine.apart().close().await,
        }
    }

    pub(crate) fn vault(&self) -> &Vault {
        match &self.inner.engine {
            Backend::Sqlite(engine) => engine.vault(),
            Backend::Postgres(engine) => engine.vault(),
        }
    }

    pub(crate) fn engine(&self) -> &Backend {
        &self.inner.engine
    }

    pub(crate) fn check_shard(&self, shard: ShardId) -> Result<(), StoreError> {
        if shard.0 < self.inner.shards { Ok(()) } else { Err(StoreError::Invalid("no such shard")) }
    }
}
