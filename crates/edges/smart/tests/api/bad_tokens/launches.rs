//! EHR launches that are not good, and the context of one put into the place of another's.

use super::asked::{Way, check};
use super::{Row, row, twin};

const fn told(name: &'static str, change: fn(&mut Way)) -> Row<Way> {
    row(name, 303, "invalid_request", change)
}

pub const ROWS: &[Row<Way>] = &[
    row("another patient chosen than the one launched", 403, "patient-differs", |way| {
        way.chosen = Some(way.stage.other_patient.clone());
    }),
    row("another patient chosen, as a reference", 403, "patient-differs", |way| {
        way.chosen = Some(format!("Patient/{}", way.stage.other_patient));
    }),
    row("a launch of another user", 403, "launch-of-another", |way| way.decider = "doctor".to_owned()),
    told("a launch of another client", |way| {
        way.launched_client.clone_from(&way.other_client);
    }),
    told("a launch that was never made", |way| way.launch = Some("x".repeat(43))),
    told("a launch used before", |way| way.is_used = true),
    twin(
        "a launch after its five minutes",
        303,
        "invalid_request",
        |way| way.wait_to_ask = 299,
        |way| way.wait_to_ask = 300,
    ),
    row("a launch that runs out while it is decided", 410, "request-expired", |way| way.wait_to_decide = 300),
    row("a launch without its scope", 303, "invalid_scope", |way| {
        way.set("scope", super::asked::SCOPE);
    }),
    told("two launches", |way| way.more.push(("launch", "x".repeat(43)))),
    row("a launch that the user is not asked about", 403, "patient-differs", |way| {
        way.chosen = Some(way.stage.other_patient.clone());
        way.left = vec!["patient/Patient.rs"];
    }),
];

#[tokio::test]
async fn bad_launches_are_refused() {
    check(ROWS, Way::launched).await;
}
