//! What scheduling does when it hears that a patient answered a reminder: the answer is kept as FHIR's AppointmentResponse,
//! and if they do not come, staff are asked to see to it. The appointment stays: who texts `N` may want another time.
//! What became free is offered to whoever waits for it.

mod offering;

pub use offering::OFFER_TIME;

use galen_contracts::messaging::ReminderAnsweredV1;
use galen_fhir::{Resource, object};
use galen_kernel::{Contract, Fault, Instant};
use galen_records::Change;
use galen_records::resource_type;
use galen_service::reaction::{Reaction, StaffTask};
use galen_store::Expected;

/// Keeps answers to reminders.
pub const KEEP_ANSWER: Reaction = Reaction {
    name: "scheduling-keep-answer",
    events: &[ReminderAnsweredV1::NAME],
    react: |house, delivery| {
        Box::pin(async move {
            let Some(answer) = ReminderAnsweredV1::read(&delivery.envelope) else { return Ok(None) };
            if house.records.get(resource_type("Appointment")?, &answer.appointment).await?.is_none() {
                return Ok(None);
            }
            let mut change = Change::new();
            let mut response = response(&answer, &delivery.id)?;
            change.put(&house.records, &mut response, Expected::Absent, delivery.at);
            if !answer.accepted {
                let mut task = task(&answer, &delivery.id, delivery.at)?;
                change.put(&house.records, &mut task, Expected::Absent, delivery.at);
            }
            Ok(Some(change))
        })
    },
};

/// The answer. Its id follows from the delivery, so that the same delivery can make it only once.
fn response(answer: &ReminderAnsweredV1, delivery: &str) -> Result<Resource, Fault> {
    let status = if answer.accepted { "accepted" } else { "declined" };
    let json = object! {
        "resourceType" => "AppointmentResponse",
        "id" => format!("answer-{delivery}"),
        "appointment" => object! { "reference" => format!("Appointment/{}", answer.appointment) },
        "actor" => object! { "reference" => format!("Patient/{}", answer.patient) },
        "participantStatus" => status,
    };
    Resource::from_json(json).map_err(|issue| Fault::new("appointment response", issue.message))
}

fn task(answer: &ReminderAnsweredV1, delivery: &str, at: Instant) -> Result<Resource, Fault> {
    StaffTask {
        id: format!("declined-{delivery}"),
        code: ("offer-another-appointment", "A patient does not come: cancel or offer another time"),
        patient: &answer.patient,
        focus: Some(format!("Appointment/{}", answer.appointment)),
        at,
        input: Vec::new(),
    }
    .resource()
}
