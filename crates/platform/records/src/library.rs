//! Code systems, value sets and concept maps: those that were stored here, before those that come with R4.

use crate::concepts::Large;
use crate::condition::condition;
use crate::encode;
use crate::kind_of;
use crate::reader::{Codes, Records, Stored, Terminology};
use crate::rows;
use galen_fhir::terminology::packed::{self, Definitions};
use galen_fhir::terminology::{
    CodeSystem, ConceptMap, Content, Expanding, Source, Unanswered, VALUE_SETS_DEPTH_MAX, ValueSet, expand,
    implied, parts,
};
use galen_fhir::{Json, Resource, ResourceType, search_parameter};
use galen_kernel::{Fault, Instant, Rejection, RejectionKind};
use galen_store::{Condition, Order, Scan, ShardId};
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::Arc;

/// Resources of one url that are looked through for the version asked for.
const VERSIONS_MAX: u32 = 100;
/// Stored resources that are remembered as read.
const REMEMBERED_MAX: usize = 256;
/// Concept maps that are looked through when none is named.
const MAPS_MAX: u32 = 500;

/// What one question needs, read from the store; the rest is answered from what comes with R4.
#[derive(Debug, Default)]
pub struct Library {
    systems: HashMap<String, Vec<Arc<CodeSystem>>>,
    sets: HashMap<String, Vec<Arc<ValueSet>>>,
}

impl Source for Library {
    fn code_system(&self, url: &str, version: Option<&str>) -> Option<Arc<CodeSystem>> {
        let own = self.systems.get(url).and_then(|all| all.iter().find(|one| one.is_version(version)));
        own.cloned().or_else(|| Definitions.code_system(url, version))
    }

    fn value_set(&self, url: &str, version: Option<&str>) -> Option<Arc<ValueSet>> {
        let own = self.sets.get(url).and_then(|all| all.iter().find(|one| one.is_version(version)));
        own.cloned().or_else(|| given(url, version))
    }
}

/// Stored resources as read, by id and version.
#[derive(Debug)]
pub(crate) struct Remembered<T>(RwLock<HashMap<(String, u64), Arc<T>>>);

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T> Remembered<T> {
    fn get(&self, stored: &Stored, read: impl FnOnce(&Json) -> Option<T>) -> Result<Option<Arc<T>>, Fault> {
        let name = (stored.document.id.clone(), stored.document.version);
        if let Some(known) = self.0.read().get(&name) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(found) = stored.resource()?.and_then(|resource| read(resource.json())).map(Arc::new) else {
            return Ok(None);
        };
        let mut all = self.0.write();
        if all.len() >= REMEMBERED_MAX {
            all.clear();
        }
        all.insert(name, Arc::clone(&found));
        Ok(Some(found))
    }
}

/// What was read of each type.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    systems: Remembered<CodeSystem>,
    pub(crate) large: Large,
    sets: Remembered<ValueSet>,
    maps: Remembered<ConceptMap>,
}

