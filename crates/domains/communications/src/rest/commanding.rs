//! The shell's view of writing to each other.

use super::KIND;
use crate::commands::{CloseThread, MarkThreadRead, ReplyToThread, StartThread};
use crate::events::Event;
use crate::model::{Line, Side, StoredThread, Thread};
use crate::{decide, fhir, store};
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::actor::ActorKind;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Fault, PatientId, PractitionerId, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::answering::{Sent, run};
use galen_service::command::{Command, Facts, Saved};
use galen_service::{Caller, House, Refusal};
use galen_store::Expected;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

type Answer = Result<Response, Refusal>;

/// What was written.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WrittenView {
    /// The thread.
    pub id: String,
    /// How many messages it has now.
    pub messages: usize,
}

/// On which side somebody writes and reads.
pub(super) fn side_of(context: &Context) -> Side {
    match (context.actor.kind, &context.actor.acting) {
        (ActorKind::Patient, None) => Side::Patient,
        (ActorKind::Patient, Some(_)) => Side::Proxy,
        _ => Side::Staff,
    }
}

/// A patient's threads, as policy sees them: as sealed as the patient.
pub(super) async fn target(house: &House, context: &Context, patient: &PatientId) -> Result<Target, Fault> {
    house.records.of_patient(Target::plain(KIND.0, KIND.1), patient, context.at).await
}

/// Who writes, and what else there is of the patient's.
pub struct Writing {
    side: Side,
    practitioner: Option<PractitionerId>,
    threads: Vec<StoredThread>,
    target: Target,
}

impl Writing {
    async fn load(house: &House, context: &Context, patient: &PatientId) -> Result<Self, Fault> {
        Ok(Self {
            side: side_of(context),
            practitioner: context.actor.practitioner.clone(),
            threads: store::of_patient(house, patient).await?,
            target: target(house, context, patient).await?,
        })
    }

    fn others(&self) -> Vec<&Thread> {
        self.threads.iter().map(|stored| &stored.thread).collect()
    }

    /// The new message; its Communication gets its id when it is saved.
    fn line(&self, facts: &Facts) -> Line {
        Line {
            communication: String::new(),
            at: facts.now,
            side: self.side,
            user: facts.actor.clone(),
            practitioner: self.practitioner.clone(),
        }
    }
}

/// Saves the thread's last message as a Communication, and the thread.
fn write(
    house: &House,
    mut thread: Thread,
    below: Option<(&str, u64)>,
    text: &str,
    facts: &Facts,
    change: &mut Change,
) -> Result<Saved<WrittenView>, Fault> {
    let shard = house.records.shard_of(thread.patient.as_str());
    let own = house.store.new_id(shard, facts.now, facts.chance_for_id());
    let (id, expected) =
        below.map_or((own.as_str(), Expected::Absent), |(id, version)| (id, Expected::Version(version)));
    let line = thread.lines.last_mut().ok_or_else(|| Fault::new("thread", "nothing was written"))?;
    line.communication.clone_from(&own);
    let line = line.clone();
    let mut communication = fhir::communication(id, &thread, &line, text.trim())?;
    change.put(&house.records, &mut communication, Expected::Absent, facts.now);
    change.push(shard, store::put(id, expected, &thread)?);
    let view = WrittenView { id: id.to_owned(), messages: thread.lines.len() };
    Ok(Saved::new(view, vec![format!("Communication/{own}")]))
}

fn missing() -> Rejection {
    Rejection::new(RejectionKind::NotFound, "not-found", "There is no such patient")
}

impl Command for StartThread {
    type Loaded = (PatientId, Writing);
    type Event = Event;
    type Answer = WrittenView;
    const NAME: &'static str = "StartThread";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = KIND;

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let patient = PatientId::parse(self.patient.clone()).map_err(|_| missing())?;
        house.records.resource("Patient", patient.as_str()).await?.ok_or_else(missing)?;
        let writing = Writing::load(house, context, &patient).await?;
        Ok((patient, writing))
    }

    fn target(&self, (_, writing): &Self::Loaded) -> Target {
        writing.target.clone()
    }

    fn decide(&self, (patient, writing): &Self::Loaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        let said = (self.topic, &self.subject, &self.text);
        decide::start(said, patient, &writing.others(), writing.line(facts))
            .map(|thread| vec![Event::Started(thread)])
    }

    fn save(
        &self,
        house: &House,
        _: Self::Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<WrittenView>, Fault> {
        let event = events.into_iter().next().ok_or_else(|| Fault::new("thread", "nothing decided"))?;
        let thread = event.into_thread();
        write(house, thread, None, self.text.reveal(), facts, change)
    }
}

