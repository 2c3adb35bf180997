//! What an operation leaves in the audit.

use crate::scene::Scene;
use galen_audit::{JournalBody, Outcome};
use serde_json::json;
use std::collections::BTreeMap;

fn written(entries: &[JournalBody]) -> BTreeMap<String, (Vec<String>, bool)> {
    let one = |entry: &JournalBody| {
        let audit = &entry.audit;
        (audit.operation.clone(), (audit.patients.clone(), audit.outcome == Outcome::Done))
    };
    entries.iter().map(one).collect()
}

#[tokio::test]
async fn each_kind_of_read_leaves_one_entry_with_all_whom_it_touched() {
    let scene = Scene::open().await;
    let query = "query($s: String!) { appointments(schedule: $s, from: \"2026-09-22T00:00:00Z\", to: \"2026-09-23T00:00:00Z\")
        { appointments { id patient { family } service { name } } } }";
    let asked = scene.ask("doctor", query, json!({ "s": scene.schedule }));
    let (reply, entries) = scene.ward.entries_of(asked).await;
    reply.expect(200);
    let mut both = vec![scene.open.clone(), scene.sealed.clone()];
    both.sort();
    let all = written(&entries);
    assert_eq!(all.keys().collect::<Vec<_>>(), ["ListAppointments", "ListServices", "ReadPatient"]);
    assert_eq!(entries.len(), 3, "one of each");
    assert_eq!(all["ReadPatient"], (both.clone(), true));
    assert_eq!(all["ListAppointments"], (both, true));
    assert!(entries.iter().all(|one| one.audit.user == "user-doctor" && !one.audit.request.is_empty()));
}

#[tokio::test]
async fn a_refused_field_is_in_the_audit_with_its_code() {
    let scene = Scene::open().await;
    let query = "query($a: ID!, $b: ID!) { a: patient(id: $a) { family } b: patient(id: $b) { family } }";
    let asked = scene.ask("nurse", query, json!({ "a": scene.open, "b": scene.sealed }));
    let (reply, entries) = scene.ward.entries_of(asked).await;
    let text = reply.expect(200).text();
    assert!(!text.contains("Secret"), "{text}");
    let mut outcomes: Vec<_> =
        entries.iter().map(|one| (one.audit.patients.clone(), one.audit.outcome.clone())).collect();
    outcomes.sort_by_key(|(_, outcome)| *outcome != Outcome::Done);
    assert_eq!(
        outcomes,
        [
            (vec![scene.open.clone()], Outcome::Done),
            (vec![scene.sealed.clone()], Outcome::Refused("record-sealed".to_owned())),
        ]
    );
}

#[tokio::test]
async fn a_command_leaves_the_shells_entry_and_what_is_asked_below_it_another() {
    let scene = Scene::open().await;
    let cancel = "mutation($id: ID!) { cancelAppointment(id: $id, version: 1, reason: pat, idempotencyKey: \"k\") { id patient { family } } }";
    let (reply, entries) =
        scene.ward.entries_of(scene.ask("clerk", cancel, json!({ "id": scene.of_open }))).await;
    reply.expect(200);
    assert_eq!(written(&entries).keys().collect::<Vec<_>>(), ["CancelAppointment", "ReadPatient"]);
    let (_, entries) = scene.ward.entries_of(scene.ask("lab", cancel, json!({ "id": scene.of_open }))).await;
    assert!(!written(&entries)["CancelAppointment"].1, "refused");
}

#[tokio::test]
async fn what_touches_nothing_and_what_is_refused_leave_one_entry_too() {
    let scene = Scene::open().await;
    for query in [
        "{ __typename }",
        "{ __schema { queryType { name } } }",
        "{ nonsense }",
        "{",
        "query A { a } query B { b }",
    ] {
        let (_, entries) = scene.ward.entries_of(scene.ask("clerk", query, json!({}))).await;
        assert_eq!(written(&entries).keys().collect::<Vec<_>>(), ["QueryGraph"], "{query}");
        assert_eq!(entries.len(), 1);
    }
}

#[tokio::test]
async fn the_patient_sees_who_looked_by_graphql() {
    let scene = Scene::open().await;
    let query = "query($id: ID!) { patient(id: $id) { family } }";
    scene.data("nurse", query, json!({ "id": scene.open })).await;
    let seen =
        scene.ward.as_user("ada").get(&format!("/api/patients/{}/accesses", scene.open)).await.expect(200);
    let seen = seen.json();
    let last = &seen["accesses"][0];
    assert_eq!((&last["operation"], &last["by"]), (&json!("ReadPatient"), &json!("staff")));
}

#[tokio::test]
async fn a_page_of_many_is_read_at_once() {
    let scene = Scene::open().await;
    let fhir = scene.ward.as_user("fhir").at("/fhir");
    for number in 0..30 {
        let body = json!({ "resourceType": "Patient", "name": [{ "family": format!("Batch{number}") }] });
        fhir.create(&body).await;
    }
    let query =
        "{ patients(name: \"Batch\", count: 30) { patients { id family appointments(count: 1) { next } } } }";
    let (reply, entries) = scene.ward.entries_of(scene.ask("clerk", query, json!({}))).await;
    let data = reply.expect(200).json();
    assert_eq!(data["data"]["patients"]["patients"].as_array().unwrap().len(), 30);
    let all = written(&entries);
    assert_eq!(entries.len(), 2, "of 31 reads, one entry for each kind: {all:?}");
    assert_eq!(all["ListAppointments"].0.len(), 30);
}
