//! Access tokens that are not good, as the FHIR API meets them.

use super::tried::{Step, Try, check};
use super::{Row, row, twin};
use crate::jwt::encode;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde_json::{Value, json};

const fn bad(name: &'static str, change: fn(&mut Try)) -> Row<Try> {
    row(name, 401, "login", change)
}

fn bearer(one: &mut Try, token: impl AsRef<str>) {
    let value = format!("Bearer {}", token.as_ref());
    one.authorization(value);
}

/// A token of the accounts' API, with what its header or claims say instead.
fn own(one: &mut Try, header: &[(&str, Value)], claims: &[(&str, Value)]) {
    let keys = one.stage.ward.house.access.keys();
    let id = galen_kernel::UserId::parse(format!("user-{}", one.app.user)).unwrap();
    let now = galen_kernel::Clock::now(&*one.stage.ward.clock);
    let text = galen_access::token::issue(&keys[0], &id, now, 3_600, "j".to_owned()).unwrap();
    if header.is_empty() && claims.is_empty() {
        return bearer(one, text);
    }
    let changed = |part: &str, changes: &[(&str, Value)]| {
        let mut value: Value =
            serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap();
        for (name, to) in changes {
            value[*name] = to.clone();
        }
        encode(value.to_string())
    };
    let parts: Vec<&str> = text.split('.').collect();
    bearer(one, format!("{}.{}.{}", changed(parts[0], header), changed(parts[1], claims), parts[2]));
}

const fn of_account(name: &'static str, change: fn(&mut Try)) -> Row<Try> {
    twin(name, 401, "login", |one| own(one, &[], &[]), change)
}

pub const ROWS: &[Row<Try>] = &[
    bad("an access token that was never issued", |one| bearer(one, "x".repeat(43))),
    bad("an access token without its last letter", |one| {
        let mut token = one.app.access.clone();
        token.pop();
        bearer(one, token);
    }),
    bad("an access token with a letter more", |one| bearer(one, format!("{}A", one.app.access))),
    bad("an access token padded", |one| bearer(one, format!("{}=", one.app.access))),
    bad("an access token in small letters", |one| bearer(one, one.app.access.to_lowercase())),
    bad("an access token in quotes", |one| bearer(one, format!("\"{}\"", one.app.access))),
    bad("two access tokens in one header", |one| {
        bearer(one, format!("{}, Bearer {}", one.app.access, one.other.access));
    }),
    bad("what is stored of an access token", |one| {
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, one.app.access.as_bytes());
        bearer(one, HEXLOWER.encode(hash.as_ref()));
    }),
    bad("no access token", |one| one.headers.clear()),
    bad("the scheme alone", |one| one.authorization("Bearer")),
    bad("the scheme and a space", |one| one.authorization("Bearer ")),
    bad("no scheme", |one| one.authorization(one.app.access.clone())),
    bad("the scheme Basic", |one| one.authorization(format!("Basic {}", one.app.access))),
    bad("the scheme DPoP", |one| one.authorization(format!("DPoP {}", one.app.access))),
    bad("the scheme Token", |one| one.authorization(format!("Token {}", one.app.access))),
    bad("the scheme without a space", |one| one.authorization(format!("Bearer{}", one.app.access))),
    bad("an access token in the address", |one| {
        one.headers.clear();
        one.path = format!("{}?access_token={}", one.path, one.app.access);
    }),
    bad("an access token as a cookie", |one| {
        one.headers = vec![("cookie", format!("__Host-galen-session={}", one.app.access))];
    }),
    bad("a good header and another's after it", |one| {
        one.headers.push(("authorization", format!("Bearer {}", one.other.access)));
    }),
    bad("a good header and a bad one after it", |one| {
        one.headers.push(("authorization", "Bearer x".to_owned()));
    }),
    bad("a bad header and a good one after it", |one| {
        one.headers.insert(0, ("authorization", "Bearer x".to_owned()));
    }),
    bad("the same header twice", |one| {
        let header = one.headers[0].clone();
        one.headers.push(header);
    }),
    twin(
        "an access token after its hour",
        401,
        "login",
        |one| one.before.push(Step::Wait(3_599)),
        |one| one.before.push(Step::Wait(1)),
    ),
    bad("an access token that its client revoked", |one| one.revoke_first(one.app.access.clone())),
    bad("an access token whose refresh token was revoked", |one| one.revoke_first(one.app.refresh.clone())),
    bad("an access token whose code was sent again", Try::spend_again_first),
    twin(
        "an access token whose refresh token was sent again",
        401,
        "login",
        |one| one.before.push(Step::Post("/oauth/token", Try::refresh_fields(&one.app))),
        |one| one.before.push(Step::Refused("/oauth/token", Try::refresh_fields(&one.app))),
    ),
    bad("an access token of a client that was disabled", |one| one.before.push(Step::DisableClient)),
    bad("an access token of a client that was off in between", |one| one.before.push(Step::RestartClient)),
    bad("an access token of a user who was disabled", |one| one.before.push(Step::DisableUser)),
    bad("an access token of an application that was disconnected", |one| one.before.push(Step::Disconnect)),
    bad("a refresh token as an access token", |one| bearer(one, one.app.refresh.clone())),
    bad("a code as an access token", |one| bearer(one, one.app.code.clone())),
    bad("an id token as an access token", |one| bearer(one, one.app.id_token.clone())),
    bad("a client's id as an access token", |one| bearer(one, one.app.client.clone())),
    row("an access token at another patient", 403, "forbidden", |one| {
        one.path = format!("/fhir/Patient/{}", one.stage.other_patient);
    }),
    row("an access token at a type out of its scope", 403, "forbidden", |one| {
        one.path = "/fhir/Condition".to_owned();
    }),
    row("an access token at the accounts", 403, "insufficient-scope", |one| {
        one.path = "/api/session".to_owned();
    }),
    of_account("an account's token with alg none", |one| own(one, &[("alg", json!("none"))], &[])),
    of_account("an account's token with alg HS256", |one| own(one, &[("alg", json!("HS256"))], &[])),
    of_account("an account's token with another kid", |one| own(one, &[("kid", json!("../key"))], &[])),
    of_account("an account's token of another user", |one| {
        own(one, &[], &[("sub", json!("user-admin"))]);
    }),
    of_account("an account's token made longer", |one| own(one, &[], &[("exp", json!(9_999_999_999_i64))])),
    of_account("an account's token with exp as text", |one| own(one, &[], &[("exp", json!("9999999999"))])),
    of_account("an account's token after its hour", |one| one.before.push(Step::Wait(3_601))),
    of_account("an account's token of a user who was disabled", |one| one.before.push(Step::DisableUser)),
];

#[tokio::test]
async fn bad_access_tokens_are_refused() {
    check(ROWS, |one| {
        one.method = "GET";
        one.path = format!("/fhir/Patient/{}", one.stage.patient);
        let token = one.app.access.clone();
        bearer(one, token);
    })
    .await;
}
