//! What comes in by FHIR runs the same rules. Appointments of people who have no Schedule here, as other systems' are, are
//! kept as they come: nothing is known of their time.

use super::{
    APPOINTMENT_SCHEDULE, exception, extension, local_id, operations, reference, service_rules,
    set_extensions, set_zone, slots, timetable, visit, zone,
};
use crate::decide::{self, Purpose, Wanted};
use crate::events::Event;
use crate::model::{Actor, Entry, Span, Status, Step, Visit, What};
use crate::rest::{announce, joining};
use crate::store::{self, DIARY, Diaries};
use futures_util::future::BoxFuture;
use galen_access::{Category, Context, Target, Visibility};
use galen_contracts::scheduling::ScheduleChangedV1;
use galen_fhir::search::{Handling, parse};
use galen_fhir::{ParsedReference, Resource};
use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_records::{Change, Sight, resource_type};
use galen_service::guard::{Asked, Computed, Operating, Passed};
use galen_service::observe::Draft;
use galen_service::{Guard, House, Proposal, Refusal};
use galen_store::Operation;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of actors that have Schedules.
const BOOKABLE: [&str; 4] = ["Practitioner", "PractitionerRole", "Location", "Device"];

/// The guard of Appointment.
pub static APPOINTMENTS: AppointmentGuard = AppointmentGuard;
/// The guard of Schedule.
pub static SCHEDULES: ScheduleGuard = ScheduleGuard;
/// The guard of HealthcareService.
pub static SERVICES: ServiceGuard = ServiceGuard;
/// The guard of Slot.
pub static SLOTS: SlotGuard = SlotGuard;

/// Guards Appointment.
pub struct AppointmentGuard;

/// Guards Schedule.
pub struct ScheduleGuard;

/// Guards HealthcareService.
pub struct ServiceGuard;

/// Guards Slot: those of a Schedule that is booked here are its exceptions.
pub struct SlotGuard;

fn passed(resource: Option<Resource>) -> Passed {
    Passed { resource, warnings: Vec::new() }
}

/// Refuses who may not do this by FHIR because they may not by the routes, where what is written is, or was, ours.
async fn may_write(
    house: &House,
    context: &Context,
    proposal: &Proposal<'_>,
    is_ours: fn(&Resource) -> bool,
    action: &'static str,
) -> Result<(), Refusal> {
    if [&proposal.current, &proposal.resource].into_iter().flatten().any(is_ours) {
        may(house, context, action).await?;
    }
    Ok(())
}

async fn may(house: &House, context: &Context, action: &'static str) -> Result<(), Refusal> {
    let timetable = Target::plain("Schedule", Category::Administrative);
    house.access.visibility(context, action, &timetable).await??;
    Ok(())
}

