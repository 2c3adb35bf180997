//! Planning writes: ids given, references resolved and rewritten, current versions read. Nothing is written here.
//! A single create, update or delete is a bundle of one entry, so that there is one way in.

use crate::conditions::{Answer, ConditionKey, key_of};
use crate::patched::PlannedPatch;
use crate::precondition::{check, check_unclaimed};
use crate::reader::{Records, Stored};
use crate::references::{
    check_dangling, has_conditional_reference, nothing_matches, place_of, several_match, unreadable,
};
use crate::sight::Sight;
use galen_access::Category;
use galen_fhir::bundle::{Method, RequestBundle, RequestEntry};
use galen_fhir::index::rewrite_references;
use galen_fhir::{Parameters, ParsedReference, Resource, ResourceType};
use galen_kernel::{Entropy, Fault, Instant, Rejection, RejectionKind};
use galen_store::ShardId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Why a transaction cannot be planned: the entry at fault, and the refusal.
pub type BundleError = Rejection;

/// What an entry comes to.
#[derive(Debug)]
pub enum Planned {
    /// A new resource; its id is set, made here (`POST`) or by the client (`PUT`).
    Create(Resource),
    /// `ifNoneExist` found this one: nothing is written.
    Exists(Box<Stored>),
    /// An earlier entry (by its place in the bundle) has the same `ifNoneExist` and makes the resource.
    Same(usize),
    /// The next version of this one (which may be a tombstone).
    Update(Resource, Box<Stored>),
    /// What a patch makes of what is there: made when policy has been asked, for a patch can test what it may not see.
    Patch(Box<PlannedPatch>),
    /// The end of this one; `None` when there never was such a resource.
    Delete(Option<Box<Stored>>),
    /// A read or search, answered after the writes.
    Read,
}

/// An entry with what it comes to.
#[derive(Debug)]
pub struct PlannedEntry {
    /// Its place in the bundle.
    pub index: usize,
    /// The type it is about.
    pub resource_type: Option<ResourceType>,
    /// What it comes to.
    pub planned: Planned,
    /// The condition that found nothing, which is why this is a create: two at once must not both make one.
    pub condition: Option<String>,
    /// Whether it named the version it wants to replace.
    pub is_guarded: bool,
    /// A condition on the current version that does not hold: told when policy has been asked, for it tells what is there.
    pub refusal: Option<Rejection>,
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
    /// This server's own base: references that begin with it are made relative.
    pub base: &'p str,
    /// Whether an `urn:` that no entry has is refused: in a transaction it can only be a mistake.
    pub refuses_dangling: bool,
}

type Outcome<T> = Result<Result<T, Rejection>, Fault>;

/// Plans a transaction. The outer error is a fault, the inner one a refusal located at its entry.
pub async fn plan(preparation: &Preparation<'_>, bundle: RequestBundle) -> Outcome<Vec<PlannedEntry>> {
    let order = bundle.processing_order();
    let mut entries: Vec<Option<RequestEntry>> = bundle.entries.into_iter().map(Some).collect();
    let mut drafts: Vec<RequestEntry> =
        order.into_iter().filter_map(|place| entries.get_mut(place).and_then(Option::take)).collect();
    let wanted = match wanted_conditions(&drafts) {
        Ok(wanted) => wanted,
        Err(rejection) => return Ok(Err(rejection)),
    };
    let answers = preparation.records.matching_many(wanted, preparation.sight, preparation.now).await?;
    let names = HashMap::with_capacity(drafts.len());
    let mut plan = Plan { preparation, names, answers, fates: HashMap::new(), makers: HashMap::new() };
    match plan.settle_all(&mut drafts) {
        Ok(()) => plan.finish(drafts).await,
        Err(rejection) => Ok(Err(rejection)),
    }
}

/// The types whose sight planning needs: those that conditions search.
pub fn types_of_conditions(
    bundle: &RequestBundle,
    parameters: &Parameters,
) -> Result<Vec<ResourceType>, BundleError> {
    let mut types = Vec::new();
    for (key, pairs) in wanted_conditions(&bundle.entries)? {
        types.push(key.0);
        if let Ok(query) = crate::conditions::query_of(key.0, &pairs, parameters) {
            for criterion in &query.criteria {
                criterion.each_type(query.resource_type, &mut |touched| types.push(touched));
            }
        }
    }
    types.sort_unstable();
    types.dedup();
    Ok(types)
}

