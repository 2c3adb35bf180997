//! The oracle's rows for messages to patients: who sees what they are told, who sees to it, who writes it.

use super::authorization::{Case, DECLARES, Expected, case, get};
use http::Method;
use serde_json::{Value, json};

/// Those who administer patients, and those who configure the system.
const READS_TEMPLATES: &[&str] = &[
    "medical-secretary",
    "clinical-support",
    "receptionist",
    "clerk",
    "clerical-manager",
    "records-manager",
    "systems-support",
    "administrator",
    "integration",
];
const CONFIGURES: &[&str] = &["systems-support", "administrator"];
const NOBODY: &[&str] = &[];

/// All of them.
pub fn rows() -> Vec<Case> {
    use Expected::{Only, Public};
    let (post, put, read) = (Method::POST, Method::PUT, Method::GET);
    let (preferences, feeds) =
        ("/api/patients/{id}/message-preferences", "/api/patients/{id}/calendar-feeds");
    let (own_preferences, own_feeds) =
        ("/api/patients/matrix/message-preferences", "/api/patients/matrix/calendar-feeds");
    vec![
        case(
            read.clone(),
            "/api/patients/{id}/messages",
            "/api/patients/matrix/messages",
            Value::Null,
            Only(DECLARES),
        ),
        get("/api/messaging/queue", Only(DECLARES)),
        get("/api/messaging/dead-letters", Only(DECLARES)),
        case(
            post.clone(),
            "/api/messaging/messages/{id}/resend",
            "/api/messaging/messages/none/resend",
            Value::Null,
            Only(DECLARES),
        ),
        case(read.clone(), preferences, own_preferences, Value::Null, Only(DECLARES)),
        case(
            put.clone(),
            preferences,
            own_preferences,
            json!({ "version": 999, "preferences": {} }),
            Only(DECLARES),
        ),
        get("/api/messaging/templates", Only(READS_TEMPLATES)),
        case(
            put,
            "/api/messaging/templates/{purpose}/{language}",
            "/api/messaging/templates/appointment-booked/en",
            json!({ "version": 999, "template": null }),
            Only(CONFIGURES),
        ),
        case(read.clone(), feeds, own_feeds, Value::Null, Only(DECLARES)),
        case(post.clone(), feeds, own_feeds, Value::Null, Only(NOBODY)),
        case(
            Method::DELETE,
            "/api/patients/{id}/calendar-feeds/{feed}",
            "/api/patients/matrix/calendar-feeds/none",
            Value::Null,
            Only(DECLARES),
        ),
        case(read, "/api/calendar/{file}", "/api/calendar/none.ics", Value::Null, Public),
        case(
            post.clone(),
            "/api/messaging/receipts/{key}",
            "/api/messaging/receipts/none",
            Value::Null,
            Public,
        ),
        case(post, "/api/messaging/replies", "/api/messaging/replies", Value::Null, Public),
    ]
}
