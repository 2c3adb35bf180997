//! Programs that prove well who they are and ask for what they may not have.

use super::assertions::{Made, check};
use super::{Row, row};

const fn scope(name: &'static str, change: fn(&mut Made)) -> Row<Made> {
    row(name, 400, "invalid_scope", change)
}

pub const ROWS: &[Row<Made>] = &[
    scope("no scope", |made| made.scope = String::new()),
    scope("a scope that it is not registered for", |made| made.scope = "system/Condition.rs".to_owned()),
    scope("letters that it is not registered for", |made| made.scope = "system/Patient.cud".to_owned()),
    scope("a patient's scope of a program", |made| made.scope = "patient/Patient.rs".to_owned()),
    scope("a user's scope of a program", |made| made.scope = "user/Patient.rs".to_owned()),
    scope("an identity of a program", |made| made.scope = "openid fhirUser".to_owned()),
    scope("a refresh token of a program", |made| made.scope = "offline_access".to_owned()),
    scope("a launch of a program", |made| made.scope = "launch launch/patient".to_owned()),
    scope("a scope of a type that is none", |made| made.scope = "system/Nonsense.rs".to_owned()),
    scope("a scope in capitals", |made| made.scope = "SYSTEM/PATIENT.RS".to_owned()),
    scope("letters out of their order", |made| made.scope = "system/Patient.sr".to_owned()),
    scope("scopes without end", |made| made.scope = "system/Patient.rs ".repeat(500)),
];

#[tokio::test]
async fn programs_get_no_more_than_they_are_registered_for() {
    check(ROWS).await;
}
