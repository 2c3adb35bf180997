//! A bulk job as it is kept: who asked for what, as of when, and what it came to.

use crate::failure::Failure;
use galen_access::Context;
use galen_access::smart::Grant;
use galen_kernel::{Fault, Instant, MICROS_PER_SECOND, Rejection, RejectionKind};
use galen_service::House;
use galen_store::{Expected, IndexRows, Kind, Operation, Put, ShardId};
use serde::{Deserialize, Serialize};

/// The kind of a bulk job.
pub(crate) const BULK_JOB: Kind = Kind(1201);
/// Where jobs lie.
pub(super) const HOME: ShardId = ShardId(0);
/// How long a job and its files can be had.
pub(super) const KEPT_SECONDS: i64 = 24 * 3_600;
/// Jobs that one user may have at a time.
pub(super) const JOBS_MAX: u32 = 10;
/// Scope of the claims that count a user's jobs.
const SLOT_SCOPE: &str = "bulk-job";

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    /// Who asked.
    pub(super) user: String,
    /// The address that was asked for.
    pub(super) request: String,
    /// As of when, in microseconds.
    pub(super) at: i64,
    /// Which of the user's places it takes.
    pub(super) slot: u32,
    /// What is asked for.
    pub(super) task: Task,
    /// How far it is.
    pub(super) state: State,
    /// What the application that asked may do, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) grant: Option<Grant>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Task {
    /// Resources, out.
    Export(Export),
    /// Resources, in.
    Import,
}

/// What is to be exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Export {
    /// Whose.
    pub(super) level: ExportLevel,
    /// Types by name; empty for all.
    pub(super) types: Vec<String>,
    /// Changed then or later, in microseconds.
    pub(super) since: Option<i64>,
    /// `_elements`.
    pub(super) elements: Option<String>,
}

/// Whose data is exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum ExportLevel {
    /// All there is.
    System,
    /// What is in any patient's compartment.
    Patients,
    /// What is in the compartments of a group's members.
    Group(String),
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum State {
    /// Waiting to be prepared.
    Requested,
    /// There.
    Done(Vec<File>),
    /// It came to nothing, for this reason.
    Failed(String),
    /// Nobody wants it any more.
    Cancelled,
}

/// A file of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct File {
    /// The type of what is in it.
    pub(super) resource_type: String,
    /// How many there were when it was prepared.
    pub(super) count: Option<u64>,
    /// Lines that are kept, where it is no view: the outcomes of an import.
    pub(super) lines: Option<String>,
}

/// A job with its id and version.
#[derive(Debug, Clone)]
pub(super) struct StoredJob {
    pub(super) id: String,
    pub(super) version: u64,
    pub(super) job: Job,
}

impl Job {
    /// When it can no longer be had.
    pub(super) fn expires(&self) -> Instant {
        Instant::from_micros(self.at).plus_micros(KEPT_SECONDS * MICROS_PER_SECOND)
    }

    /// Whether a caller with this grant asked for it: a user sees what applications asked for in the user's name, an
    /// application only what it asked for itself.
    fn is_of_application(&self, caller: Option<&Grant>) -> bool {
        caller.is_none_or(|grant| self.grant.as_ref().is_some_and(|own| own.client == grant.client))
    }

    fn slot_name(&self) -> String {
        format!("{}/{}", self.user, self.slot)
    }

    /// The operations that keep a new job, and count it as one of its user's.
    pub(super) fn add(&self, id: &str) -> Result<Vec<Operation>, Fault> {
        let claim = Operation::Claim {
            scope: SLOT_SCOPE,
            value: self.slot_name(),
            holder: id.as_bytes().to_vec(),
            until: Some(self.expires()),
        };
        Ok(vec![self.put(id, Expected::Absent)?, claim])
    }

    fn put(&self, id: &str, expected: Expected) -> Result<Operation, Fault> {
        let body = serde_json::to_vec(self).map_err(|e| Fault::new("bulk job", e))?;
        Ok(Operation::Put(Put {
            kind: BULK_JOB,
            id: id.to_owned(),
            expected,
            owner: String::new(),
            body,
            index: IndexRows::default(),
        }))
    }
}

impl StoredJob {
    /// The operation that writes its next state.
    pub(super) fn with_state(&self, state: State) -> Result<Operation, Fault> {
        let job = Job { state, ..self.job.clone() };
        job.put(&self.id, Expected::Version(self.version))
    }

    /// The operation that gives its place back.
    pub(super) fn release(&self) -> Operation {
        Operation::Release { scope: SLOT_SCOPE, value: self.job.slot_name() }
    }

    /// Reads a job, whosever it is.
    pub(super) async fn read(house: &House, id: &str) -> Result<Option<Self>, Fault> {
        let Some(document) = house.store.get(HOME, BULK_JOB, id).await? else { return Ok(None) };
        let Some(body) = document.body else { return Ok(None) };
        let job = serde_json::from_slice(&body).map_err(|e| Fault::new("bulk job", e))?;
        Ok(Some(Self { id: document.id, version: document.version, job }))
    }

    /// Reads a job of the caller's that can still be had.
    pub(super) async fn own(house: &House, context: &Context, id: &str) -> Result<Self, Failure> {
        let found = Self::read(house, id).await?.filter(|found| {
            found.job.user == context.actor.user.as_str()
                && found.job.is_of_application(context.actor.grant.as_deref())
                && context.at < found.job.expires()
                && found.job.state != State::Cancelled
        });
        found.ok_or_else(|| {
            let message = "There is no such job: it was cancelled, it has expired, or it is another's";
            Rejection::new(RejectionKind::NotFound, "no-such-job", message).next("Ask for a new one").into()
        })
    }
}

/// A place among the user's jobs that is free, if one is.
pub(super) async fn free_slot(house: &House, context: &Context) -> Result<Option<u32>, Fault> {
    for slot in 0..JOBS_MAX {
        let name = format!("{}/{slot}", context.actor.user.as_str());
        let shard = HOME;
        if house.store.claim(shard, SLOT_SCOPE, &name, context.at).await?.is_none() {
            return Ok(Some(slot));
        }
    }
    Ok(None)
}
