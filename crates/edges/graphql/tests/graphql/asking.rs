//! What is asked and done, across domains.

use crate::scene::{NOON, Scene, TEN};
use serde_json::{Value, json};

const ACROSS: &str = "query($patient: String!) { appointments(patient: $patient) { appointments { id status start
    patient { id family given } service { name minutes portal } schedules { id practitioner { id name } location { id } } } } }";

#[tokio::test]
async fn one_query_crosses_domains() {
    let scene = Scene::open().await;
    let data = scene.data("clerk", ACROSS, json!({ "patient": scene.open })).await;
    let expected = json!([{
        "id": scene.of_open, "status": "booked", "start": TEN,
        "patient": { "id": scene.open, "family": "Lovelace", "given": ["Ada"] },
        "service": { "name": "Diabetes clinic", "minutes": 20, "portal": "self_book" },
        "schedules": [{ "id": scene.schedule, "practitioner": { "id": "7", "name": "Dr Ada King" }, "location": null }],
    }]);
    assert_eq!(data["appointments"]["appointments"], expected);
}

#[tokio::test]
async fn a_patient_has_what_every_domain_says_of_them() {
    let scene = Scene::open().await;
    let query = "query($id: ID!) { patient(id: $id) { family otherNames deceased appointments(count: 1) { next appointments { id } }
        messages { messages { id patient { family } } } proxies { proxies { id } } accesses { accesses { operation by } } } }";
    let data = scene.data("ada", query, json!({ "id": scene.open })).await;
    let patient = &data["patient"];
    assert_eq!(
        (&patient["family"], &patient["otherNames"], &patient["deceased"]),
        (&json!("Lovelace"), &json!([]), &Value::Null)
    );
    assert_eq!(patient["appointments"]["appointments"][0]["id"], json!(scene.of_open));
    assert_eq!(patient["proxies"]["proxies"], json!([]));
    let operations = patient["accesses"]["accesses"].as_array().unwrap();
    assert!(operations.iter().any(|one| one["operation"] == "BookAppointment"), "{patient}");
}

#[tokio::test]
async fn the_day_of_a_clinic_is_what_rest_says() {
    let scene = Scene::open().await;
    let query = "query($clinic: String!) { clinicDay(clinic: $clinic, day: \"2026-09-22\") { day zone start end columns {
        schedule { id actor name capacity active services isOwn practitioner { family } } open { start end } absences { start end }
        hidden { start end } entries { serviceName who { id family given birthDate } appointment { id version status steps } } } } }";
    let data = scene.data("clerk", query, json!({ "clinic": "outpatients" })).await;
    let rest =
        scene.ward.as_user("clerk").get("/api/clinics/outpatients/days/2026-09-22").await.expect(200).json();
    let (day, column) = (&data["clinicDay"], &data["clinicDay"]["columns"][0]);
    for member in ["day", "zone", "start", "end"] {
        assert_eq!(day[member], rest[member], "{member}");
    }
    for member in ["open", "absences", "hidden"] {
        assert_eq!(column[member], rest["columns"][0][member], "{member}");
    }
    assert_eq!(
        column["hidden"].as_array().unwrap().len(),
        1,
        "the sealed patient's time is taken, and nobody's"
    );
    assert_eq!(column["schedule"]["practitioner"]["family"], "King");
    assert_eq!(column["entries"][0]["who"], rest["columns"][0]["entries"][0]["who"]);
    assert_eq!(column["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_appointment_is_booked_moved_attended_and_cancelled() {
    let scene = Scene::open().await;
    let book = "mutation($p: String!, $s: String!, $start: String!, $schedules: [String!]!, $key: String!) {
        bookAppointment(patient: $p, service: $s, start: $start, schedules: $schedules, idempotencyKey: $key)
        { id version status patient { family } steps } }";
    let variables = json!({ "p": scene.open, "s": scene.service, "start": NOON, "schedules": [scene.schedule], "key": "k-1" });
    let booked = scene.data("clerk", book, variables.clone()).await["bookAppointment"].clone();
    assert_eq!((&booked["status"], &booked["patient"]["family"]), (&json!("booked"), &json!("Lovelace")));
    let again = scene.data("clerk", book, variables).await["bookAppointment"].clone();
    assert_eq!(again["id"], booked["id"], "the same key is the same booking");

    let id = booked["id"].clone();
    let move_it =
        "mutation($id: ID!) { rescheduleAppointment(id: $id, version: 1, start: \"2026-09-22T12:00:00.000Z\",
        idempotencyKey: \"k-2\") { version start } }";
    let moved = scene.data("clerk", move_it, json!({ "id": id })).await;
    assert_eq!(moved["rescheduleAppointment"]["version"], 2);
    let attend = "mutation($id: ID!) { recordAttendance(id: $id, version: 2, step: check_in, idempotencyKey: \"k-3\") { id } }";
    let (codes, data) = scene.codes("clerk", attend, json!({ "id": id })).await;
    assert_eq!(
        (codes.len(), &data["recordAttendance"]),
        (1, &Value::Null),
        "nobody checks in who did not arrive"
    );
    let cancel =
        "mutation($id: ID!, $version: Int!) { cancelAppointment(id: $id, version: $version, reason: meds_inc,
        idempotencyKey: \"k-4\") { status } }";
    let (codes, _) = scene.codes("clerk", cancel, json!({ "id": id, "version": 1 })).await;
    assert_eq!(codes, ["version-conflict"]);
    let cancel = cancel.replace("k-4", "k-5");
    let gone = scene.data("clerk", &cancel, json!({ "id": id, "version": 2 })).await;
    assert_eq!(gone["cancelAppointment"]["status"], "cancelled");
    let stored = scene.ward.as_user("fhir").get(&format!("/fhir/Appointment/{}", id.as_str().unwrap())).await;
    assert_eq!(stored.expect(200).json()["cancelationReason"]["coding"][0]["code"], "meds-inc");
}

