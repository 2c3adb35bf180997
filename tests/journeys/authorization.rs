//! The authorization matrix, generated from the route table that the running server publishes: every role at every
//! route. What is expected comes from the table below, written by hand and independent of the policies. A route that
//! has no row here fails, and so does a row whose route is gone.

use super::{
    communications_oracle, fhir_oracle, messaging_oracle, registration_oracle, results_oracle,
    scheduling_oracle, smart_oracle,
};
use crate::harness::{Place, Server};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ROLES: [&str; 24] = [
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
    "integration",
    "patient",
];

pub const SEES_DEMOGRAPHICS: &[&str] = &[
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
    "records-manager",
    "social-worker",
    "midwife",
    "midwife-manager",
    "pharmacist",
    "caldicott-guardian",
    "administrator",
    "integration",
];
pub const REGISTERS: &[&str] = &[
    "medical-secretary",
    "clinical-support",
    "receptionist",
    "clerical-manager",
    "records-manager",
    "administrator",
    "integration",
];
const BREAKS_GLASS: &[&str] =
    &["doctor", "nurse", "nurse-manager", "health-professional", "midwife", "midwife-manager", "pharmacist"];
const REVIEWS: &[&str] = &["privacy-officer", "caldicott-guardian", "administrator"];
pub const ADMINISTRATOR: &[&str] = &["administrator"];
pub const EXCHANGES: &[&str] = &["administrator", "integration"];
const MERGES: &[&str] = &["records-manager", "administrator"];
pub const DECLARES: &[&str] = &[
    "medical-secretary",
    "clinical-support",
    "receptionist",
    "clerk",
    "clerical-manager",
    "records-manager",
    "administrator",
    "integration",
];

/// Who may use a route.
pub enum Expected {
    /// Anybody, signed in or not.
    Public,
    /// Everybody who is signed in.
    SignedIn,
    /// These roles and no other.
    Only(&'static [&'static str]),
    /// These roles and no other; a patient gets an empty or not-found answer instead of a refusal.
    OnlyAndOwn(&'static [&'static str]),
    /// These roles and patients, and no other.
    OnlyAndPatients(&'static [&'static str]),
    /// Everybody but patients.
    NotPatients,
}

/// What a request to a route looks like: its path filled in, its body.
pub struct Case {
    pub method: Method,
    pub path: &'static str,
    pub sent: &'static str,
    pub body: Value,
    pub expected: Expected,
}

pub fn case(method: Method, path: &'static str, sent: &'static str, body: Value, expected: Expected) -> Case {
    Case { method, path, sent, body, expected }
}

pub fn get(path: &'static str, expected: Expected) -> Case {
    case(Method::GET, path, path, Value::Null, expected)
}