impl Guard for AppointmentGuard {
    fn resource_type(&self) -> &'static str {
        "Appointment"
    }

    fn operate<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        draft: &'g mut Draft,
        asked: Asked<'g>,
    ) -> Option<Operating<'g>> {
        Some(Box::pin(async move { operations::operate(house, context, draft, &asked).await }))
    }

    fn pass<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        proposal: Proposal<'g>,
        change: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(async move {
            let before = proposal.current.as_ref().map(visit);
            let before = before.filter(|before| !before.schedules.is_empty() || before.is_waiting());
            let Some(mut resource) = proposal.resource else {
                if let Some(before) = before {
                    let gone = Visit { status: Status::EnteredInError, ..before.clone() };
                    let diaries = diaries_of(house, &before, None).await?;
                    free_of(proposal.earlier, &diaries)?;
                    diaries.rewrite(&[&gone], &BTreeMap::new(), context.at, change)?;
                    store::claims(house, &before, &gone, context.at, change);
                }
                return Ok(passed(None));
            };
            let mut after = visit(&resource);
            let is_kept = before.as_ref().is_some_and(|b| b.span == after.span && !after.status.occupies());
            if let (true, Some(before)) = (is_kept, &before) {
                after.schedules.clone_from(&before.schedules);
            } else if after.status.occupies() && after.schedules.is_empty() {
                after.schedules = schedules_of(house, &resource).await?;
            }
            if after.schedules.is_empty() && before.is_none() {
                join(house, context, &after, change).await?;
                return Ok(passed(Some(resource)));
            }
            let links = after
                .schedules
                .iter()
                .map(|id| extension(APPOINTMENT_SCHEDULE, "valueReference", reference("Schedule", id)));
            set_extensions(resource.json_mut(), APPOINTMENT_SCHEDULE, links.collect());
            let settled = settle(house, context, proposal.earlier, before.as_ref(), &after, change).await?;
            let stood = || proposal.current.as_ref().and_then(zone).map(str::to_owned);
            set_zone(resource.json_mut(), settled.or_else(stood).as_deref());
            let stood = before.clone().unwrap_or_else(Visit::proposed);
            store::claims(house, &stood, &after, context.at, change);
            tell(proposal.current.as_ref(), before.as_ref(), &after, context, change);
            Ok(passed(Some(resource)))
        })
    }
}

/// Puts somebody on the waiting list; other systems' lists, of services that cannot be booked here, are kept as they come.
async fn join(house: &House, context: &Context, after: &Visit, change: &mut Change) -> Result<(), Refusal> {
    let parts = (&after.wishes, &after.patient, &after.service);
    let (Status::Waitlist, (Some(wishes), Some(patient), Some(service))) = (after.status, parts) else {
        return Ok(());
    };
    let Some(joining) = joining(house, context, patient, service, wishes).await? else { return Ok(()) };
    decide::join(wishes, &joining, context.at)?;
    store::claims(house, &Visit::proposed(), after, context.at, change);
    Ok(())
}

/// Decides about the times, and writes the diaries; the zone of what is newly placed.
async fn settle(
    house: &House,
    context: &Context,
    earlier: &Change,
    before: Option<&Visit>,
    after: &Visit,
    change: &mut Change,
) -> Result<Option<String>, Refusal> {
    let stands = before.is_some_and(|b| b.span == after.span && b.schedules == after.schedules);
    if let Some(before) = before {
        check_status(before, after)?;
    }
    if !after.status.occupies() || stands {
        let diaries = diaries_of(house, after, before).await?;
        free_of(earlier, &diaries)?;
        diaries.rewrite(&[after], &BTreeMap::new(), context.at, change)?;
        return Ok(None);
    }
    let span = after.span.ok_or_else(|| {
        Rejection::new(
            RejectionKind::Unprocessable,
            "no-time",
            "An appointment that is booked has a start and an end",
        )
        .at("Appointment.start")
    })?;
    let (patient, service) = (after.patient.as_ref(), after.service.as_deref());
    let stood: Vec<&Visit> = before.into_iter().collect();
    let mut read = store::around(house, patient, service, &after.schedules, &[span], &stood).await?;
    read.around.by_patient = context.actor.patient.is_some();
    let wanted = Wanted {
        span,
        schedules: after.schedules.clone(),
        patient: after.patient.clone(),
        overbook: false,
        is_there: matches!(after.status, Status::Arrived | Status::CheckedIn),
    };
    let as_stood = before.map_or_else(
        || Visit { id: after.id.clone(), ..Visit::proposed() },
        |before| Visit {
            status: if before.status.occupies() { Status::Booked } else { Status::Proposed },
            ..before.clone()
        },
    );
    let events = decide::place(&as_stood, &wanted, Purpose::Book, &read.around, context.at)?;
    if events.iter().any(|event| matches!(event, Event::Placed { is_request: true, .. })) {
        return Err(Rejection::new(
            RejectionKind::Unprocessable,
            "needs-approval",
            "Staff must approve this",
        )
        .next("Ask for the time in the portal")
        .into());
    }
    free_of(earlier, &read.diaries)?;
    let room = store::room(&read.around.schedules, false);
    let zone = read.taken(&after.schedules).zone;
    read.diaries.rewrite(&[after], &room, context.at, change)?;
    Ok(zone)
}

