//! Good assertions that come in a bad way, or beside another proof.

use super::assertions::{Made, check};
use super::{Row, row, twin};
use crate::ward::basic;

const fn bad(name: &'static str, change: fn(&mut Made)) -> Row<Made> {
    row(name, 401, "invalid_client", change)
}

const fn malformed(name: &'static str, change: fn(&mut Made)) -> Row<Made> {
    row(name, 400, "invalid_request", change)
}

pub const ROWS: &[Row<Made>] = &[
    bad("assertion type missing", |made| made.kind = ""),
    bad("assertion type of SAML", |made| {
        made.kind = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    }),
    bad("assertion type in capitals", |made| {
        made.kind = "URN:IETF:PARAMS:OAUTH:CLIENT-ASSERTION-TYPE:JWT-BEARER";
    }),
    twin(
        "client_id of another client beside it",
        401,
        "invalid_client",
        |made| made.more.push(("client_id", made.programs.client.clone())),
        |made| made.more[0].1.clone_from(&made.programs.other_client),
    ),
    bad("a secret in the form beside it", |made| made.more.push(("client_secret", "x".to_owned()))),
    malformed("a secret in the header beside it", |made| {
        made.authorization = Some(basic(&made.programs.client, "x"));
    }),
    malformed("a bearer token beside it", |made| made.authorization = Some("Bearer x".to_owned())),
    malformed("two assertions", |made| {
        let second = made.text();
        made.more.push(("client_assertion", second));
    }),
    malformed("grant_type twice", |made| {
        made.more.push(("grant_type", "authorization_code".to_owned()));
    }),
    malformed("scope twice", |made| made.more.push(("scope", "system/*.cruds".to_owned()))),
    malformed("as JSON", |made| made.content_type = "application/json"),
    malformed("as text", |made| made.content_type = "text/plain"),
    malformed("fields without end", |made| {
        made.more.extend(
            ["a", "b", "c", "d", "e", "f", "g", "h"].repeat(8).into_iter().map(|n| (n, "x".to_owned())),
        );
    }),
    malformed("a form beyond its limit", |made| made.more.push(("state", "x".repeat(40_000)))),
];

#[tokio::test]
async fn assertions_that_come_in_a_bad_way_are_refused() {
    check(ROWS).await;
}
