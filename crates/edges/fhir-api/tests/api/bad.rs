//! Bad input: each has its status, its place and its words, and leaves nothing behind.

use crate::ward::{Ward, patient};
use galen_service::limits::LimitFigures;
use serde_json::json;

#[tokio::test]
async fn bodies_that_cannot_be_read() {
    let ward = Ward::new().await;
    let deep = format!("{}{}", "{\"extension\":[".repeat(80), "]}".repeat(80));
    let cases: Vec<(&str, &str, Vec<u8>, u16, &str)> = vec![
        ("POST", "/Patient", b"".to_vec(), 400, "not JSON"),
        ("POST", "/Patient", b"{".to_vec(), 400, "line 1 column 2"),
        ("POST", "/Patient", b"{\"resourceType\":\"Patient\",}".to_vec(), 400, "member name"),
        (
            "POST",
            "/Patient",
            b"{\"resourceType\":\"Patient\",\"gender\":\"male\",\"gender\":\"male\"}".to_vec(),
            400,
            "duplicate",
        ),
        ("POST", "/Patient", b"{\"resourceType\":\"Patient\",\"language\":\"\xff\"}".to_vec(), 400, "UTF-8"),
        ("POST", "/Patient", deep.into_bytes(), 400, "deep"),
        ("POST", "/Patient", b"[]".to_vec(), 400, "object"),
        ("POST", "/Patient", b"{}".to_vec(), 400, "resourceType"),
        ("POST", "/Patient", b"{\"resourceType\":\"Martian\"}".to_vec(), 400, "Martian"),
        ("POST", "/Patient", b"{\"resourceType\":\"Observation\"}".to_vec(), 400, "Observation"),
        ("PUT", "/Patient/a", b"{\"resourceType\":\"Patient\",\"id\":\"b\"}".to_vec(), 400, "same"),
        ("PUT", "/Patient/a", b"{\"resourceType\":\"Patient\"}".to_vec(), 400, "id"),
        ("PUT", "/Patient/a_b", b"{\"resourceType\":\"Patient\",\"id\":\"a_b\"}".to_vec(), 400, "id has"),
        ("GET", "/Patient/a%20b", vec![], 400, "id has"),
        ("GET", "/Martian", vec![], 404, "Martian"),
        ("GET", "/Martian/1", vec![], 404, "Martian"),
        ("POST", "/Martian", b"{}".to_vec(), 404, "Martian"),
        ("PUT", "/Patient", b"{\"resourceType\":\"Patient\"}".to_vec(), 412, "condition"),
        ("POST", "", b"{\"resourceType\":\"Patient\"}".to_vec(), 400, "Bundle"),
        (
            "POST",
            "",
            b"{\"resourceType\":\"Bundle\",\"type\":\"collection\"}".to_vec(),
            400,
            "transaction or batch",
        ),
        ("POST", "", b"{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":{}}".to_vec(), 400, "array"),
    ];
    for (method, path, body, status, words) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let (reply, entries) =
            ward.entries_of(async { ward.as_user("fhir").send(method, path, body).await }).await;
        assert_eq!(reply.status, status, "{method} {path} {shown}: {}", reply.text());
        assert!(reply.text().contains(words), "{method} {path} {shown}: {}", reply.text());
        assert_eq!(reply.json()["resourceType"], "OperationOutcome");
        assert_eq!(reply.header("content-type"), "application/fhir+json");
        assert_eq!(entries.len(), 1, "{method} {path} {shown}");
        assert!(matches!(entries[0].audit.outcome, galen_audit::Outcome::Refused(_)));
    }
    assert!(ward.as_user("fhir").get("/Patient").await.ids().is_empty());
}

