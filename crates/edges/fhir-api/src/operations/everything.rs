//! `Patient/$everything` and `Encounter/$everything`: a whole record, or all of them, page by page, with what they refer to.

use super::{Call, GET_OR_POST, Level as At, Of, Operation, optional, returned};
use crate::admit::writable_types;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::read::{absent, may_see};
use crate::sights::{Seen, note_rows, sight};
use crate::wish::BodyFormat;
use galen_access::Context;
use galen_access::smart::scope::Level;
use galen_audit::Interaction;
use galen_fhir::bundle::{Link, Page, SearchEntry, SearchMode, searchset};
use galen_fhir::{ResourceType, patient_compartment};
use galen_kernel::{Fault, Instant, PatientId, Rejection, RejectionKind};
use galen_records::{Extent, Stored, Walk, WalkPlace, is_in_compartments};
use galen_service::House;
use galen_service::observe::{Draft, looked};

/// Resources on a page when nobody asks for a number.
const COUNT_DEFAULT: u32 = 500;
/// Most resources on a page.
const COUNT_MAX: u32 = 1_000;

pub(super) static EVERYTHING: Operation = Operation {
    code: "everything",
    id: "Patient-everything",
    canonical: "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    title: "The whole record of a patient, or those of all patients",
    levels: &[At::Type, At::Instance],
    of: Of::Only(&["Patient"]),
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: &[
        optional("start", "date", "Of care from this day on"),
        optional("end", "date", "Of care up to this day"),
        optional("_since", "instant", "Changed then or later"),
        optional("_type", "code", "Of these types only, with commas between"),
        optional("_count", "integer", "Resources on a page"),
        optional("_page", "string", "Where the page before ended"),
        returned("Bundle", "A page of a search set; its next link leads to the rest"),
    ],
    audited: "everything",
    class: Interaction::Read,
    handler: |house, context, draft, call, _| Box::pin(of_patient(house, context, draft, call)),
};

pub(super) static OF_ENCOUNTER: Operation = Operation {
    id: "Encounter-everything",
    canonical: "http://hl7.org/fhir/OperationDefinition/Encounter-everything",
    title: "All that belongs to an encounter",
    levels: &[At::Instance],
    of: Of::Only(&["Encounter"]),
    parameters: &[
        optional("_since", "instant", "Changed then or later"),
        optional("_type", "code", "Of these types only, with commas between"),
        optional("_count", "integer", "Resources on a page"),
        optional("_page", "string", "Where the page before ended"),
        returned("Bundle", "A page of a search set; its next link leads to the rest"),
    ],
    handler: |house, context, draft, call, _| Box::pin(of_encounter(house, context, draft, call)),
    ..EVERYTHING
};

async fn of_patient(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
) -> Result<Answer, Failure> {
    let dates = (
        call.parameters.time("start")?.map(|span| span.low),
        call.parameters.time("end")?.map(|span| span.high),
    );
    let extent = Extent { dates, ..extent(&call)? };
    let Some(id) = call.id.clone().or_else(|| own_of(context)) else {
        draft.entities = vec!["Patient".to_owned()];
        return page(house, context, draft, &call, &extent, "Patient").await;
    };
    let patient =
        PatientId::parse(id.clone()).map_err(|_| super::parameters::bad("id", "is no patient's"))?;
    see(house, context, draft, &call, &id).await?;
    let extent = Extent { patients: Some(vec![patient]), ..extent };
    page(house, context, draft, &call, &extent, &format!("Patient/{id}")).await
}

/// Whose record it is where none is named: a patient's own, or the one that an application was opened on and which is all
/// that it may see.
fn own_of(context: &Context) -> Option<String> {
    let launched = context.actor.grant.as_ref().and_then(|grant| {
        let sees_others = [Level::User, Level::System].into_iter().any(|level| grant.scopes.has_level(level));
        grant.patient.as_ref().filter(|_| !sees_others)
    });
    context.actor.patient.as_ref().or(launched).map(|patient| patient.as_str().to_owned())
}

async fn of_encounter(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
) -> Result<Answer, Failure> {
    let (_, id) = call.instance()?;
    see(house, context, draft, &call, id).await?;
    let extent = Extent { encounter: Some(id.to_owned()), ..extent(&call)? };
    page(house, context, draft, &call, &extent, &format!("Encounter/{id}")).await
}

