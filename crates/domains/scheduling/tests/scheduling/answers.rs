//! Answers to reminders, as messaging tells of them.

use crate::api::Clinic;
use galen_audit::Interaction;
use galen_contracts::messaging::ReminderAnsweredV1;
use galen_kernel::PatientId;
use galen_records::Change;
use galen_service::observe::{Draft, commit};
use galen_store::{Operation, ShardId};

async fn answer(clinic: &Clinic, appointment: &str, accepted: bool) {
    let context = clinic.ward.context("clerk").await;
    let mut change = Change::new();
    let patient = PatientId::parse(clinic.patient.clone()).unwrap();
    change.event(&ReminderAnsweredV1 { appointment: appointment.to_owned(), patient, accepted });
    // An event goes with a change.
    change.push(ShardId(0), Operation::Add { balance: "answers".to_owned(), delta: 1, floor: 0 });
    let draft = Draft::new("reminder-reply", Interaction::Execute);
    commit(&clinic.ward.house, &context, draft, change).await.unwrap().unwrap();
    for _ in 0..2 {
        clinic.ward.house.bus.relay_once().await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_is_kept_and_staff_are_asked_only_where_somebody_does_not_come() {
    let clinic = Clinic::open().await;
    let booked = clinic.book("2026-09-22T09:00:00.000Z").await;
    let id = booked["id"].as_str().unwrap();
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let of = async |kind: &str, query: &str| {
        let found = fhir.get(&format!("/{kind}?{query}")).await.expect(200).json();
        found["entry"].as_array().map(Vec::len).unwrap_or_default()
    };
    let tasks = format!("focus=Appointment/{id}&code=offer-another-appointment");
    answer(&clinic, id, true).await;
    assert_eq!(
        of("AppointmentResponse", &format!("appointment=Appointment/{id}&part-status=accepted")).await,
        1
    );
    assert_eq!(of("Task", &tasks).await, 0);
    answer(&clinic, id, false).await;
    assert_eq!(
        of("AppointmentResponse", &format!("appointment=Appointment/{id}&part-status=declined")).await,
        1
    );
    assert_eq!(of("Task", &tasks).await, 1);
    answer(&clinic, "nobody-knows-it", false).await;
    assert_eq!(of("AppointmentResponse", "part-status=declined").await, 1);
}
