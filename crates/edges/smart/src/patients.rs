//! Whose record an application is about: read with the rights of who asks, and audited as the look that it is.

use galen_access::{Context, Decision};
use galen_fhir::{Json, ParsedReference, Resource};
use galen_kernel::{PatientId, Rejection, RejectionKind};
use galen_records::{patients_of, target_of};
use galen_service::observe::Draft;
use galen_service::{House, Refusal};
use schemars::JsonSchema;
use serde::Serialize;

/// A patient as the consent screen names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PatientName {
    /// The id.
    pub(crate) id: String,
    /// The name to be shown.
    pub(crate) name: String,
    /// The date of birth, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) birth_date: Option<String>,
}

fn no_such(kind: &str) -> Rejection {
    Rejection::new(RejectionKind::NotFound, "not-found", format!("There is no such {kind}"))
}

async fn seen(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    (kind, id): (&'static str, &str),
) -> Result<Resource, Refusal> {
    let resource = house.records.resource(kind, id).await?;
    let resource = resource.ok_or_else(|| no_such(kind))?;
    let sealed = house.records.sealed(context.at).await?;
    let target = target_of(&resource, &sealed);
    match house.access.authorize(context, "FhirRead", &target).await? {
        Decision::Allowed { broken_glass } => draft.broken_glass |= broken_glass,
        // Who may not see it does not learn that it is there.
        Decision::Refused(_) => return Err(no_such(kind).into()),
    }
    draft.entities.push(format!("{kind}/{id}"));
    draft.patients.extend(target.patients.iter().map(|patient| patient.as_str().to_owned()));
    Ok(resource)
}

/// The patient, if the caller may see them.
pub(crate) async fn patient(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    id: &PatientId,
) -> Result<PatientName, Refusal> {
    let resource = seen(house, context, draft, ("Patient", id.as_str())).await?;
    Ok(PatientName {
        id: id.as_str().to_owned(),
        name: name_of(resource.json()),
        birth_date: resource.json().str("birthDate").map(str::to_owned),
    })
}

/// Checks that the caller may see the encounter, and that it is this patient's.
pub(crate) async fn check_encounter(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    (id, patient): (&str, &PatientId),
) -> Result<(), Refusal> {
    let resource = seen(house, context, draft, ("Encounter", id)).await?;
    if patients_of(&resource).iter().any(|one| one == patient) {
        return Ok(());
    }
    Err(Rejection::new(
        RejectionKind::Unprocessable,
        "encounter-of-another",
        "The encounter is not this patient's",
    )
    .at("encounter")
    .into())
}

/// The official name, else the first: family, given.
fn name_of(patient: &Json) -> String {
    let names: Vec<&Json> = patient.list("name").collect();
    let official = names.iter().find(|name| name.str("use") == Some("official"));
    let Some(name) = official.or_else(|| names.first()) else { return String::new() };
    if let Some(text) = name.str("text") {
        return text.to_owned();
    }
    let given: Vec<&str> = name.list("given").filter_map(Json::as_str).collect();
    let parts = [name.str("family").unwrap_or_default().to_uppercase(), given.join(" ")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The id in a reference as clients write it, `Patient/1`, or an id alone.
pub(crate) fn id_in(kind: &str, text: &str) -> String {
    match ParsedReference::parse(text) {
        Some(ParsedReference::Local { resource_type, id, .. }) if resource_type.name() == kind => {
            id.to_owned()
        }
        _ => text.to_owned(),
    }
}