/// Every condition of the entries, once.
fn wanted_conditions(
    drafts: &[RequestEntry],
) -> Result<HashMap<ConditionKey, Vec<(String, String)>>, Rejection> {
    let mut wanted = HashMap::new();
    for draft in drafts {
        if let (Some(pairs), Some(t)) = (&draft.if_none_exist, type_of(draft)) {
            wanted.insert(key_of(t, pairs), pairs.clone());
        }
        if let (true, Some(t)) = (is_conditional(draft), draft.target.resource_type) {
            wanted.insert(key_of(t, &draft.target.query), draft.target.query.clone());
        }
        let Some(resource) = &draft.resource else {
            continue;
        };
        if !has_conditional_reference(resource) {
            continue;
        }
        for found in galen_fhir::index::references(resource) {
            if let Some(ParsedReference::Conditional { resource_type, query }) =
                ParsedReference::parse(found.literal)
            {
                let pairs = galen_fhir::bundle::query_pairs(query)
                    .ok_or_else(|| unreadable().at(place_of(draft.index, &found.location)))?;
                wanted.insert(key_of(resource_type, &pairs), pairs);
            }
        }
    }
    Ok(wanted)
}

fn is_conditional(draft: &RequestEntry) -> bool {
    matches!(draft.method, Method::Put | Method::Patch | Method::Delete) && draft.target.id.is_none()
}

/// What a draft will be, before its references are rewritten.
enum Fate {
    New(String, Option<String>),
    Known(Box<Stored>),
    Same(usize, String),
    At(String, Option<String>),
    Nothing,
}

struct Plan<'p> {
    preparation: &'p Preparation<'p>,
    /// Full url -> `Type/id`.
    names: HashMap<String, String>,
    answers: HashMap<ConditionKey, Answer>,
    /// Entry -> what it will be.
    fates: HashMap<usize, Fate>,
    /// Condition that found nothing -> the entry that makes its resource, and the id it gets.
    makers: HashMap<ConditionKey, (usize, String)>,
}

