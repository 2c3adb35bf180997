//! What stands in the way of a series, and which appointments it has.

use super::{malformed, search};
use crate::commands::PreviewSeries;
use crate::decide::{self, Around, Choice, Occurrence, Open, Wanted};
use crate::fhir::{self, SERIES_SYSTEM};
use crate::model::{Actor, OCCURRENCES_MAX, ServiceRules, Span, State, Timetable};
use crate::rest::{AppointmentView, OccurrenceView, SeriesPreview, plan};
use crate::store;
use galen_access::Visibility;
use galen_kernel::{Instant, MICROS_PER_DAY, PatientId, Rejection, RejectionKind};
use galen_records::resource_type;
use galen_service::{House, Refusal};
use std::collections::BTreeSet;

/// How far from a time that cannot be another is looked for.
const ALTERNATIVE_DAYS: i64 = 7;
/// Most free times that are looked at for one that cannot be.
const CHOICES_LOOKED_AT_MAX: usize = 2_000;

/// Each time of a planned series, with what stands in its way and the nearest that is free.
pub async fn preview(
    house: &House,
    wanted: &PreviewSeries,
    patient: &PatientId,
    by_patient: bool,
    now: Instant,
) -> Result<SeriesPreview, Refusal> {
    let plan = plan(&wanted.plan)?;
    let service = store::service(house, &wanted.service).await?.ok_or_else(|| {
        Rejection::new(RejectionKind::Unprocessable, "service-unknown", "There is nothing like this to book")
            .at("service")
    })?;
    let first = wanted.schedules.first().ok_or_else(|| malformed("schedules", "Say with whom"))?;
    let schedule = house.records.resource("Schedule", first).await?;
    let zone = schedule.as_ref().and_then(fhir::timetable).map(|table| table.zone);
    let zone = zone.ok_or_else(|| malformed("schedules", "There is no such schedule"))?;
    let times = decide::occurrences(&plan, service.minutes, &zone)?;
    let spans: Vec<Span> = times.iter().filter_map(|time| time.span).collect();
    let id = Some(service.id.as_str());
    let mut around = store::around(house, Some(patient), id, &wanted.schedules, &spans, &[]).await?.around;
    around.by_patient = by_patient;
    let mut occurrences = Vec::with_capacity(times.len());
    for time in &times {
        let asked = Wanted {
            span: time.span.or_else(|| spans.first().copied()).unwrap_or(Span::of_utc_day(0)),
            schedules: wanted.schedules.clone(),
            patient: Some(patient.clone()),
            overbook: false,
            is_there: false,
        };
        let state = decide::state(time, &asked, &around, now)?;
        let nearest = match state {
            State::Free => None,
            _ => nearest(house, time, wanted, (patient, &service), (&around, &spans), now).await?,
        };
        occurrences.push(OccurrenceView {
            number: time.number,
            day: time.day.to_string(),
            start: time.span.map(|span| span.start().to_string()),
            end: time.span.map(|span| span.end().to_string()),
            state,
            nearest: nearest.as_ref().map(Into::into),
        });
    }
    Ok(SeriesPreview { zone: zone.name().to_owned(), occurrences })
}

async fn nearest(
    house: &House,
    time: &Occurrence,
    wanted: &PreviewSeries,
    (patient, service): (&PatientId, &ServiceRules),
    (around, spans): (&Around, &[Span]),
    now: Instant,
) -> Result<Option<Choice>, Refusal> {
    let noon = time.day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
    let noon = noon.map_err(|_| malformed("plan", "There is no such day"))?;
    let noon = Instant::from_micros(noon.timestamp().as_microsecond());
    let beside = ALTERNATIVE_DAYS * MICROS_PER_DAY;
    let window = Span::new(noon.plus_micros(-beside).max(now), noon.plus_micros(beside));
    let Some(window) = window else { return Ok(None) };
    let own = Actor::Patient(patient.clone());
    let mut actors: BTreeSet<Actor> = wanted.schedules.iter().cloned().map(Actor::Schedule).collect();
    actors.insert(own.clone());
    let mut entries = store::diaries(house, &actors, &[window]).await?.into_entries();
    let mut groups: Vec<Vec<(&str, Vec<Open>)>> = Vec::new();
    for table in tables(around, &wanted.schedules) {
        let open = decide::open(table, Some(&service.id), window);
        let taken = entries.remove(&Actor::Schedule(table.id.clone())).unwrap_or_default();
        groups.push(vec![(table.id.as_str(), decide::free(&open, &taken, table.capacity, now))]);
    }
    let free = decide::find(&groups, service.minutes, window, CHOICES_LOOKED_AT_MAX);
    let patient = entries.remove(&own).unwrap_or_default();
    Ok(decide::nearest(time, &free, &patient, spans, now))
}

fn tables<'a>(around: &'a Around, schedules: &'a [String]) -> impl Iterator<Item = &'a Timetable> {
    schedules.iter().filter_map(|id| {
        around.schedules.iter().map(|day| &day.timetable).find(|timetable| timetable.id == *id)
    })
}

/// The appointments of a series by their beginning, within what the caller may see.
pub async fn of_series(
    house: &House,
    series: &str,
    visibility: Visibility,
) -> Result<Vec<AppointmentView>, Refusal> {
    let pairs = [
        ("_sort".to_owned(), "date".to_owned()),
        ("identifier".to_owned(), format!("{SERIES_SYSTEM}|{series}")),
    ];
    let most = u32::try_from(OCCURRENCES_MAX * 2).unwrap_or(u32::MAX);
    let found = search(house, resource_type("Appointment")?, &pairs, visibility, most, None).await?;
    super::board::views(&found)
}