fn check_status(before: &Visit, after: &Visit) -> Result<(), Rejection> {
    let is_step = Step::ALL.into_iter().any(|step| before.status.after(step) == Some(after.status));
    let is_other =
        before.is_waiting() && (&before.patient, &before.service) != (&after.patient, &after.service);
    if (before.status == after.status || is_step) && !is_other {
        return Ok(());
    }
    let (from, to) = (before.status.code(), after.status.code());
    Err(Rejection::new(
        RejectionKind::Conflict,
        "not-possible-now",
        format!("An appointment that is {from} does not become {to}"),
    )
    .at("Appointment.status"))
}

async fn diaries_of(house: &House, visit: &Visit, before: Option<&Visit>) -> Result<Diaries, Fault> {
    let all = [Some(visit), before];
    let actors: BTreeSet<Actor> = all.iter().flatten().flat_map(|visit| visit.actors()).collect();
    let spans: Vec<Span> = all.iter().flatten().filter_map(|visit| visit.span).collect();
    store::diaries(house, &actors, &spans).await
}

/// Refuses a second change of the same day in one transaction: each is decided by what is stored.
fn free_of(earlier: &Change, diaries: &Diaries) -> Result<(), Rejection> {
    let written = |operation: &Operation| match operation {
        Operation::Put(put) if put.kind == DIARY => diaries.has(&put.id),
        _ => false,
    };
    if earlier.operations().any(written) {
        return Err(Rejection::new(
            RejectionKind::Unprocessable,
            "same-day-twice",
            "Two appointments of this transaction lie on the same day of a schedule or patient",
        )
        .next("Send them in transactions of their own, or as a batch"));
    }
    Ok(())
}

/// The Schedules of those who take part.
pub(super) async fn schedules_of(house: &House, appointment: &Resource) -> Result<Vec<String>, Refusal> {
    let actors: Vec<String> = appointment
        .json()
        .list("participant")
        .filter_map(|p| p.get("actor"))
        .filter(|actor| BOOKABLE.iter().any(|kind| local_id(actor, kind).is_some()))
        .filter_map(|actor| actor.str("reference").map(str::to_owned))
        .collect();
    schedules_of_actors(house, &actors).await
}

/// The Schedules in use of people, places and devices; none of what has none here.
pub(super) async fn schedules_of_actors(house: &House, actors: &[String]) -> Result<Vec<String>, Refusal> {
    let is_local =
        |text: &&String| BOOKABLE.iter().any(|kind| ParsedReference::local_id(text, kind).is_some());
    let actors: Vec<&str> = actors.iter().filter(is_local).map(String::as_str).collect();
    if actors.is_empty() {
        return Ok(Vec::new());
    }
    let kind = resource_type("Schedule")?;
    let pairs = [("actor".to_owned(), actors.join(","))];
    let query = parse(kind, &pairs, Handling::Strict, &house.records.parameters())
        .map_err(|issues| Fault::new("schedules of actors", format!("{} issues", issues.len())))?;
    let sight = Sight::nothing().with(kind, Visibility::everything());
    let found = house.records.search(&query, &sight, None, house.clock.now()).await??;
    let mut all = Vec::new();
    for row in found.rows {
        let resource = row.stored.resource()?;
        all.extend(resource.as_ref().and_then(timetable).filter(|t| t.active).map(|t| t.id));
    }
    Ok(all)
}

