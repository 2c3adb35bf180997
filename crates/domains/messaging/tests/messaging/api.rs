//! Messaging through a whole house: HTTP in, store and audit beneath; who may, and who may not.

use crate::scene::{DAY, Scene};
use galen_messaging::model::calendar::unfold;
use serde_json::{Value, json};

#[tokio::test]
async fn every_route_is_closed_to_those_who_may_not() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    let id = scene.messages("ada").await[0]["id"].as_str().unwrap().to_owned();
    let preferences = json!({ "version": 0, "preferences": {} });
    let template = json!({ "version": 0, "template": null });
    let routes: Vec<(&str, String, Value, Vec<&str>)> = vec![
        ("GET", "/api/patients/ada/messages".into(), Value::Null, vec!["lab", "bob", "privacy"]),
        ("GET", "/api/messaging/queue".into(), Value::Null, vec!["lab", "ada", "nurse"]),
        ("GET", "/api/messaging/dead-letters".into(), Value::Null, vec!["lab", "ada", "nurse"]),
        ("POST", format!("/api/messaging/messages/{id}/resend"), Value::Null, vec!["lab", "ada", "nurse"]),
        ("GET", "/api/patients/ada/message-preferences".into(), Value::Null, vec!["lab", "bob"]),
        ("PUT", "/api/patients/ada/message-preferences".into(), preferences, vec!["lab", "bob"]),
        ("GET", "/api/messaging/templates".into(), Value::Null, vec!["lab", "ada"]),
        (
            "PUT",
            "/api/messaging/templates/appointment-booked/en".into(),
            template,
            vec!["clerk", "ada", "doctor"],
        ),
        ("GET", "/api/patients/ada/calendar-feeds".into(), Value::Null, vec!["lab", "bob"]),
        ("POST", "/api/patients/ada/calendar-feeds".into(), Value::Null, vec!["clerk", "admin", "bob"]),
        ("DELETE", format!("/api/patients/ada/calendar-feeds/{id}"), Value::Null, vec!["lab"]),
    ];
    for (method, path, body, refused) in routes {
        scene.ward.pass_seconds(1);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (reply, entries) =
            scene.ward.entries_of(scene.ward.nobody().send(method, &path, body.clone())).await;
        assert_eq!((reply.status.as_u16(), entries.len()), (401, 1), "{method} {path}");
        for name in refused {
            let client = scene.ward.as_user(name);
            let (reply, entries) = scene.ward.entries_of(client.send(method, &path, body.clone())).await;
            // To patients, what is not theirs is not there.
            let hidden = if name == "bob" { 404 } else { 403 };
            assert_eq!(
                (reply.status.as_u16(), entries.len()),
                (hidden, 1),
                "{name}: {method} {path} {}",
                reply.text()
            );
        }
    }
}

#[tokio::test]
async fn patients_read_what_they_were_told_and_say_how_they_want_to_be_told() {
    let scene = Scene::new().await;
    let ada = scene.ward.as_user("ada");
    let path = "/api/patients/ada/message-preferences";
    let view = ada.get(path).await.expect(200).json();
    assert_eq!(view["version"], 0);
    assert_eq!(view["preferences"]["channels"], json!(["email", "sms"]));
    assert_eq!(view["preferences"]["quietHours"], json!({ "from": "21:00", "until": "08:00" }));
    let wish = json!({ "version": 0, "preferences": { "channels": ["in-app"], "language": "cy",
        "quietHours": { "from": "20:00", "until": "09:30" }, "consent": { "email": false } } });
    let set = ada.put(path, &wish).await.expect(200).json();
    assert_eq!(set["version"], 1);
    assert_eq!(ada.put(path, &wish).await.expect(409).json()["code"], "version-conflict");
    let empty = json!({ "version": 1, "preferences": { "channels": [] } });
    assert_eq!(ada.put(path, &empty).await.expect(422).json()["code"], "channel-required");
    let odd = json!({ "version": 1, "preferences": { "quietHours": { "from": "late", "until": "08:00" } } });
    ada.put(path, &odd).await.expect(422);
    scene.book("ada", 10 * DAY, false).await;
    scene.work().await;
    let page = ada.get("/api/patients/ada/messages").await.expect(200).json();
    let told = page["messages"].as_array().unwrap().iter().find(|one| one["state"] == "delivered").unwrap();
    assert_eq!((&told["channel"], &told["language"]), (&json!("in-app"), &json!("cy")));
    assert!(told["text"].as_str().unwrap().starts_with("Annwyl Ada Lovelace"));
    assert_eq!(scene.ward.as_user("clerk").get("/api/patients/nobody/messages").await.status.as_u16(), 404);
}

