//! What messaging reads of FHIR resources: Appointments, Patients, Locations. Pure.

use crate::decide::{AppointmentNow, Recipient};
use crate::model::calendar::{Event, Standing, uid};
use crate::model::reply::international;
use crate::model::{Channel, Language};
use galen_fhir::{Json, ParsedReference, Resource};
use galen_kernel::{Instant, PatientId, Phi};
use jiff::tz::TimeZone;

/// R4's extension that says in which zone a place is.
const TIME_ZONE_EXTENSION: &str = "http://hl7.org/fhir/StructureDefinition/timezone";
/// Scheduling's extension that says until when a time is kept.
const HELD_UNTIL_EXTENSION: &str = "https://galen.health/fhir/StructureDefinition/held-until";

/// Until when whoever was asked may answer: scheduling keeps the time for them until then.
pub fn answer_by(appointment: &Resource) -> Option<Instant> {
    let mut all = appointment.json().list("extension");
    let held = all.find(|one| one.str("url") == Some(HELD_UNTIL_EXTENSION))?;
    held.str("valueInstant").and_then(Instant::parse)
}

/// An Appointment's status and start.
pub fn appointment_now(appointment: &Resource) -> AppointmentNow {
    let json = appointment.json();
    AppointmentNow {
        status: json.str("status").unwrap_or_default().to_owned(),
        start: json.str("start").and_then(Instant::parse),
    }
}

/// The ids of an Appointment's participants of this type.
pub fn participants(appointment: &Resource, wanted: &str) -> Vec<String> {
    let actors = appointment.json().list("participant").filter_map(|one| one.str_at(&["actor", "reference"]));
    actors.filter_map(|text| id_of(text, wanted)).collect()
}

fn id_of(reference: &str, wanted: &str) -> Option<String> {
    ParsedReference::local_id(reference, wanted).map(str::to_owned)
}

/// Whose appointment it is now: records that were merged moved it.
pub fn patient_of(appointment: &Resource) -> Option<PatientId> {
    participants(appointment, "Patient").into_iter().find_map(|id| PatientId::parse(id).ok())
}

/// A patient's contacts and name.
#[derive(Debug, Clone, Default)]
pub struct Contacts {
    /// The name, as a letter begins with it.
    pub name: Phi<String>,
    /// The e-mail address.
    pub email: Option<Phi<String>>,
    /// The mobile number, as the whole world dials it.
    pub mobile: Option<Phi<String>>,
    /// What the rules look at.
    pub recipient: Recipient,
}

/// Reads a Patient.
pub fn contacts(patient: &Resource, country: &str, now: Instant) -> Contacts {
    let json = patient.json();
    let email =
        telecom(json, "email", now).find(|text| text.contains('@')).map(|text| Phi::new(text.to_owned()));
    let mut mobile = telecom(json, "phone", now).chain(telecom(json, "sms", now));
    let mobile = mobile.find_map(|text| international(text, country)).map(Phi::new);
    let mut reachable = vec![Channel::InApp];
    reachable.extend(email.as_ref().map(|_| Channel::Email));
    reachable.extend(mobile.as_ref().map(|_| Channel::Sms));
    let recipient = Recipient { is_deceased: patient.is_deceased(), reachable, language: language(json) };
    Contacts { name: Phi::new(name(json)), email, mobile, recipient }
}

/// The current contacts of a system, in the order in which they are to be used (`rank`, then mobile before others).
/// A landline is no place for a text message; where no use is said, it may be a mobile.
fn telecom<'j>(patient: &'j Json, system: &'j str, now: Instant) -> impl Iterator<Item = &'j str> {
    let is_usable = move |one: &&Json| {
        let ended = one.str_at(&["period", "end"]).and_then(galen_fhir::temporal::parse);
        let is_landline = system == "phone" && matches!(one.str("use"), Some("home" | "work"));
        one.str("system") == Some(system)
            && one.str("use") != Some("old")
            && !is_landline
            && ended.is_none_or(|end| end.high > now.micros())
    };
    let mut found: Vec<&Json> = patient.list("telecom").filter(is_usable).collect();
    found.sort_by_key(|one| {
        (one.get("rank").and_then(Json::as_i64).unwrap_or(i64::MAX), one.str("use") != Some("mobile"))
    });
    found.into_iter().filter_map(|one| one.str("value")).map(str::trim).filter(|text| !text.is_empty())
}

fn language(patient: &Json) -> Option<Language> {
    let is_preferred = |one: &&Json| one.get("preferred").and_then(Json::as_bool).unwrap_or(false);
    let spoken = || patient.list("communication");
    let of = |one: &Json| {
        let mut codes = one.get("language")?.list("coding").filter_map(|coding| coding.str("code"));
        codes.find_map(Language::of_tag)
    };
    spoken().find(is_preferred).and_then(of).or_else(|| spoken().find_map(of))
}

fn name(patient: &Json) -> String {
    let names = || patient.list("name").filter(|one| one.str("use") != Some("old"));
    let Some(name) = names().find(|one| one.str("use") == Some("usual")).or_else(|| names().next()) else {
        return String::new();
    };
    let given = name.list("given").filter_map(Json::as_str).take(1);
    let words: Vec<&str> = given.chain(name.str("family")).collect();
    if words.is_empty() { name.str("text").unwrap_or_default().to_owned() } else { words.join(" ") }
}

/// What is told of a place.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// Its name.
    pub name: Option<String>,
    /// Its zone.
    pub zone: Option<TimeZone>,
    /// The place that it is part of.
    pub part_of: Option<String>,
}

/// Reads a Location.
pub fn place(location: &Resource) -> Place {
    let json = location.json();
    let zone = json.list("extension").find(|one| one.str("url") == Some(TIME_ZONE_EXTENSION));
    Place {
        name: json.str("name").map(str::to_owned),
        zone: zone.and_then(|one| TimeZone::get(one.str("valueCode")?).ok()),
        part_of: json.str_at(&["partOf", "reference"]).and_then(|text| id_of(text, "Location")),
    }
}

/// An Appointment as an event of a calendar; none where it has no time, or is no real one.
pub fn calendar_event(
    appointment: &Resource,
    summary: &str,
    location: Option<&str>,
    stamp: Instant,
) -> Option<Event> {
    let json = appointment.json();
    let standing = match json.str("status")? {
        "booked" | "arrived" | "checked-in" | "fulfilled" => Standing::Confirmed,
        "pending" | "proposed" => Standing::Tentative,
        // Whoever was told of a mistake takes it out of the calendar.
        "cancelled" | "noshow" | "entered-in-error" => Standing::Cancelled,
        _ => return None,
    };
    let version = appointment.version_id().and_then(|text| text.parse::<u64>().ok()).unwrap_or(1);
    Some(Event {
        uid: uid(appointment.id()?),
        sequence: version.saturating_sub(1),
        stamp,
        start: json.str("start").and_then(Instant::parse)?,
        end: json.str("end").and_then(Instant::parse),
        summary: summary.to_owned(),
        location: location.map(str::to_owned),
        standing,
        organizer: None,
        attendee: None,
    })
}
