//! One audit entry per interaction, done or refused, and AuditEvent as a type among types.

use crate::ward::{Ward, observation, patient};
use galen_audit::Outcome;
use serde_json::json;

#[tokio::test]
async fn every_interaction_leaves_one_entry() {
    let ward = Ward::new().await;
    let id = ward.as_user("fhir").create(&patient("A", "B", "2000-01-01")).await;
    ward.as_user("fhir").create(&observation(&id, "a", "2020", 1.0)).await;
    let mut body = patient("A", "C", "2000-01-01");
    body["id"] = id.as_str().into();
    let body = body.to_string();
    let one = format!("/Patient/{id}");
    let transaction = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        { "resource": patient("X", "Y", "2000-01-01"), "request": { "method": "POST", "url": "Patient" } },
        { "resource": observation(&id, "b", "2021", 1.0), "request": { "method": "POST", "url": "Observation" } }] })
    .to_string();
    let cases: Vec<(&str, &str, String, &str, &str)> = vec![
        ("fhir", "GET", one.clone(), "", "read"),
        ("fhir", "GET", format!("{one}/_history/1"), "", "vread"),
        ("fhir", "GET", format!("{one}/_history"), "", "history-instance"),
        ("fhir", "GET", "/Observation?code=a".to_owned(), "", "search-type"),
        ("fhir", "POST", "/Patient".to_owned(), &body, "create"),
        ("fhir", "PUT", one.clone(), &body, "update"),
        ("fhir", "POST", String::new(), &transaction, "transaction"),
        ("support", "GET", one.clone(), "", "read"),
        ("support", "GET", "/Patient".to_owned(), "", "search-type"),
        ("support", "PUT", one.clone(), &body, "update"),
        ("support", "POST", String::new(), &transaction, "transaction"),
        ("fhir", "DELETE", one.clone(), "", "delete"),
        ("fhir", "GET", one.clone(), "", "read"),
        ("fhir", "PATCH", one.clone(), "[]", "patch"),
        ("fhir", "GET", "/Patient/_history".to_owned(), "", "history-type"),
        ("fhir", "GET", "/_history".to_owned(), "", "history-system"),
        ("support", "GET", "/Patient/_history".to_owned(), "", "history-type"),
        ("fhir", "GET", "/Patient/nobody/$everything".to_owned(), "", "everything"),
        ("support", "GET", format!("{one}/$everything"), "", "everything"),
        ("support", "GET", format!("/Observation/$lastn?patient={id}"), "", "lastn"),
        ("fhir", "GET", format!("/Observation/$lastn?patient={id}"), "", "lastn"),
        ("support", "GET", format!("{one}/$meta"), "", "meta"),
        ("support", "GET", format!("{one}/$validate"), "", "validate"),
    ];
    for (who, method, path, body, operation) in cases {
        let (reply, entries) =
            ward.entries_of(async { ward.as_user(who).send(method, &path, body).await }).await;
        assert_eq!(entries.len(), 1, "{who} {method} {path}");
        let entry = &entries[0].audit;
        assert_eq!(entry.operation, operation, "{who} {method} {path}");
        assert_eq!(entry.name, who);
        assert_eq!(
            entry.outcome == Outcome::Done,
            reply.status.is_success(),
            "{who} {method} {path} {}",
            reply.status
        );
        if reply.status.is_success() {
            assert!(
                entry.patients.contains(&id) || operation == "create",
                "{who} {method} {path}: {:?}",
                entry.patients
            );
            assert!(!entry.entities.is_empty() || operation == "history-system");
        }
        if matches!(operation, "search-type" | "lastn" | "history-type" | "history-system") {
            assert!(entry.query.is_some(), "{who} {method} {path}");
        }
    }
    let (_, entries) = ward.entries_of(async { ward.nobody().get(&one).await }).await;
    assert_eq!(entries.len(), 1);
}

#[tokio::test]
async fn audit_events_are_read_and_searched() {
    let ward = Ward::new().await;
    let id = ward.as_user("fhir").create(&patient("A", "B", "2000-01-01")).await;
    ward.pass_seconds(5);
    ward.as_user("doctor").get(&format!("/Patient/{id}")).await.expect(200);
    ward.as_user("fhir").get("/AuditEvent").await.expect(403);
    let privacy = ward.as_user("privacy");
    let found = privacy.get(&format!("/AuditEvent?patient={id}&_sort=-date")).await.expect(200);
    assert!(found.ids().len() >= 2, "{}", found.text());
    let events = found.of_mode("match");
    assert!(events.windows(2).all(|w| w[0]["recorded"].as_str() >= w[1]["recorded"].as_str()));
    let reads = privacy.get("/AuditEvent?subtype=read&action=R&_total=accurate").await.expect(200);
    assert_eq!(reads.json()["total"], 1);
    let event = &reads.of_mode("match")[0];
    let json = galen_fhir::json::parse(event.to_string().as_bytes()).unwrap();
    let issues = galen_fhir::validate::validate_json(&json);
    assert!(issues.iter().all(|i| !i.is_error()), "{issues:?}");
    let one = event["id"].as_str().unwrap();
    assert_eq!(&privacy.get(&format!("/AuditEvent/{one}")).await.expect(200).json(), event);
    assert_eq!(&privacy.get(&format!("/AuditEvent/{one}/_history/1")).await.expect(200).json(), event);
    assert_eq!(privacy.get(&format!("/AuditEvent?_id={one}")).await.expect(200).ids(), [one]);
    assert!(privacy.get("/AuditEvent?_lastUpdated=lt2026-01-01").await.expect(200).ids().is_empty());
    assert!(
        !privacy
            .get("/AuditEvent?_lastUpdated=ge2026-01-01&_sort=-_lastUpdated")
            .await
            .expect(200)
            .ids()
            .is_empty()
    );
    assert!(!privacy.get("/AuditEvent?_sort=_id").await.expect(200).ids().is_empty());
    privacy.get("/AuditEvent/9-9-9").await.expect(404);
    privacy.get("/AuditEvent/x").await.expect(404);
    // Paging through the audit while every page adds to it.
    let mut path = "/AuditEvent?_count=3".to_owned();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = privacy.get(&path).await.expect(200);
        seen.extend(page.ids());
        path = page.link("next").unwrap();
    }
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), seen.len());
}
