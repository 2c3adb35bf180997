//! The authorization oracle's rows of FHIR: interactions, histories, operations.

use super::authorization::{Case, EXCHANGES, Expected, REGISTERS, SEES_DEMOGRAPHICS, case, get};
use http::Method;
use serde_json::{Value, json};

pub const SEES_CLINICAL: &[&str] = &[
    "doctor",
    "nurse",
    "nurse-manager",
    "health-professional",
    "student",
    "biomedical-scientist",
    "medical-secretary",
    "clinical-coder",
    "clinical-support",
    "social-worker",
    "midwife",
    "midwife-manager",
    "pharmacist",
    "caldicott-guardian",
    "administrator",
    "integration",
];

/// All of them.
pub fn rows() -> Vec<Case> {
    use Expected::{NotPatients, Only, OnlyAndOwn, SignedIn};
    let (post, put, delete) = (Method::POST, Method::PUT, Method::DELETE);
    let patient = json!({ "resourceType": "Patient", "id": "matrix-none" });
    vec![
        case(
            post.clone(),
            "/fhir",
            "/fhir",
            json!({ "resourceType": "Bundle", "type": "batch", "entry": [] }),
            NotPatients,
        ),
        case(
            Method::GET,
            "/fhir/{type}",
            "/fhir/Patient?_count=1",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(
            post.clone(),
            "/fhir/{type}/_search",
            "/fhir/Patient/_search",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(
            post,
            "/fhir/{type}",
            "/fhir/Patient",
            json!({ "resourceType": "Patient", "birthDate": "2999-01-01" }),
            Only(REGISTERS),
        ),
        case(
            put.clone(),
            "/fhir/{type}",
            "/fhir/Patient?family=nobody-at-all",
            patient.clone(),
            Only(REGISTERS),
        ),
        case(
            delete.clone(),
            "/fhir/{type}",
            "/fhir/Patient?family=nobody-at-all",
            Value::Null,
            Only(EXCHANGES),
        ),
        case(
            Method::GET,
            "/fhir/{type}/{id}",
            "/fhir/Patient/matrix",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(
            put,
            "/fhir/{type}/{id}",
            "/fhir/Patient/matrix",
            json!({ "resourceType": "Patient", "id": "matrix", "birthDate": "2999-01-01" }),
            Only(REGISTERS),
        ),
        case(delete, "/fhir/{type}/{id}", "/fhir/Patient/matrix-none", Value::Null, Only(EXCHANGES)),
        get("/fhir/$subscription-websocket", Only(EXCHANGES)),
        get("/api/subscriptions", Only(EXCHANGES)),
        case(
            Method::GET,
            "/api/subscriptions/{id}/dead-letters",
            "/api/subscriptions/none/dead-letters",
            Value::Null,
            Only(EXCHANGES),
        ),
        case(
            Method::POST,
            "/api/subscriptions/{id}/dead-letters/{letter}/retry",
            "/api/subscriptions/none/dead-letters/none/retry",
            Value::Null,
            Only(EXCHANGES),
        ),
        case(
            Method::DELETE,
            "/api/subscriptions/{id}/dead-letters/{letter}",
            "/api/subscriptions/none/dead-letters/none",
            Value::Null,
            Only(EXCHANGES),
        ),
        // Everybody who is signed in may search the directory; the rest of what is found is each type's.
        get("/fhir", SignedIn),
        case(Method::POST, "/fhir/_search", "/fhir/_search", Value::Null, SignedIn),
        case(
            Method::POST,
            "/fhir/{type}/{id}/{member}/_search",
            "/fhir/Patient/matrix/Observation/_search",
            Value::Null,
            OnlyAndOwn(SEES_CLINICAL),
        ),
        // Everybody sees the directory, and its history; the rest of the history is each type's.
        get("/fhir/_history", SignedIn),
        case(
            Method::GET,
            "/fhir/{type}/_history",
            "/fhir/Patient/_history",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(
            Method::GET,
            "/fhir/{type}/_search",
            "/fhir/Patient/_search?_count=1",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(Method::PATCH, "/fhir/{type}", "/fhir/Patient?family=nobody-at-all", json!([]), Only(REGISTERS)),
        case(Method::PATCH, "/fhir/{type}/{id}", "/fhir/Patient/matrix", json!([]), Only(REGISTERS)),
        case(Method::POST, "/fhir/{type}/{id}", "/fhir/Patient/matrix", json!({}), SignedIn),
    ]
    .into_iter()
    .chain(operations())
    .chain(histories())
    .collect()
}

/// Operations: each has its row, at the route that leads to it.
fn operations() -> Vec<Case> {
    use Expected::{Only, OnlyAndOwn, SignedIn};
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    let (system, of_type, of_one) = ("/fhir/{type}", "/fhir/{type}/{id}", "/fhir/{type}/{id}/{operation}");
    let tag = json!({ "resourceType": "Parameters", "parameter": [
        { "name": "meta", "valueMeta": { "tag": [{ "system": "urn:t", "code": "matrix" }] } }] });
    let somebody = json!({ "resourceType": "Patient", "name": [{ "family": "Nobody" }] });
    vec![
        case(
            get.clone(),
            of_one,
            "/fhir/Patient/matrix/$everything",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(get.clone(), of_one, "/fhir/Patient/matrix/$print", Value::Null, OnlyAndOwn(SEES_DEMOGRAPHICS)),
        case(get.clone(), of_one, "/fhir/Patient/matrix/$meta", Value::Null, OnlyAndOwn(SEES_DEMOGRAPHICS)),
        case(post.clone(), of_one, "/fhir/Patient/matrix/$meta", Value::Null, OnlyAndOwn(SEES_DEMOGRAPHICS)),
        case(post.clone(), of_one, "/fhir/Patient/matrix/$meta-add", tag.clone(), Only(REGISTERS)),
        case(post.clone(), of_one, "/fhir/Patient/matrix/$meta-delete", tag, Only(REGISTERS)),
        case(get.clone(), of_one, "/fhir/Encounter/none/$everything", Value::Null, OnlyAndOwn(SEES_CLINICAL)),
        case(get.clone(), of_one, "/fhir/Composition/none/$document", Value::Null, OnlyAndOwn(SEES_CLINICAL)),
        case(
            get.clone(),
            of_type,
            "/fhir/Observation/$lastn?patient=matrix",
            Value::Null,
            OnlyAndOwn(SEES_CLINICAL),
        ),
        case(
            get.clone(),
            of_one,
            "/fhir/Patient/matrix/$validate",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(post.clone(), of_type, "/fhir/Patient/$validate", somebody.clone(), SignedIn),
        case(post.clone(), of_type, "/fhir/Patient/$match", somebody, Only(SEES_DEMOGRAPHICS)),
        case(get.clone(), system, "/fhir/$export", Value::Null, Only(EXCHANGES)),
        case(post.clone(), system, "/fhir/$export", Value::Null, Only(EXCHANGES)),
        case(get.clone(), of_type, "/fhir/Patient/$export", Value::Null, Only(EXCHANGES)),
        case(get.clone(), of_one, "/fhir/Group/none/$export", Value::Null, Only(EXCHANGES)),
        case(post, system, "/fhir/$import", Value::Null, Only(EXCHANGES)),
        case(get.clone(), of_type, "/fhir/$bulk-status/none", Value::Null, Only(EXCHANGES)),
        case(delete, of_type, "/fhir/$bulk-status/none", Value::Null, Only(EXCHANGES)),
        case(get, of_one, "/fhir/$bulk-file/none/0", Value::Null, Only(EXCHANGES)),
    ]
}

fn histories() -> Vec<Case> {
    use Expected::OnlyAndOwn;
    vec![
        case(
            Method::GET,
            "/fhir/{type}/{id}/_history",
            "/fhir/Patient/matrix/_history",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(
            Method::GET,
            "/fhir/{type}/{id}/_history/{vid}",
            "/fhir/Patient/matrix/_history/1",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
    ]
}
