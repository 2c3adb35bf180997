//! What becomes of an appointment after it was made.

use super::placing::next;
use super::refuse;
use crate::events::Event;
use crate::model::{CancellationReason, ServiceRules, Span, Status, Step, Visit};
use galen_kernel::{Instant, MICROS_PER_HOUR, MICROS_PER_MINUTE, Rejection};

/// How long before its time somebody may be said to have arrived.
const EARLY_HOURS_MAX: i64 = 12;
/// How long after its beginning a patient is waited for before the appointment counts as missed.
pub const GRACE_MINUTES: i64 = 15;

/// How long before its time patients may say themselves that they are there.
const SELF_ARRIVAL_MINUTES_MAX: i64 = 60;

/// The patient arrives, is checked in, is seen, did not come. Patients say themselves that they are there, near the time
/// only: who is late is seen to by somebody.
pub fn attend(visit: &Visit, step: Step, by_patient: bool, now: Instant) -> Result<Vec<Event>, Rejection> {
    if !matches!(step, Step::Arrive | Step::CheckIn | Step::Fulfil | Step::Miss) {
        return Err(refuse("not-attendance", "step", "This is not about attendance"));
    }
    let to = next(visit.status, step)?;
    let ahead = visit.span.map_or(0, |span| span.start().since(now));
    if by_patient && !matches!(step, Step::Arrive | Step::CheckIn) {
        return Err(refuse("staff-only", "step", "This is recorded by the clinic").next("Tell the desk"));
    }
    if by_patient && step == Step::Arrive {
        // The time from which one may, or until which one might have: screens say it in the patient's words.
        let at = |minutes: i64| {
            let start = visit.span.map(Span::start);
            start
                .map(|start| start.plus_micros(minutes * MICROS_PER_MINUTE).to_string())
                .into_iter()
                .collect()
        };
        if ahead > SELF_ARRIVAL_MINUTES_MAX * MICROS_PER_MINUTE {
            return Err(refuse("too-early", "step", "It is too early to check in")
                .related(at(-SELF_ARRIVAL_MINUTES_MAX))
                .next("Check in from an hour before the appointment"));
        }
        if ahead < -GRACE_MINUTES * MICROS_PER_MINUTE {
            return Err(refuse("too-late", "step", "The appointment has begun")
                .related(at(GRACE_MINUTES))
                .next("Tell the desk"));
        }
    }
    if step == Step::Arrive && ahead > EARLY_HOURS_MAX * MICROS_PER_HOUR {
        return Err(refuse("too-early", "step", "This appointment is not today"));
    }
    if step == Step::Miss && visit.status == Status::Booked && ahead > -GRACE_MINUTES * MICROS_PER_MINUTE {
        return Err(refuse("too-early", "step", "The patient may still come")
            .next("Wait 15 minutes from the beginning"));
    }
    let arrived = (step == Step::Arrive).then_some(now);
    Ok(vec![Event::Stepped { status: to, reason: None, arrived }])
}

/// Calls it off. Patients do so until the service's notice; staff at any time.
pub fn cancel(
    visit: &Visit,
    reason: CancellationReason,
    service: Option<&ServiceRules>,
    by_patient: bool,
    now: Instant,
) -> Result<Vec<Event>, Rejection> {
    let to = next(visit.status, Step::Cancel)?;
    let late = |span: Span, service: &ServiceRules| {
        span.start().since(now) < service.notice_minutes * MICROS_PER_MINUTE
    };
    if by_patient
        && visit.status != Status::Pending
        && let (Some(span), Some(service)) = (visit.span, service)
        && late(span, service)
    {
        return Err(
            refuse("too-late", "start", "It is too late to cancel this online").next("Call the clinic")
        );
    }
    Ok(vec![Event::Stepped { status: to, reason: Some(reason), arrived: None }])
}

/// Nobody confirmed in time; nothing while there is time left.
pub fn expire(visit: &Visit, now: Instant) -> Option<Event> {
    let status = visit.status.after(Step::Expire)?;
    let is_over = visit.until.is_some_and(|until| until <= now);
    if visit.is_offer() {
        return is_over.then_some(Event::Returned);
    }
    is_over.then_some(Event::Stepped { status, reason: None, arrived: None })
}

/// Longest reason for a retraction.
pub const REASON_CHARACTERS_MAX: usize = 500;

/// It should never have been written.
pub fn retract(visit: &Visit, reason: &str) -> Result<Vec<Event>, Rejection> {
    let length = reason.trim().chars().count();
    if length == 0 || length > REASON_CHARACTERS_MAX {
        return Err(refuse("reason-required", "reason", "Say why, in at most 500 characters"));
    }
    let status = next(visit.status, Step::Retract)?;
    Ok(vec![Event::Stepped { status, reason: None, arrived: None }])
}
