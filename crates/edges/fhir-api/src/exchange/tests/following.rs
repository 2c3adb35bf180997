//! What is deleted at a partner ends here, unless somebody here changed it.

use super::server::Say;
use super::ward::{Exchanging, capabilities, says, searchset};
use serde_json::{Value, json};

/// An Observation as the partner has it.
fn observation(id: &str, value: u32) -> Value {
    json!({ "resourceType": "Observation", "id": id, "status": "final", "code": { "text": "pulse" },
        "meta": { "versionId": "1", "lastUpdated": "2026-09-01T10:00:00Z" },
        "valueQuantity": { "value": value, "unit": "/min" } })
}

fn ended(id: &str) -> Value {
    json!({ "fullUrl": format!("$BASE/fhir/Observation/{id}"),
        "request": { "method": "DELETE", "url": format!("Observation/{id}") },
        "response": { "status": "204", "etag": "W/\"2\"", "lastModified": "2026-09-01T11:00:00Z" } })
}

/// One that was written, told without its full address.
fn written(id: &str) -> Value {
    json!({ "resource": observation(id, 70), "request": { "method": "PUT", "url": format!("Observation/{id}/_history/3") },
        "response": { "status": "200", "lastModified": "2026-09-01T11:00:00Z" } })
}

fn history(entries: &[Value]) -> Say {
    says(&json!({ "resourceType": "Bundle", "type": "history", "entry": entries }))
}

fn telling() -> Say {
    capabilities(&["Observation"], &["create", "history-type"])
}

/// What lies here of one of theirs: its path, and whether it is there.
async fn lies(exchanging: &Exchanging, id: &str) -> (String, u16) {
    let naming = crate::exchange::naming::Naming::new(&exchanging.partner.base());
    let path = format!("/Observation/{}", naming.local_id("Observation", id));
    let status = exchanging.client().get(&path).await.status.as_u16();
    (path, status)
}

#[tokio::test]
async fn what_was_deleted_there_is_deleted_here() {
    let all = ["gone", "edited", "back", "stays"].map(|id| observation(id, 60));
    let page = [ended("gone"), ended("never-pulled"), written("back"), ended("back"), ended("edited")];
    let script = vec![searchset(&all), searchset(&[]), telling(), history(&page), searchset(&[])];
    let exchanging = Exchanging::new(script).await;
    assert_eq!(exchanging.pull(&["Observation"]).await.created, 4);
    let (path, _) = lies(&exchanging, "edited").await;
    let mut edited = exchanging.client().get(&path).await.expect(200).json();
    edited["valueQuantity"]["value"] = json!(61);
    exchanging.ward.pass_seconds(1);
    exchanging.client().put(&path, &edited).await.expect(200);

    let report = exchanging.pull(&["Observation"]).await;
    assert_eq!((report.deleted, report.refusals), (1, 1), "{report:?}");
    let refused = &report.refused[0];
    assert_eq!((refused.code.as_str(), refused.resource.as_str()), ("conflict", "Observation/edited"));
    let (gone, status) = lies(&exchanging, "gone").await;
    assert_eq!(status, 410);
    for id in ["edited", "back", "stays"] {
        assert_eq!(lies(&exchanging, id).await.1, 200, "{id}");
    }
    let asked = exchanging.partner.asked();
    let since = "GET /fhir/Observation/_history?_since=2026-09-01T09:59:00.000Z";
    assert!(asked[3].starts_with(since), "{}", asked[3]);
    told_of(&exchanging, &gone).await;
}

/// The end has a Provenance, and an audit entry with the partner's name nowhere in place of ours.
async fn told_of(exchanging: &Exchanging, path: &str) {
    let target = path.trim_start_matches('/');
    let told = exchanging.client().get(&format!("/Provenance?target={target}&_count=10")).await.expect(200);
    let told = told.of_mode("match");
    let of_end = told.iter().find(|one| one["activity"]["coding"][0]["code"] == "DELETE").unwrap();
    let source = format!("{}/Observation/gone/_history/2", exchanging.partner.base());
    assert_eq!(of_end["entity"][0]["what"]["reference"], source);
    assert_eq!(told.len(), 2, "one of its coming, one of its end");
    let journal = exchanging.ward.journal().await;
    let names_it = |one: &galen_audit::AuditEntry| one.entities.iter().any(|name| name == target);
    assert!(journal.iter().any(|body| body.audit.operation == "delete" && names_it(&body.audit)));
}

#[tokio::test]
async fn who_tells_of_no_deletions_is_named() {
    let script = vec![
        searchset(&[observation("kept", 60)]),
        // One that has no history, one that does not say what it has, one that has it and refuses, or tells something else.
        searchset(&[]),
        capabilities(&["Observation"], &["create"]),
        searchset(&[]),
        Say::This(404, "", String::new()),
        searchset(&[]),
        telling(),
        Say::This(403, "", String::new()),
        searchset(&[]),
        telling(),
        searchset(&[]),
    ];
    let exchanging = Exchanging::new(script).await;
    let first = exchanging.pull(&["Observation"]).await;
    assert!(first.deletions_untold.is_empty(), "the first time nothing can have been deleted");
    for _ in 0..4 {
        let report = exchanging.pull(&["Observation"]).await;
        assert_eq!((report.deletions_untold, report.deleted), (vec!["Observation".to_owned()], 0));
    }
    assert_eq!(lies(&exchanging, "kept").await.1, 200);
    assert_eq!(exchanging.partner.asked().len(), 11);
}

#[tokio::test]
async fn a_history_that_leads_elsewhere_is_not_followed() {
    let bundle = json!({ "resourceType": "Bundle", "type": "history",
        "link": [{ "relation": "next", "url": "http://169.254.169.254/fhir/Observation/_history?page=2" }] });
    let script = vec![searchset(&[observation("kept", 60)]), searchset(&[]), telling(), says(&bundle)];
    let exchanging = Exchanging::new(script).await;
    exchanging.pull(&["Observation"]).await;
    exchanging.ward.pass_seconds(60);
    let asked = crate::exchange::PullAsked { types: vec!["Observation".to_owned()], ..Default::default() };
    let context = exchanging.context().await;
    let refused = crate::exchange::pull(&exchanging.ward.house, &context, "mercy", asked, &|_| ()).await;
    assert_eq!(refused.unwrap_err().code(), "partner-leads-elsewhere");
}
