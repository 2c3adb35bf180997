//! What messaging does when it hears of appointments: it plans what the patient is told, and asks staff where they must act.

use crate::decide::{self, Around, Known, Occurrence};
use crate::events::evolve;
use crate::fhir;
use crate::jobs::{messaging, site};
use crate::model::{Channel, Language, Purpose};
use crate::{queries, store};
use galen_bus::Delivery;
use galen_contracts::scheduling::{
    AppointmentBookedV1, AppointmentCancelledV1, AppointmentOfferedV1, AppointmentRequestedV1,
    AppointmentRescheduledV1, WaitingEndedV1,
};
use galen_fhir::Resource;
use galen_kernel::{Contract, Fault, Instant, PatientId};
use galen_records::Change;
use galen_service::House;
use galen_service::reaction::{Reaction, StaffTask};
use galen_store::Expected;

const EVENTS: &[&str] = &[
    AppointmentBookedV1::NAME,
    AppointmentRequestedV1::NAME,
    AppointmentRescheduledV1::NAME,
    AppointmentCancelledV1::NAME,
    AppointmentOfferedV1::NAME,
    WaitingEndedV1::NAME,
];

/// Plans messages.
pub const PLAN: Reaction = Reaction {
    name: "messaging-plan",
    events: EVENTS,
    react: |house, delivery| {
        Box::pin(async move {
            match Heard::of(delivery) {
                Some(heard) => plan(house, delivery, &heard).await.map(Some),
                None => Ok(None),
            }
        })
    },
};

/// Makes a Task for staff of what a patient asked for or did.
pub const TELL_STAFF: Reaction = Reaction {
    name: "messaging-tell-staff",
    events: EVENTS,
    react: |house, delivery| {
        Box::pin(async move {
            let Some(heard) = Heard::of(delivery).filter(|heard| heard.by_patient) else { return Ok(None) };
            let mut task = task(&heard, &delivery.id, delivery.at)?;
            let mut change = Change::new();
            change.put(&house.records, &mut task, Expected::Absent, delivery.at);
            Ok(Some(change))
        })
    },
};

/// What the events say alike.
struct Heard {
    purpose: Purpose,
    appointment: String,
    patient: PatientId,
    version: u64,
    by_patient: bool,
}

impl Heard {
    fn of(delivery: &Delivery) -> Option<Self> {
        let envelope = &delivery.envelope;
        macro_rules! heard {
            ($event:expr, $purpose:ident, $by_patient:expr) => {{
                let event = $event;
                return Some(Self {
                    purpose: Purpose::$purpose,
                    by_patient: $by_patient(&event),
                    appointment: event.appointment,
                    patient: event.patient,
                    version: event.version,
                });
            }};
        }
        if let Some(event) = AppointmentBookedV1::read(envelope) {
            heard!(event, AppointmentBooked, |one: &AppointmentBookedV1| one.by_patient);
        }
        if let Some(event) = AppointmentRequestedV1::read(envelope) {
            heard!(event, AppointmentRequested, |_: &AppointmentRequestedV1| true);
        }
        if let Some(event) = AppointmentRescheduledV1::read(envelope) {
            heard!(event, AppointmentRescheduled, |one: &AppointmentRescheduledV1| one.by_patient);
        }
        if let Some(event) = AppointmentOfferedV1::read(envelope) {
            heard!(event, AppointmentOffered, |_: &AppointmentOfferedV1| false);
        }
        // Whoever left the list knows it.
        if let Some(event) = WaitingEndedV1::read(envelope) {
            if event.by_patient {
                return None;
            }
            heard!(event, WaitingEnded, |_: &WaitingEndedV1| false);
        }
        let event = AppointmentCancelledV1::read(envelope)?;
        heard!(event, AppointmentCancelled, |one: &AppointmentCancelledV1| one.by_patient)
    }
}

async fn plan(house: &House, delivery: &Delivery, heard: &Heard) -> Result<Change, Fault> {
    let (messaging, now) = (messaging(house), house.clock.now());
    let appointment = house.records.resource("Appointment", &heard.appointment).await?;
    let site = site(house, &messaging.customs, appointment.as_ref()).await?;
    let stored = queries::about(house, &heard.patient, &heard.appointment).await?;
    let known: Vec<Known> =
        stored.iter().map(|one| Known { id: one.id.clone(), message: one.value.clone() }).collect();
    let occurrence = Occurrence {
        purpose: heard.purpose,
        patient: heard.patient.clone(),
        appointment: heard.appointment.clone(),
        version: heard.version,
        start: appointment.as_ref().and_then(|one| fhir::appointment_now(one).start),
        answer_by: match heard.purpose {
            Purpose::AppointmentOffered => appointment.as_ref().and_then(fhir::answer_by),
            _ => None,
        },
    };
    let as_planned = as_planned(house, &heard.patient).await?;
    let planned = decide::plan(&occurrence, &known, as_planned, &site.zone, now);
    let mut change = Change::new();
    let shard = store::shard_of(house, &heard.patient);
    for (part, message) in &planned.queue {
        let id = store::message_id(house, &heard.patient, &delivery.id, delivery.at, part);
        change.push(shard, store::put_message(&id, Expected::Absent, message)?);
    }
    for (id, event) in &planned.drop {
        let Some(one) = stored.iter().find(|one| one.id == *id) else { continue };
        let mut message = one.value.clone();
        if evolve(&mut message, event) {
            change.push(shard, store::put_message(id, Expected::Version(one.version), &message)?);
        }
    }
    Ok(change)
}

/// The channel and language as they would be now; both are looked at again when the message goes out.
async fn as_planned(house: &House, patient: &PatientId) -> Result<(Channel, Language), Fault> {
    let messaging = messaging(house);
    let person = house.records.resource("Patient", patient.as_str()).await?;
    let customs = &messaging.customs;
    let recipient = person.map(|one| fhir::contacts(&one, &customs.country, house.clock.now()).recipient);
    let around = Around {
        appointment: None,
        recipient,
        preferences: store::preferences(house, patient).await?.1,
        outlets: messaging.channels(),
        opt_in: customs.opt_in,
        language: customs.language,
        zone: customs.zone.clone(),
    };
    Ok(decide::foreseen(&around))
}

/// The Task. Its id follows from the delivery, so that the same delivery can make it only once.
fn task(heard: &Heard, delivery: &str, at: Instant) -> Result<Resource, Fault> {
    let (code, text) = match heard.purpose {
        Purpose::AppointmentRequested => {
            ("answer-appointment-request", "Answer a request for an appointment")
        }
        Purpose::AppointmentRescheduled => ("note-appointment-moved", "A patient moved an appointment"),
        Purpose::AppointmentCancelled => ("note-appointment-cancelled", "A patient cancelled an appointment"),
        _ => ("note-appointment-booked", "A patient booked an appointment"),
    };
    StaffTask {
        id: format!("appointment-{delivery}"),
        code: (code, text),
        patient: &heard.patient,
        focus: Some(format!("Appointment/{}", heard.appointment)),
        at,
        input: Vec::new(),
    }
    .resource()
}
