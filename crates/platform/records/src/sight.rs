//! What a caller may see, per type, and the facts of a resource that decide it.

use crate::condition::condition;
use crate::encode::patient_subject;
use crate::granted;
use crate::release::{held_after, release_of};
use crate::rows::{self, ANY_CODE, SHARED, places};
use crate::sealed::SealedPatients;
use galen_access::{Category, Label, Met, Target, Visibility};
use galen_fhir::{ParsedReference, Resource, ResourceType, search_parameter};
use galen_kernel::PatientId;
use galen_store::{Bound, Condition, Match, TermMatch};
use std::collections::HashMap;

/// System of confidentiality labels.
pub(crate) const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

/// What the caller may see of each type; a type that is not in it is not seen.
#[derive(Debug, Clone, Default)]
pub struct Sight(HashMap<ResourceType, Visibility>);

impl Sight {
    /// Nothing.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// With this type visible so far.
    #[must_use]
    pub fn with(mut self, resource_type: ResourceType, visibility: Visibility) -> Self {
        self.0.insert(resource_type, visibility);
        self
    }

    /// What is visible of a type.
    pub fn of(&self, resource_type: ResourceType) -> Option<&Visibility> {
        self.0.get(&resource_type)
    }
}

/// The highest confidentiality label on the resource itself.
pub fn label_of(resource: &Resource) -> Label {
    resource
        .security_labels()
        .filter(|(system, _)| *system == CONFIDENTIALITY)
        .map(|(_, code)| Label::of_code(code))
        .max()
        .unwrap_or_default()
}

/// The patients in whose compartments the resource is.
pub fn patients_of(resource: &Resource) -> Vec<PatientId> {
    galen_fhir::patient_compartment(resource).into_iter().filter_map(|id| PatientId::parse(id).ok()).collect()
}

/// What policy is asked about a resource: its category, patients, and the highest label of itself and its patients. It is
/// held against no application's criteria yet, so it meets none.
pub fn target_of(resource: &Resource, sealed: &SealedPatients) -> Target {
    let name = resource.resource_type().name();
    let patients = patients_of(resource);
    let label = patients.iter().map(|p| sealed.label(p)).max().unwrap_or_default().max(label_of(resource));
    let (facility, release) = (facility_of(resource), release_of(resource));
    let met = Met::These(Vec::new());
    Target {
        facility,
        release,
        met,
        ..Target::plain(name, Category::of_type(name)).of(patients).labelled(label)
    }
}

/// The element that says to which facility a resource belongs, and the parameter that finds it, for the types where
/// one facility's staff have no business with another's. Directory entries are open to all, so they are not here.
const FACILITIES: [(&str, &str, &str); 2] = [
    ("Patient", "managingOrganization", "organization"),
    ("Encounter", "serviceProvider", "service-provider"),
];

fn facility_of(resource: &Resource) -> Option<String> {
    let name = resource.resource_type().name();
    let (_, element, _) = FACILITIES.iter().find(|(kind, ..)| *kind == name)?;
    match ParsedReference::parse(resource.json().str_at(&[element, "reference"])?)? {
        ParsedReference::Local { id, .. } => Some(id.to_owned()),
        _ => None,
    }
}

/// Rows of no facility, and those of the facilities where the caller holds a position.
fn of_facilities(resource_type: ResourceType, facilities: &[String]) -> Option<Condition> {
    let (.., code) = FACILITIES.iter().find(|(kind, ..)| *kind == resource_type.name())?;
    let param = places(search_parameter(resource_type, code)?).next()?;
    let mut any = vec![Match::Not(Box::new(Match::Term(param, TermMatch::Present)))];
    any.extend(facilities.iter().map(|id| {
        let term = crate::encode::uri(&format!("Organization/{id}"));
        Match::Term(param, TermMatch::Equals(term))
    }));
    Some(Condition::Any(any))
}

/// Whether one resource that is in hand (an include) may be shown.
pub(crate) fn shows(visibility: &Visibility, resource: &Resource, sealed: &SealedPatients) -> bool {
    let target = target_of(resource, sealed);
    let within = |allowed: &[PatientId]| {
        !target.patients.is_empty() && target.patients.iter().all(|p| allowed.contains(p))
    };
    if let Some(only) = &visibility.only
        && !within(only)
    {
        return false;
    }
    if let (Some(facilities), Some(facility)) = (&visibility.facilities, &target.facility)
        && !facilities.contains(facility)
    {
        return false;
    }
    if let Some(ways) = &visibility.granted
        && !granted::covers(ways, &target.patients, resource)
    {
        return false;
    }
    if target.patients.iter().any(|p| visibility.withheld.contains(p)) {
        return false;
    }
    if let (Some(now), Some(release)) = (visibility.released_by, target.release)
        && now < release
    {
        return false;
    }
    !visibility.hidden.contains(&target.label) || within(&visibility.related)
}

/// The conditions that keep a scan of `resource_type` within `visibility`.
pub(crate) fn conditions(
    resource_type: ResourceType,
    visibility: &Visibility,
    sealed: &SealedPatients,
) -> Vec<Condition> {
    let mut all = Vec::new();
    if let Some(only) = &visibility.only {
        all.push(Condition::Any(only.iter().map(in_compartment).collect()));
        all.push(Condition::None(vec![shared()]));
    }
    all.extend(visibility.released_by.map(|now| Condition::None(vec![held_after(now)])));
    all.extend(visibility.facilities.as_deref().and_then(|ids| of_facilities(resource_type, ids)));
    if let Some(ways) = &visibility.granted {
        all.extend(condition(granted::test(resource_type, ways)));
    }
    if !visibility.withheld.is_empty() {
        all.push(Condition::None(visibility.withheld.iter().map(in_compartment).collect()));
    }
    if visibility.hidden.is_empty() {
        return all;
    }
    let related: Vec<Match> = visibility.related.iter().map(in_compartment_alone).collect();
    if let Some(security) = search_parameter(resource_type, "_security") {
        let labelled = visibility.hidden.iter().map(|label| {
            let term = crate::encode::token(Some(CONFIDENTIALITY), label.code());
            rows::term(security, term)
        });
        let mut any = vec![Match::Not(Box::new(Match::Any(labelled.collect())))];
        any.extend(related);
        all.push(Condition::Any(any));
    }
    let closed: Vec<Match> = sealed
        .hidden_by(&visibility.hidden)
        .filter(|patient| !visibility.related.contains(patient))
        .map(in_compartment)
        .collect();
    if !closed.is_empty() {
        all.push(Condition::None(closed));
    }
    all
}

/// In this compartment and in no other.
pub(crate) fn in_compartment_alone(patient: &PatientId) -> Match {
    Match::All(vec![in_compartment(patient), Match::Not(Box::new(shared()))])
}

/// In more than one patient's compartment.
fn shared() -> Match {
    Match::Link { subject: SHARED, code: ANY_CODE, at: (Bound::Open, Bound::Open) }
}

/// In this compartment, and maybe in others.
pub(crate) fn in_compartment(patient: &PatientId) -> Match {
    let subject = patient_subject(patient.as_str());
    Match::Link { subject, code: ANY_CODE, at: (Bound::Open, Bound::Open) }
}
