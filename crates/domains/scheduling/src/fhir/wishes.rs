//! What somebody on the waiting list wishes, in an Appointment: `requestedPeriod` and `priority` are FHIR's, days, hours and
//! people have no place there.

use super::{DAYS, extension, extension_url, extensions, local_id, reference, set_extensions};
use crate::model::{Priority, Status, Wishes};
use galen_fhir::{Json, Resource, array, object};
use galen_kernel::Instant;
use jiff::civil::{Date, Time};

const WISHES: &str = "waiting-wishes";
const OFFERED: &str = "offered-start";

/// What is wished of a time: of who waits, or was offered one. An Appointment on the list that another system wrote wishes
/// whatever comes within its period.
pub fn read(appointment: &Resource) -> Option<Wishes> {
    let json = appointment.json();
    let own = extensions(json, WISHES).next();
    if own.is_none() && json.str("status") != Some(Status::Waitlist.code()) {
        return None;
    }
    let nothing = object! {};
    let own = own.unwrap_or(&nothing);
    let named = |name: &'static str| own.list("extension").filter(move |e| e.str("url") == Some(name));
    let one = |name: &'static str| named(name).next();
    let time = |name| one(name)?.str("valueTime")?.parse::<Time>().ok();
    let link = |e: &Json, kind: &str| Some(local_id(e.get("valueReference")?, kind)?.to_owned());
    let written = || json.str_at(&["meta", "lastUpdated"]).and_then(Instant::parse);
    let date = |end: &'static str| {
        json.str_at(&["requestedPeriod", "0", end]).and_then(|text| text.get(..10)?.parse::<Date>().ok())
    };
    let day = |code: &str| DAYS.iter().find(|(own, _)| *own == code).map(|(_, day)| *day);
    let replaces = one("replaces").and_then(|e| link(e, "Appointment"));
    let replaced = one("replacedStart").and_then(|e| e.str("valueInstant")).and_then(Instant::parse);
    Some(Wishes {
        priority: json.get("priority").and_then(Json::as_i64).map(Priority::of_number).unwrap_or_default(),
        since: json
            .str("created")
            .and_then(Instant::parse)
            .or_else(written)
            .unwrap_or(Instant::from_micros(0)),
        first: date("start").unwrap_or(Date::MIN),
        last: date("end").unwrap_or(Date::MAX),
        days: named("day").filter_map(|e| e.str("valueCode")).filter_map(day).collect(),
        hours: time("start").zip(time("end")),
        schedules: named("schedule").filter_map(|e| link(e, "Schedule")).collect(),
        clinic: one("clinic").and_then(|e| link(e, "Location")),
        notice_minutes: one("noticeMinutes")
            .and_then(|e| e.get("valueUnsignedInt"))
            .and_then(Json::as_i64)
            .unwrap_or(0),
        replaces: replaces.zip(replaced),
        offered: extensions(json, OFFERED)
            .filter_map(|e| e.str("valueInstant"))
            .filter_map(Instant::parse)
            .collect(),
    })
}

/// Writes what is wished; nothing is wished of what has a time for good. Priority and period stay: they say why it has that.
pub fn write(json: &mut Json, wishes: Option<&Wishes>) {
    let offered = wishes.map(|wishes| wishes.offered.as_slice()).unwrap_or_default();
    let offered = offered.iter().map(|at| extension(OFFERED, "valueInstant", at.to_string()));
    set_extensions(json, OFFERED, offered.collect());
    set_extensions(json, WISHES, wishes.map(parts).into_iter().collect());
    let (Some(wishes), Some(json)) = (wishes, json.as_object_mut()) else { return };
    json.insert("priority", wishes.priority.number());
    let mut period = object! {};
    for (end, date, unbounded) in [("start", wishes.first, Date::MIN), ("end", wishes.last, Date::MAX)] {
        if let (true, Some(period)) = (date != unbounded, period.as_object_mut()) {
            period.insert(end, date.to_string());
        }
    }
    if period.as_object().is_some_and(|period| !period.is_empty()) {
        json.insert("requestedPeriod", array![period]);
    }
}

fn parts(wishes: &Wishes) -> Json {
    let part = |url: &str, value: &str, of: Json| object! { "url" => url, value => of };
    let code = |day| DAYS.iter().find(|(_, own)| own == day).map_or("mon", |(code, _)| *code);
    let time = |time: Time| Json::from(format!("{:02}:{:02}:00", time.hour(), time.minute()));
    let mut all: Vec<Json> =
        wishes.days.iter().map(|day| part("day", "valueCode", code(day).into())).collect();
    if let Some((from, to)) = wishes.hours {
        all.push(part("start", "valueTime", time(from)));
        all.push(part("end", "valueTime", time(to)));
    }
    let schedules = wishes.schedules.iter();
    all.extend(schedules.map(|id| part("schedule", "valueReference", reference("Schedule", id))));
    all.extend(wishes.clinic.iter().map(|id| part("clinic", "valueReference", reference("Location", id))));
    all.push(part("noticeMinutes", "valueUnsignedInt", Json::from(wishes.notice_minutes)));
    if let Some((id, start)) = &wishes.replaces {
        all.push(part("replaces", "valueReference", reference("Appointment", id)));
        all.push(part("replacedStart", "valueInstant", start.to_string().into()));
    }
    object! { "url" => extension_url(WISHES), "extension" => Json::Array(all) }
}
