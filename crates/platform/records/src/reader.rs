//! Reads: one resource, one version, a history, many at once.

use crate::library::LocalTerminology;
use crate::parameters::InForce;
use crate::sealed::{SealedCache, SealedPatients};
use crate::{kind_of, type_of};
use futures_util::future::BoxFuture;
use galen_access::Label;
use galen_fhir::{Json, Resource, ResourceType};
use galen_kernel::{Fault, Instant, Rejection};
use galen_store::{Document, JournalRow, ShardId, Store};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most versions that one history page shows.
pub const HISTORY_ROWS_MAX: u32 = 1_000;

/// Makes resources out of journal entries, for the kind that is a view of the journal (AuditEvent).
pub trait JournalView: Send + Sync {
    /// The type whose resources are journal entries.
    fn resource_type(&self) -> ResourceType;
    /// The resource of an entry, if it has one.
    fn resource(&self, shard: ShardId, row: &JournalRow) -> Option<Json>;
    /// The place that an id names.
    fn place(&self, id: &str) -> Option<(ShardId, galen_store::JournalPosition)>;
}

/// What a question to the terminology comes to: systems with codes, or why there is no answer.
pub type Codes<'t> = BoxFuture<'t, Result<Result<Vec<(String, String)>, Rejection>, Fault>>;

/// Answers about codes, for the searches that need them.
pub trait Terminology: Send + Sync {
    /// The codes of a value set, by its canonical or `ValueSet/id`.
    fn expand<'t>(&'t self, records: &'t Records, value_set: &'t str, now: Instant) -> Codes<'t>;
    /// A code with all that subsume it (`above`) or that it subsumes.
    fn relatives<'t>(
        &'t self,
        records: &'t Records,
        system: &'t str,
        code: &'t str,
        above: bool,
        now: Instant,
    ) -> Codes<'t>;
}

/// A resource as it lies in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Its type.
    pub resource_type: ResourceType,
    /// Where it lies.
    pub shard: ShardId,
    /// Its document; the body is the resource's JSON.
    pub document: Document,
}

impl Stored {
    /// The resource, parsed; `None` for a tombstone or an erased one.
    pub fn resource(&self) -> Result<Option<Resource>, Fault> {
        match &self.document.body {
            None => Ok(None),
            Some(body) => {
                Resource::parse(body).map(Some).map_err(|issue| Fault::new("stored resource", issue.message))
            }
        }
    }

    /// `Type/id`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.resource_type.name(), self.document.id)
    }
}

/// A resource type by its name; a fault where the definitions lack it.
pub fn resource_type(name: &'static str) -> Result<ResourceType, Fault> {
    ResourceType::parse(name).ok_or_else(|| Fault::new("definitions", format!("there is no {name}")))
}

/// FHIR resources over a store.
#[derive(Clone)]
pub struct Records {
    store: Store,
    sealed: Arc<SealedCache>,
    pub(crate) journal_view: Option<Arc<dyn JournalView>>,
    pub(crate) terminology: Arc<dyn Terminology>,
    pub(crate) shelf: Arc<crate::library::Shelf>,
    pub(crate) in_force: Arc<InForce>,
}

impl Records {
    /// Over `store`; `journal_view` answers for the type that is a view of the journal.
    pub fn new(store: Store, journal_view: Option<Arc<dyn JournalView>>) -> Self {
        Self {
            store,
            sealed: Arc::default(),
            journal_view,
            terminology: Arc::new(LocalTerminology),
            shelf: Arc::default(),
            in_force: Arc::default(),
        }
    }

    /// The store beneath.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The patients whose whole record is sealed.
    pub async fn sealed(&self, now: Instant) -> Result<Arc<SealedPatients>, Fault> {
        self.sealed.get(&self.store, now).await
    }

    /// To be told after Patients were written that may have been sealed or unsealed by it ([`crate::Change::take_seals`]).
    pub fn seals_written(&self, seals: &[(String, Label)]) {
        self.sealed.written(seals);
    }

    /// The shard where `Type/id` lies or would lie: ids made here carry their shard, others are placed by hash.
    pub fn shard_of(&self, id: &str) -> ShardId {
        self.store.shard_of_id(id).unwrap_or_else(|| self.store.shard_of_hash(id))
    }

    /// The current version, tombstones included.
    pub async fn get(&self, resource_type: ResourceType, id: &str) -> Result<Option<Stored>, Fault> {
        if let Some(view) = self.journal_view.as_ref().filter(|v| v.resource_type() == resource_type) {
            return self.get_journal(view.as_ref(), id).await;
        }
        let shard = self.shard_of(id);
        let found = self.store.get(shard, kind_of(resource_type), id).await?;
        Ok(found.map(|document| Stored { resource_type, shard, document }))
    }

