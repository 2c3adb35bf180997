//! Registration through a whole house: HTTP in, store and audit beneath.

use galen_testkit::ward::Ward;
use serde_json::{Value, json};

async fn ward() -> Ward {
    Ward::new(vec![&galen_registration::SERVICE, &galen_service::accounts::SERVICE]).await
}

fn ada() -> Value {
    json!({ "demographics": { "family": "Lovelace", "given": ["Ada"], "gender": "female", "birthDate": "1985-12-10",
                              "nhsNumber": "943 476 5919" } })
}

async fn register(ward: &Ward, body: &Value) -> Value {
    ward.as_user("clerk").post("/api/patients", body).await.expect(201).json()
}

#[tokio::test]
async fn a_patient_is_registered_found_and_amended() {
    let ward = ward().await;
    let made = register(&ward, &ada()).await;
    assert_eq!((made["nhsNumber"].as_str(), made["version"].as_u64()), (Some("9434765919"), Some(1)));
    let (id, mrn) = (made["id"].as_str().unwrap(), made["mrn"].as_str().unwrap());
    for query in [
        "name=love",
        "name=ada%20lovelace",
        "birthDate=1985",
        "nhsNumber=9434765919",
        &format!("mrn={mrn}"),
        "text=lov%20ada",
        "text=943%20476%205919",
        "text=10-Dec-1985",
        "text=L%C3%B3v%2010/12/1985",
        &format!("text={mrn}"),
    ] {
        let found = ward.as_user("nurse").get(&format!("/api/patients?{query}")).await.expect(200).json();
        assert_eq!(found["patients"][0]["id"], id, "{query}");
    }
    let label = ward.as_user("nurse").get(&format!("/api/patients/{id}/label")).await.expect(200);
    assert!(label.headers["content-type"] == "application/pdf" && label.bytes.starts_with(b"%PDF-"));
    let change = json!({ "version": 1, "demographics": { "family": "King", "phone": "020 7946 0000" } });
    let changed =
        ward.as_user("clerk").send("PATCH", &format!("/api/patients/{id}"), change.to_string()).await;
    let changed = changed.expect(200).json();
    assert_eq!(
        (&changed["family"], &changed["given"][0], &changed["version"]),
        (&json!("King"), &json!("Ada"), &json!(2))
    );
    let emptied = json!({ "version": 2, "demographics": { "phone": "", "birthDate": "", "nhsNumber": "", "address": [""] } });
    let path = format!("/api/patients/{id}");
    let emptied = ward.as_user("clerk").send("PATCH", &path, emptied.to_string()).await.expect(200).json();
    for field in ["phone", "birthDate", "nhsNumber", "address"] {
        assert!(emptied[field].is_null(), "{field} is gone: {emptied}");
    }
    assert_eq!((&emptied["family"], &emptied["mrn"]), (&json!("King"), &json!(mrn)));
    let back = json!({ "version": 3, "demographics": { "nhsNumber": "943 476 5919" } });
    ward.as_user("clerk").send("PATCH", &path, back.to_string()).await.expect(200);
    let stale = ward.as_user("clerk").send("PATCH", &format!("/api/patients/{id}"), change.to_string()).await;
    assert_eq!(stale.expect(409).json()["related"], json!(["4"]));
    let read = ward.as_user("nurse").get(&format!("/api/patients/{id}")).await.expect(200).json();
    assert_eq!(read["family"], "King");
}

#[tokio::test]
async fn a_likely_duplicate_and_a_taken_number_are_refused() {
    let ward = ward().await;
    let made = register(&ward, &ada()).await;
    let alike =
        json!({ "demographics": { "family": "Lovelance", "given": ["Ada"], "birthDate": "1985-12-10" } });
    let refused = ward.as_user("clerk").post("/api/patients", &alike).await.expect(409).json();
    assert_eq!(
        (&refused["code"], &refused["related"]),
        (&json!("possible-duplicates"), &json!([made["id"]]))
    );
    let mut seen = alike.clone();
    seen["notSameAs"] = json!([made["id"]]);
    register(&ward, &seen).await;

    let mut same_number = ada();
    same_number["demographics"]["family"] = json!("Quite-Another");
    same_number["demographics"]["given"] = json!(["Person"]);
    let refused = ward.as_user("clerk").post("/api/patients", &same_number).await.expect(409).json();
    assert_eq!(refused["code"], "possible-duplicates", "the same number is the same person, first of all");
    same_number["notSameAs"] = json!([made["id"]]);
    let refused = ward.as_user("clerk").post("/api/patients", &same_number).await.expect(409).json();
    assert_eq!((&refused["code"], &refused["related"]), (&json!("identifier-taken"), &json!([made["id"]])));
}

