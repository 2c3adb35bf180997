//! Appointments.

use super::{codeable, extension, extensions, local_id, reference, resource, set_extensions, wishes};
use crate::events::{Event, evolve};
use crate::model::{ServiceRules, Span, Status, Visit};
use galen_fhir::{Json, Resource, array, object};
use galen_kernel::{Fault, Instant, PatientId, Phi};

/// Names the Schedules that an appointment takes: FHIR names Slots, of which Galen keeps none.
pub const APPOINTMENT_SCHEDULE: &str = "appointment-schedule";
const ARRIVED_AT: &str = "arrived-at";
const HELD_UNTIL: &str = "held-until";
const SEQUENCE: &str = "calendar-sequence";
const RETRACTION: &str = "retraction-reason";
const ZONE: &str = "appointment-zone";
/// System of the numbers of series: R4's Appointment knows of no recurrence.
pub const SERIES_SYSTEM: &str = "https://galen.health/fhir/appointment-series";
const CANCELLATION: &str = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason";

/// What a form adds to an appointment beside what the rules read.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// Why the patient comes, in a few words.
    pub description: Option<Phi<String>>,
    /// The series that it is one of.
    pub series: Option<String>,
}

/// Whom an appointment takes, and where its local times are.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// Who and what the Schedules are of.
    pub actors: Vec<String>,
    /// IANA name of the zone of the first Schedule.
    pub zone: Option<String>,
}

/// Says why it should never have been written.
pub fn set_retraction(appointment: &mut Resource, reason: &Phi<String>) {
    let reason = extension(RETRACTION, "valueString", reason.reveal().as_str());
    set_extensions(appointment.json_mut(), RETRACTION, vec![reason]);
}

/// The series that an appointment is one of.
pub fn series(appointment: &Resource) -> Option<&str> {
    let mut all = appointment.json().list("identifier");
    all.find(|one| one.str("system") == Some(SERIES_SYSTEM)).and_then(|one| one.str("value"))
}

/// The zone that an appointment's local times are told in.
pub fn zone(appointment: &Resource) -> Option<&str> {
    extensions(appointment.json(), ZONE).find_map(|e| e.str("valueCode"))
}

/// What the rules read of an Appointment.
pub fn visit(appointment: &Resource) -> Visit {
    let json = appointment.json();
    let instant = |name: &str| json.str(name).and_then(Instant::parse);
    let participant =
        |kind: &'static str| json.list("participant").filter_map(move |p| local_id(p.get("actor")?, kind));
    let schedules = extensions(json, APPOINTMENT_SCHEDULE)
        .filter_map(|e| local_id(e.get("valueReference")?, "Schedule"))
        .map(str::to_owned);
    // Where the patient is asked it is an offer.
    let needs_action = |p: &Json| {
        let is_patient = p.get("actor").is_some_and(|actor| local_id(actor, "Patient").is_some());
        p.str("status") == Some("needs-action") && !is_patient
    };
    let sequence = extensions(json, SEQUENCE).find_map(|e| e.get("valueUnsignedInt")).and_then(Json::as_i64);
    Visit {
        id: appointment.id().unwrap_or_default().to_owned(),
        status: json.str("status").and_then(Status::of_code).unwrap_or(Status::Proposed),
        span: instant("start").zip(instant("end")).and_then(|(start, end)| Span::new(start, end)),
        patient: participant("Patient").find_map(|id| PatientId::parse(id).ok()),
        schedules: schedules.collect(),
        service: participant("HealthcareService").next().map(str::to_owned),
        until: extensions(json, HELD_UNTIL).find_map(|e| e.str("valueInstant")).and_then(Instant::parse),
        arrived: extensions(json, ARRIVED_AT).find_map(|e| e.str("valueInstant")).and_then(Instant::parse),
        is_request: json.str("status") == Some(Status::Pending.code())
            && json.list("participant").any(needs_action),
        sequence: sequence.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        wishes: wishes::read(appointment),
    }
}

/// A new Appointment, not placed yet.
pub fn appointment(
    id: &str,
    patient: &PatientId,
    service: Option<&ServiceRules>,
    details: &Details,
    now: Instant,
) -> Result<Resource, Fault> {
    let mut participants = vec![participant("Patient", patient.as_str())];
    participants.extend(service.map(|service| participant("HealthcareService", &service.id)));
    let mut json = object! {
        "resourceType" => "Appointment", "id" => id, "status" => Status::Proposed.code(),
        "created" => now.to_string(), "participant" => Json::Array(participants),
    };
    if let Some(json) = json.as_object_mut() {
        if let Some(service) = service {
            json.insert("serviceType", array![object! { "text" => service.name.as_str() }]);
            if let Some(preparation) = &service.preparation {
                json.insert("patientInstruction", preparation.as_str());
            }
        }
        if let Some(series) = &details.series {
            let identifier = object! { "system" => SERIES_SYSTEM, "value" => series.as_str() };
            json.insert("identifier", array![identifier]);
        }
        if let Some(text) = &details.description {
            json.insert("description", text.reveal().as_str());
        }
    }
    resource(json)
}

