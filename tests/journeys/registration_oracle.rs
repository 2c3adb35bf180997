//! The rows of accounts, proxies, consents and accesses in the authorization matrix.

use super::authorization::{Case, Expected, case, get};
use http::Method;
use serde_json::{Value, json};

const INVITES: &[&str] =
    &["medical-secretary", "clinical-support", "receptionist", "clerical-manager", "records-manager"];
const REVIEWS_AUDIT: &[&str] = &["privacy-officer", "caldicott-guardian", "administrator"];
const PATIENTS: &[&str] = &["patient"];

pub fn rows() -> Vec<Case> {
    use Expected::{Only, Public};
    let (post, delete) = (Method::POST, Method::DELETE);
    vec![
        case(
            post.clone(),
            "/api/patients/{id}/invitations",
            "/api/patients/matrix/invitations",
            json!({}),
            Only(INVITES),
        ),
        case(
            post.clone(),
            "/api/patients/{id}/invitation-letters",
            "/api/patients/matrix/invitation-letters",
            Value::Null,
            Only(INVITES),
        ),
        case(
            Method::GET,
            "/api/patients/{id}/invitations",
            "/api/patients/matrix/invitations",
            Value::Null,
            Only(INVITES),
        ),
        case(
            delete.clone(),
            "/api/invitations/{id}",
            "/api/invitations/none",
            Value::Null,
            Expected::OnlyAndPatients(INVITES),
        ),
        case(post.clone(), "/api/activations", "/api/activations", json!({}), Public),
        case(post, "/api/proxies", "/api/proxies", json!({}), Only(PATIENTS)),
        get("/api/proxies", Only(PATIENTS)),
        case(
            Method::GET,
            "/api/patients/{id}/proxies",
            "/api/patients/matrix/proxies",
            Value::Null,
            Only(INVITES),
        ),
        case(
            delete,
            "/api/proxies/{id}",
            "/api/proxies/none",
            Value::Null,
            Expected::OnlyAndPatients(INVITES),
        ),
        case(
            Method::POST,
            "/api/patients/{id}/consents",
            "/api/patients/matrix/consents",
            json!({ "choice": "noResearch" }),
            Only(INVITES),
        ),
        case(
            Method::GET,
            "/api/patients/{id}/consents",
            "/api/patients/matrix/consents",
            Value::Null,
            Only(INVITES),
        ),
        case(
            Method::DELETE,
            "/api/consents/{id}",
            "/api/consents/none",
            Value::Null,
            Expected::OnlyAndPatients(INVITES),
        ),
        case(
            Method::GET,
            "/api/patients/{id}/accesses",
            "/api/patients/matrix/accesses",
            Value::Null,
            Only(REVIEWS_AUDIT),
        ),
    ]
}
