//! Backend Services: programs that sign, and what they do with it.

use crate::jwt::Key;
use crate::ward::{Ward, backend_form, two_patients};
use serde_json::json;

#[tokio::test]
async fn a_program_signs_by_either_algorithm_and_gets_five_minutes() {
    let ward = Ward::new().await;
    two_patients(&ward).await;
    for key in [Key::es384(), Key::rs384()] {
        let client = ward.backend_client(&key, "system/*.rs").await;
        let token =
            ward.backend_token(&key, &client, "system/Patient.rs system/Condition.cruds").await.expect(200);
        assert_eq!(token.header("cache-control"), "no-store");
        let token = token.json();
        assert_eq!(token["scope"], "system/Condition.rs system/Patient.rs");
        assert_eq!(token["expires_in"], 300);
        assert!(token.get("refresh_token").is_none());
        let app = ward.app(&token);
        assert_eq!(app.get("/Patient").await.expect(200).ids().len(), 2);
        app.get("/Observation").await.expect(403);
        app.post("/Patient", &json!({ "resourceType": "Patient" })).await.expect(403);
        ward.pass_seconds(301);
        app.get("/Patient").await.expect(401);
    }
}

#[tokio::test]
async fn an_export_holds_what_the_scopes_cover_and_no_more() {
    let ward = Ward::new().await;
    two_patients(&ward).await;
    let key = Key::es384();
    let client = ward.backend_client(&key, "system/*.rs").await;
    let scope = "system/Patient.rs system/Observation.rs?category=laboratory";
    let token = ward.backend_token(&key, &client, scope).await.expect(200).json();
    let app = ward.app(&token).with("prefer", "respond-async").with("accept", "application/fhir+json");
    let started = app.get("/$export").await.expect(202);
    let status = started.header("content-location").to_owned();
    ward.house.bus.relay_once().await.unwrap();
    ward.house.bus.relay_once().await.unwrap();
    let manifest = ward.app(&token).get(&status).await.expect(200).json();
    let mut counts: Vec<(String, i64)> = manifest["output"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["type"].as_str().unwrap().to_owned(), file["count"].as_i64().unwrap()))
        .collect();
    counts.sort();
    assert_eq!(counts, [("Observation".to_owned(), 2), ("Patient".to_owned(), 2)]);
    for file in manifest["output"].as_array().unwrap() {
        let lines = ward.app(&token).get(file["url"].as_str().unwrap()).await.expect(200).text();
        assert_eq!(lines.lines().count(), 2);
        assert!(!lines.contains("vital-signs"));
    }
    let narrow = ward.backend_token(&key, &client, "system/Patient.rs").await.expect(200).json();
    for file in manifest["output"].as_array().unwrap() {
        let wanted = if file["type"] == "Patient" { 200 } else { 403 };
        ward.app(&narrow).get(file["url"].as_str().unwrap()).await.expect(wanted);
    }
    let other = Key::es384();
    let stranger = ward.backend_client(&other, "system/*.rs").await;
    let stranger = ward.backend_token(&other, &stranger, "system/*.rs").await.expect(200).json();
    ward.app(&stranger).get(&status).await.expect(404);
}

#[tokio::test]
async fn a_program_without_account_or_with_a_disabled_one_gets_nothing() {
    let ward = Ward::new().await;
    let key = Key::es384();
    let client = ward.backend_client(&key, "system/*.rs").await;
    ward.backend_token(&key, &client, "").await.expect(400);
    ward.backend_token(&key, &client, "patient/*.rs openid").await.expect(400);
    let token = ward.backend_token(&key, &client, "system/*.rs").await.expect(200).json();
    let change = r#"{"change":"disable"}"#;
    ward.as_user("admin").send("PATCH", "/api/users/user-fhir", change).await.expect(200);
    ward.app(&token).get("/Patient").await.expect(401);
    let refused = ward.backend_token(&key, &client, "system/*.rs").await.expect(400).json();
    assert_eq!(refused["error"], "unauthorized_client");
}

#[tokio::test]
async fn an_assertion_works_once_even_when_it_comes_twice_at_once() {
    let ward = Ward::new().await;
    let key = Key::es384();
    let client = ward.backend_client(&key, "system/*.rs").await;
    let assertion = ward.assertion(&key, &client);
    let form = backend_form(&assertion, "system/*.rs");
    let (one, other) = tokio::join!(ward.oauth("/oauth/token", &form), ward.oauth("/oauth/token", &form));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}