fn participant(kind: &str, id: &str) -> Json {
    object! { "actor" => reference(kind, id), "required" => "required", "status" => "accepted" }
}

/// What happened, written into the resource. `taken` is of the Schedules that it takes now.
pub fn apply(appointment: &mut Resource, event: &Event, taken: &Taken) {
    let before = visit(appointment);
    let mut after = before.clone();
    evolve(&mut after, event);
    let json = appointment.json_mut();
    match event {
        Event::Placed { span, schedules, is_request, .. } => {
            let asked = if *is_request { Asked::Staff } else { Asked::Nobody };
            place(json, *span, schedules, taken, asked);
        }
        Event::Offered { span, schedules, .. } => place(json, *span, schedules, taken, Asked::Patient),
        Event::Returned => unplace(json),
        Event::Joined(_) | Event::Stepped { .. } => {}
    }
    wishes::write(json, after.wishes.as_ref());
    let until = after.until.map(|until| extension(HELD_UNTIL, "valueInstant", until.to_string()));
    set_extensions(json, HELD_UNTIL, until.into_iter().collect());
    let arrived = after.arrived.map(|at| extension(ARRIVED_AT, "valueInstant", at.to_string()));
    set_extensions(json, ARRIVED_AT, arrived.into_iter().collect());
    let sequence = (after.sequence > 0).then(|| extension(SEQUENCE, "valueUnsignedInt", after.sequence));
    set_extensions(json, SEQUENCE, sequence.into_iter().collect());
    let Some(json) = json.as_object_mut() else { return };
    json.insert("status", after.status.code());
    if let Event::Stepped { reason: Some(reason), .. } = event {
        json.insert("cancelationReason", codeable(CANCELLATION, reason.code()));
    }
}

/// Who must still say yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nobody,
    Staff,
    Patient,
}

fn place(json: &mut Json, span: Span, schedules: &[String], taken: &Taken, asked: Asked) {
    let links = schedules
        .iter()
        .map(|id| extension(APPOINTMENT_SCHEDULE, "valueReference", reference("Schedule", id)));
    set_extensions(json, APPOINTMENT_SCHEDULE, links.collect());
    set_zone(json, taken.zone.as_deref());
    replace_actors(json, &taken.actors, asked);
    if let Some(json) = json.as_object_mut() {
        json.insert("start", span.start().to_string());
        json.insert("end", span.end().to_string());
        json.insert("minutesDuration", span.minutes());
    }
}

/// Takes its time away: whoever was offered it waits on.
fn unplace(json: &mut Json) {
    set_extensions(json, APPOINTMENT_SCHEDULE, Vec::new());
    set_zone(json, None);
    replace_actors(json, &[], Asked::Nobody);
    if let Some(json) = json.as_object_mut() {
        for member in ["start", "end", "minutesDuration"] {
            json.remove(member);
        }
    }
}

/// Says in which zone its local times are told.
pub fn set_zone(json: &mut Json, zone: Option<&str>) {
    let zone = zone.map(|name| extension(ZONE, "valueCode", name));
    set_extensions(json, ZONE, zone.into_iter().collect());
}

/// Patients and services stay; who else took part gives way to the actors of the Schedules.
fn replace_actors(json: &mut Json, actors: &[String], asked: Asked) {
    let of = |p: &Json, kind: &str| p.get("actor").is_some_and(|actor| local_id(actor, kind).is_some());
    let status = |is_asked: bool| if is_asked { "needs-action" } else { "accepted" };
    let stays = |p: &&Json| ["Patient", "HealthcareService", "RelatedPerson"].iter().any(|kind| of(p, kind));
    let mut all: Vec<Json> = json.list("participant").filter(stays).cloned().collect();
    for patient in all.iter_mut().filter(|p| of(p, "Patient")) {
        if let Some(patient) = patient.as_object_mut() {
            patient.insert("status", status(asked == Asked::Patient));
        }
    }
    all.extend(actors.iter().map(|actor| {
        object! {
            "actor" => object! { "reference" => actor.as_str() }, "required" => "required",
            "status" => status(asked == Asked::Staff),
        }
    }));
    if let Some(json) = json.as_object_mut() {
        json.insert("participant", Json::Array(all));
    }
}
