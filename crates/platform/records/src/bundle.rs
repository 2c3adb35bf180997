//! Planning a transaction: ids given, references resolved and rewritten, current versions read. Nothing is written here.

use crate::reader::{Records, Stored};
use crate::sight::Sight;
use galen_fhir::bundle::{Method, RequestBundle, RequestEntry};
use galen_fhir::index::rewrite_references;
use galen_fhir::{ParsedReference, Resource, ResourceType};
use galen_kernel::{Entropy, Fault, Instant, Rejection, RejectionKind};
use galen_store::ShardId;
use std::collections::{BTreeMap, HashMap};

/// Why a transaction cannot be planned: the entry at fault, and the refusal.
pub type BundleError = Rejection;

/// What an entry comes to.
#[derive(Debug)]
pub enum Planned {
    /// A new resource; its id is set, made here (`POST`) or by the client (`PUT`).
    Create(Resource),
    /// `ifNoneExist` found this one: nothing is written.
    Exists(Box<Stored>),
    /// The next version of this one (which may be a tombstone).
    Update(Resource, Box<Stored>),
    /// The end of this one; `None` when there is nothing to delete.
    Delete(Option<Box<Stored>>),
    /// A read or search, answered after the writes.
    Read,
}

/// An entry with what it comes to.
#[derive(Debug)]
pub struct PlannedEntry {
    /// Its place in the bundle.
    pub index: usize,
    /// What it comes to.
    pub planned: Planned,
}

/// What planning needs from outside.
pub struct Preparation<'p> {
    /// The records.
    pub records: &'p Records,
    /// What conditions may find.
    pub sight: &'p Sight,
    /// Now.
    pub now: Instant,
    /// Chance, for new ids.
    pub entropy: &'p dyn Entropy,
}

/// Plans a transaction. The outer error is a fault, the inner one a refusal located at its entry.
pub async fn plan(
    preparation: &Preparation<'_>,
    bundle: RequestBundle,
) -> Result<Result<Vec<PlannedEntry>, BundleError>, Fault> {
    let order = bundle.processing_order();
    let mut entries: Vec<Option<RequestEntry>> = bundle.entries.into_iter().map(Some).collect();
    let mut plan = Plan { preparation, names: HashMap::new(), conditions: HashMap::new(), taken: BTreeMap::new() };
    let mut drafts = Vec::with_capacity(entries.len());
    for index in order {
        if let Some(entry) = entries.get_mut(index).and_then(Option::take) {
            drafts.push(entry);
        }
    }
    match plan.run(&mut drafts).await? {
        Err(rejection) => Ok(Err(rejection)),
        Ok(()) => plan.finish(drafts).await,
    }
}

/// What a draft will be, before its references are rewritten.
enum Fate {
    New(String),
    Known(Box<Stored>),
    At(String),
    Nothing,
}

struct Plan<'p> {
    preparation: &'p Preparation<'p>,
    /// Full url -> `Type/id`.
    names: HashMap<String, String>,
    /// Conditional reference -> `Type/id`.
    conditions: HashMap<String, String>,
    /// Entry -> what it will be.
    taken: BTreeMap<usize, Fate>,
}

type Outcome<T> = Result<Result<T, Rejection>, Fault>;

/// Passes a refusal out of a function that returns an [`Outcome`].
macro_rules! allow {
    ($outcome:expr) => {
        match $outcome {
            Ok(value) => value,
            Err(rejection) => return Ok(Err(rejection)),
        }
    };
}

