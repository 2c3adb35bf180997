//! The waiting list's last lines in the database: who waits for the same twice, has two offers that are open, or was offered
//! the same time before.

use crate::model::{Status, Visit};
use galen_kernel::{Fault, Instant, MICROS_PER_DAY, PatientId, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::House;
use galen_store::{Conflict, Operation};

/// That a patient waits for a service.
const WAITING_SCOPE: &str = "waiting";
/// That a patient has an offer that is open.
const OFFER_SCOPE: &str = "open-offer";
/// That a patient was offered a time.
const OFFERED_SCOPE: &str = "offered-time";
/// How long after the last day that suits a place on the list is kept for good.
const KEPT_DAYS: i64 = 2;

fn waiting_key(patient: &PatientId, service: &str) -> String {
    format!("{patient}.{service}")
}

fn offered_key(patient: &PatientId, start: Instant) -> String {
    format!("{patient}.{}", start.micros())
}

/// Claims and gives back what a step of the waiting list needs; nothing where neither state is of the list.
pub fn claims(house: &House, before: &Visit, after: &Visit, now: Instant, change: &mut Change) {
    let Some(patient) = after.patient.as_ref().or(before.patient.as_ref()) else { return };
    let shard = house.records.shard_of(patient.as_str());
    let mut claim = |scope: &'static str, value: String, until: Option<Instant>| {
        change.push(shard, Operation::Claim { scope, value, holder: after.id.as_bytes().to_vec(), until });
    };
    if !before.is_waiting() && after.status == Status::Waitlist {
        let service = after.service.as_deref().unwrap_or_default();
        claim(WAITING_SCOPE, waiting_key(patient, service), ends(after));
    }
    if let (false, true, Some(span)) = (before.is_offer(), after.is_offer(), after.span) {
        claim(OFFER_SCOPE, patient.to_string(), after.until);
        claim(OFFERED_SCOPE, offered_key(patient, span.start()), Some(span.start()));
    }
    if before.is_waiting() && !after.is_waiting() {
        let service = before.service.as_deref().unwrap_or_default();
        let value = waiting_key(patient, service);
        change.push(shard, Operation::Release { scope: WAITING_SCOPE, value });
    }
    // What lapsed gave itself back, and another offer may have it by now.
    if before.is_offer() && !after.is_offer() && before.until.is_some_and(|until| until > now) {
        change.push(shard, Operation::Release { scope: OFFER_SCOPE, value: patient.to_string() });
    }
}

/// When a place on the list is given up for the database: a while after the last day that suits.
fn ends(visit: &Visit) -> Option<Instant> {
    let last = visit.wishes.as_ref()?.last;
    let at = last.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some(Instant::from_micros(at.as_microsecond()).plus_micros(KEPT_DAYS * MICROS_PER_DAY))
}

/// Whether a patient waits for a service already.
pub async fn is_waiting(
    house: &House,
    patient: &PatientId,
    service: &str,
    now: Instant,
) -> Result<bool, Fault> {
    let (shard, value) = (house.records.shard_of(patient.as_str()), waiting_key(patient, service));
    Ok(house.store.claim(shard, WAITING_SCOPE, &value, now).await?.is_some())
}

/// Whether a patient has an offer that is open, or was offered this time before, for whatever they wait.
pub async fn has_offer(
    house: &House,
    patient: &PatientId,
    start: Instant,
    now: Instant,
) -> Result<(bool, bool), Fault> {
    let shard = house.records.shard_of(patient.as_str());
    let open = house.store.claim(shard, OFFER_SCOPE, patient.as_str(), now).await?;
    let before = house.store.claim(shard, OFFERED_SCOPE, &offered_key(patient, start), now).await?;
    Ok((open.is_some(), before.is_some()))
}

/// What a clash on one of these means.
pub(super) fn clash(conflict: &Conflict) -> Option<Rejection> {
    let Conflict::Claimed { scope, .. } = conflict else { return None };
    let (code, message, at) = match *scope {
        WAITING_SCOPE => ("already-waiting", "The patient is on this waiting list already", "service"),
        OFFER_SCOPE => ("offer-open", "The patient has another offer that is not answered", "patient"),
        OFFERED_SCOPE => ("offered-before", "The patient was offered this time before", "start"),
        _ => return None,
    };
    Some(Rejection::new(RejectionKind::Conflict, code, message).at(at))
}
