//! Walking through all that the caller may see of some types: whole compartments, whole exports, page by page.

use crate::encode::{self, SubjectHash, patient_subject};
use crate::kind_of;
use crate::reader::{Records, Stored};
use crate::rows::{ANY_CODE, LINKED_DATE, places};
use crate::sealed::SealedPatients;
use crate::sight::{Sight, conditions, shows};
use galen_fhir::{ParamKind, ParsedReference, ResourceType, search_parameter, search_parameters};
use galen_kernel::{Fault, Instant, PatientId};
use galen_store::{Bound, Condition, Match, Order, PAGE_ROWS_MAX, Position, Scan, ShardId, TermMatch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest token that is looked at.
const TOKEN_CHARACTERS_MAX: usize = 2_048;
/// Patients whose compartments are asked for in one scan.
const PATIENTS_AT_ONCE: usize = 100;
/// Most resources that one page brings along because the others refer to them.
const REFERRED_MAX: usize = 1_000;

/// What is walked through.
#[derive(Debug, Clone, Default)]
pub struct Extent {
    /// In the compartments of these patients; `None` for everybody's, and for what is nobody's.
    pub patients: Option<Vec<PatientId>>,
    /// Referring to this encounter (or being it).
    pub encounter: Option<String>,
    /// Written then or later.
    pub since: Option<Instant>,
    /// Clinically dated in this span (microseconds), where the type has a clinical date; what has none is taken.
    pub dates: (Option<i64>, Option<i64>),
}

/// A walk: its types one after the other.
#[derive(Debug, Clone)]
pub struct Walk {
    steps: Vec<(ResourceType, Vec<Condition>)>,
}

/// How far a walk has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WalkPlace {
    #[serde(rename = "t")]
    step: usize,
    #[serde(rename = "s")]
    shard: u8,
    #[serde(rename = "p")]
    after: Option<Position>,
}

impl WalkPlace {
    /// As text that a client carries.
    pub fn seal(&self, records: &Records) -> Result<String, Fault> {
        let plain = serde_json::to_vec(self).map_err(|e| Fault::new("walk token", e))?;
        Ok(data_encoding::BASE64URL_NOPAD.encode(&records.store().seal_token(&plain)?))
    }

    /// From text; `None` when it is not one of ours.
    pub fn parse(records: &Records, text: &str) -> Option<Self> {
        if text.len() > TOKEN_CHARACTERS_MAX {
            return None;
        }
        let sealed = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        serde_json::from_slice(&records.store().open_token(&sealed)?).ok()
    }
}

/// Whether resources of this type can be in a patient's compartment.
pub fn is_in_compartments(resource_type: ResourceType) -> bool {
    resource_type.name() == "Patient"
        || search_parameters(resource_type).iter().any(|p| p.patient_compartment)
}

impl Walk {
    /// Through these types, within the extent and what `sight` shows; types that it does not show are left out.
    pub fn new(types: &[ResourceType], extent: &Extent, sight: &Sight, sealed: &SealedPatients) -> Self {
        let mut steps = Vec::with_capacity(types.len());
        for resource_type in types.iter().copied() {
            let Some(visibility) = sight.of(resource_type) else { continue };
            let sees = conditions(resource_type, visibility, sealed);
            for part in parts(extent) {
                let Some(mut all) = within(resource_type, &part) else { continue };
                all.extend(sees.iter().cloned());
                steps.push((resource_type, all));
            }
        }
        Self { steps }
    }
}

/// An extent of many patients, a few at a time.
fn parts(extent: &Extent) -> Vec<Extent> {
    match &extent.patients {
        Some(patients) => patients
            .chunks(PATIENTS_AT_ONCE)
            .map(|some| Extent { patients: Some(some.to_vec()), ..extent.clone() })
            .collect(),
        None => vec![extent.clone()],
    }
}

/// The conditions of an extent; `None` where nothing of the type can be in it.
fn within(resource_type: ResourceType, extent: &Extent) -> Option<Vec<Condition>> {
    let mut all = Vec::new();
    if let Some(patients) = &extent.patients {
        if !is_in_compartments(resource_type) {
            return None;
        }
        let subjects = patients.iter().map(|patient| patient_subject(patient.as_str()));
        all.push(Condition::Any(
            subjects.flat_map(|subject| linked(resource_type, subject, extent.dates)).collect(),
        ));
    }
    if extent.patients.is_none() {
        all.extend(dated(resource_type, extent.dates).map(Condition::Any));
    }
    if let Some(id) = &extent.encounter {
        all.push(Condition::Any(of_encounter(resource_type, id)?));
    }
    if let Some(since) = extent.since {
        all.push(Condition::Any(vec![Match::Updated(Bound::Included(since.micros()), Bound::Open)]));
    }
    Some(all)
}

/// In the span, whosever it is, or undated; `None` where nothing is asked, or the type has no clinical date.
fn dated(resource_type: ResourceType, (start, end): (Option<i64>, Option<i64>)) -> Option<Vec<Match>> {
    let param = search_parameter(resource_type, LINKED_DATE).filter(|param| param.kind == ParamKind::Date)?;
    if start.is_none() && end.is_none() {
        return None;
    }
    let low = (start.map_or(Bound::Open, Bound::Included), end.map_or(Bound::Open, Bound::Excluded));
    let within = |param| Match::Span { param, low, high: (Bound::Open, Bound::Open) };
    let is_dated = Match::Any(places(param).map(Match::SpanPresent).collect());
    Some(places(param).map(within).chain([Match::Not(Box::new(is_dated))]).collect())
}

