//! Slots of what is booked and of what is free: computed from diaries and timetables when they are asked for, never stored.
//! Stored are exceptions: leave (`busy-unavailable`) and extra sessions (`free`).

use super::{reference, resource, timetable};
use crate::decide;
use crate::model::{Actor, Span, What};
use crate::queries::WINDOW_DAYS_MAX;
use crate::store;
use galen_fhir::{ParsedReference, Resource, object};
use galen_kernel::{Instant, MICROS_PER_DAY, Rejection, RejectionKind};
use galen_records::resource_type;
use galen_service::{House, Refusal};
use std::collections::BTreeSet;

/// Most Slots of one answer: whoever wants more asks for less at a time.
const SLOTS_MAX: usize = 1_000;
/// What may be asked of computed Slots.
const PARAMETERS: [&str; 4] = ["schedule", "status", "start", "_count"];
/// The states that are computed.
const COMPUTED: [&str; 3] = ["busy", "busy-tentative", "free"];

fn refuse(at: &str, message: &str, next: &str) -> Rejection {
    Rejection::new(RejectionKind::Malformed, "search-invalid", message).at(at).next(next)
}

/// Whether a search is for computed Slots: for what is booked; or for what is free from when to when.
pub(super) fn is_computed(pairs: &[(String, String)]) -> bool {
    let of = |name: &'static str| pairs.iter().filter(move |(own, _)| own == name).map(|(_, value)| value);
    let is_bounded = bound(pairs, "ge").is_some() && bound(pairs, "lt").is_some();
    of("status").flat_map(|value| value.split(',')).any(|status| match status {
        "busy" | "busy-tentative" => true,
        "free" => is_bounded,
        _ => false,
    })
}

fn bound<'p>(pairs: &'p [(String, String)], prefix: &str) -> Option<&'p str> {
    let mut starts = pairs.iter().filter(|(name, _)| name == "start");
    starts.find_map(|(_, value)| value.strip_prefix(prefix))
}

fn window(pairs: &[(String, String)]) -> Result<Span, Rejection> {
    let next = "Say start=ge2026-11-27T00:00:00Z and start=lt2026-11-28T00:00:00Z";
    let at = |prefix| bound(pairs, prefix).and_then(Instant::parse);
    let (Some(from), Some(to)) = (at("ge"), at("lt")) else {
        return Err(refuse("start", "Computed slots are asked for from when to when", next));
    };
    let span =
        Span::new(from, to).ok_or_else(|| refuse("start", "The window would end before it begins", next))?;
    if span.end().since(span.start()) > WINDOW_DAYS_MAX * MICROS_PER_DAY {
        return Err(refuse("start", "Slots are computed for 92 days at most", "Ask for less"));
    }
    Ok(span)
}

/// The Slots of one Schedule.
pub(super) async fn compute(
    house: &House,
    pairs: &[(String, String)],
    now: Instant,
) -> Result<Vec<Resource>, Refusal> {
    if let Some((name, _)) = pairs.iter().find(|(name, _)| !PARAMETERS.contains(&name.as_str())) {
        let next = "Computed slots are found by schedule, status and start";
        return Err(refuse(name, "Slots that are computed are not found by this", next).into());
    }
    let window = window(pairs)?;
    let schedules: Vec<&str> =
        pairs.iter().filter(|(name, _)| name == "schedule").map(|(_, value)| value.as_str()).collect();
    let [schedule] = schedules.as_slice() else {
        let next = "Say schedule=Schedule/ID";
        return Err(refuse("schedule", "Computed slots are of one schedule", next).into());
    };
    let id = ParsedReference::local_id(schedule, "Schedule").unwrap_or(schedule);
    let statuses: BTreeSet<&str> =
        pairs.iter().filter(|(name, _)| name == "status").flat_map(|(_, value)| value.split(',')).collect();
    if let Some(other) = statuses.iter().find(|status| !COMPUTED.contains(status)) {
        let message = format!(
            "Slots that are {} are stored",
            if *other == "busy-unavailable" { other } else { "of another status" }
        );
        return Err(refuse("status", &message, "Ask for them by themselves").into());
    }
    let found = house.records.get(resource_type("Schedule")?, id).await?;
    let found = found.map(|stored| stored.resource()).transpose()?.flatten();
    let Some(table) = found.as_ref().and_then(timetable) else { return Ok(Vec::new()) };
    let actor = Actor::Schedule(table.id.clone());
    let diaries = store::diaries(house, &BTreeSet::from([actor.clone()]), &[window]).await?;
    let entries = diaries.entries(&actor);
    let mut slots: Vec<(Span, &str)> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.what == What::Visit && entry.is_live(now)) {
        let status = if entry.until.is_some() { "busy-tentative" } else { "busy" };
        slots.extend(entry.span().map(|span| (span, status)));
    }
    let mut services = table.sessions.iter().flat_map(|session| &session.services);
    // Of sessions for certain services only: when it is free for any of them.
    let open = match services.next() {
        None => decide::open(&table, None, window),
        Some(_) => {
            let mut any = table.clone();
            any.sessions.iter_mut().for_each(|session| session.services.clear());
            decide::open(&any, None, window)
        }
    };
    let free = decide::free(&open, &entries, table.capacity, now);
    slots.extend(free.into_iter().filter_map(|open| open.span.shared(window)).map(|span| (span, "free")));
    slots.retain(|(span, status)| {
        statuses.contains(status) && span.start() >= window.start() && span.start() < window.end()
    });
    slots.sort_unstable();
    if slots.len() > SLOTS_MAX {
        let message = format!("There are more than {SLOTS_MAX} slots");
        return Err(Rejection::new(RejectionKind::Unprocessable, "too-costly", message)
            .at("start")
            .next("Ask for a shorter time")
            .into());
    }
    slots.iter().map(|(span, status)| Ok(slot(&table.id, *span, status)?)).collect()
}

/// A Slot says when and that it is taken, nothing of by whom. It has no id: there is nothing to be read by one.
fn slot(schedule: &str, span: Span, status: &str) -> Result<Resource, galen_kernel::Fault> {
    resource(object! {
        "resourceType" => "Slot", "schedule" => reference("Schedule", schedule), "status" => status,
        "start" => span.start().to_string(), "end" => span.end().to_string(),
    })
}
