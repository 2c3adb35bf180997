//! Authorization codes that are not good, or not for who sends them.

use super::tried::{Step, Try, check};
use super::{Row, row, twin};
use crate::ward::{CHALLENGE, basic};

const fn bad(name: &'static str, change: fn(&mut Try)) -> Row<Try> {
    row(name, 400, "invalid_grant", change)
}

const fn malformed(name: &'static str, change: fn(&mut Try)) -> Row<Try> {
    row(name, 400, "invalid_request", change)
}

const fn pair(name: &'static str, both: fn(&mut Try), change: fn(&mut Try)) -> Row<Try> {
    twin(name, 400, "invalid_grant", both, change)
}

pub const ROWS: &[Row<Try>] = &[
    bad("a code that was never issued", |one| one.set("code", "x".repeat(43))),
    bad("a code without its last letter", |one| {
        let mut code = one.app.code.clone();
        code.pop();
        one.set("code", code);
    }),
    bad("a code with a letter more", |one| one.set("code", format!("{}A", one.app.code))),
    bad("a code with a space before it", |one| one.set("code", format!(" {}", one.app.code))),
    bad("a code in the other case", |one| one.set("code", swapped(&one.app.code))),
    bad("a code used before", |one| one.before.push(Step::Send)),
    pair(
        "a code used before, an hour later",
        |one| one.before.push(Step::Wait(1)),
        |one| {
            one.before.extend([Step::Send, Step::Wait(3_600)]);
        },
    ),
    bad("another client's code", |one| one.set("code", one.other.code.clone())),
    bad("a code sent by another client", |one| one.set("client_id", one.other.client.clone())),
    bad("a redirect address that it was not sent to", |one| {
        one.set("redirect_uri", "https://app.example/other");
    }),
    bad("a redirect address with a slash more", |one| one.set("redirect_uri", "https://app.example/cb/")),
    bad("a redirect address with a query", |one| one.set("redirect_uri", "https://app.example/cb?x=1")),
    malformed("no redirect address", |one| one.without("redirect_uri")),
    malformed("no verifier", |one| one.without("code_verifier")),
    malformed("an empty verifier", |one| one.set("code_verifier", "")),
    bad("another verifier", |one| one.set("code_verifier", "A".repeat(43))),
    bad("a verifier without its last letter", |one| {
        let mut verifier = one.field("code_verifier");
        verifier.pop();
        one.set("code_verifier", verifier);
    }),
    bad("a verifier in the other case", |one| {
        one.set("code_verifier", swapped(&one.field("code_verifier")));
    }),
    bad("a verifier longer than any", |one| {
        one.set("code_verifier", one.field("code_verifier").repeat(3));
    }),
    bad("the challenge as the verifier", |one| one.set("code_verifier", CHALLENGE)),
    pair(
        "a code after its minute",
        |one| one.before.push(Step::Wait(59)),
        |one| {
            one.before.push(Step::Wait(2));
        },
    ),
    bad("a code of a user who was disabled since", |one| one.before.push(Step::DisableUser)),
    row("a code of a client that was disabled since", 401, "invalid_client", |one| {
        one.before.push(Step::DisableClient);
    }),
    bad("a code of a client that was off in between", |one| one.before.push(Step::RestartClient)),
    bad("a code of an application disconnected since", |one| one.before.push(Step::Disconnect)),
    bad("an access token as a code", |one| one.set("code", one.app.access.clone())),
    bad("a refresh token as a code", |one| one.set("code", one.app.refresh.clone())),
    malformed("no code", |one| one.without("code")),
    malformed("the code twice", |one| one.fields.push(("code", one.app.code.clone()))),
    malformed("the verifier twice", |one| one.fields.push(("code_verifier", "A".repeat(43)))),
    row("an unknown client", 401, "invalid_client", |one| one.set("client_id", "nobody")),
    row("no client", 401, "invalid_client", |one| one.without("client_id")),
    row("a secret of a client without one", 401, "invalid_client", |one| {
        one.authorization(basic(&one.app.client, "x"));
    }),
    row("a secret in the form", 401, "invalid_client", |one| one.set("client_secret", "x")),
    row("a grant by password", 400, "unsupported_grant_type", |one| one.set("grant_type", "password")),
    row("a grant of no kind", 400, "invalid_request", |one| one.without("grant_type")),
    row("a program's grant of a client without keys", 400, "unauthorized_client", |one| {
        one.set("grant_type", "client_credentials");
    }),
];

fn swapped(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}

#[tokio::test]
async fn bad_codes_are_refused() {
    check(ROWS, |one| one.fields = Try::code_fields(&one.app)).await;
}