/// In a compartment and in the span; undated rows are at the beginning of time.
fn linked(
    resource_type: ResourceType,
    subject: SubjectHash,
    (start, end): (Option<i64>, Option<i64>),
) -> Vec<Match> {
    let link = |at| Match::Link { subject, code: ANY_CODE, at };
    let is_dated =
        search_parameter(resource_type, LINKED_DATE).is_some_and(|param| param.kind == ParamKind::Date);
    if !is_dated || (start.is_none() && end.is_none()) {
        return vec![link((Bound::Open, Bound::Open))];
    }
    let low = start.map_or(Bound::Excluded(i64::MIN), Bound::Included);
    let high = end.map_or(Bound::Open, Bound::Excluded);
    vec![link((low, high)), link((Bound::Included(i64::MIN), Bound::Included(i64::MIN)))]
}

/// Being an encounter, or referring to it by any parameter that leads to encounters.
fn of_encounter(resource_type: ResourceType, id: &str) -> Option<Vec<Match>> {
    if resource_type.name() == "Encounter" {
        return Some(vec![Match::Id(id.to_owned())]);
    }
    let term = encode::uri(&format!("Encounter/{id}"));
    let leads = |param: &&galen_fhir::SearchParameter| {
        param.kind == ParamKind::Reference && param.targets.iter().any(|target| target.name() == "Encounter")
    };
    let any: Vec<Match> = search_parameters(resource_type)
        .iter()
        .filter(leads)
        .flat_map(places)
        .map(|param| Match::Term(param, TermMatch::Equals(term.clone())))
        .collect();
    (!any.is_empty()).then_some(any)
}

impl Records {
    /// The next resources of a walk, at most `limit`, and where it goes on.
    pub async fn walk(
        &self,
        walk: &Walk,
        from: WalkPlace,
        limit: u32,
    ) -> Result<(Vec<Stored>, Option<WalkPlace>), Fault> {
        let mut place = from;
        let mut found: Vec<Stored> = Vec::new();
        while let Some((resource_type, all)) = walk.steps.get(place.step) {
            if place.shard >= self.store().shards() {
                place = WalkPlace { step: place.step + 1, ..WalkPlace::default() };
                continue;
            }
            let shard = ShardId(place.shard);
            let wanted = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
            if wanted == 0 {
                return Ok((found, Some(place)));
            }
            let order = Order::Key { descending: false };
            let limit = wanted.min(PAGE_ROWS_MAX);
            let scan = Scan {
                after: place.after.take(),
                ..Scan::new(kind_of(*resource_type), all.clone(), order, limit)
            };
            let page = self.store().scan(shard, &scan).await?;
            let stored = |document| Stored { resource_type: *resource_type, shard, document };
            found.extend(page.documents.into_iter().map(stored));
            match page.next {
                Some(next) => place.after = Some(next),
                None => place = WalkPlace { step: place.step, shard: place.shard + 1, after: None },
            }
        }
        Ok((found, None))
    }

    /// How many resources a walk comes by, counting no further than `most` in each scan.
    pub async fn count_walk(&self, walk: &Walk, most: u64) -> Result<u64, Fault> {
        let mut total = 0;
        for (resource_type, all) in &walk.steps {
            let order = Order::Key { descending: false };
            let scan = Scan::new(kind_of(*resource_type), all.clone(), order, 1);
            for shard in (0..self.store().shards()).map(ShardId) {
                total += self.store().count(shard, &scan, most).await?;
            }
        }
        Ok(total)
    }

    /// What resources refer to and is in nobody's compartment (people, places, medications), as far as `sight` shows it.
    pub async fn brought_along(
        &self,
        rows: &[Stored],
        sight: &Sight,
        sealed: &SealedPatients,
    ) -> Result<Vec<Stored>, Fault> {
        let mut wanted = BTreeSet::new();
        for stored in rows {
            let Some(resource) = stored.resource()? else { continue };
            for found in galen_fhir::index::references(&resource) {
                let Some(ParsedReference::Local { resource_type, id, .. }) =
                    ParsedReference::parse(found.literal)
                else {
                    continue;
                };
                if !is_in_compartments(resource_type) && sight.of(resource_type).is_some() {
                    wanted.insert((resource_type, id.to_owned()));
                }
            }
        }
        let wanted: Vec<(ResourceType, String)> = wanted.into_iter().take(REFERRED_MAX).collect();
        let mut shown = Vec::with_capacity(wanted.len());
        for stored in self.get_many(&wanted).await? {
            let Some(visibility) = sight.of(stored.resource_type) else { continue };
            let Some(resource) = stored.resource()? else { continue };
            if shows(visibility, &resource, sealed) {
                shown.push(stored);
            }
        }
        Ok(shown)
    }

    /// Whether `sight` shows one resource that is in hand.
    pub fn may_show(&self, stored: &Stored, sight: &Sight, sealed: &SealedPatients) -> Result<bool, Fault> {
        let Some(resource) = stored.resource()? else { return Ok(false) };
        Ok(sight.of(stored.resource_type).is_some_and(|visibility| shows(visibility, &resource, sealed)))
    }
}
