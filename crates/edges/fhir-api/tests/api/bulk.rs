//! Bulk data: exports as views, their links and limits; imports line by line.

use crate::sight::{Scene, relate, scene};
use crate::ward::{Ward, labelled, observation, patient};
use galen_testkit::ward::Reply;
use serde_json::{Value, json};

/// Kicks an export off and lets the relay prepare it; the address of its status.
async fn kicked(ward: &Ward, who: &str, path: &str) -> String {
    let client = ward.as_user(who).with("prefer", "respond-async");
    let accepted = client.get(path).await.expect(202);
    let status = accepted.header("content-location").to_owned();
    let waiting = ward.as_user(who).get(&status).await.expect(202);
    assert!(!waiting.header("x-progress").is_empty() && !waiting.header("retry-after").is_empty());
    ward.house.bus.relay_once().await.unwrap();
    ward.house.bus.relay_once().await.unwrap();
    status
}

async fn manifest(ward: &Ward, who: &str, path: &str) -> Value {
    let status = kicked(ward, who, path).await;
    let done = ward.as_user(who).get(&status).await.expect(200);
    assert_eq!(done.header("content-type"), "application/json");
    assert!(!done.header("expires").is_empty());
    done.json()
}

fn lines(reply: &Reply) -> Vec<Value> {
    reply.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every line of every file.
async fn all(ward: &Ward, who: &str, manifest: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    for file in manifest["output"].as_array().unwrap() {
        let reply = ward.as_user(who).get(file["url"].as_str().unwrap()).await.expect(200);
        assert_eq!(reply.header("content-type"), "application/fhir+ndjson");
        let rows = lines(&reply);
        assert!(rows.iter().all(|row| row["resourceType"] == file["type"]));
        if let Some(count) = file["count"].as_u64() {
            assert_eq!(rows.len() as u64, count, "{file}");
        }
        found.extend(rows);
    }
    found
}

#[tokio::test]
async fn an_export_is_what_was_there_when_it_was_asked_for() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("A", "B", "2000-01-01")).await;
    for n in 0..5 {
        client.create(&observation(&id, "a", &format!("2020-01-0{}", n + 1), 1.0)).await;
    }
    client.create(&json!({ "resourceType": "Organization", "name": "O" })).await;
    ward.pass_seconds(5);
    let manifest = manifest(&ward, "fhir", "/$export").await;
    assert_eq!(manifest["requiresAccessToken"], true);
    assert!(manifest["request"].as_str().unwrap().ends_with("/fhir/$export"));
    ward.pass_seconds(5);
    // What happens after the export was asked for is not in it.
    client.create(&patient("Late", "L", "2000-01-01")).await;
    let mut changed = patient("Changed", "B", "2000-01-01");
    changed["id"] = id.as_str().into();
    client.put(&format!("/Patient/{id}"), &changed).await.expect(200);
    let found = all(&ward, "fhir", &manifest).await;
    assert_eq!(found.len(), 7);
    let person = found.iter().find(|row| row["resourceType"] == "Patient").unwrap();
    assert_eq!((&person["name"][0]["family"], &person["meta"]["versionId"]), (&"A".into(), &"1".into()));
    let types: Vec<&Value> =
        manifest["output"].as_array().unwrap().iter().map(|file| &file["type"]).collect();
    assert_eq!(types, ["Observation", "Organization", "Patient"]);
}

#[tokio::test]
async fn exports_are_narrowed() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let (one, two) = (
        client.create(&patient("A", "B", "2000-01-01")).await,
        client.create(&patient("C", "D", "2000-01-01")).await,
    );
    client.create(&observation(&one, "a", "2020", 1.0)).await;
    client.create(&observation(&two, "a", "2020", 1.0)).await;
    client
        .create(&json!({ "resourceType": "Observation", "status": "final", "code": { "text": "of nobody" } }))
        .await;
    client.create(&json!({ "resourceType": "Organization", "name": "O" })).await;
    let group = client
        .create(&json!({ "resourceType": "Group", "type": "person", "actual": true, "member": [
        { "entity": { "reference": format!("Patient/{one}") } },
        { "entity": { "reference": format!("Patient/{two}") }, "inactive": true }] }))
        .await;
    for (path, count) in [
        ("/$export?_type=Patient", 2),
        ("/$export?_type=Patient,Organization", 3),
        ("/$export?_since=2099-01-01", 0),
        ("/Patient/$export", 5),
        ("/Patient/$export?_type=Observation", 2),
        (&format!("/Group/{group}/$export"), 3),
        (&format!("/Group/{group}/$export?_type=Observation&_outputFormat=ndjson"), 1),
    ] {
        let manifest = manifest(&ward, "fhir", path).await;
        assert_eq!(all(&ward, "fhir", &manifest).await.len(), count, "{path} {manifest}");
    }
    let part = manifest(&ward, "fhir", "/$export?_type=Patient&_elements=birthDate").await;
    let row = &all(&ward, "fhir", &part).await[0];
    assert!(
        row["name"].is_null()
            && row["birthDate"] == "2000-01-01"
            && row["meta"]["tag"][0]["code"] == "SUBSETTED"
    );
    let body =
        json!({ "resourceType": "Parameters", "parameter": [{ "name": "_type", "valueString": "Patient" }] });
    ward.as_user("fhir").with("prefer", "respond-async").post("/$export", &body).await.expect(202);
    for (path, status) in [
        ("/$export?_type=Nobody", 400),
        ("/$export?_since=x", 400),
        ("/$export?_outputFormat=csv", 400),
        ("/$export?_typeFilter=Patient%3Fname%3Da", 400),
        ("/$export?_elements=nonsense", 400),
        ("/$export?nonsense=1", 400),
        ("/Group/nobody/$export", 404),
        ("/Observation/$export", 404),
    ] {
        ward.as_user("fhir").with("prefer", "respond-async").get(path).await.expect(status);
    }
    client.get("/$export").await.expect(400);
}

