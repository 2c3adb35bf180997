//! Appointments, Schedules and Slots that come in by FHIR pass the same rules.

use crate::api::Clinic;
use serde_json::{Value, json};

const NINE: &str = "2026-09-22T08:00:00Z";
const PAST_NINE: &str = "2026-09-22T08:20:00Z";

fn appointment(clinic: &Clinic, status: &str, start: &str, end: &str) -> Value {
    let actor = |reference: String| json!({ "actor": { "reference": reference }, "status": "accepted" });
    json!({
        "resourceType": "Appointment", "status": status, "start": start, "end": end,
        "participant": [
            actor(format!("Patient/{}", clinic.patient)), actor("Practitioner/7".into()), actor("Location/12".into()),
        ],
    })
}

async fn clinic() -> Clinic {
    let clinic = Clinic::open().await;
    for (kind, id) in [("Practitioner", "7"), ("Location", "12"), ("Practitioner", "8")] {
        let body = json!({ "resourceType": kind, "id": id });
        clinic.ward.as_user("fhir").put(&format!("/fhir/{kind}/{id}"), &body).await.expect(201);
    }
    clinic
}

#[tokio::test]
async fn an_appointment_by_fhir_takes_its_time_and_gives_it_back() {
    let clinic = clinic().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let new = appointment(&clinic, "booked", NINE, PAST_NINE);
    let id = fhir.create(&new).await;
    let stored = fhir.get(&format!("/Appointment/{id}")).await.expect(200).json();
    assert_eq!(stored["extension"].as_array().unwrap().len(), 3, "{stored}");
    let refused = fhir.post("/Appointment", &new).await.expect(409).text();
    assert!(refused.contains("already-booked") || refused.contains("taken"), "{refused}");
    clinic.ward.as_user("clerk").post("/api/appointments", &clinic.wanted(NINE)).await.expect(409);
    let times = clinic.times("clerk", "2026-09-22T00:00:00Z", "2026-09-22T09:00:00Z").await;
    assert_eq!(times, ["2026-09-22T08:20:00.000Z", "2026-09-22T08:40:00.000Z"]);

    let put = |change: &dyn Fn(&mut Value)| {
        let mut next = stored.clone();
        change(&mut next);
        next
    };
    let path = format!("/Appointment/{id}");
    fhir.put(&path, &put(&|next| next["status"] = json!("fulfilled"))).await.expect(409);
    let moved = put(&|next| {
        next["start"] = json!("2026-09-22T09:00:00Z");
        next["end"] = json!("2026-09-22T09:20:00Z");
    });
    fhir.put(&path, &moved).await.expect(200);
    clinic.book(NINE).await;
    let night = put(&|next| {
        next["start"] = json!("2026-09-22T22:00:00Z");
        next["end"] = json!("2026-09-22T22:20:00Z");
    });
    fhir.put(&path, &night).await.expect(422);
    let mut cancelled = moved.clone();
    cancelled["status"] = json!("cancelled");
    fhir.put(&path, &cancelled).await.expect(200);
    let times = clinic.times("clerk", "2026-09-22T09:00:00Z", "2026-09-22T09:20:00Z").await;
    assert_eq!(times.len(), 1);

    let other =
        fhir.create(&appointment(&clinic, "booked", "2026-09-22T09:00:00Z", "2026-09-22T09:20:00Z")).await;
    fhir.delete(&format!("/Appointment/{other}")).await.expect(204);
    let times = clinic.times("clerk", "2026-09-22T09:00:00Z", "2026-09-22T09:20:00Z").await;
    assert_eq!(times.len(), 1);
}

#[tokio::test]
async fn what_is_of_nobody_here_is_kept_as_it_comes() {
    let clinic = clinic().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let mut elsewhere = appointment(&clinic, "booked", "2013-12-10T09:03:00Z", "2013-12-10T11:00:00Z");
    elsewhere["participant"] = json!([{ "actor": { "reference": "Practitioner/8" }, "status": "accepted" }]);
    fhir.create(&elsewhere).await;
    fhir.create(&elsewhere).await;
    let history = appointment(&clinic, "fulfilled", "2013-12-10T09:03:00Z", "2013-12-10T11:00:00Z");
    fhir.create(&history).await;
    let slot = json!({ "resourceType": "Slot", "schedule": { "reference": "Schedule/elsewhere" }, "status": "free",
                       "start": NINE, "end": PAST_NINE });
    let schedule = json!({ "resourceType": "Schedule", "id": "elsewhere", "actor": [{ "reference": "Practitioner/8" }] });
    fhir.put("/Schedule/elsewhere", &schedule).await.expect(201);
    fhir.create(&slot).await;
}

