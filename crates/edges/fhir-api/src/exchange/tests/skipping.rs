//! Types that cannot be pushed are counted and told of; the others go.

use super::server::Say;
use super::ward::{Exchanging, capabilities};
use serde_json::json;

/// More than the refusals that would end a push.
const LINKAGES: u64 = 55;

#[tokio::test]
async fn what_could_not_be_found_again_is_counted_and_not_sent() {
    let made = Say::This(201, "etag: W/\"1\"\r\nlocation: /fhir/Basic/9\r\n", String::new());
    let able = capabilities(&["Basic", "Linkage"], &["create"]);
    let exchanging = Exchanging::new(vec![able, made]).await;
    let item = |kind: &str| json!({ "type": kind, "resource": { "display": "it" } });
    let item = [item("source"), item("alternate")];
    for _ in 0..LINKAGES {
        exchanging.client().create(&json!({ "resourceType": "Linkage", "item": item })).await;
    }
    exchanging.client().create(&json!({ "resourceType": "Basic", "code": { "text": "it" } })).await;
    let report = exchanging.push(&["Linkage", "Basic", "Observation"]).await;
    assert_eq!((report.created, report.refusals, report.seen), (1, 0, 1), "{report:?}");
    let skipped: Vec<_> = report.skipped.iter().map(|one| (one.type_name.as_str(), one.resources)).collect();
    assert_eq!(skipped, [("Linkage", LINKAGES), ("Observation", 0)]);
    assert_eq!(report.skipped[0].code, "no-identifier");
    assert_eq!(report.skipped[1].code, "partner-creates-none");
    assert!(report.skipped[0].message.contains("let the partner pull it"), "{report:?}");
    let asked = exchanging.partner.asked();
    assert!(asked.len() == 2 && asked[1].starts_with("POST /fhir/Basic "), "{asked:?}");
    assert!(asked[1].contains("if-none-exist: identifier="), "{}", asked[1]);
}
