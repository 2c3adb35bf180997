//! The read side: free times, the appointments of a patient or a Schedule, services, the day of a clinic.

mod board;
mod moving;
mod queueing;
mod series;
mod waiting;

pub(crate) use board::called;
pub use board::{Which, board, clinics, requests};
pub use moving::{ListToMove, to_move};
pub use queueing::{display, queue, queue_day};
pub use series::{of_series, preview};
pub use waiting::{ListWaiting, over, waiting, waiting_visits};

use crate::decide::{self, Choice, Open};
use crate::fhir;
use crate::model::{Actor, Portal, ServiceRules, Span, Timetable};
use crate::rest::{AppointmentPage, AppointmentView, ChoiceView, Choices, ServicePage, ServiceView};
use crate::store;
use galen_access::Visibility;
use galen_fhir::ResourceType;
use galen_fhir::search::{Handling, parse};
use galen_kernel::{Fault, Instant, MICROS_PER_DAY, Rejection, RejectionKind};
use galen_records::resource_type;
use galen_records::{Found, PageToken, Sight};
use galen_service::{House, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Longest window in which free times are looked for.
pub const WINDOW_DAYS_MAX: i64 = 92;
/// Most Schedules that one search for free times looks at.
pub const SCHEDULES_LOOKED_AT_MAX: usize = 200;
/// Free times on a page when nobody asks for a number.
const CHOICES_DEFAULT: usize = 50;
/// Most free times on a page.
const CHOICES_MAX: usize = 1_000;
/// Appointments on a page.
const APPOINTMENTS_PER_PAGE: u32 = 500;
/// Services on a page.
const SERVICES_PER_PAGE: u32 = 200;

/// Where free times are looked for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindTimes {
    /// The HealthcareService (id).
    pub service: String,
    /// From when.
    #[schemars(extend("format" = "date-time"))]
    pub from: String,
    /// Until when.
    #[schemars(extend("format" = "date-time"))]
    pub to: String,
    /// Schedules (ids) that would do, by comma; several groups by semicolon, if one of each is needed (a doctor and a room).
    /// Without it, every practitioner's who offers the service.
    pub schedules: Option<String>,
    /// Most free times that are wanted.
    pub count: Option<usize>,
}

/// Which appointments.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListAppointments {
    /// A patient's.
    pub patient: Option<String>,
    /// Those of a series.
    pub series: Option<String>,
    /// Those of a Schedule; then `from` and `to` are needed.
    pub schedule: Option<String>,
    /// From when.
    #[schemars(extend("format" = "date-time"))]
    pub from: Option<String>,
    /// Until when.
    #[schemars(extend("format" = "date-time"))]
    pub to: Option<String>,
    /// Rows on a page.
    pub count: Option<u32>,
    /// Where the page before ended.
    pub page: Option<String>,
}

fn malformed(at: &str, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Malformed, "criteria-invalid", message).at(at)
}

fn instant(text: &str, at: &str) -> Result<Instant, Rejection> {
    Instant::parse(text).ok_or_else(|| malformed(at, "A time is written with its zone: 2026-11-27T09:00:00Z"))
}

fn window(from: &str, to: &str) -> Result<Span, Rejection> {
    let span = Span::new(instant(from, "from")?, instant(to, "to")?)
        .ok_or_else(|| malformed("to", "The window would end before it begins"))?;
    if span.end().since(span.start()) > WINDOW_DAYS_MAX * MICROS_PER_DAY {
        return Err(malformed("to", "Free times are looked for in 92 days at most").next("Ask for less"));
    }
    Ok(span)
}

