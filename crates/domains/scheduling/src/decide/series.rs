//! Series: when their appointments are, and what stands in the way of each. Nothing is dropped and nothing shifted: what
//! cannot be is said.

use super::placing::{Around, Purpose, Wanted, place};
use super::{Choice, refuse};
use crate::model::{
    EVERY_MAX, Ends, Entry, OCCURRENCES_MAX, Plan, Span, State, Timetable, Unit, Visit, What, Zone,
};
use galen_kernel::{Instant, Rejection};
use jiff::civil::{Date, Weekday};
use jiff::tz::AmbiguousOffset;
use jiff::{Span as Length, ToSpan};

/// A time of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Its number, from 1.
    pub number: usize,
    /// The local day.
    pub day: Date,
    /// When; there is no such time on a day on which the clocks skip it. One that they repeat is taken the first time.
    pub span: Option<Span>,
}

/// The times of a series.
pub fn occurrences(plan: &Plan, minutes: i64, zone: &Zone) -> Result<Vec<Occurrence>, Rejection> {
    let many = || {
        let message = format!("A series has at most {OCCURRENCES_MAX} appointments");
        refuse("too-many-occurrences", "plan", &message).next("Plan fewer, and the rest when they are over")
    };
    if !(1..=EVERY_MAX).contains(&plan.every) {
        return Err(refuse(
            "interval-invalid",
            "plan.every",
            "From one to the next are 1 to 52 days or weeks",
        ));
    }
    let is_last = |day: Date, before: usize| match plan.ends {
        Ends::After(count) => before >= count,
        Ends::With(last) => day > last,
    };
    if matches!(plan.ends, Ends::After(count) if count > OCCURRENCES_MAX) {
        return Err(many());
    }
    let mut all = Vec::new();
    for day in days(plan) {
        if is_last(day, all.len()) {
            break;
        }
        if all.len() == OCCURRENCES_MAX {
            return Err(many());
        }
        all.push(Occurrence { number: all.len() + 1, day, span: span(plan, day, minutes, zone) });
    }
    if all.is_empty() {
        return Err(refuse("series-empty", "plan", "The series would end before it begins"));
    }
    Ok(all)
}

/// The days of a plan without end.
fn days(plan: &Plan) -> impl Iterator<Item = Date> + use<'_> {
    let (days, step): (Vec<Weekday>, Length) = match plan.unit {
        Unit::Days => (Vec::new(), i64::from(plan.every).days()),
        Unit::Weeks if plan.days.is_empty() => (vec![plan.first.weekday()], i64::from(plan.every).weeks()),
        Unit::Weeks => (plan.days.clone(), i64::from(plan.every).weeks()),
    };
    let begin = match plan.unit {
        Unit::Days => Some(plan.first),
        Unit::Weeks => {
            let back = i64::from(plan.first.weekday().to_monday_zero_offset());
            plan.first.checked_sub(back.days()).ok()
        }
    };
    let steps = std::iter::successors(begin, move |day| day.checked_add(step).ok());
    steps
        .flat_map(move |begin| {
            let is_wanted = |day: &Date| days.is_empty() || days.contains(&day.weekday());
            let width = if plan.unit == Unit::Weeks { 7 } else { 1 };
            let week = (0..width).filter_map(move |n: i64| begin.checked_add(n.days()).ok());
            week.filter(is_wanted).collect::<Vec<Date>>()
        })
        .filter(|day| *day >= plan.first)
}

fn span(plan: &Plan, day: Date, minutes: i64, zone: &Zone) -> Option<Span> {
    let ambiguous = zone.zone().to_ambiguous_zoned(day.to_datetime(plan.time));
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return None;
    }
    let start = ambiguous.earlier().ok()?.timestamp().as_microsecond();
    Span::of_minutes(Instant::from_micros(start), minutes)
}

/// What is to be said of a time; what is wrong with the patient, the service or the Schedules refuses them all.
pub fn state(
    occurrence: &Occurrence,
    wanted: &Wanted,
    around: &Around,
    now: Instant,
) -> Result<State, Rejection> {
    let Some(span) = occurrence.span else { return Ok(State::ClockChange) };
    let wanted = Wanted { span, ..wanted.clone() };
    let Err(refused) = place(&Visit::proposed(), &wanted, Purpose::Book, around, now) else {
        return Ok(State::Free);
    };
    Ok(match refused.code {
        "absent" => State::Leave,
        "already-booked" | "day-full" => State::Taken,
        "patient-has-another" => State::PatientBusy,
        "in-the-past" => State::Past,
        "too-far-ahead" => State::TooFarAhead,
        "outside-opening" => {
            let is_closed = |table: &Timetable| table.closed.contains(&occurrence.day);
            let is_holiday = around.schedules.iter().any(|day| is_closed(&day.timetable));
            if is_holiday { State::Holiday } else { State::Closed }
        }
        _ => return Err(refused),
    })
}

/// The free time that is nearest to one that cannot be, and that neither the patient's diary nor the rest of the series has.
pub fn nearest(
    occurrence: &Occurrence,
    free: &[Choice],
    patient: &[Entry],
    series: &[Span],
    now: Instant,
) -> Option<Choice> {
    // Where the clocks skip the time there is a nearest one all the same.
    let from = occurrence.span.map(Span::start).or_else(|| {
        let noon = occurrence.day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Instant::from_micros(noon.timestamp().as_microsecond()))
    })?;
    let is_busy = |span: Span| {
        let own = patient.iter().filter(|entry| entry.what == What::Visit && entry.is_live(now));
        own.filter_map(Entry::span).chain(series.iter().copied()).any(|other| other.overlaps(span))
    };
    let open = free.iter().filter(|choice| choice.span.start() >= now && !is_busy(choice.span));
    open.min_by_key(|choice| (choice.span.start().since(from).abs(), choice.span)).cloned()
}
