//! The day of a clinic: who comes, when it is open, and what is kept from whom.

use crate::api::{Clinic, timetable};
use galen_audit::Interaction;
use galen_fhir::{ResourceType, array, object};
use galen_records::Change;
use galen_service::observe::{Draft, commit};
use galen_service::reaction::system_context;
use galen_store::Expected;
use serde_json::{Value, json};

const DAY: &str = "/api/clinics/outpatients/days/2026-09-22";
const TEN: &str = "2026-09-22T09:00:00.000Z";

async fn clinic() -> Clinic {
    let clinic = Clinic::open().await;
    let fhir = clinic.ward.as_user("fhir");
    let practitioner = json!({ "resourceType": "Practitioner", "id": "7", "name": [{ "prefix": ["Dr"], "given": ["Ada"], "family": "King" }] });
    fhir.put("/fhir/Practitioner/7", &practitioner).await.expect(201);
    let place = json!({ "resourceType": "Location", "id": "outpatients", "name": "Outpatients" });
    fhir.put("/fhir/Location/outpatients", &place).await.expect(201);
    for (schedule, actor) in [(&clinic.doctor, "Practitioner/7"), (&clinic.room, "Location/12")] {
        let mut form = timetable(actor);
        form["clinic"] = json!("outpatients");
        let amended = json!({ "version": 1, "timetable": form });
        let path = format!("/api/schedules/{schedule}");
        clinic.ward.as_user("admin").put(&path, &amended).await.expect(200);
    }
    clinic
}

async fn column(clinic: &Clinic, user: &str) -> Value {
    let board = clinic.ward.as_user(user).get(DAY).await.expect(200).json();
    assert_eq!(board["columns"].as_array().unwrap().len(), 2, "{board}");
    assert_eq!(board["start"], "2026-09-21T23:00:00.000Z", "midnight in London's summer");
    board["columns"][0].clone()
}

#[tokio::test]
async fn a_clinics_day_shows_who_comes_and_when_nobody_is_there() {
    let clinic = clinic().await;
    let listed = clinic.ward.as_user("clerk").get("/api/clinics").await.expect(200).json();
    let first = &listed["clinics"][0];
    assert_eq!((&first["name"], &first["zone"]), (&json!("Outpatients"), &json!("Europe/London")));
    assert_eq!(first["schedules"][0]["name"], "Dr Ada King", "practitioners come first: {first}");

    let booked = clinic.book(TEN).await;
    let away = json!({ "start": "2026-09-22T12:00:00Z", "end": "2026-09-22T13:00:00Z" });
    let path = format!("/api/schedules/{}/exceptions", clinic.doctor);
    clinic.ward.as_user("admin").post(&path, &away).await.expect(201);
    let shown = column(&clinic, "clerk").await;
    assert_eq!(
        shown["open"],
        json!([{ "start": "2026-09-22T08:00:00.000Z", "end": "2026-09-22T16:00:00.000Z" }])
    );
    assert_eq!(shown["absences"][0]["start"], "2026-09-22T12:00:00.000Z");
    let entry = &shown["entries"][0];
    assert_eq!(
        (&entry["who"]["family"], &entry["serviceName"]),
        (&json!("Lovelace"), &json!("Diabetes clinic"))
    );
    assert!(entry["appointment"]["steps"].as_array().unwrap().contains(&json!("arrive")), "{entry}");
    assert_eq!(shown["hidden"], json!([]));

    let cancel = format!("/api/appointments/{}/cancel", booked["id"].as_str().unwrap());
    let reason = json!({ "version": 1, "reason": "pat" });
    clinic.ward.as_user("clerk").post(&cancel, &reason).await.expect(200);
    let shown = column(&clinic, "clerk").await;
    assert_eq!(
        shown["entries"][0]["appointment"]["status"], "cancelled",
        "what is called off stays in sight"
    );
}

#[tokio::test]
async fn who_came_when_is_kept() {
    let clinic = clinic().await;
    let booked = clinic.book(TEN).await;
    clinic.ward.pass_seconds(12 * 3_600);
    let path = format!("/api/appointments/{}/attendance", booked["id"].as_str().unwrap());
    let step = |version: u64, step: &str| json!({ "version": version, "step": step });
    let arrived = clinic.ward.as_user("clerk").post(&path, &step(1, "arrive")).await.expect(200).json();
    let at = arrived["arrivedAt"].as_str().unwrap().to_owned();
    assert!(at.starts_with("2026-09-22T02:13"), "{arrived}");
    clinic.ward.pass_seconds(3_600);
    let checked = clinic.ward.as_user("clerk").post(&path, &step(2, "check-in")).await.expect(200).json();
    assert_eq!(checked["arrivedAt"], json!(at), "later steps leave it");
}

