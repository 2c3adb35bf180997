//! The waiting list: who may join, which freed time suits whom, who is offered it first, and what an answer means.

use super::placing::{Around, HORIZON_DAYS_MAX, Wanted, check_placing, next};
use super::{clash, refuse};
use crate::events::Event;
use crate::model::{
    CancellationReason, Portal, ServiceRules, Span, Status, Step, Timetable, Visit, Wishes, Zone,
};
use galen_kernel::{Instant, MICROS_PER_DAY, MICROS_PER_MINUTE, Rejection};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// How long a time is kept for whom it was offered to, counted in the hours in which people are awake.
pub const OFFER_MINUTES: i64 = 120;
/// Less than this is no time to answer in: then the time is not offered.
pub const OFFER_MINUTES_MIN: i64 = 15;
/// The local hour from which people are expected to answer.
pub const OFFER_FROM_HOUR: i8 = 8;
/// The local hour until which people are expected to answer.
pub const OFFER_UNTIL_HOUR: i8 = 20;
/// How often somebody is offered a time by itself; from then on by hand only, because what they wish for is not what they take.
pub const OFFERS_MAX: usize = 20;
/// Most Schedules that somebody wishes for.
pub const WISHED_SCHEDULES_MAX: usize = 20;
/// The longest notice that somebody may need.
pub const NOTICE_DAYS_MAX: i64 = 30;

/// How a patient's record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// It is in use.
    InUse,
    /// It was replaced by another or is not in use.
    NotInUse,
    /// The patient has died.
    Deceased,
}

/// What the rules know of whoever joins the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// What it is for.
    pub service: ServiceRules,
    /// How the patient's record stands.
    pub record: Record,
    /// Whether the patient (or a proxy) asks.
    pub by_patient: bool,
    /// Whether the patient waits for the same already.
    pub is_waiting: bool,
    /// The appointment that an earlier time would replace.
    pub replaced: Option<Visit>,
}

/// Puts somebody on the list.
pub fn join(wishes: &Wishes, joining: &Joining, now: Instant) -> Result<Vec<Event>, Rejection> {
    match joining.record {
        Record::InUse => {}
        Record::Deceased => return Err(refuse("patient-deceased", "patient", "This patient has died")),
        Record::NotInUse => {
            return Err(refuse("patient-inactive", "patient", "This patient's record is not in use"));
        }
    }
    let service = &joining.service;
    if !service.active {
        return Err(refuse("service-inactive", "service", "This is not offered any more"));
    }
    if joining.by_patient && !matches!(service.portal, Portal::SelfBook | Portal::RequestApproval) {
        return Err(refuse("not-bookable-online", "service", "This cannot be booked online")
            .next("Call the clinic to be put on the list"));
    }
    if joining.is_waiting {
        return Err(clash("already-waiting", "service", "The patient is on this waiting list already"));
    }
    check_wishes(wishes, service, joining, now)?;
    check_replaced(wishes, joining)?;
    next(Status::Proposed, Step::Wait)?;
    Ok(vec![Event::Joined(wishes.clone())])
}

fn check_wishes(
    wishes: &Wishes,
    service: &ServiceRules,
    joining: &Joining,
    now: Instant,
) -> Result<(), Rejection> {
    if wishes.first > wishes.last {
        return Err(refuse("dates-invalid", "last", "The last day would be before the first"));
    }
    // The furthest west that people live, the day before has not ended yet.
    let today = date_of(now.plus_micros(-MICROS_PER_DAY / 2));
    let horizon = date_of(now.plus_micros(HORIZON_DAYS_MAX * MICROS_PER_DAY));
    if today.is_none_or(|today| wishes.last < today) {
        return Err(refuse("in-the-past", "last", "These days are over").next("Choose later days"));
    }
    if horizon.is_none_or(|horizon| wishes.last > horizon) {
        return Err(refuse("too-far-ahead", "last", "Appointments are made at most two years ahead"));
    }
    if let Some((from, to)) = wishes.hours
        && to.duration_since(from).as_secs() < service.minutes * 60
    {
        return Err(refuse("hours-too-short", "to", "The appointment takes longer than these hours"));
    }
    if wishes.schedules.len() > WISHED_SCHEDULES_MAX {
        return Err(refuse("schedules-invalid", "schedules", "At most 20 schedules can be wished for"));
    }
    if !(0..=NOTICE_DAYS_MAX * 24 * 60).contains(&wishes.notice_minutes) {
        return Err(refuse("notice-invalid", "noticeMinutes", "The notice is 0 minutes to 30 days"));
    }
    if joining.by_patient && wishes.priority != crate::model::Priority::Routine {
        return Err(refuse("staff-only", "priority", "The clinic says who goes first"));
    }
    Ok(())
}