#[tokio::test]
async fn resources_that_break_the_rules() {
    let ward = Ward::new().await;
    let cases = [
        (json!({ "resourceType": "Patient", "gender": "blue" }), "Patient.gender"),
        (json!({ "resourceType": "Patient", "birthDate": 1 }), "Patient.birthDate"),
        (json!({ "resourceType": "Patient", "nmae": [] }), "Patient"),
        (json!({ "resourceType": "Patient", "name": { "family": "x" } }), "Patient.name"),
        (
            json!({ "resourceType": "Patient", "deceasedBoolean": true, "deceasedDateTime": "2020" }),
            "Patient.deceased",
        ),
        (json!({ "resourceType": "Observation", "status": "final" }), "Observation"),
        (
            json!({ "resourceType": "Patient", "contact": [{ "name": { "family": 3 } }] }),
            "Patient.contact[0].name.family",
        ),
    ];
    for (body, place) in cases {
        let kind = body["resourceType"].as_str().unwrap();
        let reply = ward.as_user("fhir").post(&format!("/{kind}"), &body).await.expect(422);
        assert!(reply.issue().0.starts_with(place), "{body}: {}", reply.text());
    }
    let many = json!({ "resourceType": "Patient", "gender": "blue", "birthDate": "x", "active": "yes" });
    assert_eq!(
        ward.as_user("fhir").post("/Patient", &many).await.expect(422).json()["issue"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn formats_that_are_not_spoken() {
    let ward = Ward::new().await;
    let body = patient("A", "B", "2000-01-01");
    let client = || ward.as_user("fhir");
    client().with("accept", "application/fhir+xml").get("/Patient").await.expect(406);
    client().with("accept", "application/fhir+json; fhirVersion=5.0").get("/Patient").await.expect(406);
    client().with("accept", "application/fhir+json; fhirVersion=4.0").get("/Patient").await.expect(200);
    client().with("accept", "text/html, */*;q=0.1").get("/Patient").await.expect(200);
    client().get("/Patient?_format=xml").await.expect(406);
    client().with("accept", "application/fhir+xml").get("/Patient?_format=json").await.expect(200);
    client().get("/Patient?_format=application/fhir+json").await.expect(200);
    client().with("content-type", "application/fhir+xml").post("/Patient", &body).await.expect(415);
    client().with("content-type", "text/turtle").post("", &body).await.expect(415);
    client()
        .with("content-type", "application/json")
        .send("POST", "/Patient/_search", "family=x")
        .await
        .expect(415);
    client()
        .with("content-type", "application/json; charset=utf-8")
        .post("/Patient", &body)
        .await
        .expect(201);
}

#[tokio::test]
async fn what_nobody_does_says_so() {
    let ward = Ward::new().await;
    for (method, path) in [
        ("GET", "/AuditEvent/_history"),
        ("GET", "/Patient/1/$meta-add"),
        ("PATCH", "/AuditEvent/0-0-1"),
        ("DELETE", "/AuditEvent/0-0-1"),
        ("PUT", "/AuditEvent/0-0-1"),
        ("POST", "/AuditEvent"),
        ("POST", "/Patient/1"),
    ] {
        let (reply, entries) = ward
            .entries_of(async {
                ward.as_user("fhir").with("content-type", "application/json").send(method, path, "{}").await
            })
            .await;
        assert_eq!(reply.status, 405, "{method} {path}: {}", reply.text());
        assert_eq!(reply.json()["resourceType"], "OperationOutcome", "{method} {path}");
        assert_eq!(entries.len(), 1, "{method} {path}");
    }
}

#[tokio::test]
async fn what_is_too_large() {
    let limits = LimitFigures { body_bytes_max: 10_000, ..LimitFigures::default() };
    let ward = Ward::limited(limits).await;
    let mut body = patient("A", "B", "2000-01-01");
    body["text"] = json!({ "status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{}</div>", "x".repeat(20_000)) });
    let (reply, entries) =
        ward.entries_of(async { ward.as_user("fhir").post("/Patient", &body).await }).await;
    assert_eq!(reply.expect(413).json()["resourceType"], "OperationOutcome");
    assert_eq!(entries.len(), 1);
    let ward = Ward::new().await;
    let names: Vec<_> = (0..6_000).map(|n| json!({ "family": format!("N{n}") })).collect();
    let body = json!({ "resourceType": "Patient", "name": names });
    ward.as_user("fhir").post("/Patient", &body).await.expect(413);
    let query = "family=".to_owned() + &"x,".repeat(600) + "x";
    ward.as_user("fhir").get(&format!("/Patient?{query}")).await.expect(400);
}