/// Seals the patient's record as somebody who may does.
async fn seal(clinic: &Clinic) {
    let house = &clinic.ward.house;
    let kind = ResourceType::parse("Patient").unwrap();
    let stored = house.records.get(kind, &clinic.patient).await.unwrap().unwrap();
    let mut resource = stored.resource().unwrap().unwrap();
    let label =
        object! { "system" => "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code" => "V" };
    resource.json_mut().as_object_mut().unwrap().insert("meta", object! { "security" => array![label] });
    let now = house.clock.now();
    let mut change = Change::new();
    change.put(&house.records, &mut resource, Expected::Version(stored.document.version), now);
    let draft = Draft::new("test", Interaction::Update);
    commit(house, &system_context(house, "test").unwrap(), draft, change).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_sealed_patients_time_is_taken_and_nobody_is_named() {
    let clinic = clinic().await;
    clinic.book(TEN).await;
    seal(&clinic).await;
    let board = clinic.ward.as_user("clerk").get(DAY).await.expect(200).text();
    assert!(!board.contains("Lovelace") && !board.contains(&clinic.patient), "{board}");
    let shown = column(&clinic, "clerk").await;
    assert_eq!((shown["entries"].as_array().unwrap().len(), &shown["hidden"][0]["start"]), (0, &json!(TEN)));
}

#[tokio::test]
async fn days_that_are_not_and_those_who_may_not_are_refused() {
    let clinic = clinic().await;
    let clerk = clinic.ward.as_user("clerk");
    clerk.get("/api/clinics/nowhere/days/2026-09-22").await.expect(404);
    for day in ["2026-02-30", "today", "22-09-2026"] {
        clerk.get(&format!("/api/clinics/outpatients/days/{day}")).await.expect(400);
        clerk.get(&format!("/api/own-days/{day}")).await.expect(400);
    }
    let own = clerk.get("/api/own-days/2026-09-22").await.expect(200).json();
    assert_eq!(own["columns"], json!([]), "whoever is no practitioner has no day");
    for path in [DAY, "/api/clinics", "/api/own-days/2026-09-22"] {
        clinic.ward.as_user("ada").get(path).await.expect(403);
        clinic.ward.nobody().get(path).await.expect(401);
    }
}

#[tokio::test]
async fn what_a_patient_asked_for_is_listed_until_staff_answer() {
    let clinic = clinic().await;
    let service = json!({ "name": "First visit", "minutes": 20, "portal": "request-approval" });
    let service = clinic.ward.as_user("admin").post("/api/services", &service).await.expect(201).json();
    let mut wanted = clinic.wanted(TEN);
    wanted["service"] = service["id"].clone();
    let asked = clinic.ward.as_user("ada").post("/api/appointments", &wanted).await.expect(201).json();
    assert_eq!((&asked["status"], &asked["isRequest"]), (&json!("pending"), &json!(true)));
    let held = json!({ "patient": clinic.patient, "service": clinic.service, "start": "2026-09-22T10:00:00Z", "schedules": [clinic.doctor] });
    clinic.ward.as_user("clerk").post("/api/appointments/holds", &held).await.expect(201);
    let path = "/api/appointment-requests";
    let listed = clinic.ward.as_user("clerk").get(path).await.expect(200).json();
    let requests = listed["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 1, "what is only held is no request: {listed}");
    assert_eq!(
        (&requests[0]["appointment"]["id"], &requests[0]["who"]["family"]),
        (&asked["id"], &json!("Lovelace"))
    );
    let confirm = format!("/api/appointments/{}/confirm", asked["id"].as_str().unwrap());
    clinic.ward.as_user("clerk").post(&confirm, &json!({ "version": 1 })).await.expect(200);
    let listed = clinic.ward.as_user("clerk").get(path).await.expect(200).json();
    assert_eq!(listed["requests"], json!([]));
    clinic.ward.as_user("ada").get(path).await.expect(403);
}
