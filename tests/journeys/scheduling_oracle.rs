//! The rows of the authorization matrix for scheduling.

use super::authorization::{Case, Expected, SEES_DEMOGRAPHICS, case, get};
use Expected::{Only, OnlyAndOwn, OnlyAndPatients};
use http::Method;
use serde_json::{Value, json};

const BOOKS: &[&str] = &[
    "doctor",
    "nurse",
    "nurse-manager",
    "health-professional",
    "medical-secretary",
    "clinical-support",
    "receptionist",
    "clerk",
    "clerical-manager",
    "records-manager",
    "midwife",
    "midwife-manager",
    "administrator",
    "integration",
];
const SCHEDULES: &[&str] = &["nurse-manager", "clerical-manager", "administrator", "integration"];
/// Scheduling's rows.
pub fn rows() -> Vec<Case> {
    let mut rows = appointments();
    rows.extend(waiting());
    rows.extend(queues());
    rows.extend(timetables());
    rows
}

fn appointments() -> Vec<Case> {
    let post = |path, sent, body, expected| case(Method::POST, path, sent, body, expected);
    let times = "/api/appointments/times?service=x&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";
    let new =
        json!({ "patient": "nobody", "service": "x", "start": "2026-01-01T09:00:00Z", "schedules": ["s"] });
    vec![
        get("/api/clinics", Only(SEES_DEMOGRAPHICS)),
        get("/api/appointment-requests", Only(SEES_DEMOGRAPHICS)),
        case(
            Method::GET,
            "/api/clinics/{id}/days/{day}",
            "/api/clinics/matrix/days/2026-11-27",
            Value::Null,
            Only(SEES_DEMOGRAPHICS),
        ),
        case(
            Method::GET,
            "/api/own-days/{day}",
            "/api/own-days/2026-11-27",
            Value::Null,
            Only(SEES_DEMOGRAPHICS),
        ),
        case(Method::GET, "/api/appointments/times", times, Value::Null, OnlyAndPatients(SEES_DEMOGRAPHICS)),
        case(
            Method::GET,
            "/api/appointments",
            "/api/appointments?patient=matrix",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(
            Method::GET,
            "/api/appointments/{id}",
            "/api/appointments/matrix",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        case(
            Method::GET,
            "/api/appointments/{id}/letter",
            "/api/appointments/matrix/letter",
            Value::Null,
            OnlyAndOwn(SEES_DEMOGRAPHICS),
        ),
        post("/api/appointments", "/api/appointments", new.clone(), OnlyAndOwn(BOOKS)),
        post("/api/appointments/holds", "/api/appointments/holds", new, OnlyAndOwn(BOOKS)),
        post(
            "/api/appointments/{id}/confirm",
            "/api/appointments/matrix/confirm",
            json!({ "version": 1 }),
            OnlyAndOwn(BOOKS),
        ),
        post(
            "/api/appointments/{id}/reschedule",
            "/api/appointments/matrix/reschedule",
            json!({ "version": 1, "start": "2026-01-01T09:00:00Z" }),
            OnlyAndOwn(BOOKS),
        ),
        post(
            "/api/appointments/{id}/cancel",
            "/api/appointments/matrix/cancel",
            json!({ "version": 1, "reason": "pat" }),
            OnlyAndOwn(BOOKS),
        ),
        post(
            "/api/appointments/{id}/attendance",
            "/api/appointments/matrix/attendance",
            json!({ "version": 1, "step": "arrive" }),
            OnlyAndOwn(BOOKS),
        ),
    ]
}

fn waiting() -> Vec<Case> {
    let post = |path, sent, body, expected| case(Method::POST, path, sent, body, expected);
    let wishes = json!({ "first": "2026-01-01", "last": "2026-02-01" });
    vec![
        get("/api/waiting-list", Only(SEES_DEMOGRAPHICS)),
        get("/api/appointments-to-move", Only(SEES_DEMOGRAPHICS)),
        post(
            "/api/appointments/{id}/retract",
            "/api/appointments/matrix/retract",
            json!({ "version": 1, "reason": "mistake" }),
            Only(SCHEDULES),
        ),
        post(
            "/api/waiting-list",
            "/api/waiting-list",
            json!({ "patient": "nobody", "service": "x", "wishes": wishes }),
            OnlyAndOwn(BOOKS),
        ),
        post(
            "/api/appointments/{id}/offer",
            "/api/appointments/matrix/offer",
            json!({ "version": 1, "start": "2026-01-01T09:00:00Z", "schedules": ["s"] }),
            Only(BOOKS),
        ),
        post(
            "/api/appointments/{id}/decline",
            "/api/appointments/matrix/decline",
            json!({ "version": 1 }),
            OnlyAndOwn(BOOKS),
        ),
        post(
            "/api/appointment-series/preview",
            "/api/appointment-series/preview",
            json!({ "patient": "nobody", "service": "x", "schedules": ["s"],
                    "plan": { "first": "2026-01-01", "time": "09:00", "unit": "weeks", "count": 2 } }),
            Only(BOOKS),
        ),
        post(
            "/api/appointment-series",
            "/api/appointment-series",
            json!({ "patient": "nobody", "service": "x",
                    "times": [{ "start": "2026-01-01T09:00:00Z", "schedules": ["s"] }] }),
            Only(BOOKS),
        ),
        post(
            "/api/appointment-series/{series}/cancel",
            "/api/appointment-series/matrix/cancel",
            json!({ "reason": "pat" }),
            OnlyAndOwn(BOOKS),
        ),
    ]
}

fn queues() -> Vec<Case> {
    let post = |path, sent, body| case(Method::POST, path, sent, body, Only(BOOKS));
    let read = |path, sent| case(Method::GET, path, sent, Value::Null, Only(BOOKS));
    vec![
        post("/api/clinics/{id}/tickets", "/api/clinics/matrix/tickets", json!({ "patient": "nobody" })),
        post("/api/clinics/{id}/queue/next", "/api/clinics/matrix/queue/next", json!({ "room": "x" })),
        post(
            "/api/clinics/{id}/tickets/{number}/step",
            "/api/clinics/matrix/tickets/1/step",
            json!({ "step": "recall" }),
        ),
        read("/api/clinics/{id}/queue", "/api/clinics/matrix/queue"),
        read("/api/clinics/{id}/queue-display", "/api/clinics/matrix/queue-display"),
    ]
}

fn timetables() -> Vec<Case> {
    let timetable = json!({ "actor": "x", "zone": "x", "sessions": [] });
    let amended = json!({ "version": 1, "timetable": timetable });
    let exception = json!({ "start": "2026-01-01T09:00:00Z", "end": "2026-01-01T10:00:00Z" });
    vec![
        get("/api/services", OnlyAndPatients(SEES_DEMOGRAPHICS)),
        case(
            Method::POST,
            "/api/services",
            "/api/services",
            json!({ "name": "", "minutes": 0 }),
            Only(SCHEDULES),
        ),
        case(Method::POST, "/api/schedules", "/api/schedules", timetable, Only(SCHEDULES)),
        case(Method::PUT, "/api/schedules/{id}", "/api/schedules/matrix", amended, Only(SCHEDULES)),
        case(
            Method::POST,
            "/api/schedules/{id}/exceptions",
            "/api/schedules/matrix/exceptions",
            exception,
            Only(SCHEDULES),
        ),
        case(
            Method::DELETE,
            "/api/schedules/{id}/exceptions/{slot}",
            "/api/schedules/matrix/exceptions/slot",
            Value::Null,
            Only(SCHEDULES),
        ),
    ]
}