#[tokio::test]
async fn a_key_is_for_one_command_on_one_thing() {
    let scene = Scene::open().await;
    let cancel = "mutation($id: ID!) { cancelAppointment(id: $id, version: 1, reason: pat, idempotencyKey: \"same\") { id } }";
    scene.data("doctor", cancel, json!({ "id": scene.of_open })).await;
    let (codes, _) = scene.codes("doctor", cancel, json!({ "id": scene.of_sealed })).await;
    assert_eq!(codes, ["idempotency-key-reused"], "the other appointment is not the one that was cancelled");
}

#[tokio::test]
async fn fragments_conditions_and_same_keys_are_as_graphql_says() {
    let scene = Scene::open().await;
    let query = "query($id: ID!, $no: Boolean = false) { a: patient(id: $id) { ...who id } b: patient(id: $id) { id family @skip(if: true)
        given @include(if: $no) ... on Patient { birthDate } __typename } patient(id: $id) { id } patient(id: $id) { family } }
        fragment who on Patient { family }";
    let data = scene.data("clerk", query, json!({ "id": scene.open })).await;
    assert_eq!(data["a"], json!({ "family": "Lovelace", "id": scene.open }));
    assert_eq!(data["b"], json!({ "id": scene.open, "birthDate": "1985-12-10", "__typename": "Patient" }));
    assert_eq!(data["patient"], json!({ "id": scene.open, "family": "Lovelace" }));
}

#[tokio::test]
async fn arguments_are_read_as_rest_reads_them() {
    let scene = Scene::open().await;
    let (codes, data) = scene
        .codes("clerk", "{ patients { patients { id } } services { services { name } } }", json!({}))
        .await;
    assert_eq!((codes, &data["patients"]), (vec!["criteria-required".to_owned()], &Value::Null));
    assert_eq!(data["services"]["services"][0]["name"], "Diabetes clinic", "what else was asked is there");
    let (codes, _) =
        scene.codes("clerk", "{ appointments(patient: \"x\", page: \"forged\") { next } }", json!({})).await;
    assert_eq!(codes, ["criteria-invalid"]);
    let (codes, _) = scene
        .codes("clerk", "{ clinicDay(clinic: \"nowhere\", day: \"2026-02-30\") { day } }", json!({}))
        .await;
    assert_eq!(codes, ["criteria-invalid"]);
}

#[tokio::test]
async fn pages_follow_each_other() {
    let scene = Scene::open().await;
    let query = "query($schedule: String!, $page: String) { appointments(schedule: $schedule, from: \"2026-09-22T00:00:00Z\",
        to: \"2026-09-23T00:00:00Z\", count: 1, page: $page) { next appointments { id } } }";
    let first =
        scene.data("doctor", query, json!({ "schedule": scene.schedule })).await["appointments"].clone();
    let next = first["next"].as_str().unwrap();
    let second = scene.data("doctor", query, json!({ "schedule": scene.schedule, "page": next })).await["appointments"].clone();
    assert_eq!(first["appointments"][0]["id"], json!(scene.of_open));
    assert_eq!(second["appointments"][0]["id"], json!(scene.of_sealed));
}