/// Refuses who may not see the record's own head.
pub(super) async fn see(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: &Call,
    id: &str,
) -> Result<(), Failure> {
    let Some(resource_type) = call.resource_type else { return Err(crate::failure::broken("no type")) };
    draft.entities = vec![format!("{resource_type}/{id}")];
    let Some(stored) = house.records.get(resource_type, id).await? else {
        return Err(absent(house, context, "FhirRead", resource_type).await);
    };
    may_see(house, context, "FhirRead", &stored, draft).await
}

fn extent(call: &Call) -> Result<Extent, Failure> {
    let since = call.parameters.time("_since")?.map(|span| Instant::from_micros(span.low));
    Ok(Extent { since, ..Extent::default() })
}

/// A page, with what it refers to, and its one audit entry.
async fn page(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: &Call,
    extent: &Extent,
    of: &str,
) -> Result<Answer, Failure> {
    let place = match call.parameters.text("_page") {
        None => WalkPlace::default(),
        Some(text) => WalkPlace::parse(&house.records, text).ok_or_else(|| {
            let message = "The page token is not one of this server";
            Rejection::new(RejectionKind::Malformed, "page-token-invalid", message).at("_page")
        })?,
    };
    let count = call.parameters.count("_count", COUNT_MAX)?.unwrap_or(COUNT_DEFAULT);
    let wanted = call.parameters.types("_type")?;
    let is_wanted = |one: &ResourceType| wanted.is_empty() || wanted.contains(one);
    let is_of_all = extent.patients.is_none() && extent.encounter.is_none();
    let Seen { sight, refused, opened } =
        sight(house, context, call.resource_type.into_iter().chain(writable_types())).await?;
    if let Some(rejection) = refused.filter(|_| is_of_all) {
        return Err(rejection.into());
    }
    let sealed = house.records.sealed(context.at).await?;
    let types: Vec<ResourceType> =
        writable_types().filter(is_wanted).filter(|one| !is_of_all || is_in_compartments(*one)).collect();
    let walk = Walk::new(&types, extent, &sight, &sealed);
    let (mut rows, next) = house.records.walk(&walk, place, count).await?;
    if is_of_all {
        // What is of no patient (of a group, of a device) is in nobody's record.
        rows = rows.into_iter().map(of_somebody).filter_map(Result::transpose).collect::<Result<_, _>>()?;
    }
    let mut referred = house.records.brought_along(&rows, &sight, &sealed).await?;
    referred.retain(|stored| is_wanted(&stored.resource_type) && !rows.contains(stored));
    note_rows(&rows, &opened, draft);
    let next = next.map(|place| place.seal(&house.records)).transpose()?;
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let own = format!("{}/{of}/$everything", house.fhir_base());
    let link = |token: Option<&str>| {
        let query = call.parameters.query("_page", token);
        if query.is_empty() { own.clone() } else { format!("{own}?{query}") }
    };
    let links = (link(call.parameters.text("_page")), next.as_deref().map(|token| link(Some(token))));
    Ok(Answer::of(written(house, &rows, &referred, &links, context.at)))
}

/// A stored resource that is in the record of some patient.
fn of_somebody(stored: Stored) -> Result<Option<Stored>, Fault> {
    let resource = stored.resource()?;
    Ok(resource.is_some_and(|resource| !patient_compartment(&resource).is_empty()).then_some(stored))
}

fn written(
    house: &House,
    rows: &[Stored],
    referred: &[Stored],
    links: &(String, Option<String>),
    now: Instant,
) -> Vec<u8> {
    let base = house.fhir_base();
    let all: Vec<(&Stored, SearchMode, String)> = rows
        .iter()
        .map(|stored| (stored, SearchMode::Match))
        .chain(referred.iter().map(|stored| (stored, SearchMode::Include)))
        .map(|(stored, mode)| (stored, mode, format!("{base}/{}", stored.reference())))
        .collect();
    let entries: Vec<SearchEntry<'_>> = all
        .iter()
        .map(|(stored, mode, full_url)| SearchEntry {
            full_url,
            resource: stored.document.body.as_deref().unwrap_or(b"{}"),
            mode: *mode,
        })
        .collect();
    let mut told = vec![Link { relation: "self", url: &links.0 }];
    told.extend(links.1.as_deref().map(|url| Link { relation: "next", url }));
    searchset(&Page { id: None, timestamp: Some(&now.to_string()), total: None, links: &told }, &entries)
}
