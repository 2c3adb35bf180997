//! Patient resources to and from registration's words, and the guard of FHIR writes.

mod answers;
mod consents;

pub use answers::{ANSWERS, answers};
pub use consents::{CONSENTS, choice, consent_of, directive, set_status};

use crate::commands::Details;
use crate::decide::{self, Surroundings};
use crate::events::{Event, evolve};
use crate::model::{Demographics, MRN_SYSTEM, Mrn, NHS_NUMBER_SYSTEM, NhsNumber, PersonName};
use crate::{queries, store};
use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_contracts::registration::{PatientAmendedV1, PatientRegisteredV1};
use galen_fhir::{Json, ParsedReference, Resource, ResourceType, array, object};
use galen_kernel::{Fault, PatientId, Phi};
use galen_records::Change;
use galen_service::guard::{Likely, Matching, Passed};
use galen_service::{Guard, House, Proposal, Refusal};

const IDENTIFIER_TYPE: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
/// v2-0203: medical record number.
const RECORD_NUMBER: &str = "MR";

/// The guard of Patient.
pub static GUARD: PatientGuard = PatientGuard;

/// The resource type of this domain.
pub fn patient_type() -> Result<ResourceType, Fault> {
    galen_records::resource_type("Patient")
}

/// What registration reads of a Patient.
pub fn demographics(resource: &Resource) -> Demographics {
    let json = resource.json();
    let text = |value: &Json, name: &str| value.str(name).map(|t| Phi::new(t.to_owned()));
    let names = || json.list("name");
    let shown = shown_name(json);
    let contact = |system: &str| json.list("telecom").find(|t| t.str("system") == Some(system));
    let home = json.list("address").find(|a| a.str("use") == Some("home")).or(json.list("address").next());
    Demographics {
        shown: shown.map(person_name).unwrap_or_default(),
        other_names: names().filter(|n| Some(*n) != shown).filter_map(written).collect(),
        family: names().filter_map(|name| text(name, "family")).collect(),
        given: names()
            .flat_map(|n| n.list("given"))
            .filter_map(Json::as_str)
            .map(|t| Phi::new(t.to_owned()))
            .collect(),
        birth_date: text(json, "birthDate"),
        gender: json.str("gender").map(str::to_owned),
        identifiers: json
            .list("identifier")
            .filter_map(|i| Some((i.str("system")?.to_owned(), text(i, "value")?)))
            .collect(),
        record_number: json.list("identifier").find(|i| is_record_number(i)).and_then(|i| text(i, "value")),
        phone: contact("phone").and_then(|t| text(t, "value")),
        email: contact("email").and_then(|t| text(t, "value")),
        address: home.map(address_lines).unwrap_or_default(),
        deceased: text(json, "deceasedDateTime").or_else(|| {
            (json.get("deceasedBoolean") == Some(&Json::Bool(true))).then(|| "true".to_owned().into())
        }),
        replaced_by: json.list("link").find(|l| l.str("type") == Some("replaced-by")).and_then(linked),
    }
}

fn shown_name(json: &Json) -> Option<&Json> {
    let of_use = |wanted: &'static str| json.list("name").find(move |n| n.str("use") == Some(wanted));
    let current = || json.list("name").find(|n| !matches!(n.str("use"), Some("old" | "maiden" | "temp")));
    of_use("official").or_else(|| of_use("usual")).or_else(current).or_else(|| json.list("name").next())
}

fn person_name(name: &Json) -> PersonName {
    let given: Vec<Phi<String>> = strings(name, "given").collect();
    let family = name.str("family").or(if given.is_empty() { name.str("text") } else { None });
    PersonName { family: family.map(|t| t.to_owned().into()), given }
}

fn written(name: &Json) -> Option<Phi<String>> {
    if let Some(text) = name.str("text") {
        return Some(text.to_owned().into());
    }
    let parts: Vec<&str> = name.list("given").filter_map(Json::as_str).chain(name.str("family")).collect();
    (!parts.is_empty()).then(|| parts.join(" ").into())
}

fn strings(json: &Json, name: &'static str) -> impl Iterator<Item = Phi<String>> {
    json.list(name).filter_map(Json::as_str).map(|text| text.to_owned().into())
}

/// Lines as the form has them: street lines, then the town where it stands apart, then the postcode.
fn address_lines(address: &Json) -> Vec<Phi<String>> {
    let places = ["city", "district", "state"].into_iter().filter_map(|part| address.str(part));
    strings(address, "line")
        .chain(places.map(|text| text.to_owned().into()))
        .chain(address.str("postalCode").map(|text| text.to_owned().into()))
        .collect()
}

fn is_record_number(identifier: &Json) -> bool {
    identifier.str("system") == Some(MRN_SYSTEM)
        || identifier
            .get("type")
            .is_some_and(|t| t.list("coding").any(|c| c.str("code") == Some(RECORD_NUMBER)))
}

