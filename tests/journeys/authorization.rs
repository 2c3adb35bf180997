//! The authorization matrix, generated from the route table that the running server publishes: every role at every
//! route. What is expected comes from the table below, written by hand and independent of the policies. A route that
//! has no row here fails, and so does a row whose route is gone.

use crate::harness::{Place, Server};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ROLES: [&str; 24] = [
    "doctor", "nurse", "nurse-manager", "health-professional", "student", "biomedical-scientist", "medical-secretary",
    "clinical-coder", "clinical-support", "receptionist", "clerk", "clerical-manager", "information-officer",
    "records-manager", "social-worker", "midwife", "midwife-manager", "systems-support", "pharmacist",
    "privacy-officer", "caldicott-guardian", "administrator", "integration", "patient",
];

const SEES_DEMOGRAPHICS: &[&str] = &[
    "doctor", "nurse", "nurse-manager", "health-professional", "student", "biomedical-scientist", "medical-secretary",
    "clinical-coder", "clinical-support", "receptionist", "clerk", "clerical-manager", "records-manager",
    "social-worker", "midwife", "midwife-manager", "pharmacist", "caldicott-guardian", "administrator", "integration",
];
const REGISTERS: &[&str] = &[
    "medical-secretary", "clinical-support", "receptionist", "clerical-manager", "records-manager", "administrator",
    "integration",
];
const BREAKS_GLASS: &[&str] = &[
    "doctor", "nurse", "nurse-manager", "health-professional", "midwife", "midwife-manager", "pharmacist",
];
const REVIEWS: &[&str] = &["privacy-officer", "caldicott-guardian", "administrator"];
const ADMINISTRATOR: &[&str] = &["administrator"];
const EXCHANGES: &[&str] = &["administrator", "integration"];
const MERGES: &[&str] = &["records-manager", "administrator"];
const DECLARES: &[&str] = &[
    "medical-secretary", "clinical-support", "receptionist", "clerk", "clerical-manager", "records-manager",
    "administrator", "integration",
];

/// Who may use a route.
enum Expected {
    /// Anybody, signed in or not.
    Public,
    /// Everybody who is signed in.
    SignedIn,
    /// These roles and no other.
    Only(&'static [&'static str]),
    /// These roles and no other; a patient gets an empty or not-found answer instead of a refusal.
    OnlyAndOwn(&'static [&'static str]),
    /// Everybody but patients.
    NotPatients,
}

/// What a request to a route looks like: its path filled in, its body.
struct Case {
    method: Method,
    path: &'static str,
    sent: &'static str,
    body: Value,
    expected: Expected,
}

fn case(method: Method, path: &'static str, sent: &'static str, body: Value, expected: Expected) -> Case {
    Case { method, path, sent, body, expected }
}

fn get(path: &'static str, expected: Expected) -> Case {
    case(Method::GET, path, path, Value::Null, expected)
}