#[tokio::test]
async fn slots_of_a_schedule_of_ours_close_and_open_it() {
    let clinic = clinic().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let slot = json!({ "resourceType": "Slot", "schedule": { "reference": format!("Schedule/{}", clinic.doctor) },
                       "status": "busy-unavailable", "start": NINE, "end": "2026-09-22T16:00:00Z" });
    let id = fhir.create(&slot).await;
    let day = ("2026-09-22T00:00:00Z", "2026-09-23T00:00:00Z");
    assert_eq!(clinic.times("clerk", day.0, day.1).await.len(), 0);
    let mut shorter = slot.clone();
    (shorter["id"], shorter["end"]) = (json!(id), json!("2026-09-22T15:00:00Z"));
    fhir.put(&format!("/Slot/{id}"), &shorter).await.expect(200);
    assert_eq!(clinic.times("clerk", day.0, day.1).await.len(), 3);
    fhir.delete(&format!("/Slot/{id}")).await.expect(204);
    assert_eq!(clinic.times("clerk", day.0, day.1).await.len(), 24);
}

#[tokio::test]
async fn who_is_there_already_comes_in_after_the_beginning_and_others_do_not() {
    let clinic = clinic().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let (start, end) = ("2026-09-21T14:00:00Z", "2026-09-21T14:20:00Z");
    fhir.post("/Appointment", &appointment(&clinic, "booked", start, end)).await.expect(422);
    fhir.post("/Appointment", &appointment(&clinic, "arrived", start, end)).await.expect(201);
    fhir.post("/Appointment", &appointment(&clinic, "checked-in", start, end)).await.expect(409);
    let past = appointment(&clinic, "fulfilled", "2026-09-18T14:00:00Z", "2026-09-18T14:20:00Z");
    fhir.post("/Appointment", &past).await.expect(201);
}

#[tokio::test]
async fn what_the_routes_do_not_let_somebody_do_fhir_does_not_either() {
    let clinic = clinic().await;
    let path = format!("/fhir/Schedule/{}", clinic.doctor);
    let schedule = clinic.ward.as_user("fhir").get(&path).await.expect(200).json();
    let slot = json!({ "resourceType": "Slot", "schedule": { "reference": format!("Schedule/{}", clinic.doctor) },
                       "status": "busy-unavailable", "start": NINE, "end": "2026-09-22T16:00:00Z" });
    for user in ["doctor", "clerk"] {
        clinic.ward.as_user(user).put(&path, &schedule).await.expect(403);
        clinic.ward.as_user(user).post("/fhir/Slot", &slot).await.expect(403);
    }
    clinic.ward.as_user("admin").put(&path, &schedule).await.expect(200);
}

#[tokio::test]
async fn one_transaction_books_a_day_once() {
    let clinic = clinic().await;
    let fhir = clinic.ward.as_user("fhir").at("/fhir");
    let entry = |start: &str, end: &str| json!({ "resource": appointment(&clinic, "booked", start, end), "request": { "method": "POST", "url": "Appointment" } });
    let both = [entry(NINE, PAST_NINE), entry("2026-09-22T09:00:00Z", "2026-09-22T09:20:00Z")];
    let mut bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": both });
    let refused = fhir.post("", &bundle).await.expect(422).text();
    assert!(refused.contains("same day"), "{refused}");
    assert_eq!(clinic.times("clerk", NINE, PAST_NINE).await.len(), 1, "nothing was half done");
    bundle["type"] = json!("batch");
    fhir.post("", &bundle).await.expect(200);
    assert_eq!(clinic.times("clerk", NINE, PAST_NINE).await.len(), 0);
}