fn linked(link: &Json) -> Option<PatientId> {
    match ParsedReference::parse(link.str_at(&["other", "reference"])?)? {
        ParsedReference::Local { id, .. } => PatientId::parse(id).ok(),
        _ => None,
    }
}

/// A new Patient of a form's demographics.
pub fn patient(id: &str, details: &Details) -> Result<Resource, Fault> {
    let mut resource = Resource::new(patient_type()?);
    resource.set_id(id);
    set_active(&mut resource, true);
    apply(&mut resource, details);
    Ok(resource)
}

fn set(resource: &mut Resource, name: &str, value: Json) {
    if let Some(object) = resource.json_mut().as_object_mut() {
        object.insert(name, value);
    }
}

fn remove(resource: &mut Resource, name: &str) {
    if let Some(object) = resource.json_mut().as_object_mut() {
        object.remove(name);
    }
}

/// Writes a form's demographics into a Patient: what the form gives replaces, empty text removes, everything else stays.
pub fn apply(resource: &mut Resource, details: &Details) {
    if details.family.is_some() || !details.given.is_empty() {
        replace_name(resource, details);
    }
    if let Some(gender) = &details.gender {
        set(resource, "gender", gender.as_str().into());
    }
    match details.birth_date.as_ref().map(|date| date.reveal().as_str()) {
        None => {}
        Some("") => remove(resource, "birthDate"),
        Some(date) => set(resource, "birthDate", date.into()),
    }
    if let Some(number) = &details.nhs_number {
        let is_this = |i: &Json| i.str("system") == Some(NHS_NUMBER_SYSTEM);
        let number = NhsNumber::parse(number.reveal()).map(|number| {
            object! { "use" => "official", "system" => NHS_NUMBER_SYSTEM, "value" => number.as_str() }
        });
        put_or_remove(resource, "identifier", is_this, number);
    }
    for (system, value) in [("phone", &details.phone), ("email", &details.email)] {
        if let Some(value) = value.as_ref().map(|value| value.reveal().trim()) {
            let contact = (!value.is_empty()).then(|| object! { "system" => system, "value" => value });
            put_or_remove(resource, "telecom", |t| t.str("system") == Some(system), contact);
        }
    }
    if let Some((postcode, lines)) = details.address.split_last() {
        let address = home_address(postcode.reveal().trim(), lines);
        put_or_remove(resource, "address", |a| a.str("use") == Some("home"), address);
    }
}

fn home_address(postcode: &str, lines: &[Phi<String>]) -> Option<Json> {
    let lines: Vec<Json> = lines
        .iter()
        .map(|line| line.reveal().trim())
        .filter(|line| !line.is_empty())
        .map(Json::from)
        .collect();
    if postcode.is_empty() && lines.is_empty() {
        return None;
    }
    let mut address = object! { "use" => "home" };
    if let Some(object) = address.as_object_mut() {
        if !lines.is_empty() {
            object.insert("line", Json::Array(lines));
        }
        if !postcode.is_empty() {
            object.insert("postalCode", postcode);
        }
    }
    Some(address)
}

fn replace_name(resource: &mut Resource, details: &Details) {
    let is_official = |n: &Json| n.str("use").is_none_or(|u| u == "official" || u == "usual");
    let mut name = resource
        .json()
        .list("name")
        .find(|n| is_official(n))
        .cloned()
        .unwrap_or_else(|| object! { "use" => "official" });
    if let Some(object) = name.as_object_mut() {
        // The text would go on showing the old name.
        object.remove("text");
        if let Some(family) = &details.family {
            object.insert("family", family.reveal().trim());
        }
        if !details.given.is_empty() {
            let given: Vec<Json> = details.given.iter().map(|g| g.reveal().trim().into()).collect();
            object.insert("given", Json::Array(given));
        }
    }
    replace_where(resource, "name", is_official, name);
}

fn replace_identifier(resource: &mut Resource, system: &str, identifier: Json) {
    replace_where(resource, "identifier", |i| i.str("system") == Some(system), identifier);
}

fn put_or_remove(resource: &mut Resource, list: &str, fits: impl Fn(&Json) -> bool, item: Option<Json>) {
    match item {
        Some(item) => replace_where(resource, list, fits, item),
        None => remove_where(resource, list, fits),
    }
}

/// Removes all that fit, and the list when it is empty then.
fn remove_where(resource: &mut Resource, list: &str, fits: impl Fn(&Json) -> bool) {
    let left: Vec<Json> = resource.json().list(list).filter(|item| !fits(item)).cloned().collect();
    if left.is_empty() {
        remove(resource, list);
    } else {
        set(resource, list, Json::Array(left));
    }
}

