//! What a kick-off asks for, and the types and patients that it means.

use super::job::{Export, ExportLevel};
use crate::failure::{Failure, broken};
use crate::operations::Call;
use crate::operations::parameters::bad;
use crate::read::{absent, may_see};
use crate::sights::{Seen, sight_for};
use crate::wish::Wish;
use galen_access::Context;
use galen_fhir::search::Handling;
use galen_fhir::{Json, ParsedReference, ResourceType, Subset};
use galen_kernel::{Instant, PatientId, Rejection, RejectionKind};
use galen_records::{Extent, SealedPatients, Walk, is_in_compartments};
use galen_service::House;
use galen_service::observe::Draft;
use std::sync::Arc;

/// The formats of a file, by the names that clients use.
const FORMATS: [&str; 3] = ["application/fhir+ndjson", "application/ndjson", "ndjson"];
/// Most members of a group that is exported.
const MEMBERS_MAX: usize = 10_000;

/// Reads the parameters.
pub(super) fn read(call: &Call, wish: Wish) -> Result<Export, Failure> {
    if !wish.respond_async {
        let message = "An export is answered later; say that you will come back for it";
        return Err(Rejection::new(RejectionKind::Malformed, "respond-async-required", message)
            .at("Prefer")
            .next("Send 'Prefer: respond-async'")
            .into());
    }
    let parameters = &call.parameters;
    if parameters
        .text("_outputFormat")
        .is_some_and(|given| !FORMATS.contains(&given.replace(' ', "+").as_str()))
    {
        return Err(bad("_outputFormat", "must be application/fhir+ndjson"));
    }
    if parameters.text("_typeFilter").is_some() && wish.handling == Handling::Strict {
        let message = "_typeFilter is not supported";
        return Err(Rejection::new(RejectionKind::Malformed, "not-supported", message)
            .at("_typeFilter")
            .next("Leave it out and filter the files, or send 'Prefer: handling=lenient' to have it ignored")
            .into());
    }
    let elements = parameters.text("_elements").map(str::to_owned);
    subset(elements.as_deref())?;
    let level = match (call.resource_type.map(ResourceType::name), &call.id) {
        (Some("Group"), Some(id)) => ExportLevel::Group(id.clone()),
        (Some(_), _) => ExportLevel::Patients,
        (None, _) => ExportLevel::System,
    };
    Ok(Export {
        level,
        types: parameters.types("_type")?.into_iter().map(|one| one.name().to_owned()).collect(),
        since: parameters.time("_since")?.map(|span| span.low),
        elements,
    })
}

/// The part of each resource that is wanted.
pub(super) fn subset(elements: Option<&str>) -> Result<Subset, Failure> {
    let mut how = Subset::default();
    if let Some(list) = elements {
        how.add_elements(list).map_err(|issue| {
            Failure::of_issues(RejectionKind::Malformed, "parameter-invalid", vec![issue])
        })?;
    }
    Ok(how)
}

/// What an export comes to for its caller, now.
pub(super) struct Scope {
    /// What the caller may export.
    pub(super) seen: Seen,
    /// Whose records are sealed.
    pub(super) sealed: Arc<SealedPatients>,
    /// The types, those that the caller may not export left out.
    pub(super) types: Vec<ResourceType>,
    /// Which of them.
    pub(super) extent: Extent,
    /// Whether only what is in a patient's compartment is meant.
    pub(super) of_patients: bool,
}

impl Scope {
    /// Asks policy, and reads the group where there is one. The draft learns whose group it is.
    pub(super) async fn of(
        house: &House,
        context: &Context,
        draft: &mut Draft,
        export: &Export,
    ) -> Result<Self, Failure> {
        let of_patients = export.level != ExportLevel::System;
        let wanted = |one: &ResourceType| {
            (export.types.is_empty() || export.types.iter().any(|name| name == one.name()))
                && (!of_patients || is_in_compartments(*one))
        };
        let types: Vec<ResourceType> = crate::admit::writable_types().filter(wanted).collect();
        let seen = sight_for(house, context, "FhirExport", types.iter().copied()).await?;
        let types: Vec<ResourceType> =
            types.into_iter().filter(|one| seen.sight.of(*one).is_some()).collect();
        if let (true, Some(rejection)) = (types.is_empty(), &seen.refused) {
            return Err(rejection.clone().into());
        }
        let patients = match &export.level {
            ExportLevel::Group(id) => Some(members(house, context, draft, id).await?),
            ExportLevel::System | ExportLevel::Patients => None,
        };
        let since = export.since.map(Instant::from_micros);
        let sealed = house.records.sealed(context.at).await?;
        Ok(Self { seen, sealed, types, extent: Extent { patients, since, ..Extent::default() }, of_patients })
    }

    /// The walk through one type.
    pub(super) fn walk(&self, resource_type: ResourceType) -> Walk {
        Walk::new(&[resource_type], &self.extent, &self.seen.sight, &self.sealed)
    }
}

/// The patients in a group that the caller may see.
pub(in crate::operations) async fn members(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    id: &str,
) -> Result<Vec<PatientId>, Failure> {
    let group = ResourceType::parse("Group").ok_or_else(|| broken("no Group"))?;
    let Some(stored) = house.records.get(group, id).await? else {
        return Err(absent(house, context, "FhirRead", group).await);
    };
    may_see(house, context, "FhirRead", &stored, draft).await?;
    let Some(resource) = stored.resource()? else { return Ok(Vec::new()) };
    let mut patients: Vec<PatientId> = Vec::new();
    for member in resource.json().list("member") {
        if member.get("inactive").and_then(Json::as_bool) == Some(true) {
            continue;
        }
        if let Some(ParsedReference::Local { resource_type, id, .. }) =
            member.str_at(&["entity", "reference"]).and_then(ParsedReference::parse)
            && resource_type.name() == "Patient"
            && let Ok(patient) = PatientId::parse(id)
        {
            patients.push(patient);
        }
    }
    patients.sort_unstable();
    patients.dedup();
    if patients.len() > MEMBERS_MAX {
        let message = format!("The group has more than {MEMBERS_MAX} members");
        return Err(Rejection::new(RejectionKind::Unprocessable, "too-costly", message)
            .next("Export a smaller group, or all patients")
            .into());
    }
    Ok(patients)
}
