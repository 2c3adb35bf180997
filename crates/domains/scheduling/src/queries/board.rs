//! The day of a clinic: a column for each Schedule, with when it is open, when nobody is there, and who comes.

use super::{SCHEDULES_LOOKED_AT_MAX, malformed, search};
use crate::decide;
use crate::fhir;
use crate::model::{Actor, Entry, Span, Timetable, What, Zone};
use crate::rest::{
    AppointmentView, BoardEntry, BoardView, ClinicPage, ClinicView, ColumnView, RequestPage, ScheduleLine,
    SpanView, WhoView,
};
use crate::store;
use galen_access::{Context, Visibility};
use galen_fhir::{Json, Resource, ResourceType};
use galen_kernel::{Instant, PractitionerId, Rejection, RejectionKind};
use galen_records::{Found, resource_type};
use galen_service::{House, Refusal};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Most appointments of a clinic's day that are shown, cancelled ones included.
const BOARD_ENTRIES_MAX: u32 = 1_000;
/// System of NHS numbers.
const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// Whose day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Of a clinic (id of its Location).
    Clinic(String),
    /// Of whoever asks.
    Own,
}

/// All timetables that are in use, and whether there are more than are looked at.
pub(super) async fn timetables(house: &House) -> Result<(Vec<Timetable>, bool), Refusal> {
    let pairs = [("active".to_owned(), "true".to_owned())];
    let most = u32::try_from(SCHEDULES_LOOKED_AT_MAX).unwrap_or(u32::MAX);
    let kind = resource_type("Schedule")?;
    let found = search(house, kind, &pairs, Visibility::everything(), most, None).await?;
    let mut all = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        all.extend(row.stored.resource()?.as_ref().and_then(fhir::timetable));
    }
    Ok((all, found.next.is_some()))
}

/// What people, places and devices are called, by reference.
pub(super) async fn names(
    house: &House,
    references: BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut wanted = Vec::with_capacity(references.len());
    for reference in &references {
        let Some((kind, id)) = reference.split_once('/') else { continue };
        wanted.extend(ResourceType::parse(kind).map(|kind| (kind, id.to_owned())));
    }
    let mut names = BTreeMap::new();
    for stored in house.records.get_many(&wanted).await? {
        if let Some(resource) = stored.resource()? {
            let key = format!("{}/{}", resource.resource_type().name(), resource.id().unwrap_or_default());
            names.extend(called(&resource).map(|name| (key, name)));
        }
    }
    Ok(names)
}

/// `Dr Ada Lovelace`, `Room 3`, `Echocardiograph 1`.
pub(crate) fn called(resource: &Resource) -> Option<String> {
    let json = resource.json();
    if let Some(name) = json.str("name").or_else(|| json.str_at(&["deviceName", "0", "name"])) {
        return Some(name.to_owned());
    }
    let name = json.list("name").next()?;
    let words = |member: &'static str| name.list(member).filter_map(Json::as_str);
    let parts: Vec<&str> = words("prefix").chain(words("given")).chain(name.str("family")).collect();
    if parts.is_empty() { name.str("text").map(str::to_owned) } else { Some(parts.join(" ")) }
}

pub(super) fn line(table: &Timetable, names: &BTreeMap<String, String>, own: Option<&str>) -> ScheduleLine {
    let services: BTreeSet<&String> = table.sessions.iter().flat_map(|session| &session.services).collect();
    let any = table.sessions.iter().any(|session| session.services.is_empty());
    ScheduleLine {
        id: table.id.clone(),
        actor: table.actor.clone(),
        name: names.get(&table.actor).cloned(),
        capacity: table.capacity,
        active: table.active,
        services: if any { Vec::new() } else { services.into_iter().cloned().collect() },
        is_own: own == Some(table.actor.as_str()),
    }
}

fn own_actor(practitioner: Option<&PractitionerId>) -> Option<String> {
    practitioner.map(|id| format!("Practitioner/{id}"))
}

/// Practitioners, then rooms, then devices; by name.
pub(super) fn in_order(lines: &mut [ScheduleLine]) {
    let rank = |line: &ScheduleLine| match line.actor.split('/').next() {
        Some("Practitioner" | "PractitionerRole") => 0,
        Some("Location") => 1,
        _ => 2,
    };
    lines.sort_by(|a, b| (rank(a), &a.name, &a.id).cmp(&(rank(b), &b.name, &b.id)));
}