impl Plan<'_> {
    fn settle_all(&mut self, drafts: &mut [RequestEntry]) -> Result<(), Rejection> {
        if self.preparation.records.store().shards() > 1 {
            // Ids carry the shard of the patient, so patients get theirs first.
            for draft in drafts.iter().filter(|d| is_patient(d)) {
                self.settle(draft)?;
            }
            for draft in drafts.iter_mut() {
                self.rewrite(draft)?;
            }
        }
        for draft in drafts.iter() {
            if !self.fates.contains_key(&draft.index) {
                self.settle(draft)?;
            }
        }
        for draft in drafts.iter_mut() {
            self.rewrite(draft)?;
            if self.preparation.refuses_dangling {
                check_dangling(draft)?;
            }
        }
        Ok(())
    }

    /// Decides an entry's id and remembers the name that others use for it.
    fn settle(&mut self, draft: &RequestEntry) -> Result<(), Rejection> {
        let fate = match draft.method {
            Method::Post => self.settle_post(draft)?,
            Method::Put | Method::Patch | Method::Delete => self.settle_put(draft)?,
            _ => Fate::Nothing,
        };
        let id = match &fate {
            Fate::New(id, _) | Fate::At(id, _) | Fate::Same(_, id) => Some(id.clone()),
            Fate::Known(stored) => Some(stored.document.id.clone()),
            Fate::Nothing => None,
        };
        if let (Some(url), Some(id), Some(resource)) = (&draft.full_url, id, &draft.resource) {
            let name = resource.resource_type().name();
            let reference = format!("{name}/{id}");
            // `http://elsewhere/Patient/1` is also what `Patient/1` means inside the bundle.
            if draft.method == Method::Post
                && let Some((_, old)) = url.rsplit_once('/')
                && url.ends_with(&format!("/{name}/{old}"))
            {
                self.names.insert(format!("{name}/{old}"), reference.clone());
            }
            self.names.insert(url.clone(), reference);
        }
        self.fates.insert(draft.index, fate);
        Ok(())
    }

    fn settle_post(&mut self, draft: &RequestEntry) -> Result<Fate, Rejection> {
        let Some(resource) = &draft.resource else { return Ok(Fate::Nothing) };
        let Some(pairs) = &draft.if_none_exist else {
            return Ok(Fate::New(self.preparation.new_id(resource), None));
        };
        let key = key_of(resource.resource_type(), pairs);
        if let Some(one) = self.answer(&key, draft, "ifNoneExist")? {
            return Ok(Fate::Known(Box::new(one)));
        }
        if let Some((maker, id)) = self.makers.get(&key) {
            return Ok(Fate::Same(*maker, id.clone()));
        }
        let id = self.preparation.new_id(resource);
        let condition = text_of(&key);
        self.makers.insert(key, (draft.index, id.clone()));
        Ok(Fate::New(id, Some(condition)))
    }

    fn settle_put(&self, draft: &RequestEntry) -> Result<Fate, Rejection> {
        if let Some(id) = &draft.target.id {
            return Ok(Fate::At(id.clone(), None));
        }
        let Some(resource_type) = draft.target.resource_type else { return Ok(Fate::Nothing) };
        let key = key_of(resource_type, &draft.target.query);
        let found = self.answer(&key, draft, "url")?;
        match (found, draft.method, &draft.resource) {
            (Some(one), Method::Put, Some(resource))
                if resource.id().is_some_and(|id| id != one.document.id) =>
            {
                Err(Rejection::new(
                    RejectionKind::Malformed,
                    "id-mismatch",
                    "The condition matches a resource of another id than the one sent",
                )
                .at(format!("Bundle.entry[{}].resource.id", draft.index)))
            }
            (Some(one), _, _) => Ok(Fate::At(one.document.id, None)),
            (None, Method::Put, Some(resource)) => Ok(match resource.id() {
                Some(id) => Fate::At(id.to_owned(), Some(text_of(&key))),
                None => Fate::New(self.preparation.new_id(resource), Some(text_of(&key))),
            }),
            (None, _, _) => Ok(Fate::Nothing),
        }
    }

    /// The one resource that a condition names; `None` when there is none.
    fn answer(
        &self,
        key: &ConditionKey,
        draft: &RequestEntry,
        what: &str,
    ) -> Result<Option<Stored>, Rejection> {
        let at = || format!("Bundle.entry[{}].request.{what}", draft.index);
        match self.answers.get(key) {
            Some(Err(rejection)) => Err(rejection.clone().at(at())),
            Some(Ok(found)) => match found.as_slice() {
                [] => Ok(None),
                [one] => Ok(Some(one.clone())),
                _ => Err(Rejection::new(
                    RejectionKind::PreconditionFailed,
                    "multiple-matches",
                    "The condition matches more than one resource",
                )
                .at(at())
                .next("Make the condition select one resource")),
            },
            None => Ok(None),
        }
    }

    fn rewrite(&self, draft: &mut RequestEntry) -> Result<(), Rejection> {
        let index = draft.index;
        let Some(resource) = draft.resource.as_mut() else {
            return Ok(());
        };
        let mut missing = None;
        rewrite_references(resource, |text| {
            if let Some(known) = self.names.get(text) {
                return Some(known.clone());
            }
            if !text.contains('?') {
                return self.own(text);
            }
            let Some(ParsedReference::Conditional { resource_type, query }) = ParsedReference::parse(text)
            else {
                return None;
            };
            let pairs = galen_fhir::bundle::query_pairs(query)?;
            let known = self.answers.get(&key_of(resource_type, &pairs))?;
            match known.as_ref().map(Vec::as_slice) {
                Ok([one]) => return Some(one.reference()),
                Ok([]) => missing = Some((text.to_owned(), nothing_matches(resource_type))),
                Ok(_) => missing = Some((text.to_owned(), several_match(resource_type))),
                Err(rejection) => missing = Some((text.to_owned(), rejection.clone())),
            }
            None
        });
        match missing {
            None => Ok(()),
            Some((text, rejection)) => {
                let found = galen_fhir::index::references(resource).into_iter().find(|f| f.literal == text);
                let place = found.map_or_else(
                    || format!("Bundle.entry[{index}].resource"),
                    |f| place_of(index, &f.location),
                );
                Err(rejection.at(place))
            }
        }
    }

    /// An absolute reference to a resource of this server, made relative: it is in its patient's compartment and found
    /// like any other. Canonical urls of definitions stay as they are.
    fn own(&self, text: &str) -> Option<String> {
        let rest = text.strip_prefix(self.preparation.base)?.strip_prefix('/')?;
        let name = rest.split('/').next()?;
        ResourceType::parse(name)?;
        (Category::of_type(name) != Category::Conformance).then(|| rest.to_owned())
    }

    /// Reads the current versions of what is updated and deleted, and checks preconditions.
    async fn finish(mut self, drafts: Vec<RequestEntry>) -> Outcome<Vec<PlannedEntry>> {
        let mut wanted = Vec::new();
        let mut touched = HashSet::new();
        for draft in &drafts {
            if let (Some(Fate::At(id, _)), Some(t)) = (self.fates.get(&draft.index), type_of(draft)) {
                if !touched.insert((t, id.clone())) {
                    return Ok(Err(written_twice(draft.index)));
                }
                wanted.push((t, id.clone()));
            }
        }
        let mut current: HashMap<(ResourceType, String), Stored> = HashMap::with_capacity(wanted.len());
        for stored in self.preparation.records.get_many(&wanted).await? {
            current.insert((stored.resource_type, stored.document.id.clone()), stored);
        }
        let mut planned = Vec::with_capacity(drafts.len());
        let names = Arc::new(std::mem::take(&mut self.names));
        for mut draft in drafts {
            let fate = self.fates.remove(&draft.index).unwrap_or(Fate::Nothing);
            let known = match (&fate, type_of(&draft)) {
                (Fate::At(id, _), Some(t)) => current.remove(&(t, id.clone())),
                _ => None,
            };
            let held = match &fate {
                Fate::At(_, Some(_)) => check_unclaimed(&draft, known.as_ref()),
                _ => Ok(()),
            };
            let refusal = held.and_then(|()| check(&draft, known.as_ref())).err();
            let patch = draft.patch.take().map(|patch| {
                let names = Arc::clone(&names);
                Box::new(PlannedPatch { index: draft.index, patch, current: None, names })
            });
            planned.push(PlannedEntry { refusal, ..become_of(draft, fate, known, patch) });
        }
        Ok(Ok(planned))
    }
}

