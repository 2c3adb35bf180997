//! The oracle's rows for applications: who registers, who connects, and what anybody may ask of OAuth's endpoints.

use super::authorization::{ADMINISTRATOR, Case, Expected, case, get};
use http::Method;
use serde_json::{Value, json};

/// Everybody but programs: they have nobody to ask.
const PEOPLE: &[&str] = &[
    "doctor",
    "nurse",
    "nurse-manager",
    "health-professional",
    "student",
    "biomedical-scientist",
    "medical-secretary",
    "clinical-coder",
    "clinical-support",
    "receptionist",
    "clerk",
    "clerical-manager",
    "information-officer",
    "records-manager",
    "social-worker",
    "midwife",
    "midwife-manager",
    "systems-support",
    "pharmacist",
    "privacy-officer",
    "caldicott-guardian",
    "administrator",
    "patient",
];

/// All of them.
pub fn rows() -> Vec<Case> {
    use Expected::{Only, Public, SignedIn};
    let (post, patch, delete) = (Method::POST, Method::PATCH, Method::DELETE);
    let request = "/api/authorizations/request";
    vec![
        get("/fhir/.well-known/smart-configuration", Public),
        get("/.well-known/smart-configuration", Public),
        get("/.well-known/openid-configuration", Public),
        get("/oauth/jwks", Public),
        get("/oauth/smart-style.json", Public),
        get("/oauth/authorize", Public),
        case(post.clone(), "/oauth/authorize", "/oauth/authorize", json!({}), Public),
        case(post.clone(), "/oauth/token", "/oauth/token", json!({}), Public),
        case(post.clone(), "/oauth/introspect", "/oauth/introspect", json!({}), Public),
        case(post.clone(), "/oauth/revoke", "/oauth/revoke", json!({}), Public),
        get("/api/clients", Only(ADMINISTRATOR)),
        case(
            post.clone(),
            "/api/clients",
            "/api/clients",
            json!({ "name": "", "scopes": "" }),
            Only(ADMINISTRATOR),
        ),
        case(
            patch,
            "/api/clients/{id}",
            "/api/clients/none",
            json!({ "change": "enable" }),
            Only(ADMINISTRATOR),
        ),
        case(Method::GET, request, "/api/authorizations/request?request=none", Value::Null, Only(PEOPLE)),
        case(post.clone(), request, request, json!({ "request": "none", "allow": true }), Only(PEOPLE)),
        get("/api/authorizations", SignedIn),
        case(delete, "/api/authorizations/{id}", "/api/authorizations/none", Value::Null, SignedIn),
        get("/api/launches", Only(PEOPLE)),
        case(
            post,
            "/api/launches",
            "/api/launches",
            json!({ "client": "none", "patient": "matrix" }),
            Only(PEOPLE),
        ),
    ]
}
