//! Preparing an export: which types have something. Run by the relay, so it happens once, and after a restart, too.

use super::asked::Scope;
use super::job::{Export, File, HOME, State, StoredJob, Task};
use crate::failure::Failure;
use galen_access::Context;
use galen_audit::Interaction;
use galen_contracts::exchange::BulkRequestedV1;
use galen_kernel::{Contract, Fault, Instant, RequestId, UserId};
use galen_records::Change;
use galen_service::observe::Draft;
use galen_service::reaction::Reaction;
use galen_service::{House, Refusal};

/// Resources of a type are counted no further than this; of more, no number is told.
const COUNTED_MAX: u64 = 100_000;

/// Prepares what was asked for.
pub(crate) const PREPARE: Reaction = Reaction {
    name: "fhir-bulk-prepare",
    events: &[BulkRequestedV1::NAME],
    react: |house, delivery| {
        Box::pin(async move {
            let Some(asked) = BulkRequestedV1::read(&delivery.envelope) else { return Ok(None) };
            let Some(stored) = StoredJob::read(house, &asked.job).await? else { return Ok(None) };
            let (State::Requested, Task::Export(export)) = (&stored.job.state, &stored.job.task) else {
                return Ok(None);
            };
            let state = match files(house, &stored, export, &delivery.id).await {
                Ok(files) => State::Done(files),
                Err(Failure { refusal: Refusal::Faulted(fault), .. }) => return Err(fault),
                Err(Failure { refusal: Refusal::Rejected(rejection), .. }) => {
                    State::Failed(rejection.message)
                }
            };
            let mut change = Change::new();
            change.push(HOME, stored.with_state(state)?);
            Ok(Some(change))
        })
    },
};

/// The standing of the one who asked, as it is now.
pub(super) async fn context_of(
    house: &House,
    job: &StoredJob,
    request: &str,
) -> Result<Option<Context>, Fault> {
    let now = house.clock.now();
    let user = UserId::parse(job.job.user.clone()).map_err(|e| Fault::new("bulk job", e))?;
    let grant = job.job.grant.as_ref();
    let Some(actor) = house.access.actor_of_work(&user, grant, now).await? else { return Ok(None) };
    Ok(Some(Context {
        purpose: actor.default_purpose(),
        actor,
        at: now.max(Instant::from_micros(job.job.at)),
        request: RequestId::parse(request).map_err(|e| Fault::new("bulk job", e))?,
        client: String::new(),
        session: None,
        multi_factor: false,
    }))
}

async fn files(house: &House, job: &StoredJob, export: &Export, request: &str) -> Result<Vec<File>, Failure> {
    let Some(context) = context_of(house, job, request).await? else { return Ok(Vec::new()) };
    // What is counted is shown to nobody here; the downloads are what the audit tells of.
    let mut unsaid = Draft::new("export", Interaction::Execute);
    let scope = Scope::of(house, &context, &mut unsaid, export).await?;
    let mut files = Vec::new();
    for resource_type in scope.types.iter().copied() {
        let count = house.records.count_walk(&scope.walk(resource_type), COUNTED_MAX).await?;
        if count > 0 {
            let is_exact = count < COUNTED_MAX && (!scope.of_patients || scope.extent.patients.is_some());
            let count = is_exact.then_some(count);
            files.push(File { resource_type: resource_type.name().to_owned(), count, lines: None });
        }
    }
    Ok(files)
}