#[tokio::test]
async fn an_idempotency_key_registers_once() {
    let ward = ward().await;
    let send = |body: Value| {
        let client = ward.as_user("clerk").with("idempotency-key", "key-1");
        async move { client.post("/api/patients", &body).await }
    };
    let first = send(ada()).await.expect(201).json();
    let again = send(ada()).await.expect(201).json();
    assert_eq!(first, again);
    let mut other = ada();
    other["demographics"]["family"] = json!("Byron");
    assert_eq!(send(other).await.expect(422).json()["code"], "idempotency-key-reused");
    let found = ward.as_user("clerk").get("/api/patients?name=lovelace").await.json();
    assert_eq!(found["patients"].as_array().unwrap().len(), 1);
    let bad = ward.as_user("clerk").with("idempotency-key", "").post("/api/patients", &ada()).await;
    assert_eq!(bad.expect(400).json()["code"], "idempotency-key-invalid");
}

#[tokio::test]
async fn bad_bodies_are_refused_where_they_are_wrong() {
    let ward = ward().await;
    let clerk = ward.as_user("clerk");
    for (body, status, code) in [
        ("{", 400, "body-invalid"),
        ("[]", 422, "body-invalid"),
        ("{\"demographics\":{\"family\":7}}", 422, "body-invalid"),
        ("{\"demographics\":{\"famly\":\"x\"}}", 422, "body-invalid"),
        ("{}", 422, "body-invalid"),
        ("{\"demographics\":{\"family\":\"x\",\"birthDate\":\"2999-01-01\"}}", 422, "birth-date-in-future"),
    ] {
        let refused = clerk.send("POST", "/api/patients", body).await.expect(status).json();
        assert_eq!(refused["code"], code, "{body}");
        assert!(refused["detail"].is_string());
    }
    clerk.send("POST", "/api/patients", vec![0xff, 0xfe]).await.expect(400);
    clerk.get("/api/patients").await.expect(400);
    clerk.get("/api/patients?nme=x").await.expect(400);
    clerk.get("/api/patients?name=x&page=nonsense").await.expect(400);
    clerk.get("/api/patients/nobody").await.expect(404);
}

/// Puts a resource straight into the store, as another service would.
async fn put(ward: &Ward, resource: Value) {
    let mut resource = galen_fhir::Resource::parse(resource.to_string().as_bytes()).unwrap();
    let mut change = galen_records::Change::new();
    let now = ward.house.clock.now();
    change.put(&ward.house.records, &mut resource, galen_store::Expected::Absent, now);
    for set in change.into_write_sets(now, b"{}".to_vec()) {
        ward.house.store.commit(set).await.unwrap();
    }
}

async fn subject_of(ward: &Ward, id: &str) -> String {
    let kind = galen_fhir::ResourceType::parse("Observation").unwrap();
    let found = ward.house.records.get(kind, id).await.unwrap().unwrap().resource().unwrap().unwrap();
    found.json().str_at(&["subject", "reference"]).unwrap().to_owned()
}

