//! Holding, booking and moving: the same checks for a form, a FHIR resource and a patient's portal.

use super::free::{free, full, open};
use super::{clash, refuse};
use crate::events::Event;
use crate::model::{
    ENTRIES_MAX, Entry, Portal, SPAN_MINUTES_MAX, ServiceRules, Span, Status, Step, Timetable, Visit, What,
};
use galen_kernel::{Instant, MICROS_PER_DAY, MICROS_PER_MINUTE, PatientId, Rejection};

/// How long times are kept for somebody who has not confirmed.
pub const HOLD_MINUTES: i64 = 10;
/// How long times are kept for a request that staff must approve.
pub const APPROVAL_MINUTES: i64 = 48 * 60;
/// How far ahead one may book.
pub const HORIZON_DAYS_MAX: i64 = 730;
/// Most Schedules of one appointment.
pub const SCHEDULES_MAX: usize = 8;
/// Most appointments beyond its capacity that one with the right may squeeze in at the same time.
pub const OVERBOOKED_MAX: u32 = 3;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// When.
    pub span: Span,
    /// Schedules (ids).
    pub schedules: Vec<String>,
    /// Whose it will be.
    pub patient: Option<PatientId>,
    /// Whether it may lie outside the open times and beyond the capacity; needs the right.
    pub overbook: bool,
    /// Whether the patient is there already: then it may have begun.
    pub is_there: bool,
}

/// What the times are wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To keep them for a moment.
    Hold,
    /// To book.
    Book,
}

/// A Schedule with what is in its diary around the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleDay {
    /// The Schedule.
    pub timetable: Timetable,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// What the rules know of the rest of the hospital.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// What it is for; a FHIR resource may name none.
    pub service: Option<ServiceRules>,
    /// The Schedules that were found.
    pub schedules: Vec<ScheduleDay>,
    /// What else the patient has around the time.
    pub patient_entries: Vec<Entry>,
    /// Whether the patient has died.
    pub is_deceased: bool,
    /// Whether the patient's record was replaced by another or is not in use.
    pub is_inactive: bool,
    /// Whether the patient (or a proxy) asks.
    pub by_patient: bool,
}

/// Places an appointment at a time: `visit` is as it stands now (a new one is proposed).
pub fn place(
    visit: &Visit,
    wanted: &Wanted,
    purpose: Purpose,
    around: &Around,
    now: Instant,
) -> Result<Vec<Event>, Rejection> {
    // What was offered by the clinic needs no approval.
    let approval = around.by_patient
        && !visit.is_offer()
        && around.service.as_ref().is_some_and(|service| service.portal == Portal::RequestApproval);
    let (step, until) = match (visit.status, purpose) {
        (Status::Booked, _) => (Step::Reschedule, None),
        (_, Purpose::Hold) => (Step::Hold, Some(now.plus_micros(HOLD_MINUTES * MICROS_PER_MINUTE))),
        (_, Purpose::Book) if approval => {
            (Step::Hold, Some(now.plus_micros(APPROVAL_MINUTES * MICROS_PER_MINUTE)))
        }
        (_, Purpose::Book) => (Step::Book, None),
    };
    let is_request = approval && purpose == Purpose::Book;
    let to = next(visit.status, step)?;
    check_placing(visit, wanted, around, now)?;
    Ok(vec![Event::Placed {
        status: to,
        span: wanted.span,
        schedules: wanted.schedules.clone(),
        until,
        is_request,
    }])
}

/// What holds for every time that is given to somebody: held, offered, booked or moved.
pub(super) fn check_placing(
    visit: &Visit,
    wanted: &Wanted,
    around: &Around,
    now: Instant,
) -> Result<(), Rejection> {
    check_patient(around)?;
    check_service(visit, wanted, around, now)?;
    check_time(wanted, now)?;
    check_schedules(visit, wanted, around, now)?;
    check_other_visits(visit, wanted, around, now)
}

/// The state after a step, or why it cannot be taken.
pub(super) fn next(status: Status, step: Step) -> Result<Status, Rejection> {
    status.after(step).ok_or_else(|| {
        let open: Vec<String> = status.steps().map(|step| format!("{step:?}").to_lowercase()).collect();
        clash("not-possible-now", "status", &format!("This appointment is {}", status.code()))
            .next("Read it again; what can be done with it now is in related")
            .related(open)
    })
}

fn check_patient(around: &Around) -> Result<(), Rejection> {
    if around.is_deceased {
        return Err(refuse("patient-deceased", "patient", "This patient has died"));
    }
    if around.is_inactive {
        return Err(refuse("patient-inactive", "patient", "This patient's record is not in use")
            .next("Book for the record that replaced it"));
    }
    Ok(())
}