/// The clinics that have a Schedule.
pub async fn clinics(house: &House, asks: Option<&PractitionerId>) -> Result<ClinicPage, Refusal> {
    let (tables, has_more) = timetables(house).await?;
    let references = tables.iter().map(|table| table.actor.clone());
    let places = tables.iter().filter_map(|table| table.clinic.as_ref()).map(|id| format!("Location/{id}"));
    let names = names(house, references.chain(places).collect()).await?;
    let own = own_actor(asks);
    let mut clinics: BTreeMap<&str, ClinicView> = BTreeMap::new();
    for table in &tables {
        let Some(id) = table.clinic.as_deref() else { continue };
        let clinic = clinics.entry(id).or_insert_with(|| ClinicView {
            id: id.to_owned(),
            name: names.get(&format!("Location/{id}")).cloned(),
            zone: table.zone.name().to_owned(),
            schedules: Vec::new(),
        });
        clinic.schedules.push(line(table, &names, own.as_deref()));
    }
    let mut clinics: Vec<ClinicView> = clinics.into_values().collect();
    for clinic in &mut clinics {
        in_order(&mut clinic.schedules);
    }
    clinics.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(ClinicPage { clinics, has_more })
}

/// From midnight to midnight where the clinic is.
fn local_day(day: Date, zone: &Zone) -> Option<Span> {
    let midnight = |date: Date| {
        let start = date.to_zoned(zone.zone().clone()).ok()?;
        Some(Instant::from_micros(start.timestamp().as_microsecond()))
    };
    Span::new(midnight(day)?, midnight(day.tomorrow().ok()?)?)
}

/// The day of a clinic or of whoever asks, within what they may see.
pub async fn board(
    house: &House,
    which: &Which,
    day: &str,
    context: &Context,
    visibility: Visibility,
) -> Result<BoardView, Refusal> {
    let date: Date = day.parse().map_err(|_| malformed("day", "A day is written 2026-11-27"))?;
    let own = own_actor(context.actor.practitioner.as_ref());
    let (mut tables, _) = timetables(house).await?;
    tables.retain(|table| match which {
        Which::Clinic(id) => table.clinic.as_ref() == Some(id),
        Which::Own => own.as_ref() == Some(&table.actor),
    });
    let zone = match (tables.first(), which) {
        (Some(table), _) => table.zone.clone(),
        (None, Which::Own) => Zone::utc(),
        (None, Which::Clinic(_)) => {
            let missing = Rejection::new(RejectionKind::NotFound, "not-found", "There is no such clinic");
            return Err(missing.into());
        }
    };
    let window = local_day(date, &zone).ok_or_else(|| malformed("day", "There is no such day here"))?;
    let names = names(house, tables.iter().map(|table| table.actor.clone()).collect()).await?;
    let entries = entries(house, &tables, window, visibility).await?;
    let actors = tables.iter().map(|table| Actor::Schedule(table.id.clone())).collect();
    let mut diaries = store::diaries(house, &actors, &[window]).await?.into_entries();
    let mut lines: Vec<ScheduleLine> =
        tables.iter().map(|table| line(table, &names, own.as_deref())).collect();
    in_order(&mut lines);
    let mut columns = Vec::with_capacity(lines.len());
    for line in lines {
        let Some(table) = tables.iter().find(|table| table.id == line.id) else { continue };
        let diary = diaries.remove(&Actor::Schedule(line.id.clone())).unwrap_or_default();
        columns.push(column(line, table, &diary, &entries, window, context.at));
    }
    Ok(BoardView {
        day: date.to_string(),
        zone: zone.name().to_owned(),
        start: window.start().to_string(),
        end: window.end().to_string(),
        at: context.at.to_string(),
        columns,
    })
}

fn view(span: Span) -> SpanView {
    SpanView { start: span.start().to_string(), end: span.end().to_string() }
}

fn column(
    schedule: ScheduleLine,
    table: &Timetable,
    diary: &[Entry],
    entries: &[BoardEntry],
    window: Span,
    now: Instant,
) -> ColumnView {
    let of = |what: What| {
        diary.iter().filter(move |entry| entry.what == what && entry.is_live(now)).filter_map(Entry::span)
    };
    let within = |span: Span| span.shared(window);
    let mut open: Vec<Span> = Vec::new();
    for session in &table.sessions {
        // Whatever it offers: the board shows when somebody is there.
        let any = Timetable {
            sessions: vec![crate::model::Session { services: Vec::new(), ..session.clone() }],
            ..table.clone()
        };
        open.extend(decide::open(&any, None, window).into_iter().filter_map(|open| within(open.span)));
    }
    open.extend(of(What::Opening).filter_map(within));
    open.sort_unstable();
    let own: Vec<BoardEntry> =
        entries.iter().filter(|entry| entry.appointment.schedules.contains(&schedule.id)).cloned().collect();
    let is_shown = |holder: &str| own.iter().any(|entry| entry.appointment.id == holder);
    let hidden = diary.iter().filter(|entry| entry.what == What::Visit && entry.is_live(now));
    ColumnView {
        open: open.into_iter().map(view).collect(),
        absences: of(What::Absence).filter_map(within).map(view).collect(),
        hidden: hidden
            .filter(|entry| !is_shown(&entry.holder))
            .filter_map(Entry::span)
            .filter_map(within)
            .map(view)
            .collect(),
        entries: own,
        schedule,
    }
}

