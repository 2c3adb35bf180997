//! Refresh tokens that are not good, and those that ask for more than was allowed.

use super::tried::{Step, Try, check};
use super::{Row, row, twin};

const fn bad(name: &'static str, change: fn(&mut Try)) -> Row<Try> {
    row(name, 400, "invalid_grant", change)
}

const fn wider(name: &'static str, change: fn(&mut Try)) -> Row<Try> {
    twin(name, 400, "invalid_scope", |one| one.set("scope", "patient/Observation.rs"), change)
}

const DAY: i64 = 86_400;

pub const ROWS: &[Row<Try>] = &[
    bad("a refresh token that was never issued", |one| one.set("refresh_token", "x".repeat(43))),
    bad("a refresh token without its last letter", |one| {
        let mut refresh = one.app.refresh.clone();
        refresh.pop();
        one.set("refresh_token", refresh);
    }),
    bad("a refresh token with a letter more", |one| {
        one.set("refresh_token", format!("{}A", one.app.refresh));
    }),
    bad("a refresh token used before", |one| one.before.push(Step::Send)),
    bad("a refresh token used before, a month later", |one| {
        one.before.extend([Step::Send, Step::Wait(30 * DAY)]);
    }),
    bad("another client's refresh token", |one| one.set("refresh_token", one.other.refresh.clone())),
    bad("a refresh token sent by another client", |one| one.set("client_id", one.other.client.clone())),
    bad("an access token as a refresh token", |one| one.set("refresh_token", one.app.access.clone())),
    bad("a code as a refresh token", |one| one.set("refresh_token", one.app.code.clone())),
    bad("an id token as a refresh token", |one| one.set("refresh_token", one.app.id_token.clone())),
    twin(
        "a refresh token after its ninety days",
        400,
        "invalid_grant",
        |one| one.before.push(Step::Wait(90 * DAY - 5)),
        |one| one.before.push(Step::Wait(5)),
    ),
    bad("a refresh token that its client revoked", |one| one.revoke_first(one.app.refresh.clone())),
    bad("a refresh token of an application that was disconnected", |one| one.before.push(Step::Disconnect)),
    bad("a refresh token whose code was sent again", Try::spend_again_first),
    twin(
        "the newest refresh token after an older one was sent again",
        400,
        "invalid_grant",
        |one| one.before.push(Step::Renew),
        |one| one.before.push(Step::Refused("/oauth/token", Try::refresh_fields(&one.app))),
    ),
    bad("a refresh token of a user who was disabled since", |one| one.before.push(Step::DisableUser)),
    row("a refresh token of a client that was disabled since", 401, "invalid_client", |one| {
        one.before.push(Step::DisableClient);
    }),
    bad("a refresh token of a client that was off in between", |one| one.before.push(Step::RestartClient)),
    row("no refresh token", 400, "invalid_request", |one| one.without("refresh_token")),
    row("the refresh token twice", 400, "invalid_request", |one| {
        one.fields.push(("refresh_token", one.app.refresh.clone()));
    }),
    wider("a refresh for another type", |one| one.set("scope", "patient/Condition.rs")),
    wider("a refresh for all types", |one| one.set("scope", "patient/*.rs")),
    wider("a refresh for more letters", |one| one.set("scope", "patient/Observation.cruds")),
    wider("a refresh for writing, as version one says it", |one| {
        one.set("scope", "patient/Observation.write");
    }),
    wider("a refresh for all that the user sees", |one| one.set("scope", "user/Observation.rs")),
    wider("a refresh for all that a program sees", |one| one.set("scope", "system/Observation.rs")),
    wider("a refresh for more beside what was allowed", |one| {
        one.set("scope", "patient/Observation.rs patient/Condition.rs");
    }),
    wider("a refresh for nothing that is known", |one| one.set("scope", "everything")),
];

#[tokio::test]
async fn bad_refresh_tokens_are_refused() {
    check(ROWS, |one| one.fields = Try::refresh_fields(&one.app)).await;
}