impl Records {
    /// The stored resources of a canonical url, active ones and the newest first.
    pub async fn by_url(&self, resource_type: ResourceType, url: &str) -> Result<Vec<Stored>, Fault> {
        let Some(param) = search_parameter(resource_type, "url") else { return Ok(Vec::new()) };
        let all = condition(rows::term(param, encode::uri(url)));
        let mut found = self.conformance(resource_type, all, VERSIONS_MAX).await?;
        let is_active = |stored: &Stored| {
            let body = stored.document.body.as_deref().unwrap_or_default();
            memchr::memmem::find(body, br#""status":"active""#).is_some()
        };
        found.sort_by_key(|stored| (!is_active(stored), std::cmp::Reverse(stored.document.at)));
        Ok(found)
    }

    async fn conformance(
        &self,
        resource_type: ResourceType,
        all: Vec<Condition>,
        most: u32,
    ) -> Result<Vec<Stored>, Fault> {
        let scan = Scan::new(kind_of(resource_type), all, Order::Updated { descending: true }, most);
        let mut found = Vec::new();
        for shard in (0..self.store().shards()).map(ShardId) {
            let page = self.store().scan(shard, &scan).await?;
            found.extend(page.documents.into_iter().map(|document| Stored {
                resource_type,
                shard,
                document,
            }));
        }
        Ok(found)
    }

    /// The value set that a canonical, `ValueSet/id` or a resource in hand names.
    pub async fn value_set(&self, named: &str) -> Result<Option<Arc<ValueSet>>, Fault> {
        if let Some(id) = named.strip_prefix("ValueSet/") {
            let stored = self.get(type_named("ValueSet")?, id).await?;
            let stored = stored.filter(|stored| stored.document.body.is_some());
            return stored.map_or(Ok(None), |stored| self.shelf.sets.get(&stored, READ_SET));
        }
        let (url, version) = parts(named);
        for stored in self.by_url(type_named("ValueSet")?, url).await? {
            if let Some(set) = self.shelf.sets.get(&stored, READ_SET)?.filter(|set| set.is_version(version)) {
                return Ok(Some(set));
            }
        }
        Ok(given(url, version))
    }

    /// A stored code system with its concepts, wherever they are kept.
    async fn system_of(&self, stored: &Stored) -> Result<Option<Arc<CodeSystem>>, Fault> {
        let small = self.shelf.systems.get(stored, CodeSystem::from_json)?;
        match small {
            Some(small) if small.content == Content::NotPresent => {
                Ok(self.large_system(stored, small.version.as_deref()).await?.or(Some(small)))
            }
            other => Ok(other),
        }
    }

    /// The code system of this url.
    pub async fn code_system(
        &self,
        url: &str,
        version: Option<&str>,
    ) -> Result<Option<Arc<CodeSystem>>, Fault> {
        for stored in self.by_url(type_named("CodeSystem")?, url).await? {
            let system = self.system_of(&stored).await?;
            if let Some(system) = system.filter(|system| system.is_version(version)) {
                return Ok(Some(system));
            }
        }
        Ok(Definitions.code_system(url, version))
    }

    /// The concept map of a url or id; without one, every map that there is.
    pub async fn concept_maps(&self, named: Option<&str>) -> Result<Vec<Arc<ConceptMap>>, Fault> {
        let kind = type_named("ConceptMap")?;
        let stored = match named {
            Some(named) => match named.strip_prefix("ConceptMap/") {
                Some(id) => self.get(kind, id).await?.into_iter().collect(),
                None => self.by_url(kind, parts(named).0).await?,
            },
            None => self.conformance(kind, Vec::new(), MAPS_MAX).await?,
        };
        let mut maps = Vec::with_capacity(stored.len());
        for stored in stored.iter().filter(|stored| stored.document.body.is_some()) {
            maps.extend(self.shelf.maps.get(stored, |json| Some(ConceptMap::from_json(json)))?);
        }
        match named {
            Some(named) if maps.is_empty() => maps.extend(packed::concept_map(parts(named).0)),
            Some(_) => maps.truncate(1),
            None => maps.extend(packed::concept_maps()),
        }
        Ok(maps)
    }

    /// What it takes to answer questions about a value set: everything stored here that it is made of.
    pub async fn library(&self, set: &ValueSet) -> Result<Library, Fault> {
        let mut library = Library::default();
        let mut waiting: Vec<Arc<ValueSet>> = Vec::new();
        self.gather(set, &mut library, &mut waiting).await?;
        for _ in 0..VALUE_SETS_DEPTH_MAX {
            let level = std::mem::take(&mut waiting);
            if level.is_empty() {
                break;
            }
            for set in level {
                self.gather(&set, &mut library, &mut waiting).await?;
            }
        }
        Ok(library)
    }

    /// Takes in what a value set names and is not in the library yet.
    async fn gather(
        &self,
        set: &ValueSet,
        library: &mut Library,
        waiting: &mut Vec<Arc<ValueSet>>,
    ) -> Result<(), Fault> {
        let (systems, sets) = set.needs();
        for (url, _) in systems {
            if library.systems.contains_key(url) {
                continue;
            }
            let mut known = Vec::new();
            for stored in self.by_url(type_named("CodeSystem")?, url).await? {
                known.extend(self.system_of(&stored).await?);
            }
            library.systems.insert(url.to_owned(), known);
        }
        for canonical in sets {
            let url = parts(canonical).0;
            if library.sets.contains_key(url) {
                continue;
            }
            let mut known = Vec::new();
            for stored in self.by_url(type_named("ValueSet")?, url).await? {
                known.extend(self.shelf.sets.get(&stored, READ_SET)?);
            }
            waiting.extend(known.iter().cloned());
            // What comes with R4 may be made of what was stored here.
            waiting.extend(known.is_empty().then(|| given(url, None)).flatten());
            library.sets.insert(url.to_owned(), known);
        }
        Ok(())
    }
}

/// The value set that nobody stores: what a url implies, or what comes with R4.
fn given(url: &str, version: Option<&str>) -> Option<Arc<ValueSet>> {
    implied(url, version).or_else(|| Definitions.value_set(url, version))
}

/// A value set needs no url.
const READ_SET: fn(&Json) -> Option<ValueSet> = |json| Some(ValueSet::from_json(json));

fn type_named(name: &str) -> Result<ResourceType, Fault> {
    ResourceType::parse(name).ok_or_else(|| Fault::new("terminology", "the definitions lack a type"))
}

/// Answers searches from the library.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalTerminology;

impl Terminology for LocalTerminology {
    fn expand<'t>(&'t self, records: &'t Records, value_set: &'t str, _now: Instant) -> Codes<'t> {
        Box::pin(async move {
            let Some(set) = records.value_set(value_set).await? else {
                return Ok(Err(unanswered(&Unanswered::UnknownValueSet(value_set.to_owned()))));
            };
            let library = records.library(&set).await?;
            Ok(match expand(&set, &Expanding::default(), &library) {
                Ok(found) => {
                    Ok(found.codes.into_iter().map(|one| (one.system.into(), one.code.into())).collect())
                }
                Err(reason) => Err(unanswered(&reason)),
            })
        })
    }

    fn relatives<'t>(
        &'t self,
        records: &'t Records,
        system: &'t str,
        code: &'t str,
        above: bool,
        _now: Instant,
    ) -> Codes<'t> {
        Box::pin(async move {
            let Some(known) = records.code_system(system, None).await? else {
                return Ok(Err(unanswered(&Unanswered::UnknownSystem(system.to_owned()))));
            };
            let Some(place) = known.place(code) else {
                let message = "The code is not in its code system";
                return Ok(Err(Rejection::new(RejectionKind::Malformed, "code-unknown", message)));
            };
            let all = known.relatives(place, above).into_iter().filter_map(|at| known.concepts.get(at));
            Ok(Ok(all.map(|concept| (system.to_owned(), concept.code.to_string())).collect()))
        })
    }
}

/// The refusal of a question that has no answer here.
pub fn unanswered(reason: &Unanswered) -> Rejection {
    let (kind, code, next) = match reason {
        Unanswered::UnknownSystem(_) => (
            RejectionKind::Unprocessable,
            "code-system-unknown",
            "Load it with `galen terminology import` or as a CodeSystem",
        ),
        Unanswered::UnknownValueSet(_) => {
            (RejectionKind::NotFound, "value-set-unknown", "Create it as a ValueSet, or check its url")
        }
        Unanswered::Circular(_) => (RejectionKind::Unprocessable, "value-set-circular", "Mend the value set"),
        Unanswered::Filter(_) => (
            RejectionKind::Unprocessable,
            "filter-not-supported",
            "Use a filter that the code system defines",
        ),
        Unanswered::TooCostly => {
            (RejectionKind::Unprocessable, "too-costly", "Ask with count and offset, or with a filter")
        }
    };
    Rejection::new(kind, code, format!("It cannot be told: {reason}")).next(next)
}

/// A stored or given ValueSet as one to ask questions of.
pub fn value_set_of(resource: &Resource) -> ValueSet {
    ValueSet::from_json(resource.json())
}