fn check_replaced(wishes: &Wishes, joining: &Joining) -> Result<(), Rejection> {
    let Some((id, start)) = &wishes.replaces else { return Ok(()) };
    let is_same = |visit: &Visit| {
        visit.id == *id
            && visit.status == Status::Booked
            && visit.service.as_ref() == Some(&joining.service.id)
            && visit.span.is_some_and(|span| span.start() == *start)
    };
    if joining.replaced.as_ref().is_some_and(is_same) {
        return Ok(());
    }
    Err(refuse("not-replaceable", "replaces", "Only a booked appointment for the same can be replaced"))
}

fn date_of(at: Instant) -> Option<Date> {
    Some(jiff::Timestamp::from_microsecond(at.micros()).ok()?.to_zoned(jiff::tz::TimeZone::UTC).date())
}

fn local(at: Instant, zone: &Zone) -> Option<jiff::Zoned> {
    Some(jiff::Timestamp::from_microsecond(at.micros()).ok()?.to_zoned(zone.zone().clone()))
}

/// Whether a time is one that is wished for. `leading` is whose time it is: days and hours are those of its clinic.
pub fn suits(wishes: &Wishes, span: Span, schedules: &[String], leading: &Timetable, now: Instant) -> bool {
    let (Some(start), Some(end)) = (local(span.start(), &leading.zone), local(span.end(), &leading.zone))
    else {
        return false;
    };
    let date = start.date();
    let is_within = |(from, to): (jiff::civil::Time, jiff::civil::Time)| {
        start.time() >= from && end.date() == date && end.time() <= to
    };
    span.start().since(now) >= wishes.notice_minutes * MICROS_PER_MINUTE
        && (wishes.first..=wishes.last).contains(&date)
        && (wishes.days.is_empty() || wishes.days.contains(&date.weekday()))
        && wishes.hours.is_none_or(is_within)
        && (wishes.schedules.is_empty() || schedules.iter().any(|id| wishes.schedules.contains(id)))
        && (wishes.clinic.is_none() || wishes.clinic == leading.clinic)
        && wishes.replaces.as_ref().is_none_or(|(_, start)| span.start() < *start)
        && !wishes.offered.contains(&span.start())
}

/// Those who wait, in the order in which they are offered a time: by priority, then as they came.
pub fn in_order(mut waiting: Vec<Visit>) -> Vec<Visit> {
    let rank = |visit: &Visit| visit.wishes.as_ref().map(|wishes| (wishes.priority, wishes.since));
    waiting.retain(|visit| visit.status == Status::Waitlist && visit.wishes.is_some());
    waiting.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.id.cmp(&b.id)));
    waiting
}

/// Whether somebody is still offered times without anybody's hand.
pub fn is_offered_more(wishes: &Wishes) -> bool {
    wishes.offered.len() < OFFERS_MAX
}

