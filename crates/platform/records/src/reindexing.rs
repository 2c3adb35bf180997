//! Gives index rows to what was written before somebody defined a search parameter, or before a release that indexes
//! more: online, a page at a time, and again from the type's beginning after a crash.

use crate::kind_of;
use crate::parameters::{By, Indexing, Kept, SETTLE_MICROS, kept};
use crate::reader::{Records, Stored};
use crate::rows::index_rows;
use crate::write::owner_of;
use futures_util::future::try_join_all;
use galen_fhir::{Parameters, ResourceType};
use galen_kernel::{Fault, Instant};
use galen_store::{
    Conflict, Document, Expected, Operation, Order, Position, Scan, ShardId, StoreError, WriteSet,
};

/// What a release indexes: raised by one when resources get rows that they had not before.
pub const INDEX_EDITION: u16 = 2;
/// The document that keeps the edition by which everything is indexed; no SearchParameter can have this id.
const EDITION: &str = "_edition";
/// Resources that are read and written at a time: small, so that nobody waits for it.
const PAGE: u32 = 100;

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// There is nothing to do.
    Idle,
    /// A page was done, and there may be more.
    Working,
    /// All resources of a type have their rows; so many were looked at.
    Finished(ResourceType, u64),
}

/// One walk through all resources of a type.
struct Pass {
    resource_type: ResourceType,
    parameters: Parameters,
    /// What is complete for this type afterwards.
    waiting: Vec<Kept>,
    shard: ShardId,
    after: Option<Position>,
    looked_at: u64,
}

/// Does the work. Two that run at once (in two processes) do it twice, to the same effect.
pub struct Reindexer {
    records: Records,
    pass: Option<Pass>,
}

impl Reindexer {
    /// Over these records.
    pub fn new(records: Records) -> Self {
        Self { records, pass: None }
    }

    /// Does the next page of what is to be done.
    pub async fn step(&mut self, now: Instant) -> Result<Progress, Fault> {
        let Some(mut pass) = self.pass.take() else {
            self.pass = self.next(now).await?;
            return Ok(if self.pass.is_some() { Progress::Working } else { Progress::Idle });
        };
        if pass.shard.0 >= self.records.store().shards() {
            self.finish(&pass, now).await?;
            return Ok(Progress::Finished(pass.resource_type, pass.looked_at));
        }
        self.page(&mut pass, now).await?;
        self.pass = Some(pass);
        Ok(Progress::Working)
    }

    /// The next type that waits for a walk.
    async fn next(&self, now: Instant) -> Result<Option<Pass>, Fault> {
        self.records.refresh_parameters(now).await?;
        let settled = |one: &Kept| now.micros() >= one.indexing.since.saturating_add(SETTLE_MICROS);
        let due: Vec<Kept> = kept(self.records.store()).await?.into_iter().filter(settled).collect();
        let Some(name) = due.iter().find_map(|one| one.indexing.left.first()) else { return Ok(None) };
        let resource_type =
            ResourceType::parse(name).ok_or_else(|| Fault::new("reindexing", "no such type"))?;
        Ok(Some(Pass {
            resource_type,
            parameters: self.records.parameters(),
            waiting: due.iter().filter(|one| one.indexing.left.contains(name)).cloned().collect(),
            shard: ShardId(0),
            after: None,
            looked_at: 0,
        }))
    }

    async fn page(&self, pass: &mut Pass, now: Instant) -> Result<(), Fault> {
        let kind = kind_of(pass.resource_type);
        let mut scan = Scan::new(kind, Vec::new(), Order::Key { descending: false }, PAGE);
        scan.after = pass.after.take();
        let page = self.records.store().scan(pass.shard, &scan).await?;
        pass.looked_at += u64::try_from(page.documents.len()).unwrap_or(0);
        let (resource_type, shard) = (pass.resource_type, pass.shard);
        let stored: Vec<Stored> =
            page.documents.into_iter().map(|document| Stored { resource_type, shard, document }).collect();
        // At once, so that they share a commit; each by itself, because a conflict concerns no other.
        try_join_all(stored.iter().map(|one| self.reindex(one, &pass.parameters, now))).await?;
        pass.after = page.next;
        if pass.after.is_none() {
            pass.shard = ShardId(pass.shard.0 + 1);
        }
        Ok(())
    }

    async fn reindex(&self, stored: &Stored, parameters: &Parameters, now: Instant) -> Result<(), Fault> {
        let Some(resource) = stored.resource()? else { return Ok(()) };
        let Document { kind, id, version, at, .. } = &stored.document;
        let operation = Operation::Reindex {
            kind: *kind,
            id: id.clone(),
            version: *version,
            owner: owner_of(&resource),
            index: index_rows(&resource, *at, parameters),
        };
        let set = WriteSet { shard: stored.shard, at: now, operations: vec![operation], journal: None };
        match self.records.store().commit(set).await {
            // A later version has its rows by the definitions of its writer, which settled before the walk began.
            Ok(_) | Err(StoreError::Conflict(Conflict::Version { .. } | Conflict::Erased { .. })) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the type off what waits for it. Who changed meanwhile waits on.
    async fn finish(&self, pass: &Pass, now: Instant) -> Result<(), Fault> {
        for one in &pass.waiting {
            let name = pass.resource_type.name();
            let left = one.indexing.left.iter().filter(|left| *left != name).cloned().collect();
            let indexing = Indexing { left, ..one.indexing.clone() };
            let put = Kept::put(&one.id, Expected::Version(one.version), &indexing)?;
            let set = WriteSet { shard: one.shard, at: now, operations: vec![put], journal: None };
            match self.records.store().commit(set).await {
                Ok(_) | Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.records.parameters_written();
        Ok(())
    }
}

impl Records {
    /// Asks for a walk through every type that anything is stored of, when this edition of the program indexes more than
    /// the one that wrote it; `again` asks for it in any case.
    pub async fn ensure_indexed(&self, again: bool, now: Instant) -> Result<(), Fault> {
        let shard = self.shard_of(EDITION);
        let current = kept(self.store()).await?.into_iter().find(|one| one.id == EDITION);
        let edition = current.as_ref().map_or(0, |one| match one.indexing.by {
            By::Edition(edition) => edition,
            By::Parameter { .. } => 0,
        });
        if edition >= INDEX_EDITION && !again {
            return Ok(());
        }
        let mut left = Vec::new();
        for resource_type in ResourceType::all().filter(|one| !self.is_journal(*one)) {
            if self.has_any(resource_type).await? {
                left.push(resource_type.name().to_owned());
            }
        }
        let indexing = Indexing { by: By::Edition(INDEX_EDITION), left, since: now.micros() };
        let expected = current.map_or(Expected::Absent, |one| Expected::Version(one.version));
        let put = Kept::put(EDITION, expected, &indexing)?;
        match self.store().commit(WriteSet { shard, at: now, operations: vec![put], journal: None }).await {
            // Another process asks for the same.
            Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether nothing waits to be indexed.
    pub async fn is_indexed(&self) -> Result<bool, Fault> {
        Ok(kept(self.store()).await?.iter().all(|one| one.indexing.left.is_empty()))
    }

    async fn has_any(&self, resource_type: ResourceType) -> Result<bool, Fault> {
        let scan = Scan::new(kind_of(resource_type), Vec::new(), Order::Key { descending: false }, 1);
        for shard in (0..self.store().shards()).map(ShardId) {
            if self.store().count(shard, &scan, 1).await? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