/// Times at which the service can be booked.
pub async fn find(
    house: &House,
    wanted: &FindTimes,
    by_patient: bool,
    now: Instant,
) -> Result<Choices, Refusal> {
    let window = window(&wanted.from, &wanted.to)?;
    let service = store::service(house, &wanted.service).await?.filter(|service| service.active);
    let service = service.ok_or_else(|| {
        Rejection::new(RejectionKind::Unprocessable, "service-unknown", "There is nothing like this to book")
            .at("service")
    })?;
    if by_patient && !matches!(service.portal, Portal::SelfBook | Portal::RequestApproval) {
        return Err(Rejection::new(
            RejectionKind::Unprocessable,
            "not-bookable-online",
            "This cannot be booked online",
        )
        .next("Call the clinic to make an appointment")
        .into());
    }
    let notice = if by_patient { service.notice_minutes * galen_kernel::MICROS_PER_MINUTE } else { 0 };
    let earliest = now.plus_micros(notice);
    let Some(window) = Span::new(window.start().max(earliest), window.end()) else {
        return Ok(Choices { choices: Vec::new(), zone: None, has_more: false });
    };
    let groups = groups(house, wanted, &service).await?;
    let free = free(house, &groups, &service, window, now).await?;
    let most = wanted.count.unwrap_or(CHOICES_DEFAULT).clamp(1, CHOICES_MAX);
    let named: Vec<Vec<(&str, Vec<Open>)>> = groups
        .iter()
        .map(|group| {
            let of = |t: &Timetable| free.get(&t.id).cloned().unwrap_or_default();
            group.iter().map(|timetable| (timetable.id.as_str(), of(timetable))).collect()
        })
        .collect();
    let found: Vec<Choice> = decide::find(&named, service.minutes, window, most + 1);
    Ok(Choices {
        choices: found.iter().take(most).map(ChoiceView::from).collect(),
        zone: groups.first().and_then(|group| group.first()).map(|table| table.zone.name().to_owned()),
        has_more: found.len() > most,
    })
}

/// The Schedules that were asked for, or every practitioner's who offers the service.
async fn groups(
    house: &House,
    wanted: &FindTimes,
    service: &ServiceRules,
) -> Result<Vec<Vec<Timetable>>, Refusal> {
    let schedule = resource_type("Schedule")?;
    let Some(asked) = &wanted.schedules else {
        let pairs = [("active".to_owned(), "true".to_owned())];
        let most = u32::try_from(SCHEDULES_LOOKED_AT_MAX).unwrap_or(u32::MAX);
        let found = search(house, schedule, &pairs, Visibility::everything(), most, None).await?;
        let offers = |t: &Timetable| {
            t.actor.starts_with("Practitioner")
                && t.sessions.iter().any(|s| s.services.is_empty() || s.services.contains(&service.id))
        };
        let mut all = Vec::new();
        for row in found.rows {
            let resource = row.stored.resource()?;
            all.extend(resource.as_ref().and_then(fhir::timetable).filter(offers));
        }
        return Ok(vec![all]);
    };
    let groups: Vec<Vec<&str>> =
        asked.split(';').map(|group| group.split(',').filter(|id| !id.is_empty()).collect()).collect();
    let ids: Vec<(ResourceType, String)> =
        groups.iter().flatten().map(|id| (schedule, (*id).to_owned())).collect();
    if ids.len() > SCHEDULES_LOOKED_AT_MAX {
        return Err(malformed("schedules", "At most 200 schedules are looked at").into());
    }
    let mut found: BTreeMap<String, Timetable> = BTreeMap::new();
    for stored in house.records.get_many(&ids).await? {
        let timetable = stored.resource()?.as_ref().and_then(fhir::timetable);
        found.extend(timetable.map(|timetable| (timetable.id.clone(), timetable)));
    }
    let timetables = |group: Vec<&str>| {
        let of = |id: &str| {
            found.get(id).cloned().ok_or_else(|| malformed("schedules", "There is no such schedule"))
        };
        group.into_iter().map(of).collect::<Result<Vec<_>, _>>()
    };
    Ok(groups.into_iter().map(timetables).collect::<Result<_, _>>()?)
}

/// What is free of each Schedule.
async fn free(
    house: &House,
    groups: &[Vec<Timetable>],
    service: &ServiceRules,
    window: Span,
    now: Instant,
) -> Result<BTreeMap<String, Vec<Open>>, Fault> {
    let actors: BTreeSet<Actor> =
        groups.iter().flatten().map(|timetable| Actor::Schedule(timetable.id.clone())).collect();
    let diaries = store::diaries(house, &actors, &[window]).await?;
    let mut entries = diaries.into_entries();
    let mut free = BTreeMap::new();
    for timetable in groups.iter().flatten() {
        let open = decide::open(timetable, Some(&service.id), window);
        let entries = entries.remove(&Actor::Schedule(timetable.id.clone())).unwrap_or_default();
        free.insert(timetable.id.clone(), decide::free(&open, &entries, timetable.capacity, now));
    }
    Ok(free)
}

