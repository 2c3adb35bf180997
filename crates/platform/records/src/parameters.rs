//! Search parameters that users define: numbered, kept beside their SearchParameter resources, and in force here.
//!
//! A definition is in force in three steps. From its commit on, every process that has heard of it (within
//! [`AGE_MICROS_MAX`]) writes index rows by it. After [`SETTLE_MICROS`] the re-indexing begins, which gives rows to what
//! was written before. When that has been through, searches may use it: no search ever sees half an index.

use crate::reader::Records;
use crate::write::Change;
use galen_fhir::definitions::{ADDED_FIRST, ADDED_LAST, ADDED_OF_TYPE_MAX, Definition};
use galen_fhir::{Issue, IssueCode, ParamId, Parameters, Resource};
use galen_kernel::{Fault, Instant, MICROS_PER_SECOND};
use galen_store::{
    Document, Expected, IndexRows, Kind, Operation, Order, PAGE_ROWS_MAX, Put, Scan, ShardId, Store,
};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is known about defined parameters, and how far everything stored is indexed.
pub const INDEXING: Kind = Kind(1401);
/// How old the knowledge of a process may get.
const AGE_MICROS_MAX: i64 = MICROS_PER_SECOND;
/// How long after a definition its re-indexing begins: longer than any process goes without hearing of it, with the
/// longest transaction.
pub(crate) const SETTLE_MICROS: i64 = 5 * MICROS_PER_SECOND;
/// Scope of the claims by which a number is one definition's.
const NUMBER_SCOPE: &str = "search-parameter-number";
/// Most definitions, withdrawn ones included: they are read in one page a shard.
pub const DEFINED_MAX: u32 = PAGE_ROWS_MAX;

/// Something to index by, and how far that is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Indexing {
    pub(crate) by: By,
    /// Types whose resources may lack rows.
    pub(crate) left: Vec<String>,
    /// Since when, in microseconds.
    pub(crate) since: i64,
}

/// What resources are indexed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum By {
    /// Everything that this edition of the program indexes.
    Edition(u16),
    /// A definition. It outlives its resource: a number is never given to another one.
    Parameter {
        /// The number under which its rows lie.
        number: u16,
        /// The SearchParameter; `None` when it is withdrawn.
        resource: Option<serde_json::Value>,
    },
}

/// One with its place.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) shard: ShardId,
    pub(crate) id: String,
    pub(crate) version: u64,
    pub(crate) indexing: Indexing,
}

impl Kept {
    fn read(shard: ShardId, document: &Document) -> Result<Option<Self>, Fault> {
        let Some(body) = &document.body else { return Ok(None) };
        let indexing = serde_json::from_slice(body).map_err(|e| Fault::new("search parameter", e))?;
        Ok(Some(Self { shard, id: document.id.clone(), version: document.version, indexing }))
    }

    fn number(&self) -> Option<u16> {
        match self.indexing.by {
            By::Parameter { number, .. } => Some(number),
            By::Edition(_) => None,
        }
    }

    /// The definition, while it is in force.
    fn definition(&self) -> Option<Definition> {
        let By::Parameter { resource: Some(resource), .. } = &self.indexing.by else { return None };
        let json = galen_fhir::json::parse(resource.to_string().as_bytes()).ok()?;
        Definition::read(&json).ok().flatten()
    }

    /// The operation that writes it.
    pub(crate) fn put(id: &str, expected: Expected, indexing: &Indexing) -> Result<Operation, Fault> {
        let body = serde_json::to_vec(indexing).map_err(|e| Fault::new("search parameter", e))?;
        let (owner, index) = (String::new(), IndexRows::default());
        Ok(Operation::Put(Put { kind: INDEXING, id: id.to_owned(), expected, owner, body, index }))
    }
}

/// What this process knows, and as of when.
#[derive(Debug, Default)]
pub(crate) struct InForce {
    parameters: RwLock<Parameters>,
    read: RwLock<Read>,
}

#[derive(Debug, Default)]
struct Read {
    at: Option<Instant>,
    /// Which documents it was made of.
    versions: Vec<(ShardId, String, u64)>,
}

/// Everything kept, from every shard.
pub(crate) async fn kept(store: &Store) -> Result<Vec<Kept>, Fault> {
    let scan = Scan::new(INDEXING, Vec::new(), Order::Key { descending: false }, PAGE_ROWS_MAX);
    let mut all = Vec::new();
    for shard in (0..store.shards()).map(ShardId) {
        for document in store.scan(shard, &scan).await?.documents {
            all.extend(Kept::read(shard, &document)?);
        }
    }
    Ok(all)
}

impl Records {
    /// The search parameters in force, as this process last heard.
    pub fn parameters(&self) -> Parameters {
        self.in_force.parameters.read().clone()
    }

