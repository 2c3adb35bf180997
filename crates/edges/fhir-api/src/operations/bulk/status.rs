//! `$bulk-status/[job]`: how far a job is; DELETE cancels it.

use super::job::{File, HOME, State, StoredJob, Task};
use crate::answer::{Answer, http_date};
use crate::failure::{Failure, broken};
use crate::operations::{Call, Level, Of, Operation};
use crate::sights::permit;
use axum::body::Body;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::bundle::Method;
use galen_fhir::{Json, Object};
use galen_kernel::{Instant, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::House;
use galen_service::command::clash;
use galen_service::observe::{Draft, commit, looked};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

/// After how many seconds it is worth asking again.
const RETRY_AFTER_SECONDS: &str = "2";
const PROGRESS: HeaderName = HeaderName::from_static("x-progress");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

pub(crate) static STATUS: Operation = Operation {
    code: "bulk-status",
    id: "bulk-status",
    canonical: "",
    title: "How far a bulk job is; DELETE cancels it",
    levels: &[Level::System],
    of: Of::Every,
    methods: &[Method::Get, Method::Head, Method::Delete],
    affects_state: true,
    formats: &[],
    rest_max: 1,
    parameters: &[],
    audited: "bulk-status",
    class: Interaction::Execute,
    handler: |house, context, draft, call, _| Box::pin(status(house, context, draft, call)),
};

/// What a link to a file holds, sealed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FileLink {
    #[serde(rename = "j")]
    pub(super) job: String,
    #[serde(rename = "n")]
    pub(super) file: usize,
    #[serde(rename = "x")]
    pub(super) expires: i64,
}

/// Which action a job is under.
pub(super) fn action_of(task: &Task) -> &'static str {
    match task {
        Task::Export(_) => "FhirExport",
        Task::Import => "FhirImport",
    }
}

async fn status(house: &House, context: &Context, draft: &mut Draft, call: Call) -> Result<Answer, Failure> {
    let id = call.rest.first().map(String::as_str).unwrap_or_default();
    draft.entities = vec![format!("BulkJob/{id}")];
    let any = Target::plain("Bundle", Category::Clinical);
    permit(house, context, "FhirExport", &any, draft).await?;
    let stored = StoredJob::own(house, context, id).await?;
    permit(house, context, action_of(&stored.job.task), &any, draft).await?;
    if call.method == Method::Delete {
        return cancel(house, context, draft, &stored).await;
    }
    let answer = match &stored.job.state {
        State::Requested => Answer::empty(StatusCode::ACCEPTED)
            .with_header(PROGRESS, "waiting to be prepared")
            .with_header(header::RETRY_AFTER, RETRY_AFTER_SECONDS),
        State::Done(files) => manifest(house, &stored, files)?,
        State::Cancelled => return Err(broken("a cancelled job was found")),
        State::Failed(reason) => {
            let rejection = Rejection::new(RejectionKind::Unprocessable, "job-failed", reason.clone());
            return Err(Failure::from(rejection).with_status(StatusCode::INTERNAL_SERVER_ERROR));
        }
    };
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    Ok(answer)
}

async fn cancel(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    stored: &StoredJob,
) -> Result<Answer, Failure> {
    "bulk-cancel".clone_into(&mut draft.operation);
    let mut change = Change::new();
    change.push(HOME, stored.with_state(State::Cancelled)?);
    change.push(HOME, stored.release());
    commit(house, context, draft.clone(), change)
        .await?
        .map_err(|conflict| Failure::from(clash(&conflict)))?;
    Ok(Answer::empty(StatusCode::ACCEPTED))
}

fn manifest(house: &House, stored: &StoredJob, files: &[File]) -> Result<Answer, Failure> {
    let expires = stored.job.expires();
    let (mut output, mut errors): (Vec<Json>, Vec<Json>) = (Vec::new(), Vec::new());
    for (place, file) in files.iter().enumerate() {
        let link = FileLink { job: stored.id.clone(), file: place, expires: expires.micros() };
        let plain = serde_json::to_vec(&link).map_err(|e| galen_kernel::Fault::new("file link", e))?;
        let token = data_encoding::BASE64URL_NOPAD.encode(&house.store.seal_token(&plain)?);
        let url = format!("{}/$bulk-file/{}/{place}?token={token}", house.fhir_base(), stored.id);
        let row = Object::new()
            .with("type", file.resource_type.as_str())
            .with("url", url)
            .with_some("count", file.count.map(|count| Json::Number(count.to_string().into())));
        let list = if file.resource_type == "OperationOutcome" { &mut errors } else { &mut output };
        list.push(Json::Object(row));
    }
    let body = Json::Object(
        Object::new()
            .with("transactionTime", Instant::from_micros(stored.job.at).to_string())
            .with("request", stored.job.request.as_str())
            .with("requiresAccessToken", true)
            .with("output", output)
            .with("error", errors),
    );
    let stream = Some((JSON, Body::from(body.to_bytes())));
    let answer = Answer { stream, ..Answer::empty(StatusCode::OK) };
    Ok(answer.with_header(header::EXPIRES, http_date(expires)))
}