async fn search(
    house: &House,
    resource_type: ResourceType,
    pairs: &[(String, String)],
    visibility: Visibility,
    count: u32,
    page: Option<&str>,
) -> Result<Found, Refusal> {
    let mut query =
        parse(resource_type, pairs, Handling::Strict, &house.records.parameters()).map_err(|issues| {
            let message = issues.into_iter().next().map(|issue| issue.message).unwrap_or_default();
            Rejection::new(RejectionKind::Malformed, "criteria-invalid", message)
        })?;
    query.count = Some(count);
    let invalid = || malformed("page", "The page token is not one of ours");
    let from = page.map(|text| PageToken::parse(&house.store, text).ok_or_else(invalid)).transpose()?;
    let sight = Sight::nothing().with(resource_type, visibility);
    Ok(house.records.search(&query, &sight, from, house.clock.now()).await??)
}

/// The appointments of a patient or of a Schedule, within what the caller may see.
pub async fn list(
    house: &House,
    wanted: &ListAppointments,
    visibility: Visibility,
) -> Result<AppointmentPage, Refusal> {
    let mut pairs = vec![("_sort".to_owned(), "date".to_owned())];
    for (bound, prefix, at) in [(&wanted.from, "ge", "from"), (&wanted.to, "lt", "to")] {
        if let Some(text) = bound {
            pairs.push(("date".to_owned(), format!("{prefix}{}", instant(text, at)?)));
        }
    }
    if let Some(patient) = &wanted.patient {
        pairs.push(("patient".to_owned(), format!("Patient/{patient}")));
    }
    if let Some(schedule) = &wanted.schedule {
        let (Some(from), Some(to)) = (&wanted.from, &wanted.to) else {
            return Err(malformed("from", "Say from when to when").into());
        };
        let actor = Actor::Schedule(schedule.clone());
        let diaries = store::diaries(house, &BTreeSet::from([actor.clone()]), &[window(from, to)?]).await?;
        let entries = diaries.into_entries().remove(&actor).unwrap_or_default();
        let ids: BTreeSet<String> = entries.into_iter().map(|entry| entry.holder).collect();
        if ids.is_empty() {
            return Ok(AppointmentPage { appointments: Vec::new(), next: None });
        }
        pairs.push(("_id".to_owned(), ids.into_iter().collect::<Vec<_>>().join(",")));
    }
    if let Some(series) = &wanted.series {
        pairs.push(("identifier".to_owned(), format!("{}|{series}", fhir::SERIES_SYSTEM)));
    }
    if wanted.patient.is_none() && wanted.schedule.is_none() && wanted.series.is_none() {
        let message = "Say whose appointments: a patient's, a schedule's, or a series'";
        return Err(malformed("patient", message).into());
    }
    let (kind, page) = (resource_type("Appointment")?, wanted.page.as_deref());
    let count = wanted.count.unwrap_or(APPOINTMENTS_PER_PAGE).clamp(1, APPOINTMENTS_PER_PAGE);
    let found = search(house, kind, &pairs, visibility, count, page).await?;
    let mut appointments = Vec::with_capacity(found.rows.len());
    for row in found.rows {
        let version = row.stored.document.version;
        appointments.extend(row.stored.resource()?.map(|resource| AppointmentView::new(&resource, version)));
    }
    let next = found.next.map(|token| token.seal(&house.store)).transpose()?;
    Ok(AppointmentPage { appointments, next })
}

/// Appointments (ids) that wait to be confirmed, at most a page of them from this one on; and where the next page begins.
pub async fn pending(house: &House, page: Option<&str>) -> Result<(Vec<String>, Option<String>), Refusal> {
    let pairs = [("status".to_owned(), "pending".to_owned())];
    let kind = resource_type("Appointment")?;
    let found = search(house, kind, &pairs, Visibility::everything(), APPOINTMENTS_PER_PAGE, page).await?;
    let next = found.next.map(|token| token.seal(&house.store)).transpose()?;
    Ok((found.rows.into_iter().map(|row| row.stored.document.id).collect(), next))
}

/// What can be booked, by name. Patients see what they may book or see.
pub async fn services(house: &House, by_patient: bool, page: Option<&str>) -> Result<ServicePage, Refusal> {
    let pairs = [("_sort".to_owned(), "name".to_owned()), ("active".to_owned(), "true".to_owned())];
    let kind = resource_type("HealthcareService")?;
    let found = search(house, kind, &pairs, Visibility::everything(), SERVICES_PER_PAGE, page).await?;
    let mut services = Vec::new();
    for row in found.rows {
        let rules = row.stored.resource()?.as_ref().and_then(fhir::service_rules);
        let shown = rules.filter(|rules| !by_patient || rules.portal != Portal::Off);
        services.extend(shown.as_ref().map(ServiceView::from));
    }
    let next = found.next.map(|token| token.seal(&house.store)).transpose()?;
    Ok(ServicePage { services, next })
}
