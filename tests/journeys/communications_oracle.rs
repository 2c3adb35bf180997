//! The rows of communications in the authorization matrix.

use super::authorization::{Case, Expected, case, get};
use http::Method;
use serde_json::{Value, json};

const ANSWERS: &[&str] = &[
    "clerical-manager",
    "clerk",
    "clinical-support",
    "doctor",
    "health-professional",
    "medical-secretary",
    "midwife",
    "midwife-manager",
    "nurse",
    "nurse-manager",
    "pharmacist",
    "receptionist",
    "records-manager",
];

/// All of them.
pub fn rows() -> Vec<Case> {
    let thread = json!({ "topic": "other", "subject": "Hours", "text": "When are you open?" });
    let post =
        |path, address, body| case(Method::POST, path, address, body, Expected::OnlyAndPatients(ANSWERS));
    vec![
        case(
            Method::GET,
            "/api/patients/{id}/threads",
            "/api/patients/matrix/threads",
            Value::Null,
            Expected::Only(ANSWERS),
        ),
        case(
            Method::POST,
            "/api/patients/{id}/threads",
            "/api/patients/none/threads",
            thread,
            Expected::OnlyAndPatients(ANSWERS),
        ),
        case(
            Method::GET,
            "/api/threads/{id}",
            "/api/threads/none",
            Value::Null,
            Expected::OnlyAndPatients(ANSWERS),
        ),
        post("/api/threads/{id}/replies", "/api/threads/none/replies", json!({ "seen": 1, "text": "x" })),
        post("/api/threads/{id}/read", "/api/threads/none/read", json!({ "seen": 1 })),
        case(
            Method::POST,
            "/api/threads/{id}/close",
            "/api/threads/none/close",
            json!({ "seen": 1 }),
            Expected::Only(ANSWERS),
        ),
        get("/api/inbox", Expected::Only(ANSWERS)),
    ]
}