fn oracle() -> Vec<Case> {
    use Expected::{NotPatients, Only, OnlyAndOwn, Public, SignedIn};
    let (post, put, patch, delete) = (Method::POST, Method::PUT, Method::PATCH, Method::DELETE);
    let patient = json!({ "resourceType": "Patient", "id": "matrix-none" });
    let observation = |id: &str| {
        json!({ "resourceType": "Observation", "id": id, "status": "final", "code": { "text": "x" },
                "subject": { "reference": "Patient/matrix" } })
    };
    let _ = &observation;
    vec![
        get("/", Public),
        get("/api", Public),
        get("/assets/galen.css", Public),
        get("/assets/viewer.js", Public),
        get("/api/openapi.json", Public),
        get("/health/live", Public),
        get("/health/ready", Public),
        get("/metrics", Public),
        get("/.well-known/jwks.json", Public),
        get("/fhir/metadata", Public),
        case(post.clone(), "/api/session", "/api/session", json!({}), Public),
        get("/api/session", SignedIn),
        case(delete.clone(), "/api/session", "/api/session", Value::Null, SignedIn),
        case(post.clone(), "/api/token", "/api/token", json!({}), SignedIn),
        get("/api/users", Only(ADMINISTRATOR)),
        case(post.clone(), "/api/users", "/api/users", json!({ "name": "bad name!", "role": "nurse" }), Only(ADMINISTRATOR)),
        case(patch.clone(), "/api/users/{id}", "/api/users/USER", json!({ "change": "enable" }), Only(ADMINISTRATOR)),
        get("/api/access/break-glass", Only(REVIEWS)),
        case(
            post.clone(),
            "/api/access/break-glass",
            "/api/access/break-glass",
            json!({ "patient": "matrix", "reason": "short" }),
            Only(BREAKS_GLASS),
        ),
        case(
            post.clone(),
            "/api/access/break-glass/{id}/review",
            "/api/access/break-glass/GRANT/review",
            json!({ "justified": true }),
            Only(REVIEWS),
        ),
        case(
            post.clone(),
            "/api/access/relationships",
            "/api/access/relationships",
            json!({ "user": "doctor", "patient": "matrix", "days": 0 }),
            Only(DECLARES),
        ),
        case(post.clone(), "/api/patients", "/api/patients", json!({ "demographics": { "gender": "x" } }), Only(REGISTERS)),
        case(Method::GET, "/api/patients", "/api/patients?name=matrix", Value::Null, OnlyAndOwn(SEES_DEMOGRAPHICS)),
        case(Method::GET, "/api/patients/{id}", "/api/patients/matrix", Value::Null, OnlyAndOwn(SEES_DEMOGRAPHICS)),
        case(
            patch,
            "/api/patients/{id}",
            "/api/patients/matrix",
            json!({ "version": 999, "demographics": {} }),
            Only(REGISTERS),
        ),
        case(
            post.clone(),
            "/api/patients/{id}/merge",
            "/api/patients/matrix/merge",
            json!({ "duplicate": "matrix" }),
            Only(MERGES),
        ),
        case(
            post.clone(),
            "/api/patient-merges/{id}/undo",
            "/api/patient-merges/MERGE/undo",
            Value::Null,
            Only(MERGES),
        ),
        case(
            post.clone(),
            "/api/directory/organizations",
            "/api/directory/organizations",
            json!({ "name": "" }),
            Only(EXCHANGES),
        ),
        case(
            post.clone(),
            "/api/directory/places",
            "/api/directory/places",
            json!({ "name": "", "kind": "site" }),
            Only(EXCHANGES),
        ),
        case(
            post.clone(),
            "/api/directory/practitioners",
            "/api/directory/practitioners",
            json!({ "family": "Matrix" }),
            Only(EXCHANGES),
        ),
        case(
            post.clone(),
            "/api/directory/roles",
            "/api/directory/roles",
            json!({ "practitioner": "x", "organization": "y", "code": "z" }),
            Only(EXCHANGES),
        ),
        get("/api/directory/places", SignedIn),
        case(
            post.clone(),
            "/fhir",
            "/fhir",
            json!({ "resourceType": "Bundle", "type": "batch", "entry": [] }),
            NotPatients,
        ),
        case(Method::GET, "/fhir/{type}", "/fhir/Patient?_count=1", Value::Null, OnlyAndOwn(SEES_DEMOGRAPHICS)),
        case(post.clone(), "/fhir/{type}/_search", "/fhir/Patient/_search", Value::Null, OnlyAndOwn(SEES_DEMOGRAPHICS)),
        case(
            post,
            "/fhir/{type}",
            "/fhir/Patient",
            json!({ "resourceType": "Patient", "birthDate": "2999-01-01" }),
            Only(REGISTERS),
        ),
        case(put.clone(), "/fhir/{type}", "/fhir/Patient?family=nobody-at-all", patient.clone(), Only(&[])),
        case(delete.clone(), "/fhir/{type}", "/fhir/Patient?family=nobody-at-all", Value::Null, Only(&[])),
        case(Method::GET, "/fhir/{type}/{id}", "/fhir/Patient/matrix", Value::Null, OnlyAndOwn(SEES_DEMOGRAPHICS)),
        case(put, "/fhir/{type}/{id}", "/fhir/Patient/matrix", json!({ "resourceType": "Patient", "id": "matrix", "birthDate": "2999-01-01" }), Only(REGISTERS)),
        case(delete, "/fhir/{type}/{id}", "/fhir/Patient/matrix-none", Value::Null, Only(EXCHANGES)),
        case(Method::GET, "/fhir/{type}/{id}/_history", "/fhir/Patient/matrix/_history", Value::Null, OnlyAndOwn(SEES_DEMOGRAPHICS)),
        case(Method::GET, "/fhir/{type}/{id}/_history/{vid}", "/fhir/Patient/matrix/_history/1", Value::Null, OnlyAndOwn(SEES_DEMOGRAPHICS)),
    ]
}