fn oracle() -> Vec<Case> {
    use Expected::{Only, OnlyAndOwn, Public, SignedIn};
    let (post, patch, delete) = (Method::POST, Method::PATCH, Method::DELETE);
    vec![
        get("/", Public),
        get("/sign-in", Public),
        get("/authorize", Public),
        get("/connections", Public),
        get("/doctor", Public),
        case(Method::GET, "/doctor/{page}", "/doctor/patients/matrix/summary", Value::Null, Public),
        get("/desk", Public),
        case(Method::GET, "/desk/{page}", "/desk/board/matrix/2026-11-27", Value::Null, Public),
        get("/patient", Public),
        case(Method::GET, "/patient/{page}", "/patient/home", Value::Null, Public),
        get("/my", Public),
        case(Method::GET, "/my/{page}", "/my/home", Value::Null, Public),
        get("/my-worker.js", Public),
        get("/about", Public),
        get("/portals.json", Public),
        case(Method::GET, "/assets/{file}", "/assets/none.js", Value::Null, Public),
        get("/api", Public),
        get("/assets/galen.css", Public),
        get("/assets/viewer.js", Public),
        get("/api/openapi.json", Public),
        get("/health/live", Public),
        get("/health/ready", Public),
        get("/metrics", Public),
        case(Method::GET, "/docs/{name}", "/docs/readme", Value::Null, Public),
        get("/.well-known/jwks.json", Public),
        get("/fhir/metadata", Public),
        case(post.clone(), "/api/session", "/api/session", json!({}), Public),
        get("/api/session", SignedIn),
        case(delete.clone(), "/api/session", "/api/session", Value::Null, SignedIn),
        case(post.clone(), "/api/token", "/api/token", json!({}), SignedIn),
        get("/api/users", Only(ADMINISTRATOR)),
        case(
            post.clone(),
            "/api/users",
            "/api/users",
            json!({ "name": "bad name!", "role": "nurse" }),
            Only(ADMINISTRATOR),
        ),
        case(
            patch.clone(),
            "/api/users/{id}",
            "/api/users/USER",
            json!({ "change": "enable" }),
            Only(ADMINISTRATOR),
        ),
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
        case(
            post.clone(),
            "/api/patients",
            "/api/patients",
            json!({ "demographics": { "gender": "x" } }),
            Only(REGISTERS),
        ),
        case(
            Method::GET,
            "/api/patients",
            "/api/patients?name=matrix",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(
            Method::GET,
            "/api/patients/{id}",
            "/api/patients/matrix",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(
            patch,
            "/api/patients/{id}",
            "/api/patients/matrix",
            json!({ "version": 999, "demographics": {} }),
            Only(REGISTERS),
        ),
        case(
            Method::GET,
            "/api/patients/{id}/label",
            "/api/patients/matrix/label",
            Value::Null,
            Only(SEES_DEMOGRAPHICS),
        ),
        case(
            Method::GET,
            "/api/patients/{id}/merge-preview",
            "/api/patients/matrix/merge-preview?duplicate=matrix",
            Value::Null,
            Only(MERGES),
        ),
        case(
            Method::GET,
            "/api/patients/{id}/merges",
            "/api/patients/matrix/merges",
            Value::Null,
            Only(MERGES),
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
        get("/api/live", SignedIn),
        case(post.clone(), "/graphql", "/graphql", json!({ "query": "{ __typename }" }), SignedIn),
        case(
            post,
            "/graphql/{domain}",
            "/graphql/registration",
            json!({ "query": "{ __typename }" }),
            SignedIn,
        ),
    ]
    .into_iter()
    .chain(registration_oracle::rows())
    .chain(results_oracle::rows())
    .chain(communications_oracle::rows())
    .chain(scheduling_oracle::rows())
    .chain(messaging_oracle::rows())
    .chain(smart_oracle::rows())
    .chain(fhir_oracle::rows())
    .collect()
}

/// The routes that the server publishes: (method, path).
async fn published(server: &Server) -> BTreeSet<(String, String)> {
    let description = server.send(Method::GET, "/api/openapi.json", &[], b"").await.json();
    let mut routes = BTreeSet::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let is_public = operation.get("x-galen-public").is_some();
            let action = operation.get("x-galen-action").and_then(Value::as_str).unwrap_or_default();
            assert!(is_public || !action.is_empty(), "{method} {path} names no policy");
            routes.insert((method.to_uppercase(), path.clone()));
        }
    }
    routes
}

/// A place with one account of every role; their tokens.
fn hospital() -> (Place, BTreeMap<&'static str, String>) {
    let place = Place::new();
    let mut tokens = BTreeMap::new();
    for role in ROLES {
        if role == "patient" {
            let added =
                place.json(&["user", "add", "--name", role, "--role", role, "--patient", "own", "--json"]);
            assert!(added["firstPassword"].is_string());
        } else {
            place.add_user(role, role);
        }
        tokens.insert(role, place.token(role));
    }
    (place, tokens)
}

/// Whether an answer says that the caller may not: signed in, but not permitted.
fn is_forbidden(status: StatusCode, body: &Value) -> bool {
    let code = body["code"].as_str().or_else(|| body["issue"][0]["details"]["coding"][0]["code"].as_str());
    status == StatusCode::FORBIDDEN && code == Some("not-permitted")
}

async fn ask(server: &Server, case: &Case, token: Option<&str>) -> (StatusCode, Value) {
    let bearer = token.map(|t| format!("Bearer {t}"));
    let is_form = case.sent.ends_with("_search");
    let kind = if is_form { "application/x-www-form-urlencoded" } else { "application/json" };
    let mut headers = vec![("content-type", kind)];
    if let Some(bearer) = &bearer {
        headers.push(("authorization", bearer.as_str()));
    }
    let body = if case.body.is_null() { Vec::new() } else { case.body.to_string().into_bytes() };
    let answer = server.send(case.method.clone(), case.sent, &headers, &body).await;
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
}

/// Whether the answer is what the oracle expects of this role.
fn judge(case: &Case, role: &str, status: StatusCode, body: &Value) -> Result<(), String> {
    let allowed = !is_forbidden(status, body) && status != StatusCode::UNAUTHORIZED;
    let hidden = status == StatusCode::NOT_FOUND || status == StatusCode::OK;
    let right = match case.expected {
        Expected::Public | Expected::SignedIn => allowed,
        Expected::OnlyAndPatients(roles) => allowed == (role == "patient" || roles.contains(&role)),
        Expected::NotPatients => allowed == (role != "patient"),
        Expected::Only(roles) => {
            allowed == roles.contains(&role) || role == "patient" && hidden && !roles.contains(&role)
        }
        Expected::OnlyAndOwn(roles) => match role {
            "patient" => hidden && !body.to_string().contains("Matrixname"),
            _ => allowed == roles.contains(&role),
        },
    };
    if right {
        Ok(())
    } else {
        Err(format!("{role}: {} {} answered {status} {body}", case.method, case.sent))
    }
}

#[tokio::test]
async fn every_role_at_every_route_gets_what_the_oracle_says() {
    let (place, tokens) = hospital();
    let server = place.serve();
    let oracle = oracle();

    let rows: BTreeSet<(String, String)> =
        oracle.iter().map(|c| (c.method.to_string(), c.path.to_owned())).collect();
    let routes = published(&server).await;
    let without: Vec<_> = routes.difference(&rows).collect();
    assert!(without.is_empty(), "routes without a row in the oracle: {without:?}");
    let gone: Vec<_> = rows.difference(&routes).collect();
    assert!(gone.is_empty(), "rows whose route is gone: {gone:?}");

    let patient = json!({ "resourceType": "Patient", "id": "matrix", "name": [{ "family": "Matrixname" }] });
    let made = server.call(&tokens["integration"], Method::PUT, "/fhir/Patient/matrix", &patient).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");

    let (mut cells, mut wrong) = (0, Vec::new());
    for case in &oracle {
        let (status, body) = ask(&server, case, None).await;
        let is_public = matches!(case.expected, Expected::Public);
        // Signing in with an empty body is refused as unreadable, not as unauthorized.
        if (status == StatusCode::UNAUTHORIZED) == is_public {
            wrong.push(format!("nobody: {} {} answered {status} {body}", case.method, case.sent));
        }
        for (role, token) in &tokens {
            // Signing out is last: it would not matter for tokens, but it reads as if it did.
            let (status, body) = ask(&server, case, Some(token)).await;
            cells += 1;
            if status.is_server_error() {
                wrong.push(format!("{role}: {} {} failed: {body}", case.method, case.sent));
            }
            wrong.extend(judge(case, role, status, &body).err());
        }
    }
    println!("authorization matrix: {} routes, {} roles, {cells} cells", oracle.len(), tokens.len());
    assert!(wrong.is_empty(), "{} of {cells} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