#[tokio::test]
async fn sealed_patients_are_told_without_the_site_and_seen_by_few() {
    let scene = Scene::new().await;
    let security =
        json!([{ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V" }]);
    let telecom = json!([{ "system": "email", "value": "ada@example.org" }]);
    scene.put(json!({ "resourceType": "Patient", "id": "ada", "meta": { "security": security }, "telecom": telecom })).await;
    scene.put(json!({ "resourceType": "Location", "id": "site", "name": "Refuge Road" })).await;
    scene.book_at("site", 20 * DAY).await;
    scene.work().await;
    let text = scene.email.out()[0].text.reveal().clone();
    assert!(text.contains("at Aldermoor") && !text.contains("Refuge"), "{text}");
    let clerk = scene.ward.as_user("clerk");
    clerk.get("/api/patients/ada/messages").await.expect(403);
    clerk.get("/api/patients/ada/message-preferences").await.expect(403);
}

#[tokio::test]
async fn the_site_is_told_and_never_the_clinic() {
    let scene = Scene::new().await;
    let part_of = |id: &str| json!({ "reference": format!("Location/{id}") });
    let zone =
        json!([{ "url": "http://hl7.org/fhir/StructureDefinition/timezone", "valueCode": "Africa/Cairo" }]);
    scene
        .put(
            json!({ "resourceType": "Location", "id": "site", "name": "Aldermoor North", "extension": zone }),
        )
        .await;
    scene.put(json!({ "resourceType": "Location", "id": "clinic", "name": "HIV clinic", "partOf": part_of("site") })).await;
    scene.book_at("clinic", 20 * DAY).await;
    scene.work().await;
    let out = scene.email.out();
    let text = out[0].text.reveal();
    assert!(text.contains("at 17:13, at Aldermoor North") && !text.contains("HIV"), "{text}");
    assert!(!out[0].calendar.as_ref().unwrap().content.reveal().contains("HIV"));
}

#[tokio::test]
async fn templates_are_replaced_and_given_back() {
    let scene = Scene::new().await;
    let admin = scene.ward.as_user("admin");
    let list = admin.get("/api/messaging/templates").await.expect(200).json();
    assert_eq!(list["templates"].as_array().unwrap().len(), 21);
    let path = "/api/messaging/templates/appointment-booked/en";
    let own =
        json!({ "subject": "See you soon - {hospital}", "paragraphs": ["Come on {date}."], "sms": "{day}" });
    let set = admin.put(path, &json!({ "version": 0, "template": own })).await.expect(200).json();
    assert_eq!((&set["version"], &set["isBuiltIn"]), (&json!(1), &json!(false)));
    admin.put(path, &json!({ "version": 0, "template": own })).await.expect(409);
    scene.book("ada", 10 * DAY, false).await;
    scene.work().await;
    let out = scene.email.out();
    assert_eq!(out[0].subject.reveal(), "See you soon - Aldermoor");
    assert!(out[0].text.reveal().contains("Come on Thursday 1 October 2026."));
    let bad = json!({ "version": 1, "template": { "subject": "{name}", "paragraphs": ["x"], "sms": "x" } });
    assert_eq!(admin.put(path, &bad).await.expect(422).json()["location"], "template.subject");
    let back = admin.put(path, &json!({ "version": 1, "template": null })).await.expect(200).json();
    assert_eq!(back["isBuiltIn"], true);
    for path in ["/api/messaging/templates/nothing/en", "/api/messaging/templates/appointment-booked/xx"] {
        admin.put(path, &json!({ "version": 0, "template": null })).await.expect(404);
    }
}

#[tokio::test]
async fn a_calendar_address_is_made_read_and_closed() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    let ada = scene.ward.as_user("ada");
    let path = "/api/patients/ada/calendar-feeds";
    let made = ada.post(path, &Value::Null).await.expect(201).json();
    let address = made["address"].as_str().unwrap();
    assert!(address.starts_with("http://galen.test/api/calendar/"), "{address}");
    let listed = ada.get(path).await.expect(200).json();
    assert_eq!(listed["feeds"][0]["id"], made["id"]);
    assert!(listed["feeds"][0]["address"].is_null(), "the secret is shown once");
    let nobody = scene.ward.nobody();
    let feed = nobody.get(address).await.expect(200);
    assert_eq!(feed.header("content-type"), "text/calendar; charset=utf-8");
    let text = unfold(&feed.text());
    assert!(text.contains("METHOD:PUBLISH") && text.contains("UID:a-ada@galen"), "{text}");
    assert!(!text.contains("Ada"), "an address that leaks names nobody");
    let wrong = address.replace(".ics", "0.ics");
    let other = format!(
        "{}{}.ics",
        &address[..address.len() - 5],
        if address.ends_with("0.ics") { "1" } else { "0" }
    );
    for path in
        [&wrong, &other, "/api/calendar/x.ics", "/api/calendar/%C3%A9.ics", &address.replace(".ics", "")]
    {
        scene.ward.pass_seconds(1);
        let (reply, entries) = scene.ward.entries_of(nobody.get(path)).await;
        assert_eq!((reply.status.as_u16(), entries.len()), (404, 1), "{path}");
    }
    let security =
        json!([{ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V" }]);
    scene.put(json!({ "resourceType": "Patient", "id": "ada", "meta": { "security": security } })).await;
    nobody.get(address).await.expect(404);
    scene.patient("ada", json!([])).await;
    nobody.get(address).await.expect(200);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    scene.ward.as_user("bob").delete(&one).await.expect(404);
    ada.delete(&one).await.expect(204);
    ada.delete(&one).await.expect(404);
    nobody.get(address).await.expect(404);
    for _ in 0..10 {
        ada.post(path, &Value::Null).await.expect(201);
    }
    assert_eq!(ada.post(path, &Value::Null).await.expect(409).json()["code"], "too-many-feeds");
}

#[tokio::test]
async fn staff_get_a_task_of_what_patients_ask_for_and_do() {
    let scene = Scene::new().await;
    scene.request("ada", 10 * DAY).await;
    scene.book("ada", 10 * DAY, true).await;
    scene.reschedule("ada", 11 * DAY).await;
    scene.relay().await;
    assert_eq!(scene.tasks().await, ["Appointment/a-ada", "Appointment/a-ada"], "not of what staff did");
    let task = galen_fhir::ResourceType::parse("Task").unwrap();
    let patient = galen_kernel::PatientId::parse("ada").unwrap();
    let found = scene.ward.house.records.in_compartment(task, &patient, 10).await.unwrap();
    let mut codes: Vec<String> = Vec::new();
    for stored in &found {
        let json: Value = serde_json::from_slice(stored.document.body.as_ref().unwrap()).unwrap();
        codes.push(json["code"]["coding"][0]["code"].as_str().unwrap().to_owned());
    }
    codes.sort();
    assert_eq!(codes, ["answer-appointment-request", "note-appointment-booked"]);
    scene.work().await;
    assert_eq!(scene.states("ada", "appointment-requested").await, ["suppressed superseded"]);
}

#[tokio::test]
async fn what_is_erased_is_gone_and_nobody_stumbles_over_it() {
    let scene = Scene::new().await;
    scene.book("ada", 10 * DAY, false).await;
    scene.prefer("ada", 0, json!({ "channels": ["sms"] })).await;
    let made = scene.ward.as_user("ada").post("/api/patients/ada/calendar-feeds", &Value::Null).await;
    let address = made.expect(201).json()["address"].as_str().unwrap().to_owned();
    let house = &scene.ward.house;
    let operations = vec![galen_store::Operation::Erase { owner: "ada".to_owned() }];
    let shard = house.records.shard_of("ada");
    let set = galen_store::WriteSet { shard, at: scene.now(), operations, journal: None };
    house.store.commit(set).await.unwrap();
    scene.ward.pass_seconds(9 * DAY);
    scene.work().await;
    assert!(scene.email.out().is_empty() && scene.sms.out().is_empty());
    scene.ward.nobody().get(&address).await.expect(404);
    let counts = scene.ward.as_user("clerk").get("/api/messaging/queue").await.expect(200).json();
    assert_eq!((&counts["open"], &counts["overdue"]), (&json!(0), &json!(0)));
}
