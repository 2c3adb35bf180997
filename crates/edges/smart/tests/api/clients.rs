//! Registration and discovery.

use crate::jwt::Key;
use crate::ward::{REDIRECT, Ward};
use serde_json::{Value, json};

#[tokio::test]
async fn only_administrators_register_and_secrets_are_shown_once() {
    let ward = Ward::new().await;
    let body =
        json!({ "name": "Portal", "redirectUris": [REDIRECT], "scopes": "patient/*.rs", "secret": true });
    ward.as_user("doctor").post("/api/clients", &body).await.expect(403);
    let added = ward.register(body).await;
    assert!(added["clientSecret"].as_str().unwrap().len() >= 43);
    let listed = ward.as_user("admin").get("/api/clients").await.expect(200);
    assert!(!listed.text().contains(added["clientSecret"].as_str().unwrap()));
    assert_eq!(listed.json()[0]["authentication"], "secret");
    ward.as_user("nurse").get("/api/clients").await.expect(403);
}

#[tokio::test]
async fn what_cannot_be_registered_says_why() {
    let ward = Ward::new().await;
    let key = Key::es384();
    let keys = json!({ "keys": [key.jwk("k1")] });
    let mut private = key.jwk("k1");
    private["d"] = json!("AAAA");
    let mut nameless = key.jwk("k1");
    nameless.as_object_mut().unwrap().remove("kid");
    let good = json!({ "name": "App", "redirectUris": [REDIRECT], "scopes": "patient/*.rs" });
    let backend = json!({ "name": "Loader", "scopes": "system/*.rs", "user": "fhir", "jwks": keys });
    let cases: Vec<(&Value, &str, Value, &str)> = vec![
        (&good, "name", json!("  "), "client-name-invalid"),
        (&good, "redirectUris", json!(["http://app.example/cb"]), "redirect-uri-invalid"),
        (&good, "redirectUris", json!([]), "redirect-uri-missing"),
        (&good, "launchUrl", json!("javascript:alert(1)"), "launch-url-invalid"),
        (&good, "scopes", json!(""), "scopes-missing"),
        (&good, "scopes", json!("patient/Nonsense.rs"), "scopes-invalid"),
        (&good, "scopes", json!("patient/*.rs everything"), "scopes-invalid"),
        (&good, "scopes", json!("patient/Observation.rs?nonsense=x"), "scopes-invalid"),
        (&good, "scopes", json!("patient/Observation.rs?patient.name=x"), "scopes-invalid"),
        (&good, "scopes", json!("patient/Observation.rs?_sort=date"), "scopes-invalid"),
        (&good, "scopes", json!("patient/*.rs?category=laboratory"), "scopes-invalid"),
        (&backend, "user", Value::Null, "account-missing"),
        (&backend, "user", json!("doctor"), "account-unknown"),
        (&backend, "jwks", Value::Null, "jwks-missing"),
        (&backend, "jwks", json!({ "keys": [] }), "jwks-invalid"),
        (&backend, "jwks", json!({ "keys": [private] }), "jwks-invalid"),
        (&backend, "jwks", json!({ "keys": [nameless] }), "jwks-invalid"),
        (&backend, "secret", json!(true), "proof-ambiguous"),
    ];
    for (base, field, value, code) in cases {
        let mut body = base.clone();
        body[field] = value;
        let refused = ward.as_user("admin").post("/api/clients", &body).await.expect(422).json();
        assert_eq!(refused["code"], code, "{field}: {refused}");
    }
    for body in [good, backend] {
        ward.register(body).await;
    }
    let at = |url: &str| json!({ "name": "Loader", "scopes": "system/*.rs", "user": "fhir", "jwksUri": url });
    let admin = ward.as_user("admin");
    for bad in [
        "http://keys.example/jwks",
        "https://127.0.0.1/jwks",
        "https://10.1.2.3/jwks",
        "https://localhost/jwks",
    ] {
        let refused = admin.post("/api/clients", &at(bad)).await.expect(422).json();
        assert_eq!(refused["code"], "jwks-uri-invalid", "{bad}");
    }
    ward.register(at("https://keys.example/jwks")).await;
}

#[tokio::test]
async fn the_server_tells_where_and_what() {
    let ward = Ward::new().await;
    let nobody = ward.nobody();
    let told = nobody.get("/fhir/.well-known/smart-configuration").await.expect(200);
    assert_eq!(told.header("access-control-allow-origin"), "*");
    let told = told.json();
    assert_eq!(told, nobody.get("/.well-known/smart-configuration").await.expect(200).json());
    for capability in ["launch-ehr", "launch-standalone", "permission-v2", "client-confidential-asymmetric"] {
        assert!(told["capabilities"].as_array().unwrap().iter().any(|one| one == capability), "{capability}");
    }
    assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
    let statement = nobody.get("/fhir/metadata").await.expect(200).json();
    let security = &statement["rest"][0]["security"];
    let uris = security["extension"][0]["extension"].as_array().unwrap();
    for (name, key) in [("authorize", "authorization_endpoint"), ("token", "token_endpoint")] {
        let uri = uris.iter().find(|uri| uri["url"] == name).unwrap();
        assert_eq!(uri["valueUri"], told[key]);
    }
    let open = nobody.get("/.well-known/openid-configuration").await.expect(200).json();
    assert_eq!(open["issuer"], told["issuer"]);
}

#[tokio::test]
async fn browsers_may_ask_from_other_origins_but_not_with_cookies() {
    let ward = Ward::new().await;
    let asking = ward
        .nobody()
        .with("origin", "https://app.example")
        .with("access-control-request-method", "GET")
        .with("access-control-request-headers", "authorization");
    let allowed = asking.send("OPTIONS", "/fhir/Patient/1", Vec::new()).await.expect(204);
    assert_eq!(allowed.header("access-control-allow-origin"), "*");
    assert!(allowed.header("access-control-allow-headers").contains("Authorization"));
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    let closed = asking.send("OPTIONS", "/api/session", Vec::new()).await;
    assert_eq!(closed.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn people_are_told_which_applications_they_can_open() {
    let ward = Ward::new().await;
    let client = |name: &str, scopes: &str, launch: Option<&str>| json!({ "name": name, "redirectUris": [REDIRECT], "scopes": scopes, "launchUrl": launch });
    let url = Some("https://app.example/launch");
    let growth = ward.register(client("Growth chart", "launch patient/*.rs", url)).await["clientId"].clone();
    ward.register(client("Without an address", "launch patient/*.rs", None)).await;
    ward.register(client("Without the scope", "launch/patient patient/*.rs", url)).await;
    let off = ward.register(client("Switched off", "launch patient/*.rs", url)).await;
    let path = format!("/api/clients/{}", off["clientId"].as_str().unwrap());
    ward.as_user("admin").send("PATCH", &path, r#"{"change":"disable"}"#).await.expect(200);
    let told = ward.as_user("nurse").get("/api/launches").await.expect(200).json();
    assert_eq!(told, json!([{ "client": growth, "name": "Growth chart" }]));
    ward.nobody().get("/api/launches").await.expect(401);
    ward.as_user("fhir").get("/api/launches").await.expect(403);
}
