//! Who is shown what: as over REST, field by field.

use crate::scene::Scene;
use galen_access::proxy::ProxyScope;
use serde_json::{Value, json};

const PATIENT: &str = "query($id: ID!) { patient(id: $id) { id family } }";
const APPOINTMENT: &str = "query($id: ID!) { appointment(id: $id) { id status patient { family } } }";
const LIST: &str = "query($id: String!) { appointments(patient: $id) { appointments { id } } }";

#[tokio::test]
async fn nobody_is_nobody() {
    let scene = Scene::open().await;
    let body = json!({ "query": "{ __typename }" });
    scene.ward.nobody().with("content-type", "application/json").post("/graphql", &body).await.expect(401);
    let part = scene.ward.nobody().with("content-type", "application/json");
    part.post("/graphql/scheduling", &body).await.expect(401);
    scene.ward.as_user("clerk").get("/graphql?query={__typename}").await.expect(405);
}

#[tokio::test]
async fn a_role_that_may_not_is_told_so_and_learns_nothing() {
    let scene = Scene::open().await;
    for id in [scene.open.as_str(), "nobody-at-all"] {
        let (codes, data) = scene.codes("support", PATIENT, json!({ "id": id })).await;
        assert_eq!((codes, &data["patient"]), (vec!["not-permitted".to_owned()], &Value::Null), "{id}");
    }
    let (codes, _) = scene.codes("support", APPOINTMENT, json!({ "id": scene.of_open })).await;
    assert_eq!(codes, ["not-permitted"]);
    let (codes, _) =
        scene.codes("lab", "{ messageQueue { open } deadLetters { messages { id } } }", json!({})).await;
    assert_eq!(codes, ["not-permitted", "not-permitted"]);
}

#[tokio::test]
async fn a_patient_sees_their_own_and_others_are_not_there() {
    let scene = Scene::open().await;
    let own = scene.data("ada", PATIENT, json!({ "id": scene.open })).await;
    assert_eq!(own["patient"]["family"], "Lovelace");
    let own = scene.data("ada", APPOINTMENT, json!({ "id": scene.of_open })).await;
    assert_eq!(own["appointment"]["patient"]["family"], "Lovelace");

    let mut told = Vec::new();
    for id in [scene.sealed.as_str(), "nobody-at-all"] {
        let answer = scene.ask("ada", PATIENT, json!({ "id": id })).await.expect(200).json();
        assert_eq!(answer["data"]["patient"], Value::Null);
        told.push(answer["errors"][0]["message"].clone());
    }
    assert_eq!(told[0], told[1], "who is there is not told apart from who is not");
    let (codes, data) = scene.codes("ada", APPOINTMENT, json!({ "id": scene.of_sealed })).await;
    assert_eq!((codes, &data["appointment"]), (vec!["not-found".to_owned()], &Value::Null));
    let data = scene.data("ada", LIST, json!({ "id": scene.sealed })).await;
    assert_eq!(data["appointments"]["appointments"], json!([]));
    for query in [
        "query($id: ID!) { patient(id: $id) { id messages { messages { id } } } }",
        "query($id: ID!) { patient(id: $id) { id proxies { proxies { id } } } }",
        "query($id: ID!) { patient(id: $id) { id accesses { accesses { id } } } }",
    ] {
        let (codes, data) = scene.codes("ada", query, json!({ "id": scene.sealed })).await;
        assert_eq!(codes, ["not-found"], "{query} {data}");
    }
    for query in [
        "{ clinics { clinics { id } } }",
        "{ appointmentRequests { hasMore } }",
        "{ queue(clinic: \"outpatients\") { at } }",
    ] {
        let (codes, _) = scene.codes("ada", query, json!({})).await;
        assert_eq!(codes, ["not-permitted"], "{query}");
    }
}

#[tokio::test]
async fn a_sealed_record_opens_to_who_cares_and_by_breaking_the_glass() {
    let scene = Scene::open().await;
    let (codes, _) = scene.codes("clerk", PATIENT, json!({ "id": scene.sealed })).await;
    assert_eq!(codes, ["not-permitted"]);
    let (codes, _) = scene.codes("nurse", APPOINTMENT, json!({ "id": scene.of_sealed })).await;
    assert_eq!(codes, ["record-sealed"]);
    let listed = scene.data("clerk", LIST, json!({ "id": scene.sealed })).await;
    assert_eq!(listed["appointments"]["appointments"], json!([]));
    let cared = scene.data("doctor", APPOINTMENT, json!({ "id": scene.of_sealed })).await;
    assert_eq!(cared["appointment"]["patient"]["family"], "Secret");

    let reason = json!({ "patient": scene.sealed, "reason": "unconscious in resus, no time" });
    scene.ward.as_user("nurse").post("/api/access/break-glass", &reason).await.expect(201);
    let broken = scene.data("nurse", APPOINTMENT, json!({ "id": scene.of_sealed })).await;
    assert_eq!(broken["appointment"]["id"], json!(scene.of_sealed));
    let journal = scene.ward.journal().await;
    let entry =
        journal.iter().rev().find(|one| one.audit.broken_glass && one.audit.operation == "ReadAppointment");
    assert_eq!(entry.unwrap().audit.patients, std::slice::from_ref(&scene.sealed));
}

