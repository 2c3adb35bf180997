//! `$bulk-file/[job]/[n]`: a file of a job, made while it is sent, with the caller's rights of the moment.

use super::asked::{Scope, subset};
use super::job::{Export, State, StoredJob, Task};
use super::status::{FileLink, action_of};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::operations::{Call, Level, Of, Operation};
use crate::sights::permit;
use axum::body::Body;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::bundle::Method;
use galen_fhir::{ResourceType, Subset, patient_compartment};
use galen_kernel::{Fault, Instant, Rejection, RejectionKind};
use galen_records::{HISTORY_ROWS_MAX, Records, Stored, Walk, WalkPlace};
use galen_service::House;
use galen_service::observe::{Draft, looked};
use http::{HeaderValue, StatusCode};

/// Resources read at a time: what a download holds in memory.
const ROWS_AT_ONCE: u32 = 200;
const LINES: HeaderValue = HeaderValue::from_static("application/fhir+ndjson");

pub(crate) static FILE: Operation = Operation {
    code: "bulk-file",
    id: "bulk-file",
    canonical: "",
    title: "A file of a bulk job",
    levels: &[Level::System],
    of: Of::Every,
    methods: &[Method::Get],
    affects_state: true,
    formats: &[],
    rest_max: 2,
    parameters: &[],
    audited: "bulk-file",
    class: Interaction::Read,
    handler: |house, context, draft, call, _| Box::pin(file(house, context, draft, call)),
};

async fn file(house: &House, context: &Context, draft: &mut Draft, call: Call) -> Result<Answer, Failure> {
    permit(house, context, "FhirExport", &Target::plain("Bundle", Category::Clinical), draft).await?;
    let link = link(house, context, &call)?;
    let stored = StoredJob::own(house, context, &link.job).await?;
    let any = Target::plain("Bundle", Category::Clinical);
    permit(house, context, action_of(&stored.job.task), &any, draft).await?;
    let State::Done(files) = &stored.job.state else { return Err(no_such_file()) };
    let file = files.get(link.file).ok_or_else(no_such_file)?;
    draft.entities = vec![format!("BulkJob/{}", stored.id), file.resource_type.clone()];
    draft.query = Some(stored.job.request.clone());
    let body = match (&file.lines, &stored.job.task) {
        (Some(lines), _) => Body::from(lines.clone()),
        (None, Task::Export(export)) => {
            let resource_type = ResourceType::parse(&file.resource_type).ok_or_else(no_such_file)?;
            view(house, context, draft, &stored, export, resource_type).await?
        }
        (None, Task::Import) => return Err(no_such_file()),
    };
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    Ok(Answer { stream: Some((LINES, body)), ..Answer::empty(StatusCode::OK) })
}

fn no_such_file() -> Failure {
    Rejection::new(RejectionKind::NotFound, "no-such-file", "There is no such file").into()
}

/// The link that the address is, unless it was altered or has expired.
fn link(house: &House, context: &Context, call: &Call) -> Result<FileLink, Failure> {
    let [job, file] = call.rest.as_slice() else { return Err(no_such_file()) };
    let opened = call.parameters.text("token").and_then(|token| {
        let sealed = data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        serde_json::from_slice::<FileLink>(&house.store.open_token(&sealed)?).ok()
    });
    let link = opened.filter(|link| link.job == *job && file.parse() == Ok(link.file));
    let live = link.filter(|link| context.at < Instant::from_micros(link.expires));
    live.ok_or_else(|| {
        let message = "The link is not one of this server, or it has expired";
        Rejection::new(RejectionKind::Forbidden, "link-invalid", message)
            .at("token")
            .next("Read the job's status again")
            .into()
    })
}

/// The lines of one type as of the job's time.
async fn view(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    stored: &StoredJob,
    export: &Export,
    resource_type: ResourceType,
) -> Result<Body, Failure> {
    let how = subset(export.elements.as_deref())?;
    let scope = Scope::of(house, context, draft, export).await?;
    if !scope.types.contains(&resource_type) {
        return Err(Rejection::new(
            RejectionKind::Forbidden,
            "not-permitted",
            format!("Your role does not permit exporting {resource_type}"),
        )
        .into());
    }
    let walk = scope.walk(resource_type);
    let lines = Lines { records: house.records.clone(), walk, scope, how, as_of: stored.job.at };
    Ok(Body::from_stream(lines.stream()))
}

/// A file on its way.
struct Lines {
    records: Records,
    walk: Walk,
    scope: Scope,
    how: Subset,
    as_of: i64,
}

impl Lines {
    /// Some resources at a time, as far as the client reads.
    fn stream(self) -> impl Stream<Item = Result<Bytes, Fault>> {
        stream::try_unfold((self, Some(WalkPlace::default())), |(lines, place)| async move {
            let Some(place) = place else { return Ok(None) };
            let (rows, next) = lines.records.walk(&lines.walk, place, ROWS_AT_ONCE).await?;
            let mut out = Vec::with_capacity(rows.len() * 1_024);
            for row in rows {
                lines.write(row, &mut out).await?;
            }
            Ok(Some((Bytes::from(out), (lines, next))))
        })
    }

    async fn write(&self, row: Stored, out: &mut Vec<u8>) -> Result<(), Fault> {
        let Some(row) = self.as_of_then(row).await? else { return Ok(()) };
        if !self.scope.of_patients && self.how.is_whole() {
            out.extend_from_slice(row.document.body.as_deref().unwrap_or_default());
            out.push(b'\n');
            return Ok(());
        }
        let Some(resource) = row.resource()? else { return Ok(()) };
        if self.scope.of_patients && patient_compartment(&resource).is_empty() {
            return Ok(());
        }
        out.extend_from_slice(&galen_fhir::subset(&resource, &self.how));
        out.push(b'\n');
        Ok(())
    }

    /// The version of the job's time: what was written since is not in the file.
    async fn as_of_then(&self, row: Stored) -> Result<Option<Stored>, Fault> {
        if row.document.at.micros() <= self.as_of {
            return Ok(Some(row));
        }
        let (resource_type, before) = (row.resource_type, Some(row.document.version));
        let older = self.records.history(resource_type, &row.document.id, before, HISTORY_ROWS_MAX).await?;
        let Some(then) = older.into_iter().find(|one| one.document.at.micros() <= self.as_of) else {
            return Ok(None);
        };
        Ok(self.records.may_show(&then, &self.scope.seen.sight, &self.scope.sealed)?.then_some(then))
    }
}
