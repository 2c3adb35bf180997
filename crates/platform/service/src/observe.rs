//! Committing with evidence: every operation ends in one of these three functions, each writing one audit entry.

use crate::graph::Witnessed;
use crate::house::House;
use crate::refusal::Refusal;
use crate::watched;
use futures_util::future::try_join_all;
use galen_access::{Context, Decision, Target};
use galen_audit::{AuditEntry, Interaction, JournalBody, Outcome};
use galen_kernel::{Clock, Contract, Envelope, Fault, Instant};
use galen_records::Change;
use galen_store::{Store, StoreError};
use std::sync::Arc;

/// Most things and patients that one audit entry names one by one; what is beyond is told by the count.
pub(crate) const NAMED_MAX: usize = 2_000;

/// What will be said of an operation.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The operation: a FHIR interaction or a command's name.
    pub operation: String,
    /// Its class.
    pub interaction: Interaction,
    /// Patients whose records it touches.
    pub patients: Vec<String>,
    /// Things it touches.
    pub entities: Vec<String>,
    /// A search's query.
    pub query: Option<String>,
    /// Whether a break-glass grant was used.
    pub broken_glass: bool,
}

impl Draft {
    /// Of this operation, touching nothing yet.
    pub fn new(operation: impl Into<String>, interaction: Interaction) -> Self {
        let operation = operation.into();
        Self { operation, interaction, patients: vec![], entities: vec![], query: None, broken_glass: false }
    }

    /// Asks policy, and notes whether glass was broken for it.
    pub async fn allow(
        &mut self,
        house: &House,
        context: &Context,
        action: &'static str,
        target: &Target,
    ) -> Result<(), Refusal> {
        match house.access.authorize(context, action, target).await? {
            Decision::Allowed { broken_glass } => {
                self.broken_glass = broken_glass;
                Ok(())
            }
            Decision::Refused(rejection) => Err(rejection.into()),
        }
    }

    fn entry(mut self, at: Instant, context: Option<&Context>, outcome: Outcome) -> AuditEntry {
        self.patients.sort_unstable();
        self.patients.dedup();
        self.patients.truncate(NAMED_MAX);
        let all = self.entities.len();
        self.entities.truncate(NAMED_MAX);
        if all > NAMED_MAX {
            self.entities.push(format!("+{} more", all - NAMED_MAX));
        }
        let mut entry = AuditEntry {
            at,
            interaction: self.interaction,
            operation: self.operation,
            outcome,
            user: String::new(),
            name: String::new(),
            roles: Vec::new(),
            purpose: String::new(),
            client: String::new(),
            request: String::new(),
            patients: self.patients,
            entities: self.entities,
            query: self.query,
            broken_glass: self.broken_glass,
        };
        if let Some(context) = context {
            entry.user = context.actor.user.as_str().to_owned();
            entry.name.clone_from(&context.actor.name);
            entry.roles = context.actor.roles().into_iter().map(str::to_owned).collect();
            context.purpose.code().clone_into(&mut entry.purpose);
            entry.client.clone_from(&context.client);
            entry.request = context.request.as_str().to_owned();
        }
        entry
    }
}

/// Commits a change with its audit entry and events. A conflict comes back as it is: the caller knows what it means.
pub async fn commit(
    house: &House,
    context: &Context,
    draft: Draft,
    mut change: Change,
) -> Result<Result<(), galen_store::Conflict>, Fault> {
    let mut events = change.take_events();
    events.extend(watched::announced(house, &change).await?.map(|written| written.envelope()));
    let touches_watched = watched::touches(&change);
    let wake = !events.is_empty();
    let (seals, touches_parameters) = (change.take_seals(), change.touches_parameters());
    let at = context.at;
    let body = body(house.clock.now(), Some(context), draft, Outcome::Done, events)?;
    let mut sets = change.into_write_sets(at, body);
    let done = match (sets.len(), sets.pop()) {
        (1, Some(set)) => house.store.commit(set).await,
        (_, Some(last)) => {
            sets.push(last);
            house.store.commit_spanning(sets).await
        }
        _ => return Ok(Ok(())),
    };
    match done {
        Ok(_) => {
            house.records.seals_written(&seals);
            if touches_parameters {
                house.records.parameters_written();
            }
            if touches_watched {
                house.watched.forget();
            }
            if wake {
                house.bus.wake();
            }
            house.live.committed();
            Ok(Ok(()))
        }
        Err(StoreError::Conflict(conflict)) => Ok(Err(conflict)),
        Err(error) => Err(error.into()),
    }
}

/// Writes the audit entry of an operation that changed nothing: a read, a search. The answer waits for it.
pub async fn looked(house: &House, context: &Context, draft: Draft) -> Result<(), Fault> {
    record(house, Some(context), draft, Outcome::Done).await
}

/// Writes the audit entries of reads that are answered together; they share a synced write of the store where they can.
pub(crate) async fn note_all(house: &House, context: &Context, all: Vec<Witnessed>) -> Result<(), Fault> {
    let at = house.clock.now();
    let notes = all.into_iter().map(|one| note(&house.store, at, Some(context), one.draft, one.outcome));
    try_join_all(notes).await?;
    Ok(())
}

/// Writes entries after the answer began, of an answer that is sent while it is made: what it goes on to show is in the
/// audit before it is sent.
pub struct Witness {
    store: Store,
    clock: Arc<dyn Clock>,
    context: Context,
}

impl Witness {
    /// Of what this caller is shown.
    pub fn of(house: &House, context: &Context) -> Self {
        Self { store: house.store.clone(), clock: Arc::clone(&house.clock), context: context.clone() }
    }

    /// Writes the audit entry of a part of the answer.
    pub async fn looked(&self, draft: Draft) -> Result<(), Fault> {
        note(&self.store, self.clock.now(), Some(&self.context), draft, Outcome::Done).await
    }
}

/// Writes the audit entry of a refusal or fault and hands it back. A refusal whose entry cannot be written turns into
/// the fault of that: nothing leaves without evidence.
pub async fn refused(house: &House, context: Option<&Context>, draft: Draft, refusal: Refusal) -> Refusal {
    match record(house, context, draft, refusal.audited()).await {
        Ok(()) => refusal,
        Err(fault) => match refusal {
            Refusal::Rejected(_) => Refusal::Faulted(fault),
            Refusal::Faulted(first) => Refusal::Faulted(first),
        },
    }
}

async fn record(
    house: &House,
    context: Option<&Context>,
    draft: Draft,
    outcome: Outcome,
) -> Result<(), Fault> {
    note(&house.store, house.clock.now(), context, draft, outcome).await
}

async fn note(
    store: &Store,
    at: Instant,
    context: Option<&Context>,
    draft: Draft,
    outcome: Outcome,
) -> Result<(), Fault> {
    store.note(galen_store::ShardId(0), at, body(at, context, draft, outcome, Vec::new())?).await?;
    Ok(())
}

fn body(
    at: Instant,
    context: Option<&Context>,
    draft: Draft,
    outcome: Outcome,
    events: Vec<Envelope>,
) -> Result<Vec<u8>, Fault> {
    JournalBody { audit: draft.entry(at, context, outcome), events }.to_bytes()
}

/// Reads the events out of a journal entry, for the bus.
pub fn events_of(body: &[u8]) -> Vec<Envelope> {
    JournalBody::parse(body).map(|body| body.events).unwrap_or_default()
}
