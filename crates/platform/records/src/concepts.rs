//! Concepts of code systems that have too many for a resource: kept in pages beside their `CodeSystem`, which says
//! `not-present`. Written by imports of releases; read whole, once, when the first question is asked.

use crate::reader::{Records, Stored};
use futures_util::lock::Mutex;
use galen_fhir::Json;
use galen_fhir::json::parse;
use galen_fhir::terminology::{CodeSystem, Growing};
use galen_kernel::{Fault, Instant};
use galen_store::{Expected, IndexRows, Kind, Operation, Put, ShardId, WriteSet};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// Which pages hold a code system's concepts; under the id of the `CodeSystem`.
const CONCEPTS: Kind = Kind(1402);
/// The pages.
const CONCEPT_PAGE: Kind = Kind(1403);
/// Concepts of a page.
pub const PAGE_CONCEPTS: usize = 1_000;
/// Most pages of a code system: five million concepts.
pub const CONCEPT_PAGES_MAX: u64 = 5_000;
/// Large code systems that are kept in memory.
const LARGE_MAX: usize = 8;
/// How often a code system is read again that was replaced while it was read.
const TRIES_MAX: usize = 3;
/// Where all of it lies.
const HOME: ShardId = ShardId(0);

/// What holds a code system's concepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// The beginning of the pages' ids; another one for each import.
    pub name: String,
    /// The `CodeSystem.version` that these are the concepts of; those of another version it has not.
    pub version: String,
    /// How many pages.
    pub pages: u64,
    /// How many concepts.
    pub concepts: u64,
}

/// Large code systems as read, by the id of their `CodeSystem`, the names of their editions and their versions.
#[derive(Debug, Default)]
pub(crate) struct Large(Mutex<HashMap<(String, String, u64), Arc<CodeSystem>>>);

fn page_id(edition: &str, page: u64) -> String {
    format!("{edition}.{page}")
}

/// Whose data key seals an edition's pages: with the key goes the edition. No patient can have this id.
fn owner(edition: &str) -> String {
    format!("concepts/{edition}")
}

fn put(kind: Kind, id: String, expected: Expected, owner: String, body: Vec<u8>) -> Operation {
    Operation::Put(Put { kind, id, expected, owner, body, index: IndexRows::default() })
}

impl Records {
    async fn keep(&self, at: Instant, operations: Vec<Operation>) -> Result<(), Fault> {
        let set = WriteSet { shard: HOME, at, operations, journal: None };
        self.store().commit(set).await.map(|_| ()).map_err(|error| Fault::new("concepts", error))
    }

    /// Keeps a page of an edition that nothing points to yet: at most [`PAGE_CONCEPTS`] values of `CodeSystem.concept`.
    pub async fn keep_concepts(
        &self,
        edition: &str,
        page: u64,
        concepts: Vec<Json>,
        at: Instant,
    ) -> Result<(), Fault> {
        let body = Json::Array(concepts).to_bytes();
        let page = put(CONCEPT_PAGE, page_id(edition, page), Expected::Absent, owner(edition), body);
        self.keep(at, vec![page]).await
    }

    /// What holds the concepts of a `CodeSystem`, with the version of that knowledge.
    pub async fn edition(&self, id: &str) -> Result<Option<(Edition, u64)>, Fault> {
        let found = self.store().get(HOME, CONCEPTS, id).await?;
        let Some((body, version)) = found.and_then(|found| Some((found.body?, found.version))) else {
            return Ok(None);
        };
        let edition = serde_json::from_slice(&body).map_err(|error| Fault::new("concepts", error))?;
        Ok(Some((edition, version)))
    }

    /// Makes an edition that of a `CodeSystem`, from now on; the one before it is gone.
    pub async fn use_edition(&self, id: &str, edition: &Edition, at: Instant) -> Result<(), Fault> {
        let known = self.edition(id).await?;
        let expected = known.as_ref().map_or(Expected::Absent, |(_, version)| Expected::Version(*version));
        let body = serde_json::to_vec(edition).map_err(|error| Fault::new("concepts", error))?;
        let mut operations = vec![put(CONCEPTS, id.to_owned(), expected, String::new(), body)];
        operations.extend(known.map(|(known, _)| Operation::Erase { owner: owner(&known.name) }));
        self.keep(at, operations).await
    }

    /// Forgets an edition that never came to be used.
    pub async fn drop_edition(&self, name: &str, at: Instant) -> Result<(), Fault> {
        self.keep(at, vec![Operation::Erase { owner: owner(name) }]).await
    }

    /// A code system of this version whose concepts are kept in pages; `None` when it has none.
    pub(crate) async fn large_system(
        &self,
        stored: &Stored,
        version: Option<&str>,
    ) -> Result<Option<Arc<CodeSystem>>, Fault> {
        for _ in 0..TRIES_MAX {
            let Some((edition, _)) = self.edition(&stored.document.id).await? else { return Ok(None) };
            if version != Some(&edition.version) {
                return Ok(None);
            }
            let name = (stored.document.id.clone(), edition.name.clone(), stored.document.version);
            // One reads, whoever else asks waits for that.
            let mut known = self.shelf.large.0.lock().await;
            if let Some(system) = known.get(&name) {
                return Ok(Some(Arc::clone(system)));
            }
            let Some(system) = self.read_edition(stored, &edition).await? else { continue };
            let system = Arc::new(system);
            known.retain(|(id, _, _), _| *id != name.0);
            if known.len() >= LARGE_MAX {
                known.clear();
            }
            known.insert(name, Arc::clone(&system));
            return Ok(Some(system));
        }
        Err(Fault::new("concepts", "the pages of a code system are not all there"))
    }

    /// `None` when a page went meanwhile.
    async fn read_edition(&self, stored: &Stored, edition: &Edition) -> Result<Option<CodeSystem>, Fault> {
        let Some(resource) = stored.resource()? else { return Ok(None) };
        let Some(mut growing) = Growing::of(resource.json()) else { return Ok(None) };
        for page in 0..edition.pages {
            let found = self.store().get(HOME, CONCEPT_PAGE, &page_id(&edition.name, page)).await?;
            let Some(body) = found.and_then(|found| found.body) else { return Ok(None) };
            let concepts = parse(&body).map_err(|error| Fault::new("concepts", error.to_string()))?;
            concepts.items().for_each(|concept| growing.take(concept));
        }
        Ok(Some(growing.finish()))
    }
}
