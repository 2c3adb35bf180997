//! `Patient/$print`: a whole record as a PDF that people can read, with the eyes or by a screen reader.

use super::everything::see;
use super::{Call, GET_OR_POST, Level, Of, Operation, optional, returned};
use crate::admit::writable_types;
use crate::answer::Answer;
use crate::failure::{Failure, broken};
use crate::sights::{Seen, note_rows, sight};
use crate::wish::BodyFormat;
use axum::body::Body;
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::bundle::Method;
use galen_fhir::{Json, ResourceType};
use galen_kernel::{Fault, PatientId, Rejection, RejectionKind};
use galen_print::{Language, RecordOf};
use galen_records::{Extent, Stored, Walk, WalkPlace};
use galen_service::House;
use galen_service::observe::{Draft, looked};
use http::{HeaderValue, header};
use std::collections::HashSet;
use tokio::sync::Semaphore;

/// Most resources of one document: some 200 pages.
const RESOURCES_MAX: usize = 5_000;
/// Documents laid out at the same time: each keeps a processor busy, for a second if it is long.
const PRINTS_AT_ONCE_MAX: usize = 2;
/// Resources read at once.
const RESOURCES_PER_READ: u32 = 1_000;

static GATE: Semaphore = Semaphore::const_new(PRINTS_AT_ONCE_MAX);

pub(super) static PRINT: Operation = Operation {
    code: "print",
    id: "Patient-print",
    canonical: "https://galen.health/fhir/OperationDefinition/Patient-print",
    title: "The whole record of a patient as an accessible PDF",
    levels: &[Level::Instance],
    of: Of::Only(&["Patient"]),
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: &[
        optional("language", "code", "In which words: en, cy or ar; English where nothing is said"),
        optional("_format", "code", "pdf; there is no other"),
        returned("Binary", "The document"),
    ],
    audited: "print",
    class: Interaction::Read,
    handler: |house, context, draft, call, _| Box::pin(print(house, context, draft, call)),
};

async fn print(house: &House, context: &Context, draft: &mut Draft, call: Call) -> Result<Answer, Failure> {
    let (_, id) = call.instance()?;
    let language = language(&call)?;
    let patient =
        PatientId::parse(id.to_owned()).map_err(|_| super::parameters::bad("id", "is no patient's"))?;
    see(house, context, draft, &call, id).await?;
    let rows = whole(house, context, draft, &call, patient).await?;
    let pdf = made(rows, id.to_owned(), language, context.at.to_string()).await?;
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let body = if call.method == Method::Head { Body::empty() } else { Body::from(pdf) };
    let kind = HeaderValue::from_static("application/pdf");
    let answer = Answer { stream: Some((kind, body)), ..Answer::empty(http::StatusCode::OK) };
    Ok(answer.with_header(header::CONTENT_DISPOSITION, "attachment; filename=\"record.pdf\""))
}

fn language(call: &Call) -> Result<Language, Failure> {
    let format = call.parameters.text("_format");
    if format.is_some_and(|format| !matches!(format, "pdf" | "application/pdf")) {
        return Err(super::parameters::bad("_format", "is pdf: there is no other"));
    }
    let Some(code) = call.parameters.text("language") else { return Ok(Language::default()) };
    Language::parse(code).ok_or_else(|| super::parameters::bad("language", "is none of en, cy, ar"))
}

/// All of the record that may be seen, with what it refers to. Not half of it: who holds a paper takes it for the whole.
async fn whole(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: &Call,
    patient: PatientId,
) -> Result<Vec<Stored>, Failure> {
    let Seen { sight, opened, .. } =
        sight(house, context, call.resource_type.into_iter().chain(writable_types())).await?;
    let sealed = house.records.sealed(context.at).await?;
    let types: Vec<ResourceType> = writable_types().collect();
    let extent = Extent { patients: Some(vec![patient]), ..Extent::default() };
    let walk = Walk::new(&types, &extent, &sight, &sealed);
    let mut all: Vec<Stored> = Vec::new();
    let mut held: HashSet<String> = HashSet::new();
    let mut place = WalkPlace::default();
    loop {
        let (rows, next) = house.records.walk(&walk, place, RESOURCES_PER_READ).await?;
        let referred = house.records.brought_along(&rows, &sight, &sealed).await?;
        all.extend(rows.into_iter().chain(referred).filter(|stored| held.insert(stored.reference())));
        if all.len() > RESOURCES_MAX {
            let message = format!("The record has more than {RESOURCES_MAX} entries");
            let rejection = Rejection::new(RejectionKind::Unprocessable, "record-too-long", message);
            return Err(rejection.next("Use $everything, which has pages").into());
        }
        match next {
            Some(next) => place = next,
            None => break,
        }
    }
    note_rows(&all, &opened, draft);
    Ok(all)
}

/// Laying out hundreds of pages takes a while: it is done where nobody waits for it.
async fn made(
    rows: Vec<Stored>,
    id: String,
    language: Language,
    printed: String,
) -> Result<Vec<u8>, Failure> {
    let work = move || -> Result<Option<Vec<u8>>, Fault> {
        let mut resources: Vec<Json> = Vec::with_capacity(rows.len());
        for stored in &rows {
            resources.extend(stored.resource()?.map(galen_fhir::Resource::into_json));
        }
        let is_patient =
            |one: &Json| one.str("resourceType") == Some("Patient") && one.str("id") == Some(id.as_str());
        let Some(place) = resources.iter().position(is_patient) else { return Ok(None) };
        let patient = resources.swap_remove(place);
        let record = galen_print::record(&RecordOf {
            patient: &patient,
            resources: &resources,
            language,
            printed: &printed,
        });
        Ok(Some(galen_print::report(&record)?))
    };
    let _permit = GATE.acquire().await.map_err(|e| Fault::new("print gate", e))?;
    let done = tokio::task::spawn_blocking(work).await.map_err(|e| Fault::new("print task", e))?;
    done?.ok_or_else(|| broken("a record without its patient"))
}
