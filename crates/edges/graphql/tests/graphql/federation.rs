//! The subgraphs, as a gateway uses them.

use crate::scene::{Scene, codes};
use serde_json::{Value, json};

async fn part(scene: &Scene, user: &str, domain: &str, query: &str, variables: Value) -> Value {
    let body = json!({ "query": query, "variables": variables });
    let client = scene.ward.as_user(user).with("content-type", "application/json");
    client.post(&format!("/graphql/{domain}"), &body).await.expect(200).json()
}

#[tokio::test]
async fn each_domain_tells_its_schema_to_staff_and_not_to_patients() {
    let scene = Scene::open().await;
    for domain in ["registration", "scheduling", "directory", "messaging"] {
        let told = part(&scene, "clerk", domain, "{ _service { sdl } }", json!({})).await;
        let sdl = told["data"]["_service"]["sdl"].as_str().unwrap();
        assert!(sdl.contains("@key(fields: \"id\""), "{domain}: {sdl}");
        let (refused, _) = codes(&part(&scene, "ada", domain, "{ _service { sdl } }", json!({})).await);
        assert_eq!(refused, ["introspection-refused"], "{domain}");
    }
    let body = json!({ "query": "{ __typename }" });
    let client = scene.ward.as_user("clerk").with("content-type", "application/json");
    client.post("/graphql/nowhere", &body).await.expect(404);
}

#[tokio::test]
async fn entities_are_resolved_by_their_owner_only() {
    let scene = Scene::open().await;
    let patient = json!([{ "__typename": "Patient", "id": scene.open }]);
    let query = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Patient { family } } }";
    let owner = part(&scene, "clerk", "registration", query, json!({ "r": patient })).await;
    assert_eq!(owner["data"]["_entities"], json!([{ "family": "Lovelace" }]), "{owner}");
    let query = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Patient { appointments { appointments { id patient { id } } } } } }";
    let other = part(&scene, "clerk", "scheduling", query, json!({ "r": patient })).await;
    let found = json!([{ "appointments": { "appointments": [{ "id": scene.of_open, "patient": { "id": scene.open } }] } }]);
    assert_eq!(other["data"]["_entities"], found, "{other}");
    let foreign = json!([{ "__typename": "Practitioner", "id": "7" }]);
    let query = "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }";
    let (refused, data) = codes(&part(&scene, "clerk", "scheduling", query, json!({ "r": foreign })).await);
    assert_eq!((refused, &data["_entities"]), (vec!["query-invalid".to_owned()], &json!([null])));
}

#[tokio::test]
async fn entities_by_id_are_no_way_around() {
    let scene = Scene::open().await;
    let query = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Patient { id family } } }";
    let both = json!([
        { "__typename": "Patient", "id": scene.sealed },
        { "__typename": "Patient", "id": scene.open },
        { "__typename": "Patient", "id": "nobody" },
    ]);
    let answer = part(&scene, "ada", "registration", query, json!({ "r": both })).await;
    assert_eq!(answer["data"]["_entities"], json!([null, { "id": scene.open, "family": "Lovelace" }, null]));
    let paths: Vec<_> = answer["errors"].as_array().unwrap().iter().map(|e| e["path"].clone()).collect();
    assert_eq!(paths, [json!(["_entities", 0]), json!(["_entities", 2])]);
    assert_eq!(codes(&answer).0, ["not-found", "not-found"]);

    let query = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Appointment { id status description } } }";
    let other = json!([{ "__typename": "Appointment", "id": scene.of_sealed }]);
    let answer = part(&scene, "ada", "scheduling", query, json!({ "r": other })).await;
    assert_eq!(
        (codes(&answer).0, &answer["data"]["_entities"]),
        (vec!["not-found".to_owned()], &json!([null]))
    );
}

#[tokio::test]
async fn strange_representations_are_null() {
    let scene = Scene::open().await;
    for strange in [
        json!([{}]),
        json!([{ "__typename": 7 }]),
        json!([{ "__typename": "Patient" }]),
        json!(["x"]),
        json!([null]),
    ] {
        let query = "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }";
        let answer = part(&scene, "clerk", "registration", query, json!({ "r": strange })).await;
        let data = &answer["data"]["_entities"];
        assert!(*data == json!([null]) || answer["errors"].is_array(), "{strange}: {answer}");
    }
    let many: Vec<Value> =
        (0..501).map(|n| json!({ "__typename": "Patient", "id": n.to_string() })).collect();
    let answer = part(
        &scene,
        "clerk",
        "registration",
        "query($r: [_Any!]!) { _entities(representations: $r) { ... on Patient { id } } }",
        json!({ "r": many }),
    )
    .await;
    assert_eq!(codes(&answer).0, ["too-many-representations"]);
}