impl Command for ReplyToThread {
    type Loaded = (StoredThread, Writing);
    type Event = Event;
    type Answer = WrittenView;
    const NAME: &'static str = "ReplyToThread";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = KIND;

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let stored = store::load(house, &self.id).await?;
        let writing = Writing::load(house, context, &stored.thread.patient).await?;
        Ok((stored, writing))
    }

    fn target(&self, (_, writing): &Self::Loaded) -> Target {
        writing.target.clone()
    }

    fn decide(&self, (stored, writing): &Self::Loaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        decide::reply(&stored.thread, self.seen, &self.text, &writing.others(), writing.line(facts))
            .map(|thread| vec![Event::Answered(thread)])
    }

    fn save(
        &self,
        house: &House,
        (stored, _): Self::Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<WrittenView>, Fault> {
        let event = events.into_iter().next().ok_or_else(|| Fault::new("thread", "nothing decided"))?;
        let thread = event.into_thread();
        write(house, thread, Some((&stored.id, stored.version)), self.text.reveal(), facts, change)
    }
}

/// A thread that is marked, with who marks it.
pub struct Marking {
    stored: StoredThread,
    side: Side,
    target: Target,
}

impl Marking {
    async fn load(house: &House, context: &Context, id: &str) -> Result<Self, Refusal> {
        let stored = store::load(house, id).await?;
        let target = target(house, context, &stored.thread.patient).await?;
        Ok(Self { stored, side: side_of(context), target })
    }

    fn save(
        self,
        house: &House,
        after: Vec<Event>,
        change: &mut Change,
    ) -> Result<Saved<WrittenView>, Fault> {
        let Self { stored, .. } = self;
        let entity = vec![format!("Communication/{}", stored.id)];
        let Some(thread) = after.into_iter().next().map(Event::into_thread) else {
            return Ok(Saved::new(
                WrittenView { id: stored.id, messages: stored.thread.lines.len() },
                entity,
            ));
        };
        let shard = house.records.shard_of(thread.patient.as_str());
        change.push(shard, store::put(&stored.id, Expected::Version(stored.version), &thread)?);
        Ok(Saved::new(WrittenView { id: stored.id, messages: thread.lines.len() }, entity))
    }
}

impl Command for MarkThreadRead {
    type Loaded = Marking;
    type Event = Event;
    type Answer = WrittenView;
    const NAME: &'static str = "MarkThreadRead";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = KIND;

    async fn load(&self, house: &House, context: &Context) -> Result<Marking, Refusal> {
        Marking::load(house, context, &self.id).await
    }

    fn target(&self, marking: &Marking) -> Target {
        marking.target.clone()
    }

    fn decide(&self, marking: &Marking, _: &Facts) -> Result<Vec<Event>, Rejection> {
        let before = &marking.stored.thread;
        let after = decide::read(before, marking.side, self.seen);
        Ok(if after == *before { Vec::new() } else { vec![Event::Read(after)] })
    }

    fn save(
        &self,
        house: &House,
        marking: Marking,
        events: Vec<Event>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<WrittenView>, Fault> {
        marking.save(house, events, change)
    }
}

impl Command for CloseThread {
    type Loaded = Marking;
    type Event = Event;
    type Answer = WrittenView;
    const NAME: &'static str = "CloseThread";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = KIND;

    async fn load(&self, house: &House, context: &Context) -> Result<Marking, Refusal> {
        Marking::load(house, context, &self.id).await
    }

    fn target(&self, marking: &Marking) -> Target {
        marking.target.clone()
    }

    fn decide(&self, marking: &Marking, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        decide::close(&marking.stored.thread, self.seen, facts.now).map(|thread| vec![Event::Closed(thread)])
    }

    fn save(
        &self,
        house: &House,
        marking: Marking,
        events: Vec<Event>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<WrittenView>, Fault> {
        marking.save(house, events, change)
    }
}

/// `POST /api/patients/{id}/threads`.
pub(super) async fn start(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(patient): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: StartThread| StartThread { patient, ..read };
    run(&house, &context, sent, StatusCode::CREATED, command).await
}

/// `POST /api/threads/{id}/replies`.
pub(super) async fn reply(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: ReplyToThread| ReplyToThread { id, ..read };
    run(&house, &context, sent, StatusCode::CREATED, command).await
}

/// `POST /api/threads/{id}/read`.
pub(super) async fn mark_read(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: MarkThreadRead| MarkThreadRead { id, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `POST /api/threads/{id}/close`.
pub(super) async fn close(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: CloseThread| CloseThread { id, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}
