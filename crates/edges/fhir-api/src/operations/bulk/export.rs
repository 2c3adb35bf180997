//! `$export`: the kick-off.

use super::asked::{Scope, read};
use super::job::{HOME, JOBS_MAX, Job, State, Task, free_slot};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::operations::{Call, GET_OR_POST, Level, Of, Operation, Parameter, optional};
use crate::sights::permit;
use crate::wish::{BodyFormat, Wish};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_contracts::exchange::BulkRequestedV1;
use galen_kernel::{Rejection, RejectionKind};
use galen_records::Change;
use galen_service::House;
use galen_service::command::clash;
use galen_service::observe::{Draft, commit};
use http::{StatusCode, header};

const PARAMETERS: &[Parameter] = &[
    optional("_outputFormat", "string", "application/fhir+ndjson, and nothing else"),
    optional("_since", "instant", "Changed then or later"),
    optional("_type", "string", "Of these types only, with commas between"),
    optional("_elements", "string", "Only these elements, and what is mandatory"),
    optional("_typeFilter", "string", "Not supported; ignored under lenient handling"),
];

pub(crate) static EXPORT: Operation = Operation {
    code: "export",
    id: "export",
    canonical: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export",
    title: "Export all there is",
    levels: &[Level::System],
    of: Of::Every,
    methods: GET_OR_POST,
    affects_state: true,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: PARAMETERS,
    audited: "export",
    class: Interaction::Execute,
    handler: |house, context, draft, call, wish| Box::pin(kick_off(house, context, draft, call, wish)),
};

pub(crate) static EXPORT_OF_PATIENTS: Operation = Operation {
    id: "patient-export",
    canonical: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export",
    title: "Export the records of all patients",
    levels: &[Level::Type],
    of: Of::Only(&["Patient"]),
    ..EXPORT
};

pub(crate) static EXPORT_OF_GROUP: Operation = Operation {
    id: "group-export",
    canonical: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export",
    title: "Export the records of a group's members",
    levels: &[Level::Instance],
    of: Of::Only(&["Group"]),
    ..EXPORT
};

async fn kick_off(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
    wish: Wish,
) -> Result<Answer, Failure> {
    permit(house, context, "FhirExport", &Target::plain("Bundle", Category::Clinical), draft).await?;
    let export = read(&call, wish)?;
    // Who may export nothing of it is told so now, not by an empty export.
    Scope::of(house, context, draft, &export).await?;
    let request = request_of(house, &call);
    draft.query = Some(request.clone());
    let (user, at) = (context.actor.user.as_str().to_owned(), context.at.micros());
    let slot = free_slot(house, context).await?.ok_or_else(too_many)?;
    let grant = context.actor.grant.as_deref().cloned();
    let job = Job { user, request, at, slot, task: Task::Export(export), state: State::Requested, grant };
    let id = house.store.new_id(HOME, context.at, house.entropy.sixteen());
    draft.entities = vec![format!("BulkJob/{id}")];
    let mut change = Change::new();
    for operation in job.add(&id)? {
        change.push(HOME, operation);
    }
    change.event(&BulkRequestedV1 { job: id.clone() });
    commit(house, context, draft.clone(), change)
        .await?
        .map_err(|conflict| Failure::from(clash(&conflict)))?;
    Ok(accepted(house, &id))
}

/// The answer to a kick-off.
pub(super) fn accepted(house: &House, id: &str) -> Answer {
    let place = format!("{}/$bulk-status/{id}", house.fhir_base());
    Answer::empty(StatusCode::ACCEPTED).with_header(header::CONTENT_LOCATION, place)
}

/// The address that was asked for, as the manifest repeats it.
pub(super) fn request_of(house: &House, call: &Call) -> String {
    let mut url = house.fhir_base();
    for part in [call.resource_type.map(|one| one.name().to_owned()), call.id.clone()].into_iter().flatten() {
        url.push('/');
        url.push_str(&part);
    }
    let query = call.parameters.query("", None);
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{url}/${}{mark}{query}", call.operation.code)
}

pub(super) fn too_many() -> Failure {
    let message = format!("You have {JOBS_MAX} bulk jobs already");
    Rejection::new(RejectionKind::TooManyRequests, "too-many-jobs", message)
        .next("Cancel one with DELETE at its address, or wait until one expires")
        .into()
}