#[tokio::test]
async fn a_merge_moves_everything_and_can_be_undone() {
    let ward = ward().await;
    let survivor = register(&ward, &ada()).await["id"].as_str().unwrap().to_owned();
    let other =
        json!({ "demographics": { "family": "Byron", "given": ["Augusta"], "birthDate": "1984-01-01" } });
    let duplicate = register(&ward, &other).await["id"].as_str().unwrap().to_owned();
    for id in ["o1", "o2"] {
        put(
            &ward,
            json!({ "resourceType": "Observation", "id": id, "status": "final", "code": { "text": "x" },
                           "subject": { "reference": format!("Patient/{duplicate}") } }),
        )
        .await;
    }
    let preview = format!("/api/patients/{survivor}/merge-preview?duplicate={duplicate}");
    ward.as_user("clerk").get(&preview).await.expect(403);
    let seen = ward.as_user("records").get(&preview).await.expect(200).json();
    assert_eq!((&seen["records"], &seen["blockers"]), (&json!({ "Observation": 2 }), &json!([])));
    assert_eq!(
        (&seen["survivor"]["family"], &seen["duplicate"]["family"]),
        (&json!("Lovelace"), &json!("Byron"))
    );
    assert_eq!(subject_of(&ward, "o1").await, format!("Patient/{duplicate}"), "a preview moves nothing");
    let path = format!("/api/patients/{survivor}/merge");
    ward.as_user("clerk").post(&path, &json!({ "duplicate": duplicate })).await.expect(403);
    let merged =
        ward.as_user("records").post(&path, &json!({ "duplicate": duplicate })).await.expect(201).json();
    assert_eq!(merged["moved"], 2);
    assert_eq!(subject_of(&ward, "o1").await, format!("Patient/{survivor}"));
    let replaced = ward.as_user("nurse").get(&format!("/api/patients/{duplicate}")).await.expect(200).json();
    assert_eq!(replaced["replacedBy"], survivor.as_str());
    let again = ward.as_user("records").post(&path, &json!({ "duplicate": duplicate })).await;
    assert_eq!(again.expect(409).json()["code"], "patient-replaced");

    let blocked = ward.as_user("records").get(&preview).await.expect(200).json();
    assert_eq!(blocked["blockers"].as_array().unwrap().len(), 1);
    let merges = format!("/api/patients/{survivor}/merges");
    ward.as_user("clerk").get(&merges).await.expect(403);
    let listed = ward.as_user("records").get(&merges).await.expect(200).json();
    assert_eq!(listed["merges"], json!([merged]));
    ward.as_user("records").get("/api/patients/nobody/merges").await.expect(404);

    let undo = format!("/api/patient-merges/{}/undo", merged["id"].as_str().unwrap());
    let undone = ward.as_user("records").post(&undo, &Value::Null).await.expect(200).json();
    assert_eq!(undone["undone"], true);
    for id in ["o1", "o2"] {
        assert_eq!(subject_of(&ward, id).await, format!("Patient/{duplicate}"));
    }
    let back = ward.as_user("nurse").get(&format!("/api/patients/{duplicate}")).await.expect(200).json();
    assert!(back["replacedBy"].is_null());
    ward.as_user("records").post(&undo, &Value::Null).await.expect(409);
}

#[tokio::test]
async fn every_request_leaves_one_audit_entry() {
    let ward = ward().await;
    let id = register(&ward, &ada()).await["id"].as_str().unwrap().to_owned();
    let clerk = ward.as_user("clerk");
    for (method, path, body, outcome) in [
        ("GET", format!("/api/patients/{id}"), String::new(), "Done"),
        ("GET", "/api/patients?name=x".to_owned(), String::new(), "Done"),
        ("GET", "/api/patients".to_owned(), String::new(), "Refused"),
        ("POST", "/api/patients".to_owned(), "{".to_owned(), "Refused"),
        ("POST", "/api/patients".to_owned(), ada().to_string(), "Refused"),
        ("POST", format!("/api/patients/{id}/merge"), json!({ "duplicate": "x" }).to_string(), "Refused"),
    ] {
        let (reply, entries) = ward.entries_of(clerk.send(method, &path, body)).await;
        assert_eq!(entries.len(), 1, "{method} {path} {}", reply.text());
        assert!(
            format!("{:?}", entries[0].audit.outcome).starts_with(outcome),
            "{method} {path}: {:?}",
            entries[0].audit
        );
        assert_eq!(entries[0].audit.name, "clerk");
    }
    let (_, entries) = ward.entries_of(ward.nobody().get("/api/patients?name=x")).await;
    assert_eq!((entries.len(), entries[0].audit.operation.as_str()), (1, "authenticate"));
}

#[tokio::test]
async fn events_reach_the_reaction_that_asks_for_a_comparison() {
    let ward = ward().await;
    let first = register(&ward, &ada()).await;
    let mut change = galen_records::Change::new();
    let patient = galen_kernel::PatientId::parse("new").unwrap();
    let same = galen_kernel::PatientId::parse(first["id"].as_str().unwrap()).unwrap();
    change.event(&galen_contracts::registration::PatientRegisteredV1 {
        patient,
        possible_duplicates: vec![same],
    });
    let context = ward.context("clerk").await;
    let draft = galen_service::Draft::new("test", galen_audit::Interaction::Create);
    galen_service::observe::commit(&ward.house, &context, draft, change).await.unwrap().unwrap();
    // Twice: the second time there is nothing left to deliver.
    ward.house.bus.relay_once().await.unwrap();
    ward.house.bus.relay_once().await.unwrap();
    let made =
        ward.journal().await.into_iter().filter(|b| b.audit.operation == "registration-compare-duplicates");
    assert_eq!(made.count(), 1);
}