#[tokio::test]
async fn links_are_the_callers_own_and_end() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    client.create(&patient("A", "B", "2000-01-01")).await;
    let status = kicked(&ward, "fhir", "/$export").await;
    let told = client.get(&status).await.expect(200).json();
    let url = told["output"][0]["url"].as_str().unwrap().to_owned();
    let (reply, entries) = ward.entries_of(async { ward.as_user("fhir").get(&url).await }).await;
    reply.expect(200);
    assert_eq!((entries.len(), entries[0].audit.operation.as_str()), (1, "bulk-file"));
    ward.nobody().get(&url).await.expect(401);
    for (who, expected) in [("admin", 404), ("doctor", 403), ("support", 403)] {
        ward.as_user(who).get(&status).await.expect(expected);
        ward.as_user(who).get(&url).await.expect(expected);
        ward.as_user(who).delete(&status).await.expect(expected);
    }
    client.get(&url.replace("token=", "token=A")).await.expect(403);
    client.get(url.split('?').next().unwrap()).await.expect(403);
    client.get(&url.replace("/0?", "/1?")).await.expect(403);
    let second = kicked(&ward, "fhir", "/$export").await;
    client.delete(&second).await.expect(202);
    client.get(&second).await.expect(404);
    client.delete(&second).await.expect(404);
    ward.pass_seconds(25 * 3_600);
    let client = ward.as_user("fhir");
    client.get(&url).await.expect(403);
    client.get(&status).await.expect(404);
}

#[tokio::test]
async fn jobs_are_counted_and_given_back() {
    let ward = Ward::new().await;
    let client = || ward.as_user("fhir").with("prefer", "respond-async");
    let mut last = String::new();
    for _ in 0..10 {
        last = client().get("/$export").await.expect(202).header("content-location").to_owned();
    }
    client().get("/$export").await.expect(429);
    ward.as_user("fhir").delete(&last).await.expect(202);
    client().get("/$export").await.expect(202);
    // A client that vanished takes no place for ever.
    ward.pass_seconds(25 * 3_600);
    ward.as_user("fhir").with("prefer", "respond-async").get("/$export").await.expect(202);
}

#[tokio::test]
async fn what_is_sealed_is_in_no_export() {
    let Scene { ward, open, sealed, secret } = scene().await;
    for who in ["doctor", "nurse", "clerk", "support", "privacy"] {
        ward.as_user(who).with("prefer", "respond-async").get("/$export").await.expect(403);
        ward.as_user(who).with("prefer", "respond-async").get("/Patient/$export").await.expect(403);
    }
    for path in ["/$export", "/Patient/$export"] {
        let manifest = manifest(&ward, "fhir", path).await;
        let text = Value::Array(all(&ward, "fhir", &manifest).await).to_string();
        assert!(text.contains(&open) && !text.contains(&sealed) && !text.contains(&secret), "{path}");
    }
    // Sealed between the asking and the fetching: not in the file.
    let told = manifest(&ward, "fhir", "/$export?_type=Patient").await;
    ward.add_user("registrar2", galen_access::actor::ActorKind::Staff, "receptionist", None).await;
    relate(&ward, "registrar2", &open, 365).await;
    let mut body = labelled(patient("Open", "Olga", "1980-01-01"), "R");
    body["id"] = open.as_str().into();
    ward.pass_seconds(2);
    ward.as_user("registrar2").put(&format!("/Patient/{open}"), &body).await.expect(200);
    ward.pass_seconds(2);
    let url = told["output"][0]["url"].as_str().unwrap();
    let text = ward.as_user("fhir").get(url).await.expect(200).text();
    assert!(!text.contains(&open), "{text}");
}

#[tokio::test]
async fn lines_are_imported_one_by_one() {
    let ward = Ward::new().await;
    let mut put = patient("Line", "Two", "2000-01-01");
    put["id"] = "line-2".into();
    let mut bad = patient("Bad", "Three", "nope");
    bad["id"] = "line-3".into();
    let body = format!("{}\n{put}\n{bad}\n\n{{not json\n", patient("Line", "One", "2000-01-01"));
    let client = ward.as_user("fhir").with("content-type", "application/fhir+ndjson");
    let accepted = client.send("POST", "/$import", body.clone()).await.expect(202);
    let told = ward.as_user("fhir").get(accepted.header("content-location")).await.expect(200).json();
    assert!(told["output"].as_array().unwrap().is_empty());
    let errors = ward.as_user("fhir").get(told["error"][0]["url"].as_str().unwrap()).await.expect(200);
    let rows = lines(&errors);
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(rows[0]["issue"][0]["diagnostics"].as_str().unwrap().starts_with("2 created"));
    assert!(rows[1]["issue"][0]["diagnostics"].as_str().unwrap().starts_with("line 3:"));
    assert!(rows[2]["issue"][0]["diagnostics"].as_str().unwrap().starts_with("line 5:"));
    ward.as_user("fhir").get("/Patient/line-2").await.expect(200);
    ward.as_user("fhir").get("/Patient/line-3").await.expect(404);
    for who in ["doctor", "support", "clerk"] {
        let client = ward.as_user(who).with("content-type", "application/fhir+ndjson");
        client.send("POST", "/$import", body.clone()).await.expect(403);
    }
    ward.as_user("fhir").post("/$import", &json!({ "resourceType": "Parameters" })).await.expect(400);
    client.send("GET", "/$import", "").await.expect(405);
}