impl Plan<'_> {
    async fn run(&mut self, drafts: &mut [RequestEntry]) -> Outcome<()> {
        let many_shards = self.preparation.records.store().shards() > 1;
        if many_shards {
            // Ids carry the shard of the patient, so patients get theirs first.
            for draft in drafts.iter().filter(|d| is_patient(d)) {
                allow!(self.settle(draft).await?);
            }
            for draft in drafts.iter_mut() {
                self.rewrite(draft);
            }
        }
        for draft in drafts.iter() {
            if !self.taken.contains_key(&draft.index) {
                allow!(self.settle(draft).await?);
            }
        }
        allow!(self.resolve_conditions(drafts).await?);
        for draft in drafts.iter_mut() {
            self.rewrite(draft);
        }
        Ok(Ok(()))
    }

    /// Decides an entry's id and remembers the name that others use for it.
    async fn settle(&mut self, draft: &RequestEntry) -> Outcome<()> {
        let fate = match draft.method {
            Method::Post => allow!(self.settle_post(draft).await?),
            Method::Put | Method::Delete => allow!(self.settle_put(draft).await?),
            _ => Fate::Nothing,
        };
        let id = match &fate {
            Fate::New(id) | Fate::At(id) => Some(id.clone()),
            Fate::Known(stored) => Some(stored.document.id.clone()),
            Fate::Nothing => None,
        };
        if let (Some(url), Some(id), Some(resource)) = (&draft.full_url, id, &draft.resource) {
            self.names.insert(url.clone(), format!("{}/{id}", resource.resource_type().name()));
        }
        self.taken.insert(draft.index, fate);
        Ok(Ok(()))
    }

    async fn settle_post(&self, draft: &RequestEntry) -> Outcome<Fate> {
        let Some(resource) = &draft.resource else { return Ok(Ok(Fate::Nothing)) };
        if let Some(pairs) = &draft.if_none_exist {
            let found = allow!(self.matching(resource.resource_type(), pairs, draft).await?);
            match found.as_slice() {
                [] => {}
                [one] => return Ok(Ok(Fate::Known(Box::new(one.clone())))),
                _ => return Ok(Err(many(draft, "ifNoneExist"))),
            }
        }
        let id = new_id(self.preparation, resource);
        Ok(Ok(Fate::New(id)))
    }

    async fn settle_put(&self, draft: &RequestEntry) -> Outcome<Fate> {
        if let Some(id) = &draft.target.id {
            return Ok(Ok(Fate::At(id.clone())));
        }
        let Some(resource_type) = draft.target.resource_type else { return Ok(Ok(Fate::Nothing)) };
        let found = allow!(self.matching(resource_type, &draft.target.query, draft).await?);
        match (found.as_slice(), draft.method, &draft.resource) {
            ([one], _, _) => Ok(Ok(Fate::At(one.document.id.clone()))),
            ([], Method::Put, Some(resource)) => {
                let id = resource.id().map_or_else(|| new_id(self.preparation, resource), str::to_owned);
                Ok(Ok(if resource.id().is_some() { Fate::At(id) } else { Fate::New(id) }))
            }
            ([], _, _) => Ok(Ok(Fate::Nothing)),
            _ => Ok(Err(many(draft, "request.url"))),
        }
    }

    async fn matching(
        &self,
        resource_type: ResourceType,
        pairs: &[(String, String)],
        draft: &RequestEntry,
    ) -> Outcome<Vec<Stored>> {
        let Preparation { records, sight, now, .. } = self.preparation;
        let found = records.matching(resource_type, pairs, sight, *now).await?;
        Ok(found.map_err(|rejection| rejection.at(format!("Bundle.entry[{}]", draft.index))))
    }

    /// Looks up every conditional reference of the bundle, each once.
    async fn resolve_conditions(&mut self, drafts: &[RequestEntry]) -> Outcome<()> {
        for draft in drafts {
            let Some(resource) = &draft.resource else { continue };
            for found in galen_fhir::index::references(resource) {
                let Some(ParsedReference::Conditional { resource_type, query }) = ParsedReference::parse(found.literal)
                else {
                    continue;
                };
                if self.conditions.contains_key(found.literal) {
                    continue;
                }
                let located = |rejection: Rejection| {
                    let place = found.location.split_once('.').map_or("", |(_, rest)| rest);
                    rejection.at(format!("Bundle.entry[{}].resource.{place}", draft.index))
                };
                let Some(pairs) = galen_fhir::bundle::query_pairs(query) else {
                    return Ok(Err(located(unreadable())));
                };
                let matches = allow!(self.matching(resource_type, &pairs, draft).await?);
                match matches.as_slice() {
                    [one] => {
                        self.conditions.insert(found.literal.to_owned(), one.reference());
                    }
                    [] => return Ok(Err(located(nothing_matches(resource_type)))),
                    _ => return Ok(Err(located(several_match(resource_type)))),
                }
            }
        }
        Ok(Ok(()))
    }

    fn rewrite(&self, draft: &mut RequestEntry) {
        if let Some(resource) = &mut draft.resource {
            rewrite_references(resource, |text| {
                self.names.get(text).or_else(|| self.conditions.get(text)).cloned()
            });
        }
    }

    /// Reads the current versions of what is updated and deleted, and checks preconditions.
    async fn finish(mut self, drafts: Vec<RequestEntry>) -> Outcome<Vec<PlannedEntry>> {
        let mut wanted = Vec::new();
        for draft in &drafts {
            if let (Some(Fate::At(id)), Some(t)) = (self.taken.get(&draft.index), type_of(draft)) {
                wanted.push((t, id.clone()));
            }
        }
        let mut current: HashMap<(ResourceType, String), Stored> = HashMap::new();
        for stored in self.preparation.records.get_many(&wanted).await? {
            current.insert((stored.resource_type, stored.document.id.clone()), stored);
        }
        let mut planned = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let fate = self.taken.remove(&draft.index).unwrap_or(Fate::Nothing);
            let index = draft.index;
            let known = match (&fate, type_of(&draft)) {
                (Fate::At(id), Some(t)) => current.remove(&(t, id.clone())),
                _ => None,
            };
            allow!(check_match(&draft, known.as_ref()));
            planned.push(PlannedEntry { index, planned: become_of(draft, fate, known) });
        }
        Ok(Ok(planned))
    }
}