/// Puts `item` in the place of the first that fits, or at the end.
fn replace_where(resource: &mut Resource, list: &str, fits: impl Fn(&Json) -> bool, item: Json) {
    let mut items: Vec<Json> = resource.json().list(list).cloned().collect();
    match items.iter_mut().find(|i| fits(i)) {
        Some(place) => *place = item,
        None => items.push(item),
    }
    set(resource, list, Json::Array(items));
}

/// Adds the MRN.
pub fn add_mrn(resource: &mut Resource, mrn: &Mrn) {
    let identifier = object! {
        "use" => "usual",
        "type" => object! { "coding" => array![object! { "system" => IDENTIFIER_TYPE, "code" => RECORD_NUMBER }] },
        "system" => MRN_SYSTEM,
        "value" => mrn.as_str(),
    };
    replace_identifier(resource, MRN_SYSTEM, identifier);
}

/// Sets `active`.
pub fn set_active(resource: &mut Resource, active: bool) {
    set(resource, "active", active.into());
}

/// Adds a link to another patient.
pub fn add_link(resource: &mut Resource, other: &PatientId, kind: &str) {
    let link = object! { "other" => object! { "reference" => format!("Patient/{other}") }, "type" => kind };
    replace_where(resource, "link", |l| linked(l).as_ref() == Some(other), link);
}

/// Removes the links to another patient.
pub fn remove_link(resource: &mut Resource, other: &PatientId) {
    remove_where(resource, "link", |link| linked(link).as_ref() == Some(other));
}

/// Runs registration's rules over Patients that come in by FHIR.
pub struct PatientGuard;

impl Guard for PatientGuard {
    fn resource_type(&self) -> &'static str {
        "Patient"
    }

    fn pass<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        proposal: Proposal<'g>,
        change: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(async move {
            match (proposal.resource, proposal.current) {
                (Some(resource), None) => create(house, context, resource, proposal.chance, change).await,
                (Some(resource), Some(current)) => update(context, resource, &current, change),
                (None, current) => {
                    if let Some(current) = current {
                        store::release_identifiers(&current, change);
                    }
                    Ok(Passed { resource: None, warnings: Vec::new() })
                }
            }
        })
    }

    fn matches<'g>(
        &'g self,
        house: &'g House,
        description: &'g Resource,
        likeness_min: f64,
    ) -> Option<Matching<'g>> {
        Some(Box::pin(async move {
            let found = queries::candidates_from(house, &demographics(description), likeness_min).await?;
            let likely = found.into_iter().map(|one| Likely {
                id: one.id.to_string(),
                likeness: one.likeness,
                is_certain: one.same_identifier,
            });
            Ok(likely.collect())
        }))
    }
}

async fn create(
    house: &House,
    context: &Context,
    mut resource: Resource,
    chance: [u8; 32],
    change: &mut Change,
) -> Result<Passed, Refusal> {
    let who = demographics(&resource);
    let own = resource.id().map(str::to_owned);
    let mut candidates = queries::candidates(house, &who).await?;
    candidates.retain(|c| Some(c.id.as_str()) != own.as_deref());
    let around = Surroundings { candidates, drawn: Some(store::draw_mrn(chance)) };
    let events = decide::register_resource(&who, &around, context.at)?;
    let mut warnings = Vec::new();
    for event in &events {
        evolve(&mut resource, event);
        if let Event::Registered { possible_duplicates, .. } = event {
            announce(&resource, possible_duplicates, change)?;
            if !possible_duplicates.is_empty() {
                let ids: Vec<String> = possible_duplicates.iter().map(|id| format!("Patient/{id}")).collect();
                warnings.push(format!("This may be the same person as {}", ids.join(", ")));
            }
        }
    }
    store::claim_identifiers(&resource, None, change);
    Ok(Passed { resource: Some(resource), warnings })
}

fn announce(
    resource: &Resource,
    possible_duplicates: &[PatientId],
    change: &mut Change,
) -> Result<(), Fault> {
    let id = resource.id().unwrap_or_default();
    let patient = PatientId::parse(id).map_err(|e| Fault::new("patient id", e))?;
    change.event(&PatientRegisteredV1 { patient, possible_duplicates: possible_duplicates.to_vec() });
    Ok(())
}

fn update(
    context: &Context,
    mut resource: Resource,
    current: &Resource,
    change: &mut Change,
) -> Result<Passed, Refusal> {
    for event in &decide::amend_resource(&demographics(current), &demographics(&resource), context.at)? {
        evolve(&mut resource, event);
    }
    store::claim_identifiers(&resource, Some(current), change);
    let id = resource.id().unwrap_or_default();
    let patient = PatientId::parse(id).map_err(|e| Fault::new("patient id", e))?;
    let version = current.version_id().and_then(|v| v.parse::<u64>().ok()).unwrap_or(0) + 1;
    change.event(&PatientAmendedV1 { patient, version });
    Ok(Passed { resource: Some(resource), warnings: Vec::new() })
}