/// Until when somebody may answer, if there is time enough for it: hours of the night do not count, and the answer comes
/// before the notice that they need.
pub fn offer_until(start: Instant, notice_minutes: i64, zone: &Zone, now: Instant) -> Option<Instant> {
    let here = local(now, zone)?;
    let morning = |date: Date| {
        let at = date.at(OFFER_FROM_HOUR, 0, 0, 0).to_zoned(zone.zone().clone()).ok()?;
        Some(Instant::from_micros(at.timestamp().as_microsecond()))
    };
    let from = match here.hour() {
        hour if hour < OFFER_FROM_HOUR => morning(here.date())?,
        hour if hour >= OFFER_UNTIL_HOUR => morning(here.date().tomorrow().ok()?)?,
        _ => now,
    };
    let latest = start.plus_micros(-notice_minutes.max(OFFER_MINUTES_MIN) * MICROS_PER_MINUTE);
    let until = from.plus_micros(OFFER_MINUTES * MICROS_PER_MINUTE).min(latest);
    (until.since(now) >= OFFER_MINUTES_MIN * MICROS_PER_MINUTE).then_some(until)
}

/// Offers a time to somebody who waits. `has_offer`: whether they have another that is open.
pub fn offer(
    visit: &Visit,
    wanted: &Wanted,
    around: &Around,
    has_offer: bool,
    now: Instant,
) -> Result<Vec<Event>, Rejection> {
    if visit.status != Status::Waitlist {
        return Err(clash("not-possible-now", "status", "This patient does not wait for a time"));
    }
    next(visit.status, Step::Hold)?;
    let Some(wishes) = &visit.wishes else {
        return Err(clash("not-possible-now", "status", "Nothing is known of what this patient wishes"));
    };
    if has_offer {
        return Err(clash("offer-open", "patient", "The patient has another offer that is not answered")
            .next("Wait for the answer"));
    }
    if wishes.offered.contains(&wanted.span.start()) {
        return Err(clash("offered-before", "start", "The patient was offered this time before")
            .next("Choose another time"));
    }
    check_placing(visit, wanted, around, now)?;
    let zone = wanted
        .schedules
        .first()
        .and_then(|id| around.schedules.iter().find(|day| day.timetable.id == *id))
        .map(|day| &day.timetable.zone);
    let until = zone.and_then(|zone| offer_until(wanted.span.start(), wishes.notice_minutes, zone, now));
    let Some(until) = until else {
        return Err(refuse("too-soon", "start", "There is no time left to answer in")
            .next("Call the patient, and book the time"));
    };
    let schedules = wanted.schedules.clone();
    Ok(vec![Event::Offered { span: wanted.span, schedules, until }])
}

/// The patient does not want the time that they were offered: they wait on.
pub fn decline(visit: &Visit, now: Instant) -> Result<Vec<Event>, Rejection> {
    if !visit.is_offer() {
        return Err(clash("not-possible-now", "status", "This is not an offer"));
    }
    next(visit.status, Step::Return)?;
    if visit.until.is_some_and(|until| until <= now) {
        return Err(clash("hold-expired", "status", "This offer is over").next("Read it again"));
    }
    Ok(vec![Event::Returned])
}

/// Whether an accepted time takes the place of this appointment: it is still booked, the same patient's, and later.
pub fn is_replaced(accepted: &Visit, other: &Visit) -> bool {
    other.status == Status::Booked
        && other.patient.is_some()
        && other.patient == accepted.patient
        && other.span.zip(accepted.span).is_some_and(|(other, own)| own.start() < other.start())
}

/// Whether somebody waits for days that are over everywhere.
pub fn is_over(visit: &Visit, now: Instant) -> bool {
    let today = date_of(now.plus_micros(-MICROS_PER_DAY / 2));
    visit.status == Status::Waitlist
        && visit.wishes.as_ref().zip(today).is_some_and(|(wishes, today)| wishes.last < today)
}

/// Takes somebody off the list whose days are over; nothing while there are days left.
pub fn end_waiting(visit: &Visit, now: Instant) -> Option<Event> {
    let status = visit.status.after(Step::Cancel)?;
    let reason = Some(CancellationReason::Other);
    is_over(visit, now).then_some(Event::Stepped { status, reason, arrived: None })
}

/// What is left of a freed stretch after a part of it was offered.
pub fn left_of(freed: Span, offered: Span) -> BTreeSet<Span> {
    let before = Span::new(freed.start(), offered.start().min(freed.end()));
    let after = Span::new(offered.end().max(freed.start()), freed.end());
    before.into_iter().chain(after).collect()
}
