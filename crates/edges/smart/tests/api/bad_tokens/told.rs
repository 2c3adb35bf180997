//! Introspection and revocation: what one learns of a token that is not good or not one's own, and that nobody ends
//! another's.

use super::tried::{Stage, Step, Try};
use super::{Row, row};
use crate::ward::basic;

const UNTOLD: (u16, &str) = (200, "inactive");

const fn inactive(name: &'static str, change: fn(&mut Try)) -> Row<Try> {
    row(name, UNTOLD.0, UNTOLD.1, change)
}

/// Introspection: the twin is active.
pub const ROWS: &[Row<Try>] = &[
    inactive("asked about a token that was never issued", |one| one.set("token", "x".repeat(43))),
    inactive("asked about another client's access token", |one| one.set("token", one.other.access.clone())),
    inactive("asked about another client's refresh token", |one| one.set("token", one.other.refresh.clone())),
    inactive("asked about a code", |one| one.set("token", one.app.code.clone())),
    inactive("asked about an id token", |one| one.set("token", one.app.id_token.clone())),
    inactive("asked about a token that has expired", |one| one.before.push(Step::Wait(3_601))),
    inactive("asked about a token of a disabled user", |one| one.before.push(Step::DisableUser)),
    inactive("asked about a token of an application disconnected", |one| one.before.push(Step::Disconnect)),
    inactive("asked about a token with a letter more", |one| {
        one.set("token", format!("{}A", one.app.access));
    }),
    row("asked by a client with a wrong secret", 401, "invalid_client", |one| {
        one.authorization(basic(&one.app.client, "wrong"));
    }),
    row("asked by a client that says its name only", 401, "invalid_client", |one| {
        one.headers.clear();
        one.set("client_id", one.app.client.clone());
    }),
    row("asked by a client without a secret", 401, "invalid_client", |one| {
        one.headers.clear();
        one.set("client_id", one.other.client.clone());
    }),
    row("asked with two headers", 401, "invalid_client", |one| {
        let (token, header) = (one.other.access.clone(), one.headers[0].clone());
        one.set("token", token);
        let keys = one.stage.ward.house.access.keys();
        let id = galen_kernel::UserId::parse("user-fhir").unwrap();
        let now = galen_kernel::Clock::now(&*one.stage.ward.clock);
        let account = galen_access::token::issue(&keys[0], &id, now, 3_600, "j".to_owned()).unwrap();
        one.headers = vec![("authorization", format!("Bearer {account}")), header];
    }),
    row("asked by nobody", 401, "invalid_client", |one| one.headers.clear()),
    row("asked with the token itself", 401, "invalid_client", |one| {
        one.authorization(format!("Bearer {}", one.app.access));
    }),
    row("asked about nothing", 400, "invalid_request", |one| one.without("token")),
    row("asked about two tokens", 400, "invalid_request", |one| {
        one.fields.push(("token", one.other.access.clone()));
    }),
];

/// Revocation: the twin ends the token, the bad one leaves it as it was.
pub const ENDS: &[Row<Try>] = &[
    row("ended by another client", 200, "", |one| {
        one.headers.clear();
        one.set("client_id", one.other.client.clone());
    }),
    row("its refresh token ended by another client", 200, "", |one| {
        one.headers.clear();
        one.set("client_id", one.other.client.clone());
        one.set("token", one.app.refresh.clone());
    }),
    row("ended by a client with a wrong secret", 401, "invalid_client", |one| {
        one.authorization(basic(&one.app.client, "wrong"));
    }),
    row("ended by a client that says its name only", 401, "invalid_client", |one| {
        one.headers.clear();
        one.set("client_id", one.app.client.clone());
    }),
    row("ended by nobody", 401, "invalid_client", |one| one.headers.clear()),
    row("ended under a name like it", 200, "", |one| one.set("token", one.app.access.to_lowercase())),
];

fn usual(path: &'static str, one: &mut Try) {
    one.path = path.to_owned();
    let basic = one.app.basic.clone().unwrap();
    one.authorization(basic);
    one.fields = vec![("token", one.app.access.clone())];
}

#[tokio::test]
async fn what_is_told_of_bad_tokens_is_that_they_are_not_active() {
    let stage = Stage::new().await;
    for row in ROWS {
        stage.ward.forget_tries();
        let mut twin = Try::new(&stage, true).await;
        usual("/oauth/introspect", &mut twin);
        let told = twin.run().await.expect(200).json();
        assert_eq!(told["active"], true, "the twin of {}", row.name);
        let mut bad = Try::new(&stage, true).await;
        usual("/oauth/introspect", &mut bad);
        (row.bad)(&mut bad);
        let told = bad.run().await;
        assert_eq!(told.status.as_u16(), row.status, "{}: {}", row.name, told.text());
        if row.status == UNTOLD.0 {
            assert_eq!(told.json(), serde_json::json!({ "active": false }), "{}", row.name);
        } else {
            assert_eq!(told.json()["error"], row.error, "{}", row.name);
        }
    }
}

#[tokio::test]
async fn nobody_ends_anothers_token() {
    let stage = Stage::new().await;
    for row in ENDS {
        stage.ward.forget_tries();
        let mut twin = Try::new(&stage, true).await;
        usual("/oauth/revoke", &mut twin);
        twin.run().await.expect(200);
        assert_eq!(twin.sees(&twin.app.access).await, 401, "the twin of {}", row.name);
        let mut bad = Try::new(&stage, true).await;
        usual("/oauth/revoke", &mut bad);
        (row.bad)(&mut bad);
        let answered = bad.run().await;
        assert_eq!(answered.status.as_u16(), row.status, "{}: {}", row.name, answered.text());
        if row.status != 200 {
            assert_eq!(answered.json()["error"], row.error, "{}", row.name);
        }
        assert_eq!(bad.sees(&bad.app.access).await, 200, "{}", row.name);
        let refreshed = vec![("token", bad.app.refresh.clone())];
        usual("/oauth/introspect", &mut bad);
        bad.fields = refreshed;
        assert_eq!(bad.run().await.expect(200).json()["active"], true, "{}", row.name);
    }
}