    /// Hears of definitions that were made or withdrawn since, when the last time is long ago.
    pub async fn refresh_parameters(&self, now: Instant) -> Result<(), Fault> {
        let is_fresh = |at: Instant| now >= at && now.since(at) <= AGE_MICROS_MAX;
        if self.in_force.read.read().at.is_some_and(is_fresh) {
            return Ok(());
        }
        let kept = kept(self.store()).await?;
        let versions = kept.iter().map(|one| (one.shard, one.id.clone(), one.version)).collect();
        if self.in_force.read.read().versions != versions {
            let definitions: Vec<_> = kept
                .iter()
                .filter_map(|one| Some((one.definition()?, one.number()?, one.indexing.left.is_empty())))
                .collect();
            let each =
                definitions.iter().map(|(definition, number, done)| (definition, ParamId(*number), *done));
            let parameters =
                Parameters::with(each).map_err(|i| Fault::new("search parameters", i.message))?;
            *self.in_force.parameters.write() = parameters;
        }
        *self.in_force.read.write() = Read { at: Some(now), versions };
        Ok(())
    }

    /// To be told after a definition was written.
    pub fn parameters_written(&self) {
        self.in_force.read.write().at = None;
    }

    /// What a SearchParameter's next state means for the index, added to `change`; `resource` is `None` when it is
    /// deleted, `earlier` what the same transaction changes before. Says what keeps the definition from being indexed.
    pub async fn define_parameter(
        &self,
        id: &str,
        resource: Option<&Resource>,
        earlier: &Change,
        change: &mut Change,
        now: Instant,
    ) -> Result<Result<(), Vec<Issue>>, Fault> {
        let definition = match resource.map(|resource| Definition::read(resource.json())) {
            Some(Err(issues)) => return Ok(Err(issues)),
            Some(Ok(definition)) => definition,
            None => None,
        };
        let kept = kept(self.store()).await?;
        let own = kept.iter().find(|one| one.id == id);
        let Some(definition) = definition else {
            if let Some(own) = own
                && let Some(number) = own.number()
            {
                let by = By::Parameter { number, resource: None };
                let gone = Indexing { by, left: Vec::new(), since: now.micros() };
                change.push(own.shard, Kept::put(id, Expected::Version(own.version), &gone)?);
            }
            return Ok(Ok(()));
        };
        if let Err(issue) = self.fits(id, &definition, &kept) {
            return Ok(Err(vec![issue]));
        }
        if own.and_then(Kept::definition).is_some_and(|known| known == definition) {
            return Ok(Ok(()));
        }
        let shard = self.shard_of(id);
        let (number, expected) = match own.and_then(|own| Some((own.number()?, own.version))) {
            Some((number, version)) => (number, Expected::Version(version)),
            None => {
                let Some(number) = free_number(&kept, earlier) else {
                    let message = "no more search parameters can be defined";
                    return Ok(Err(vec![Issue::error(IssueCode::TooCostly, message)]));
                };
                let holder = id.as_bytes().to_vec();
                let (scope, value) = (NUMBER_SCOPE, number.to_string());
                // All numbers lie in one shard's claims, or two shards would give one number twice.
                change.push(ShardId(0), Operation::Claim { scope, value, holder, until: None });
                (number, Expected::Absent)
            }
        };
        let json = resource.map(|resource| serde_json::from_slice(&resource.to_bytes()));
        let resource = json.transpose().map_err(|e| Fault::new("search parameter", e))?;
        let left = definition.base.iter().map(|one| one.name().to_owned()).collect();
        let indexing = Indexing { by: By::Parameter { number, resource }, left, since: now.micros() };
        change.push(shard, Kept::put(id, expected, &indexing)?);
        Ok(Ok(()))
    }

    /// Whether a definition can stand beside the others.
    fn fits(&self, id: &str, definition: &Definition, kept: &[Kept]) -> Result<(), Issue> {
        let others: Vec<Definition> =
            kept.iter().filter(|one| one.id != id).filter_map(Kept::definition).collect();
        for resource_type in &definition.base {
            if self.is_journal(*resource_type) {
                let message =
                    format!("{resource_type} is a view of the audit log, which is indexed by R4's own only");
                return Err(Issue::error(IssueCode::NotSupported, message).at("SearchParameter.base"));
            }
            let mut same = others.iter().filter(|other| other.base.contains(resource_type));
            if let Some(other) = same.clone().find(|other| other.code == definition.code) {
                let message = format!("{resource_type} has this search parameter by {} already", other.url);
                return Err(Issue::error(IssueCode::Duplicate, message).at("SearchParameter.code"));
            }
            if same.nth(ADDED_OF_TYPE_MAX - 1).is_some() {
                let message =
                    format!("{resource_type} has {ADDED_OF_TYPE_MAX} defined search parameters already");
                return Err(Issue::error(IssueCode::TooCostly, message).at("SearchParameter.base"));
            }
        }
        Ok(())
    }
}

/// The lowest number that nobody has and nobody in this transaction takes.
fn free_number(kept: &[Kept], earlier: &Change) -> Option<u16> {
    let mut taken: BTreeSet<u16> = kept.iter().filter_map(Kept::number).collect();
    if kept.len() >= usize::try_from(DEFINED_MAX).unwrap_or(usize::MAX) {
        return None;
    }
    for operation in earlier.operations() {
        if let Operation::Claim { scope: NUMBER_SCOPE, value, .. } = operation {
            taken.extend(value.parse::<u16>());
        }
    }
    (ADDED_FIRST..=ADDED_LAST).find(|number| !taken.contains(number))
}
