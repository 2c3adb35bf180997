//! Tokens and queues over HTTP: staff give and call them, a screen in the waiting room shows them.

use super::board::{ScheduleLine, WhoView};
use super::placing::target;
use crate::commands::{CallNext, IssueTicket, StepTicket};
use crate::decide;
use crate::events::{QueueEvent, evolve_queue};
use crate::fhir;
use crate::model::{Queue, Status, Ticket, Waiting};
use crate::queries;
use crate::store::{self, QueueDay};
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Fault, Instant, PatientId, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::answering::{Sent, run, shown};
use galen_service::command::{Command, Facts, Saved};
use galen_service::observe::Draft;
use galen_service::{Caller, House, Refusal};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How often a token is decided anew: of those who ask at the same time, one wins each time.
const QUEUE_ATTEMPTS_MAX: u32 = 16;

type Answer = Result<Response, Refusal>;

/// A token as staff see it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketView {
    /// Its number.
    pub number: u32,
    /// As it is printed: `A017`.
    pub token: String,
    /// Where its holder is.
    pub state: Waiting,
    /// Whether they go first.
    pub priority: bool,
    /// When they came.
    pub arrived: String,
    /// Their appointment (id); walk-ins have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<String>,
    /// When they are due.
    pub due: String,
    /// The room that they were called to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Whose it is; nobody where the record is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<WhoView>,
}

impl TicketView {
    fn new(ticket: &Ticket, who: Option<WhoView>) -> Self {
        Self {
            number: ticket.number,
            token: ticket.token(),
            state: ticket.state,
            priority: ticket.priority,
            arrived: ticket.arrived.to_string(),
            appointment: ticket.appointment.clone(),
            due: ticket.due.to_string(),
            place: ticket.place.clone(),
            who,
        }
    }
}

/// A clinic's queue as staff see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueView {
    /// When this was so.
    pub at: String,
    /// Who was called, the latest first.
    pub called: Vec<TicketView>,
    /// Who waits, in the order in which they are called.
    pub waiting: Vec<TicketView>,
    /// Who did not come when called.
    pub skipped: Vec<TicketView>,
    /// How many went in.
    pub finished: usize,
    /// Appointments (ids) of those who went in.
    pub seen: Vec<String>,
    /// Rooms that one can be called to.
    pub rooms: Vec<ScheduleLine>,
}

/// What a token and its room are on the screen of a waiting room: nobody's name.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisplayLine {
    /// `A017`.
    pub token: String,
    /// The room.
    pub place: String,
    /// When it was called.
    pub called: String,
}

/// The screen of a waiting room.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisplayView {
    /// The clinic's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinic: Option<String>,
    /// IANA name of the clinic's zone.
    pub zone: String,
    /// When this was so.
    pub at: String,
    /// Who is called, the latest first.
    pub called: Vec<DisplayLine>,
    /// The next tokens, in order.
    pub next: Vec<String>,
}

/// `POST /api/clinics/{id}/tickets`.
pub(super) async fn issue(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(clinic): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: IssueTicket| IssueTicket { clinic, ..read };
    run(&house, &context, sent, StatusCode::CREATED, command).await
}

/// `POST /api/clinics/{id}/queue/next`.
pub(super) async fn next(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(clinic): Path<String>,
    sent: Sent,
) -> Answer {
    run(&house, &context, sent, StatusCode::OK, |read: CallNext| CallNext { clinic, ..read }).await
}