fn tell(
    current: Option<&Resource>,
    before: Option<&Visit>,
    after: &Visit,
    context: &Context,
    change: &mut Change,
) {
    let Some(patient) = &after.patient else { return };
    let version = current.and_then(Resource::version_id).and_then(|v| v.parse::<u64>().ok()).unwrap_or(0) + 1;
    let was = before.cloned().unwrap_or_else(|| Visit { id: after.id.clone(), ..Visit::proposed() });
    let event = match after.span {
        Some(span) if after.status.occupies() && was.span != after.span => Event::Placed {
            status: after.status,
            span,
            schedules: after.schedules.clone(),
            until: None,
            is_request: false,
        },
        _ if was.status != after.status => {
            Event::Stepped { status: after.status, reason: None, arrived: None }
        }
        _ => return,
    };
    announce(&was, &event, patient, version, context.actor.patient.is_some(), change);
}

impl Guard for ScheduleGuard {
    fn resource_type(&self) -> &'static str {
        "Schedule"
    }

    fn pass<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        proposal: Proposal<'g>,
        change: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(async move {
            may_write(house, context, &proposal, |one| timetable(one).is_some(), "AmendSchedule").await?;
            if let Some(timetable) = proposal.resource.as_ref().and_then(timetable) {
                decide::check_timetable(&timetable)?;
                change.event(&ScheduleChangedV1 { schedule: timetable.id });
            }
            Ok(passed(proposal.resource))
        })
    }
}

impl Guard for ServiceGuard {
    fn resource_type(&self) -> &'static str {
        "HealthcareService"
    }

    fn pass<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        proposal: Proposal<'g>,
        _: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(async move {
            may_write(house, context, &proposal, |one| service_rules(one).is_some(), "AddService").await?;
            if let Some(rules) = proposal.resource.as_ref().and_then(service_rules) {
                decide::check_service(&rules)?;
            }
            Ok(passed(proposal.resource))
        })
    }
}

impl Guard for SlotGuard {
    fn resource_type(&self) -> &'static str {
        "Slot"
    }

    fn computed<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        pairs: &'g [(String, String)],
    ) -> Option<Computed<'g>> {
        slots::is_computed(pairs).then(|| Box::pin(slots::compute(house, pairs, context.at)) as Computed<'g>)
    }

    fn pass<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        proposal: Proposal<'g>,
        change: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(async move {
            let before = proposal.current.as_ref().and_then(exception);
            let after = proposal.resource.as_ref().and_then(exception);
            let holder = proposal.resource.as_ref().or(proposal.current.as_ref()).and_then(Resource::id);
            let holder = holder.unwrap_or_default().to_owned();
            let mut actors = BTreeSet::new();
            for (schedule, _) in before.iter().chain(&after) {
                let found = house.records.resource("Schedule", schedule).await?;
                if found.as_ref().and_then(timetable).is_some() {
                    actors.insert(Actor::Schedule(schedule.clone()));
                }
            }
            if actors.is_empty() {
                return Ok(passed(proposal.resource));
            }
            may(house, context, "AddScheduleException").await?;
            let spans: Vec<Span> = before.iter().chain(&after).map(|(_, span)| *span).collect();
            let diaries = store::diaries(house, &actors, &spans).await?;
            free_of(proposal.earlier, &diaries)?;
            let status = proposal.resource.as_ref().map(Resource::json).and_then(|json| json.str("status"));
            let entry = after
                .zip(status.and_then(what))
                .map(|((_, span), what)| Entry::new(&holder, span, what, None));
            diaries.except(&holder, entry.as_ref(), context.at, change)?;
            let schedules = actors.iter().map(|actor| actor.id().to_owned());
            schedules.for_each(|schedule| change.event(&ScheduleChangedV1 { schedule }));
            Ok(passed(proposal.resource))
        })
    }
}

/// What a Slot of this status is in a diary.
fn what(status: &str) -> Option<What> {
    match status {
        "free" => Some(What::Opening),
        "busy" | "busy-tentative" | "busy-unavailable" => Some(What::Absence),
        _ => None,
    }
}
