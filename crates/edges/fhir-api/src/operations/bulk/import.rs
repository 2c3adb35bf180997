//! `$import`: lines of resources, each put or posted by the usual rules, many to a commit.

use super::export::{accepted, request_of, too_many};
use super::job::{File, HOME, Job, State, Task, free_slot};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::load::{LineRefusal, LoadReport, load_lines};
use crate::operations::{Call, Level, Of, Operation, optional};
use crate::sights::permit;
use crate::wish::BodyFormat;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::bundle::Method;
use galen_fhir::{Issue, IssueCode, operation_outcome};
use galen_kernel::{Rejection, RejectionKind};
use galen_records::Change;
use galen_service::House;
use galen_service::command::clash;
use galen_service::observe::{Draft, commit};

/// Lines that share a commit.
const LINES_AT_ONCE: usize = 500;
/// Most refused lines that are told one by one.
const REFUSED_TOLD_MAX: usize = 5_000;

pub(crate) static IMPORT: Operation = Operation {
    code: "import",
    id: "import",
    canonical: "https://galen.health/OperationDefinition/import",
    title: "Import lines of resources",
    levels: &[Level::System],
    of: Of::Every,
    methods: &[Method::Post],
    affects_state: true,
    formats: &[BodyFormat::Lines],
    rest_max: 0,
    parameters: &[optional("lines", "Binary", "The body itself: a resource a line, application/fhir+ndjson")],
    audited: "import",
    class: Interaction::Execute,
    handler: |house, context, draft, call, _| Box::pin(import(house, context, draft, call)),
};

async fn import(house: &House, context: &Context, draft: &mut Draft, call: Call) -> Result<Answer, Failure> {
    permit(house, context, "FhirImport", &Target::plain("Bundle", Category::Clinical), draft).await?;
    let Some(body) = &call.lines else {
        let message = "An import is a body of lines, a resource each";
        return Err(Rejection::new(RejectionKind::Malformed, "lines-required", message)
            .at("body")
            .next("Send application/fhir+ndjson; inputs at other addresses are not fetched")
            .into());
    };
    let slot = free_slot(house, context).await?.ok_or_else(too_many)?;
    let lines: Vec<&[u8]> = body.split(|byte| *byte == b'\n').collect();
    let mut report = LoadReport::default();
    for (turn, some) in lines.chunks(LINES_AT_ONCE).enumerate() {
        // Each commit has its audit entry; the import's own tells of all.
        report.absorb(load_lines(house, context, some).await?, turn * LINES_AT_ONCE);
    }
    let (user, at) = (context.actor.user.as_str().to_owned(), context.at.micros());
    let request = request_of(house, &call);
    let state = State::Done(files(&report));
    let grant = context.actor.grant.as_deref().cloned();
    let job = Job { user, request, at, slot, task: Task::Import, state, grant };
    let id = house.store.new_id(HOME, context.at, house.entropy.sixteen());
    draft.entities = vec![format!("BulkJob/{id}")];
    let mut change = Change::new();
    for operation in job.add(&id)? {
        change.push(HOME, operation);
    }
    commit(house, context, draft.clone(), change)
        .await?
        .map_err(|conflict| Failure::from(clash(&conflict)))?;
    Ok(accepted(house, &id))
}

/// What the manifest tells: a file of outcomes, the refused lines and a summary.
fn files(report: &LoadReport) -> Vec<File> {
    let summary = format!(
        "{} created, {} updated, {} unchanged, {} refused",
        report.created,
        report.updated,
        report.unchanged,
        report.refused.len()
    );
    let mut lines = outcome(&Issue::information(summary));
    let told = report.refused.iter().take(REFUSED_TOLD_MAX);
    told.for_each(|refused| lines.push_str(&outcome(&issue(refused))));
    let count = u64::try_from(report.refused.len().min(REFUSED_TOLD_MAX) + 1).ok();
    vec![File { resource_type: "OperationOutcome".to_owned(), count, lines: Some(lines) }]
}

fn outcome(issue: &Issue) -> String {
    let mut line = operation_outcome(std::slice::from_ref(issue)).to_string();
    line.push('\n');
    line
}

fn issue(refused: &LineRefusal) -> Issue {
    let place = refused.location.as_deref().unwrap_or_default();
    let message = format!("line {}: {} ({})", refused.index + 1, refused.message, refused.code);
    Issue::error(IssueCode::Processing, message).at(place)
}