fn text_of(key: &ConditionKey) -> String {
    format!("{}?{}", key.0.name(), key.1)
}

fn become_of(
    draft: RequestEntry,
    fate: Fate,
    known: Option<Stored>,
    patch: Option<Box<PlannedPatch>>,
) -> PlannedEntry {
    let (index, is_guarded, resource_type) = (draft.index, draft.if_match.is_some(), type_of(&draft));
    if let Some(mut patch) = patch {
        patch.current = known;
        let planned = Planned::Patch(patch);
        return PlannedEntry { index, resource_type, planned, condition: None, is_guarded, refusal: None };
    }
    let mut condition = None;
    let planned = match (draft.method, fate, draft.resource) {
        (Method::Post, Fate::Known(stored), _) => Planned::Exists(stored),
        (Method::Post, Fate::Same(maker, _), _) => Planned::Same(maker),
        (Method::Post | Method::Put, Fate::New(id, found_nothing), Some(mut resource)) => {
            condition = found_nothing;
            resource.set_id(&id);
            Planned::Create(resource)
        }
        (Method::Put, Fate::At(id, found_nothing), Some(mut resource)) => {
            condition = found_nothing;
            resource.set_id(&id);
            match known {
                Some(stored) => Planned::Update(resource, Box::new(stored)),
                None => Planned::Create(resource),
            }
        }
        (Method::Delete, _, _) => Planned::Delete(known.map(Box::new)),
        _ => Planned::Read,
    };
    PlannedEntry { index, resource_type, planned, condition, is_guarded, refusal: None }
}

impl Preparation<'_> {
    /// An id for a new resource, on the shard where it belongs: its patient's, for a new patient any, else the first.
    pub fn new_id(&self, resource: &Resource) -> String {
        let store = self.records.store();
        let chance = self.entropy.sixteen();
        if store.shards() == 1 {
            return store.new_id(ShardId(0), self.now, chance);
        }
        let shard = match galen_fhir::patient_compartment(resource).first() {
            _ if resource.resource_type().name() == "Patient" => {
                ShardId(chance.first().copied().unwrap_or(0) % store.shards())
            }
            Some(patient) => self.records.shard_of(patient),
            None => ShardId(0),
        };
        store.new_id(shard, self.now, chance)
    }
}

fn is_patient(draft: &RequestEntry) -> bool {
    type_of(draft).is_some_and(|t| t.name() == "Patient")
}

fn type_of(draft: &RequestEntry) -> Option<ResourceType> {
    draft.target.resource_type.or_else(|| draft.resource.as_ref().map(Resource::resource_type))
}

fn written_twice(index: usize) -> Rejection {
    Rejection::new(
        RejectionKind::Malformed,
        "written-twice",
        "Another entry of this transaction writes the same resource",
    )
    .at(format!("Bundle.entry[{index}].request.url"))
    .next("Put each resource into a transaction once")
}