#[tokio::test]
async fn what_is_refused_within_a_list_is_null_and_the_rest_is_there() {
    let scene = Scene::open().await;
    let query = "query($s: String!) { appointments(schedule: $s, from: \"2026-09-22T00:00:00Z\", to: \"2026-09-23T00:00:00Z\")
        { appointments { id patient { id family } } } }";
    let seen = scene.data("doctor", query, json!({ "s": scene.schedule })).await;
    assert_eq!(seen["appointments"]["appointments"].as_array().unwrap().len(), 2);
    let seen = scene.data("clerk", query, json!({ "s": scene.schedule })).await;
    let rows = seen["appointments"]["appointments"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "sealed patients' appointments are not listed: {seen}");
}

#[tokio::test]
async fn whoever_acts_for_a_patient_does_what_the_proxy_covers() {
    let scene = Scene::open().await;
    let fhir = scene.ward.as_user("fhir").at("/fhir");
    let mother = fhir.create(&json!({ "resourceType": "Patient", "name": [{ "family": "Byron" }] })).await;
    scene.ward.add_patient_user("mia", &mother).await;
    let as_mia = |patient: &str| {
        scene.ward.as_user("mia").with("content-type", "application/json").with("x-acting-for", patient)
    };
    let query = json!({ "query": "query($id: ID!) { patient(id: $id) { family appointments { appointments { id } } proxies { proxies { id } } accesses { accesses { id } } } }",
                        "variables": { "id": scene.open } });
    as_mia(&scene.open).post("/graphql", &query).await.expect(403);

    scene.let_act("mia", &scene.open, &[ProxyScope::Appointments]).await;
    scene.let_act("mia", &scene.sealed, &[ProxyScope::Appointments]).await;
    let answer = as_mia(&scene.open).post("/graphql", &query).await.expect(200).json();
    let (codes, data) = crate::scene::codes(&answer);
    assert_eq!(data["patient"]["family"], "Lovelace");
    assert_eq!(data["patient"]["appointments"]["appointments"][0]["id"], json!(scene.of_open));
    assert_eq!(codes, ["beyond-proxy", "beyond-proxy"], "accounts and who looked are not covered");

    let sealed = json!({ "query": APPOINTMENT, "variables": { "id": scene.of_sealed } });
    let answer = as_mia(&scene.sealed).post("/graphql", &sealed).await.expect(200).json();
    assert_eq!(crate::scene::codes(&answer).0, ["not-found"], "what is sealed is not there for proxies");
}

#[tokio::test]
async fn a_session_without_its_token_is_refused_and_an_applications_token_too() {
    let scene = Scene::open().await;
    let body = json!({ "query": "{ __typename }" });
    let forged =
        scene.ward.nobody().with("content-type", "application/json").with("cookie", "__Host-galen-session=x");
    forged.post("/graphql", &body).await.expect(401);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let refused = scene.ward.as_user("clerk").with("content-type", kind).post("/graphql", &body).await;
        assert_eq!(refused.expect(415).json()["code"], "format-not-supported", "{kind}");
    }
}

#[tokio::test]
async fn what_a_patient_withholds_is_withheld_here_too() {
    let scene = Scene::open().await;
    let fhir = scene.ward.as_user("fhir").at("/fhir");
    let nan =
        fhir.create(&json!({ "resourceType": "Practitioner", "name": [{ "family": "Nextdoor" }] })).await;
    scene.ward.add_practitioner_user("neighbour", "nurse", &nan).await;
    scene.data("neighbour", PATIENT, json!({ "id": scene.open })).await;
    let withheld = json!({ "choice": "withholdFromPerson", "practitioner": nan, "contents": "everything" });
    let consents = format!("/api/patients/{}/consents", scene.open);
    scene.ward.as_user("ada").post(&consents, &withheld).await.expect(201);
    for (query, id) in [(PATIENT, &scene.open), (APPOINTMENT, &scene.of_open)] {
        let answer = scene.ask("neighbour", query, json!({ "id": id })).await.expect(200);
        let (codes, data) = crate::scene::codes(&answer.json());
        assert_eq!(codes.len(), 1, "{}", answer.text());
        assert!(
            !answer.text().contains("Lovelace") && data.as_object().unwrap().values().all(Value::is_null)
        );
        scene.data("nurse", query, json!({ "id": id })).await;
    }
    let listed = scene.data("neighbour", LIST, json!({ "id": scene.open })).await;
    assert_eq!(listed["appointments"]["appointments"], json!([]));
}
