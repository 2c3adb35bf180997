//! Patients and staff writing to each other, through a whole house.

use galen_testkit::ward::{Client, Ward};
use serde_json::json;

struct Scene {
    ward: Ward,
    patient: String,
}

async fn scene() -> Scene {
    let services =
        vec![&galen_communications::SERVICE, &galen_fhir_api::SERVICE, &galen_service::accounts::SERVICE];
    let ward = Ward::new(services).await;
    let fhir = ward.as_user("fhir").at("/fhir");
    let who = json!({ "resourceType": "Patient", "name": [{ "family": "Writer", "given": ["Wanda"] }], "birthDate": "1970-02-28" });
    let patient = fhir.create(&who).await;
    let other = fhir.create(&json!({ "resourceType": "Patient", "name": [{ "family": "Other" }] })).await;
    let practitioner =
        json!({ "resourceType": "Practitioner", "name": [{ "prefix": ["Dr"], "family": "Answer" }] });
    let practitioner = fhir.create(&practitioner).await;
    ward.add_patient_user("wanda", &patient).await;
    ward.add_patient_user("other", &other).await;
    ward.add_practitioner_user("answerer", "doctor", &practitioner).await;
    Scene { ward, patient }
}

impl Scene {
    async fn begin(&self, client: &Client<'_>) -> String {
        let body = json!({ "topic": "medicine", "subject": "My tablets", "text": "They make me dizzy." });
        let path = format!("/api/patients/{}/threads", self.patient);
        client.post(&path, &body).await.expect(201).json()["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_patient_writes_the_staff_answer_and_both_read_it() {
    let scene = scene().await;
    let (wanda, doctor) = (scene.ward.as_user("wanda"), scene.ward.as_user("answerer"));
    let id = scene.begin(&wanda).await;
    let inbox = doctor.get("/api/inbox").await.expect(200).json();
    let waiting = &inbox["threads"][0];
    assert_eq!(waiting["patientName"], "Wanda Writer");
    assert_eq!((&waiting["unread"], &waiting["awaitsStaff"]), (&json!(1), &json!(true)));

    let answer = json!({ "seen": 1, "text": "Take them in the evening." });
    doctor.post(&format!("/api/threads/{id}/replies"), &answer).await.expect(201);
    assert_eq!(doctor.get("/api/inbox").await.expect(200).json()["threads"], json!([]));
    let listed = wanda.get(&format!("/api/patients/{}/threads", scene.patient)).await.expect(200).json();
    assert_eq!(listed["threads"][0]["unread"], 1);
    let read = wanda.get(&format!("/api/threads/{id}")).await.expect(200).json();
    assert_eq!(read["lines"][1]["text"], "Take them in the evening.");
    assert_eq!(read["lines"][1]["name"], "Dr Answer");
    wanda.post(&format!("/api/threads/{id}/read"), &json!({ "seen": 2 })).await.expect(200);
    let listed = wanda.get(&format!("/api/patients/{}/threads", scene.patient)).await.expect(200).json();
    assert_eq!(listed["threads"][0]["unread"], 0);

    let late = json!({ "seen": 1, "text": "Thank you" });
    let refused = wanda.post(&format!("/api/threads/{id}/replies"), &late).await.expect(409).json();
    assert_eq!(refused["code"], "thread-has-more");
    doctor.post(&format!("/api/threads/{id}/close"), &json!({ "seen": 2 })).await.expect(200);
    wanda
        .post(&format!("/api/threads/{id}/replies"), &json!({ "seen": 2, "text": "Thank you" }))
        .await
        .expect(201);
    assert_eq!(doctor.get("/api/inbox").await.expect(200).json()["threads"][0]["messages"], 3);
}

#[tokio::test]
async fn messages_are_communications_that_nobody_changes() {
    let scene = scene().await;
    let id = scene.begin(&scene.ward.as_user("wanda")).await;
    let fhir = scene.ward.as_user("wanda").at("/fhir");
    let mut sent = fhir.get(&format!("/Communication/{id}")).await.expect(200).json();
    assert_eq!(sent["payload"][0]["contentString"], "They make me dizzy.");
    assert_eq!(sent["sender"]["reference"], format!("Patient/{}", scene.patient));
    sent["payload"][0]["contentString"] = json!("They are fine.");
    let machine = scene.ward.as_user("fhir").at("/fhir");
    machine.put(&format!("/Communication/{id}"), &sent).await.expect(422);
    machine.delete(&format!("/Communication/{id}")).await.expect(422);
    sent.as_object_mut().unwrap().remove("id");
    machine.post("/Communication", &sent).await.expect(422);
    let others = json!({ "resourceType": "Communication", "status": "completed" });
    machine.create(&others).await;
}

#[tokio::test]
async fn a_message_sent_twice_with_one_key_is_one_message() {
    let scene = scene().await;
    let body = json!({ "topic": "other", "subject": "Parking", "text": "Where?" });
    let path = format!("/api/patients/{}/threads", scene.patient);
    let keyed = || scene.ward.as_user("wanda").with("idempotency-key", "once-and-for-all");
    let first = keyed().post(&path, &body).await.expect(201).json();
    let second = keyed().post(&path, &body).await.expect(201).json();
    assert_eq!(first, second);
    let listed = scene.ward.as_user("wanda").get(&path).await.expect(200).json();
    assert_eq!(listed["threads"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn threads_are_for_the_patient_and_those_who_answer() {
    let scene = scene().await;
    let id = scene.begin(&scene.ward.as_user("wanda")).await;
    let own = format!("/api/patients/{}/threads", scene.patient);
    let thread = format!("/api/threads/{id}");
    let answer = json!({ "seen": 1, "text": "x" });
    for (who, status) in [("other", 404), ("support", 403)] {
        let client = scene.ward.as_user(who);
        client.get(&own).await.expect(status);
        client.get(&thread).await.expect(status);
        client.post(&format!("{thread}/replies"), &answer).await.expect(status);
        client.post(&format!("{thread}/read"), &json!({ "seen": 1 })).await.expect(status);
        client.post(&own, &json!({ "topic": "other", "subject": "x", "text": "y" })).await.expect(status);
    }
    let nobody = scene.ward.nobody();
    nobody.get(&own).await.expect(401);
    nobody.get("/api/inbox").await.expect(401);
    scene.ward.as_user("wanda").get("/api/inbox").await.expect(403);
    scene.ward.as_user("wanda").post(&format!("{thread}/close"), &json!({ "seen": 1 })).await.expect(403);
    scene.ward.as_user("clerk").get(&thread).await.expect(200);
    scene.ward.as_user("wanda").get("/api/threads/none").await.expect(404);
}