fn check_service(visit: &Visit, wanted: &Wanted, around: &Around, now: Instant) -> Result<(), Rejection> {
    let Some(service) = &around.service else { return Ok(()) };
    if !service.active {
        return Err(refuse("service-inactive", "service", "This is not offered any more"));
    }
    if wanted.span.minutes() != service.minutes && !wanted.overbook {
        let message = format!("An appointment for this takes {} minutes", service.minutes);
        return Err(refuse("duration-differs", "end", &message));
    }
    // Nor is it a patient's own booking: whoever was offered a time may take it as long as it is kept.
    if !around.by_patient || visit.is_offer() {
        return Ok(());
    }
    if !matches!(service.portal, Portal::SelfBook | Portal::RequestApproval) {
        return Err(refuse("not-bookable-online", "service", "This cannot be booked online")
            .next("Call the clinic to make an appointment"));
    }
    if wanted.span.start().since(now) < service.notice_minutes * MICROS_PER_MINUTE {
        return Err(refuse("too-soon", "start", "It is too late to book this time online")
            .next("Choose a later time, or call the clinic"));
    }
    Ok(())
}

fn check_time(wanted: &Wanted, now: Instant) -> Result<(), Rejection> {
    if !wanted.span.is_on_grid() {
        return Err(refuse("off-grid", "start", "Appointments begin and end on a five-minute mark"));
    }
    if wanted.span.minutes() > SPAN_MINUTES_MAX {
        return Err(refuse("too-long", "end", "An appointment lasts 24 hours at most"));
    }
    // Whoever is there may be kept waiting; another system's list of the day tells of them when they come in.
    let waited = if wanted.is_there { SPAN_MINUTES_MAX * MICROS_PER_MINUTE } else { 0 };
    if wanted.span.start().plus_micros(waited) < now {
        return Err(refuse("in-the-past", "start", "This time is over").next("Choose a later time"));
    }
    if wanted.span.start().since(now) > HORIZON_DAYS_MAX * MICROS_PER_DAY {
        return Err(refuse("too-far-ahead", "start", "Appointments are made at most two years ahead"));
    }
    Ok(())
}

fn check_schedules(visit: &Visit, wanted: &Wanted, around: &Around, now: Instant) -> Result<(), Rejection> {
    let count = wanted.schedules.len();
    if count == 0 || count > SCHEDULES_MAX {
        return Err(refuse("schedules-invalid", "schedules", "An appointment takes 1 to 8 schedules"));
    }
    for (place, id) in wanted.schedules.iter().enumerate() {
        let at = format!("schedules[{place}]");
        if wanted.schedules.iter().take(place).any(|other| other == id) {
            return Err(refuse("schedules-invalid", &at, "The same schedule is named twice"));
        }
        let Some(day) = around.schedules.iter().find(|day| day.timetable.id == *id) else {
            return Err(refuse("schedule-unknown", &at, "There is no such schedule"));
        };
        check_schedule(visit, wanted, around.service.as_ref(), day, now)
            .map_err(|refused| refused.at(at).related(vec![id.clone()]))?;
    }
    Ok(())
}

fn check_schedule(
    visit: &Visit,
    wanted: &Wanted,
    service: Option<&ServiceRules>,
    day: &ScheduleDay,
    now: Instant,
) -> Result<(), Rejection> {
    let timetable = &day.timetable;
    if !timetable.active {
        return Err(refuse("schedule-inactive", "schedules", "This schedule is not in use"));
    }
    let others: Vec<Entry> = day.entries.iter().filter(|entry| entry.holder != visit.id).cloned().collect();
    let live = |what: What| {
        others.iter().filter(move |entry| entry.what == what && entry.is_live(now)).filter_map(Entry::span)
    };
    if live(What::Absence).any(|absence| absence.overlaps(wanted.span)) {
        return Err(clash("absent", "schedules", "Nobody is there at this time").next("Choose another time"));
    }
    if others.len() >= ENTRIES_MAX {
        return Err(clash("day-full", "schedules", "This day has as many appointments as one day may have"));
    }
    let room = timetable.capacity + if wanted.overbook { OVERBOOKED_MAX } else { 0 };
    if full(live(What::Visit), room).iter().any(|taken| taken.overlaps(wanted.span)) {
        return Err(clash("already-booked", "schedules", "This time is taken")
            .next("Look for free times again and choose another"));
    }
    if wanted.overbook {
        return Ok(());
    }
    let stretches = open(timetable, service.map(|service| service.id.as_str()), wanted.span);
    let left = free(&stretches, &others, timetable.capacity, now);
    if left.iter().any(|open| open.span.contains(wanted.span)) {
        return Ok(());
    }
    Err(refuse("outside-opening", "start", "This is outside the times that can be booked")
        .next("Look for free times and choose one of them"))
}

fn check_other_visits(
    visit: &Visit,
    wanted: &Wanted,
    around: &Around,
    now: Instant,
) -> Result<(), Rejection> {
    let other = around.patient_entries.iter().find(|entry| {
        entry.holder != visit.id
            && entry.what == What::Visit
            && entry.is_live(now)
            && entry.span().is_some_and(|span| span.overlaps(wanted.span))
    });
    match other {
        Some(other) if !wanted.overbook => {
            Err(clash("patient-has-another", "start", "The patient has another appointment at this time")
                .related(vec![other.holder.clone()])
                .next("Choose another time, or move the other appointment"))
        }
        _ => Ok(()),
    }
}