fn become_of(draft: RequestEntry, fate: Fate, known: Option<Stored>) -> Planned {
    match (draft.method, fate, draft.resource) {
        (Method::Post, Fate::Known(stored), _) => Planned::Exists(stored),
        (Method::Post | Method::Put, Fate::New(id), Some(mut resource)) => {
            resource.set_id(&id);
            Planned::Create(resource)
        }
        (Method::Put, Fate::At(id), Some(mut resource)) => {
            resource.set_id(&id);
            match known {
                Some(stored) => Planned::Update(resource, Box::new(stored)),
                None => Planned::Create(resource),
            }
        }
        (Method::Delete, _, _) => Planned::Delete(known.filter(|s| !s.document.deleted).map(Box::new)),
        _ => Planned::Read,
    }
}

/// Checks `ifMatch` against the current version.
fn check_match(draft: &RequestEntry, known: Option<&Stored>) -> Result<(), Rejection> {
    let Some(wanted) = &draft.if_match else { return Ok(()) };
    let version = wanted.trim().trim_start_matches("W/").trim_matches('"').parse::<u64>().ok();
    if version.is_some() && version == known.map(|s| s.document.version) {
        return Ok(());
    }
    Err(Rejection::new(RejectionKind::PreconditionFailed, "version-conflict", "The resource is at another version than ifMatch names")
        .at(format!("Bundle.entry[{}].request.ifMatch", draft.index))
        .next("Read the current version and decide again"))
}

/// An id on the shard where the resource belongs: its patient's, for a new patient any, else the first.
pub(crate) fn new_id(preparation: &Preparation<'_>, resource: &Resource) -> String {
    let store = preparation.records.store();
    let chance = preparation.entropy.sixteen();
    let shard = match galen_fhir::patient_compartment(resource).first() {
        _ if store.shards() == 1 => ShardId(0),
        _ if resource.resource_type().name() == "Patient" => {
            ShardId(chance.first().copied().unwrap_or(0) % store.shards())
        }
        Some(patient) => preparation.records.shard_of(patient),
        None => ShardId(0),
    };
    store.new_id(shard, preparation.now, chance)
}

impl Preparation<'_> {
    /// An id for a new resource, on the shard where it belongs.
    pub fn new_id(&self, resource: &Resource) -> String {
        new_id(self, resource)
    }
}

fn is_patient(draft: &RequestEntry) -> bool {
    type_of(draft).is_some_and(|t| t.name() == "Patient")
}

fn type_of(draft: &RequestEntry) -> Option<ResourceType> {
    draft.target.resource_type.or_else(|| draft.resource.as_ref().map(Resource::resource_type))
}

fn many(draft: &RequestEntry, what: &str) -> Rejection {
    Rejection::new(RejectionKind::PreconditionFailed, "multiple-matches", "The condition matches more than one resource")
        .at(format!("Bundle.entry[{}].request.{what}", draft.index))
        .next("Make the condition select one resource")
}

fn nothing_matches(resource_type: ResourceType) -> Rejection {
    let message = format!("The conditional reference matches no {}", resource_type.name());
    Rejection::new(RejectionKind::PreconditionFailed, "no-match", message)
        .next("Load the resource that is referred to first")
}

fn several_match(resource_type: ResourceType) -> Rejection {
    let message = format!("The conditional reference matches more than one {}", resource_type.name());
    Rejection::new(RejectionKind::PreconditionFailed, "multiple-matches", message)
}

fn unreadable() -> Rejection {
    Rejection::new(RejectionKind::Malformed, "condition-invalid", "The conditional reference cannot be read")
}