    /// The resource of this type and id, as it is now; `None` where there is none any more.
    pub async fn resource(&self, name: &'static str, id: &str) -> Result<Option<Resource>, Fault> {
        let found = self.get(resource_type(name)?, id).await?;
        Ok(found.map(|stored| stored.resource()).transpose()?.flatten())
    }

    async fn get_journal(&self, view: &dyn JournalView, id: &str) -> Result<Option<Stored>, Fault> {
        let Some((shard, position)) = view.place(id).filter(|(shard, _)| shard.0 < self.store.shards())
        else {
            return Ok(None);
        };
        let rows = self.store.journal_entries(shard, &[position]).await?;
        Ok(rows.first().and_then(|row| journal_document(view, shard, row)))
    }

    /// One version.
    pub async fn version(
        &self,
        resource_type: ResourceType,
        id: &str,
        version: u64,
    ) -> Result<Option<Stored>, Fault> {
        if self.journal_view.as_ref().is_some_and(|v| v.resource_type() == resource_type) {
            return Ok(if version == 1 { self.get(resource_type, id).await? } else { None });
        }
        let shard = self.shard_of(id);
        let found = self.store.get_version(shard, kind_of(resource_type), id, version).await?;
        Ok(found.map(|document| Stored { resource_type, shard, document }))
    }

    /// Versions, newest first, before `before`.
    pub async fn history(
        &self,
        resource_type: ResourceType,
        id: &str,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Stored>, Fault> {
        if self.journal_view.as_ref().is_some_and(|v| v.resource_type() == resource_type) {
            let first_page = before.is_none();
            return Ok(self.get(resource_type, id).await?.filter(|_| first_page).into_iter().collect());
        }
        let shard = self.shard_of(id);
        let limit = limit.min(HISTORY_ROWS_MAX);
        let found = self.store.history(shard, kind_of(resource_type), id, before, limit).await?;
        Ok(found.into_iter().map(|document| Stored { resource_type, shard, document }).collect())
    }

    /// Many at once (one round trip per shard); absent ones are left out.
    pub async fn get_many(&self, wanted: &[(ResourceType, String)]) -> Result<Vec<Stored>, Fault> {
        let mut by_shard: BTreeMap<ShardId, Vec<_>> = BTreeMap::new();
        for (resource_type, id) in wanted {
            by_shard.entry(self.shard_of(id)).or_default().push((kind_of(*resource_type), id.clone()));
        }
        let mut found = Vec::with_capacity(wanted.len());
        for (shard, ids) in by_shard {
            for document in self.store.get_many(shard, &ids).await? {
                if let Some(resource_type) = type_of(document.kind) {
                    found.push(Stored { resource_type, shard, document });
                }
            }
        }
        Ok(found)
    }
}

/// A journal entry as the document that it looks like from outside.
pub(crate) fn journal_document(view: &dyn JournalView, shard: ShardId, row: &JournalRow) -> Option<Stored> {
    let json = view.resource(shard, row)?;
    let resource_type = view.resource_type();
    let document = Document {
        kind: kind_of(resource_type),
        key: galen_store::DocumentKey(journal_key(row.position)),
        id: json.str("id")?.to_owned(),
        version: 1,
        at: row.at,
        deleted: false,
        body: Some(json.to_bytes()),
    };
    Some(Stored { resource_type, shard, document })
}

/// Bits of a journal key that number the entry within its chain.
const SEQUENCE_BITS: u32 = 40;

/// The key under which a journal entry is indexed: chain above, sequence below.
pub(crate) fn journal_key(position: galen_store::JournalPosition) -> i64 {
    let sequence = i64::try_from(position.sequence).unwrap_or(i64::MAX) & ((1 << SEQUENCE_BITS) - 1);
    (i64::from(position.chain.0) << SEQUENCE_BITS) | sequence
}

/// The journal entry that a key names.
pub(crate) fn journal_position(key: i64) -> galen_store::JournalPosition {
    let chain = galen_store::ChainId(u16::try_from(key >> SEQUENCE_BITS).unwrap_or(u16::MAX));
    let sequence = u64::try_from(key & ((1 << SEQUENCE_BITS) - 1)).unwrap_or(0);
    galen_store::JournalPosition { chain, sequence }
}

#[cfg(test)]
mod tests {
    use super::*;
    use galen_store::{ChainId, JournalPosition};

    #[test]
    fn journal_keys_read_back() {
        for (chain, sequence) in [(0, 1), (7, 123_456_789), (65_535 >> 1, (1 << SEQUENCE_BITS) - 1)] {
            let position = JournalPosition { chain: ChainId(chain), sequence };
            assert_eq!(journal_position(journal_key(position)), position);
        }
    }
}