/// The appointments of these Schedules that begin in the window, with who comes and for what. Cancelled ones are in no
/// diary, so they are searched for.
async fn entries(
    house: &House,
    tables: &[Timetable],
    window: Span,
    visibility: Visibility,
) -> Result<Vec<BoardEntry>, Refusal> {
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    let actors: BTreeSet<&str> = tables.iter().map(|table| table.actor.as_str()).collect();
    let pairs = [
        ("_sort".to_owned(), "date".to_owned()),
        ("date".to_owned(), format!("ge{}", window.start())),
        ("date".to_owned(), format!("lt{}", window.end())),
        ("actor".to_owned(), actors.into_iter().collect::<Vec<_>>().join(",")),
    ];
    let kind = resource_type("Appointment")?;
    let found = search(house, kind, &pairs, visibility, BOARD_ENTRIES_MAX, None).await?;
    let views = views(&found)?;
    named(house, views).await
}

pub(super) fn views(found: &Found) -> Result<Vec<AppointmentView>, Refusal> {
    let mut views = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        let version = row.stored.document.version;
        views.extend(row.stored.resource()?.map(|resource| AppointmentView::new(&resource, version)));
    }
    Ok(views)
}

/// What patients asked for and nobody has answered yet, within what the caller may see.
pub async fn requests(house: &House, now: Instant, visibility: Visibility) -> Result<RequestPage, Refusal> {
    let pairs = [("_sort".to_owned(), "date".to_owned()), ("status".to_owned(), "pending".to_owned())];
    let kind = resource_type("Appointment")?;
    let found = search(house, kind, &pairs, visibility, BOARD_ENTRIES_MAX, None).await?;
    let mut views = views(&found)?;
    let lapses = |view: &AppointmentView| view.held_until.as_deref().and_then(Instant::parse);
    views.retain(|view| view.is_request && lapses(view).is_none_or(|until| until > now));
    Ok(RequestPage { requests: named(house, views).await?, has_more: found.next.is_some() })
}

/// With who comes and for what.
pub(super) async fn named(house: &House, views: Vec<AppointmentView>) -> Result<Vec<BoardEntry>, Refusal> {
    let mut wanted = BTreeSet::new();
    for view in &views {
        wanted.extend(view.patient.as_ref().map(|id| ("Patient", id.clone())));
        wanted.extend(view.service.as_ref().map(|id| ("HealthcareService", id.clone())));
    }
    let wanted: Vec<_> = wanted
        .into_iter()
        .map(|(kind, id)| Ok((resource_type(kind)?, id)))
        .collect::<Result<_, galen_kernel::Fault>>()?;
    let (mut people, mut services) = (BTreeMap::new(), BTreeMap::new());
    for stored in house.records.get_many(&wanted).await? {
        let Some(resource) = stored.resource()? else { continue };
        let id = resource.id().unwrap_or_default().to_owned();
        if resource.resource_type().name() == "Patient" {
            people.insert(id, who(&resource));
        } else {
            services.extend(called(&resource).map(|name| (id, name)));
        }
    }
    let entry = |appointment: AppointmentView| BoardEntry {
        who: appointment.patient.as_ref().and_then(|id| people.get(id)).cloned(),
        service_name: appointment.service.as_ref().and_then(|id| services.get(id)).cloned(),
        appointment,
    };
    Ok(views.into_iter().map(entry).collect())
}

pub(super) fn who(patient: &Resource) -> WhoView {
    let json = patient.json();
    // The official name, if one is marked: the others are nicknames and own scripts.
    let official = json.list("name").find(|name| name.str("use") == Some("official"));
    let name = official.or_else(|| json.list("name").next());
    let number = json.list("identifier").find(|one| one.str("system") == Some(NHS_NUMBER_SYSTEM));
    let given = name.into_iter().flat_map(|name| name.list("given")).filter_map(Json::as_str);
    WhoView {
        id: patient.id().unwrap_or_default().to_owned(),
        nhs_number: number.and_then(|one| one.str("value")).map(str::to_owned),
        family: name.and_then(|name| name.str("family")).map(str::to_owned),
        given: given.map(str::to_owned).collect(),
        birth_date: json.str("birthDate").map(str::to_owned),
        gender: json.str("gender").map(str::to_owned),
    }
}