/// `POST /api/clinics/{id}/tickets/{number}/step`.
pub(super) async fn step(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path((clinic, number)): Path<(String, u32)>,
    sent: Sent,
) -> Answer {
    let command = |read: StepTicket| StepTicket { clinic, number, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `GET /api/clinics/{id}/queue`.
pub(super) async fn read(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(clinic): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ReadQueue", Interaction::Read);
    let read = queue_of(&house, &context, &clinic, &mut draft).await;
    shown(&house, &context, draft, read).await
}

/// A clinic's queue, for whoever may see it.
pub(crate) async fn queue_of(
    house: &House,
    context: &Context,
    clinic: &str,
    draft: &mut Draft,
) -> Result<QueueView, Refusal> {
    draft.entities = vec![format!("Location/{clinic}")];
    let anybody = Target::plain("Appointment", Category::Administrative);
    let visible = house.access.visibility(context, "ReadQueue", &anybody).await??;
    let mut queue = queries::queue(house, clinic, context.at).await?;
    // Who withholds being a patient here has a token and no name, as whoever is sealed.
    let lists = [&mut queue.called, &mut queue.waiting, &mut queue.skipped];
    for ticket in lists.into_iter().flatten() {
        ticket.who.take_if(|who| visible.withheld.iter().any(|patient| patient.as_str() == who.id));
    }
    let tickets = queue.called.iter().chain(&queue.waiting).chain(&queue.skipped);
    draft.patients = tickets.filter_map(|t| t.who.as_ref()).map(|who| who.id.clone()).collect();
    Ok(queue)
}

/// `GET /api/clinics/{id}/queue-display`.
pub(super) async fn display(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(clinic): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ReadQueueDisplay", Interaction::Read);
    draft.entities = vec![format!("Location/{clinic}")];
    let read = async {
        let anybody = Target::plain("Location", Category::Directory);
        house.access.visibility(&context, "ReadQueueDisplay", &anybody).await??;
        queries::display(&house, &clinic, context.at).await
    };
    let read = read.await;
    shown(&house, &context, draft, read).await
}

/// What a command on a queue reads.
pub struct Loaded {
    day: QueueDay,
    target: Target,
    /// For a new token: whose, when due, and whether they have died.
    new: Option<(Ticket, bool)>,
    /// The room to call to.
    place: Option<String>,
}

fn plain() -> Target {
    Target::plain("Appointment", Category::Administrative)
}

fn save(
    loaded: Loaded,
    events: &[QueueEvent],
    facts: &Facts,
    change: &mut Change,
) -> Result<Saved<TicketView>, Fault> {
    let mut queue = loaded.day.queue.clone();
    for event in events {
        evolve_queue(&mut queue, event);
    }
    let touched = match events.last() {
        Some(QueueEvent::Issued(ticket)) => ticket.number,
        Some(
            QueueEvent::Called { number, .. }
            | QueueEvent::Skipped { number }
            | QueueEvent::Finished { number },
        ) => *number,
        None => 0,
    };
    let ticket = queue.ticket(touched).cloned().ok_or(Fault::new("queue", "its ticket is not in it"))?;
    let entity = loaded.day.entity();
    loaded.day.write(&queue, events, facts.now, change)?;
    let mut saved = Saved::new(TicketView::new(&ticket, None), vec![entity]);
    saved.patients = vec![ticket.patient.to_string()];
    Ok(saved)
}

fn no_patient() -> Rejection {
    Rejection::new(RejectionKind::NotFound, "not-found", "There is no such patient").at("patient")
}

/// The token's holder and when they are due: by their appointment, or as they came.
async fn holder(house: &House, wanted: &IssueTicket, now: Instant) -> Result<Ticket, Refusal> {
    let ticket = |patient: PatientId| Ticket {
        number: 0,
        patient,
        appointment: None,
        service: wanted.service.clone(),
        priority: wanted.priority,
        due: now,
        arrived: now,
        state: Waiting::Waiting,
        place: None,
        called: None,
    };
    let Some(appointment) = &wanted.appointment else {
        let patient = wanted.patient.clone().ok_or_else(no_patient)?;
        return Ok(ticket(PatientId::parse(patient).map_err(|_| no_patient())?));
    };
    let visit = store::load(house, appointment).await?.visit;
    if !matches!(visit.status, Status::Arrived | Status::CheckedIn) {
        return Err(Rejection::new(RejectionKind::Conflict, "not-arrived", "The patient is not there yet")
            .at("appointment")
            .next("Say first that the patient arrived")
            .into());
    }
    let due = visit.span.map_or(now, crate::model::Span::start);
    let patient = visit.patient.ok_or_else(no_patient)?;
    Ok(Ticket {
        appointment: Some(appointment.clone()),
        service: visit.service,
        due,
        arrived: visit.arrived.unwrap_or(now),
        ..ticket(patient)
    })
}

impl Command for IssueTicket {
    type Loaded = Loaded;
    type Event = QueueEvent;
    type Answer = TicketView;
    const NAME: &'static str = "IssueTicket";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);
    const ATTEMPTS: u32 = QUEUE_ATTEMPTS_MAX;

    async fn load(&self, house: &House, context: &Context) -> Result<Loaded, Refusal> {
        let ticket = holder(house, self, context.at).await?;
        let patient = house.records.resource("Patient", ticket.patient.as_str()).await?;
        let patient = patient.ok_or_else(no_patient)?;
        let target = target(house, context, Some(&ticket.patient), Some(&patient)).await?;
        let day = queries::queue_day(house, &self.clinic, context.at).await?;
        Ok(Loaded { day, target, new: Some((ticket, patient.is_deceased())), place: None })
    }

    fn target(&self, loaded: &Loaded) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Loaded, _: &Facts) -> Result<Vec<QueueEvent>, Rejection> {
        let (ticket, is_deceased) = loaded.new.as_ref().ok_or_else(no_patient)?;
        decide::issue(&loaded.day.queue, ticket, *is_deceased)
    }

    fn save(
        &self,
        _: &House,
        loaded: Loaded,
        events: Vec<QueueEvent>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<TicketView>, Fault> {
        save(loaded, &events, facts, change)
    }
}

impl Command for CallNext {
    type Loaded = Loaded;
    type Event = QueueEvent;
    type Answer = TicketView;
    const NAME: &'static str = "CallNextTicket";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);
    const ATTEMPTS: u32 = QUEUE_ATTEMPTS_MAX;

    async fn load(&self, house: &House, context: &Context) -> Result<Loaded, Refusal> {
        let day = queries::queue_day(house, &self.clinic, context.at).await?;
        let schedule = house.records.resource("Schedule", &self.room).await?;
        let table = schedule.as_ref().and_then(fhir::timetable);
        let table = table.filter(|table| table.clinic.as_deref() == Some(self.clinic.as_str()));
        let place = match table.as_ref().and_then(|table| table.actor.strip_prefix("Location/")) {
            Some(id) => house.records.resource("Location", id).await?.as_ref().and_then(queries::called),
            None => None,
        };
        Ok(Loaded { day, target: plain(), new: None, place })
    }

    fn target(&self, loaded: &Loaded) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Loaded, facts: &Facts) -> Result<Vec<QueueEvent>, Rejection> {
        let place = loaded.place.as_deref().ok_or_else(|| {
            Rejection::new(
                RejectionKind::Unprocessable,
                "room-unknown",
                "There is no such room in this clinic",
            )
            .at("room")
        })?;
        decide::call_next(&loaded.day.queue, place, facts.now)
    }

    fn save(
        &self,
        _: &House,
        loaded: Loaded,
        events: Vec<QueueEvent>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<TicketView>, Fault> {
        save(loaded, &events, facts, change)
    }
}

impl Command for StepTicket {
    type Loaded = Loaded;
    type Event = QueueEvent;
    type Answer = TicketView;
    const NAME: &'static str = "StepTicket";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);
    const ATTEMPTS: u32 = QUEUE_ATTEMPTS_MAX;

    async fn load(&self, house: &House, context: &Context) -> Result<Loaded, Refusal> {
        let day = queries::queue_day(house, &self.clinic, context.at).await?;
        Ok(Loaded { day, target: plain(), new: None, place: None })
    }

    fn target(&self, loaded: &Loaded) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Loaded, facts: &Facts) -> Result<Vec<QueueEvent>, Rejection> {
        decide::step(&loaded.day.queue, self.number, self.step, facts.now)
    }

    fn save(
        &self,
        _: &House,
        loaded: Loaded,
        events: Vec<QueueEvent>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<TicketView>, Fault> {
        save(loaded, &events, facts, change)
    }
}

/// The queue for staff: `who` names those whose records are not sealed.
pub(crate) fn queue_view(
    queue: &Queue,
    who: &dyn Fn(&PatientId) -> Option<WhoView>,
    rooms: Vec<ScheduleLine>,
    now: Instant,
) -> QueueView {
    let view = |ticket: &Ticket| TicketView::new(ticket, who(&ticket.patient));
    let of = |state: Waiting| {
        let mut all: Vec<&Ticket> = queue.tickets.iter().filter(|ticket| ticket.state == state).collect();
        all.sort_by_key(|ticket| std::cmp::Reverse(ticket.called));
        all.into_iter().map(view).collect::<Vec<_>>()
    };
    let finished = || queue.tickets.iter().filter(|ticket| ticket.state == Waiting::Finished);
    QueueView {
        at: now.to_string(),
        called: of(Waiting::Called),
        waiting: queue.in_order(now).into_iter().map(view).collect(),
        skipped: of(Waiting::Skipped),
        finished: finished().count(),
        seen: finished().filter_map(|ticket| ticket.appointment.clone()).collect(),
        rooms,
    }
}
