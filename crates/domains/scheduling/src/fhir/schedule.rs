//! Schedules.

use super::{DAYS, extension, extension_url, extensions, local_id, reference, resource};
use crate::model::{Entry, Session, Span, Timetable, What, Zone};
use galen_fhir::{Json, Resource, array, object};
use galen_kernel::{Fault, Instant};
use jiff::civil::{Date, Time, Weekday};

const CLINIC: &str = "schedule-clinic";
const ZONE: &str = "schedule-zone";
const CAPACITY: &str = "schedule-capacity";
const SESSION: &str = "schedule-session";
const CLOSED: &str = "schedule-closed";

/// What the rules read of a Schedule; `None` for one without a time zone, which is somebody else's and cannot be booked here.
pub fn timetable(schedule: &Resource) -> Option<Timetable> {
    let json = schedule.json();
    let zone = extensions(json, ZONE).find_map(|e| e.str("valueCode")).and_then(Zone::parse)?;
    let capacity = extensions(json, CAPACITY).find_map(|e| e.get("valuePositiveInt")).and_then(Json::as_i64);
    let horizon = |end: &str| json.str_at(&["planningHorizon", end]).and_then(date);
    Some(Timetable {
        id: schedule.id().unwrap_or_default().to_owned(),
        active: json.get("active").and_then(Json::as_bool).unwrap_or(true),
        actor: json.list("actor").find_map(|actor| actor.str("reference")).unwrap_or_default().to_owned(),
        clinic: extensions(json, CLINIC)
            .find_map(|e| local_id(e.get("valueReference")?, "Location"))
            .map(str::to_owned),
        zone,
        capacity: capacity.and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
        sessions: extensions(json, SESSION).filter_map(session).collect(),
        from: horizon("start"),
        until: horizon("end"),
        closed: closed_days(schedule),
    })
}

/// The local days on which it is closed.
fn closed_days(schedule: &Resource) -> Vec<Date> {
    extensions(schedule.json(), CLOSED).filter_map(|e| e.str("valueDate")).filter_map(date).collect()
}

/// The date of a `date` or `dateTime`.
fn date(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

fn session(json: &Json) -> Option<Session> {
    let named = |name: &'static str| json.list("extension").filter(move |e| e.str("url") == Some(name));
    let time = |name| named(name).find_map(|e| e.str("valueTime")).and_then(|text| text.parse::<Time>().ok());
    let day = |code: &str| DAYS.iter().find(|(own, _)| *own == code).map(|(_, day)| *day);
    Some(Session {
        days: named("day").filter_map(|e| e.str("valueCode")).filter_map(day).collect(),
        start: time("start")?,
        end: time("end")?,
        services: named("service")
            .filter_map(|e| local_id(e.get("valueReference")?, "HealthcareService"))
            .map(str::to_owned)
            .collect(),
    })
}

fn session_extension(session: &Session) -> Json {
    let part = |url: &str, value: &str, of: Json| object! { "url" => url, value => of };
    let code = |day: &Weekday| DAYS.iter().find(|(_, own)| own == day).map_or("mon", |(code, _)| *code);
    let mut parts: Vec<Json> =
        session.days.iter().map(|day| part("day", "valueCode", code(day).into())).collect();
    let time = |time: Time| Json::from(format!("{:02}:{:02}:00", time.hour(), time.minute()));
    parts.push(part("start", "valueTime", time(session.start)));
    parts.push(part("end", "valueTime", time(session.end)));
    let service = |id: &String| part("service", "valueReference", reference("HealthcareService", id));
    parts.extend(session.services.iter().map(service));
    object! { "url" => extension_url(SESSION), "extension" => Json::Array(parts) }
}

/// The Schedule of a timetable.
pub fn schedule(timetable: &Timetable) -> Result<Resource, Fault> {
    let mut extensions = vec![
        extension(ZONE, "valueCode", timetable.zone.name()),
        extension(CAPACITY, "valuePositiveInt", timetable.capacity),
    ];
    let clinic = timetable.clinic.as_ref();
    extensions.extend(clinic.map(|id| extension(CLINIC, "valueReference", reference("Location", id))));
    extensions.extend(timetable.sessions.iter().map(session_extension));
    extensions.extend(timetable.closed.iter().map(|day| extension(CLOSED, "valueDate", day.to_string())));
    let mut json = object! {
        "resourceType" => "Schedule", "id" => timetable.id.as_str(), "extension" => Json::Array(extensions),
        "active" => Json::Bool(timetable.active),
        "actor" => array![object! { "reference" => timetable.actor.as_str() }],
    };
    let mut horizon = object! {};
    for (end, date) in [("start", timetable.from), ("end", timetable.until)] {
        if let (Some(date), Some(horizon)) = (date, horizon.as_object_mut()) {
            horizon.insert(end, date.to_string());
        }
    }
    if let Some(json) = json.as_object_mut()
        && horizon.as_object().is_some_and(|object| !object.is_empty())
    {
        json.insert("planningHorizon", horizon);
    }
    resource(json)
}

/// The Slot of an exception: leave is `busy-unavailable`, an extra session `free`.
pub fn exception_slot(
    id: &str,
    schedule: &str,
    entry: &Entry,
    comment: Option<&str>,
) -> Result<Resource, Fault> {
    let span = entry.span().ok_or(Fault::new("exception", "it has no time"))?;
    let status = if entry.what == What::Opening { "free" } else { "busy-unavailable" };
    let mut json = object! {
        "resourceType" => "Slot", "id" => id, "schedule" => reference("Schedule", schedule), "status" => status,
        "start" => span.start().to_string(), "end" => span.end().to_string(),
    };
    if let (Some(comment), Some(json)) = (comment, json.as_object_mut()) {
        json.insert("comment", comment);
    }
    resource(json)
}

/// Whose exception a Slot is (the Schedule's id), and when.
pub fn exception(slot: &Resource) -> Option<(String, Span)> {
    let json = slot.json();
    let instant = |name: &str| json.str(name).and_then(Instant::parse);
    let schedule = local_id(json.get("schedule")?, "Schedule")?.to_owned();
    Some((schedule, Span::new(instant("start")?, instant("end")?)?))
}
