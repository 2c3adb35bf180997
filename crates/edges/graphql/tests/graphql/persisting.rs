//! Documents that are sent by their hash, and an installation that takes no others.

use crate::scene::{Scene, codes};
use galen_graphql::{GraphSettings, hash};
use galen_service::Settings;
use serde_json::{Value, json};

async fn sent(scene: &Scene, body: Value) -> Value {
    let client = scene.ward.as_user("clerk").with("content-type", "application/json");
    client.post("/graphql", &body).await.expect(200).json()
}

fn by_hash(query: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(query) } })
}

#[tokio::test]
async fn a_document_is_sent_once() {
    let scene = Scene::open().await;
    let query = "query Mine { services { services { name } } }";
    let unknown = sent(&scene, json!({ "extensions": by_hash(query) })).await;
    assert_eq!(codes(&unknown).0, ["PERSISTED_QUERY_NOT_FOUND"]);
    assert_eq!(unknown["errors"][0]["message"], "PersistedQueryNotFound", "clients look for these words");
    let wrong = sent(&scene, json!({ "query": "{ __typename }", "extensions": by_hash(query) })).await;
    assert_eq!(codes(&wrong).0, ["persisted-query-mismatch"]);
    let first = sent(&scene, json!({ "query": query, "extensions": by_hash(query) })).await;
    let again = sent(&scene, json!({ "extensions": by_hash(query) })).await;
    assert_eq!(first, again);
    assert_eq!(again["data"]["services"]["services"][0]["name"], "Diabetes clinic");
    let refused = sent(
        &scene,
        json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": hash(query) } } }),
    )
    .await;
    assert_eq!(codes(&refused).0, ["persisted-query-invalid"]);
    assert_eq!(codes(&sent(&scene, json!({})).await).0, ["query-required"]);
}

fn known() -> Vec<(&'static str, &'static str)> {
    let parts = crate::scene::services();
    parts.iter().filter_map(|service| service.subgraph).flat_map(|part| part.operations).copied().collect()
}

#[tokio::test]
async fn the_operations_that_come_with_galen_fit_the_schema() {
    let scene = Scene::open().await;
    let variables = json!({
        "clinic": "outpatients", "day": "2026-09-22", "patient": scene.open, "text": "Lovelace", "service": scene.service,
        "start": "2026-09-22T11:00:00.000Z", "schedules": [scene.schedule], "idempotencyKey": "k", "id": scene.of_open,
        "version": 1, "reason": "pat", "partOf": null,
    });
    for (name, query) in known() {
        let mut variables = variables.clone();
        variables["idempotencyKey"] = json!(name);
        let own: serde_json::Map<String, Value> = variables
            .as_object()
            .unwrap()
            .iter()
            .filter(|(variable, _)| query.contains(&format!("${variable}:")))
            .map(|(variable, value)| (variable.clone(), value.clone()))
            .collect();
        let answer = sent(&scene, json!({ "variables": own, "extensions": by_hash(query) })).await;
        assert_eq!(codes(&answer).0, [] as [String; 0], "{name}: {answer}");
    }
    assert!(known().len() >= 8);
}

#[tokio::test]
async fn an_installation_may_take_no_others() {
    let scene = Scene::set(Settings::default().with(GraphSettings { persisted_only: true })).await;
    let (name, query) = known()[0];
    let variables = json!({ "clinic": "outpatients", "day": "2026-09-22" });
    for body in [
        json!({ "query": query, "variables": variables }),
        json!({ "variables": variables, "extensions": by_hash(query) }),
    ] {
        assert_eq!(codes(&sent(&scene, body).await).0, [] as [String; 0], "{name}");
    }
    let other =
        sent(&scene, json!({ "query": "{ __typename }", "extensions": by_hash("{ __typename }") })).await;
    assert_eq!(codes(&other), (vec!["query-not-listed".to_owned()], Value::Null));
    let other = sent(&scene, json!({ "extensions": by_hash("{ __typename }") })).await;
    assert_eq!(codes(&other).0, ["query-not-listed"]);
}

#[tokio::test]
async fn operations_are_counted_by_known_names_only() {
    let scene = Scene::open().await;
    let (name, query) = known()[0];
    sent(&scene, json!({ "query": query, "variables": { "clinic": "outpatients", "day": "2026-09-22" } }))
        .await;
    sent(&scene, json!({ "query": "query Lovelace { __typename }" })).await;
    let text = scene.ward.house.metrics.render();
    assert!(text.contains(&format!("operation=\"{name}\",outcome=\"done\"")), "{text}");
    assert!(text.contains("operation=\"other\",outcome=\"done\"") && !text.contains("Lovelace"));
}
