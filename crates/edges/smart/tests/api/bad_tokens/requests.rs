//! Authorization requests that nobody may be asked about, and decisions about more than was asked.

use super::asked::{Way, check};
use super::{Row, row, twin};

const fn shown(name: &'static str, error: &'static str, change: fn(&mut Way)) -> Row<Way> {
    row(name, 400, error, change)
}

const fn told(name: &'static str, change: fn(&mut Way)) -> Row<Way> {
    row(name, 303, "invalid_request", change)
}

const fn scope(name: &'static str, change: fn(&mut Way)) -> Row<Way> {
    row(name, 303, "invalid_scope", change)
}

pub const ROWS: &[Row<Way>] = &[
    shown("no client_id", "invalid_request", |way| way.without("client_id")),
    shown("a client_id of nobody", "invalid_client", |way| way.set("client_id", "nobody")),
    shown("no redirect_uri", "invalid_request", |way| way.without("redirect_uri")),
    shown("a redirect_uri of a stranger", "invalid_request", |way| {
        way.set("redirect_uri", "https://evil.example/cb");
    }),
    shown("a redirect_uri that begins like the registered one", "invalid_request", |way| {
        way.set("redirect_uri", "https://app.example/cb.evil.example");
    }),
    shown("a redirect_uri with a path back", "invalid_request", |way| {
        way.set("redirect_uri", "https://app.example/cb/../evil");
    }),
    shown("a redirect_uri in capitals", "invalid_request", |way| {
        way.set("redirect_uri", "HTTPS://APP.EXAMPLE/cb");
    }),
    shown("a redirect_uri with a user name", "invalid_request", |way| {
        way.set("redirect_uri", "https://app.example@evil.example/cb");
    }),
    shown("redirect_uri twice", "invalid_request", |way| {
        way.query.push(("redirect_uri", "https://evil.example/cb".to_owned()));
    }),
    row("response_type token", 303, "unsupported_response_type", |way| way.set("response_type", "token")),
    row("no response_type", 303, "unsupported_response_type", |way| way.without("response_type")),
    told("response_mode fragment", |way| way.set("response_mode", "fragment")),
    told("a request object", |way| way.set("request", "eyJhbGciOiJub25lIn0.e30.")),
    told("a request object elsewhere", |way| way.set("request_uri", "https://evil.example/request")),
    told("no aud", |way| way.without("aud")),
    told("a request with aud of another server", |way| way.set("aud", "https://other.example/fhir")),
    told("no state", |way| way.without("state")),
    told("state twice", |way| way.query.push(("state", "s-2".to_owned()))),
    told("a state without end", |way| way.set("state", "s".repeat(1_001))),
    told("no challenge", |way| way.without("code_challenge")),
    told("a challenge that is too short", |way| way.set("code_challenge", "E9Melhoa2Owv")),
    told("a challenge with letters that it cannot have", |way| way.set("code_challenge", "+".repeat(43))),
    told("a challenge of the method plain", |way| {
        way.set("code_challenge_method", "plain");
        way.set("code_challenge", crate::ward::VERIFIER);
    }),
    told("no method of the challenge", |way| way.without("code_challenge_method")),
    scope("scopes that the client is not registered for", |way| way.set("scope", "patient/Condition.rs")),
    scope("a user's scope of a patient's client", |way| way.set("scope", "user/*.cruds")),
    scope("a program's scope of a user's client", |way| way.set("scope", "system/*.rs")),
    scope("a request without a scope", |way| way.without("scope")),
    row("a sealed request with a letter changed", 410, "request-expired", |way| {
        way.carried = |text| {
            let (first, rest) = text.split_at(1);
            format!("{}{rest}", if first == "A" { "B" } else { "A" })
        };
    }),
    row("a sealed request cut", 410, "request-expired", |way| {
        way.carried = |text| text[..text.len() - 4].to_owned();
    }),
    row("a request that was never sealed", 410, "request-expired", |way| way.carried = |_| "e30".to_owned()),
    twin(
        "a request decided too late",
        410,
        "request-expired",
        |way| way.wait_to_decide = 899,
        |way| way.wait_to_decide = 900,
    ),
    row("a request of a client disabled meanwhile", 410, "client-disabled", |way| way.is_disabled = true),
    row("scopes allowed that were not asked for", 422, "scopes-missing", |way| {
        way.left = vec!["patient/Condition.rs"];
    }),
    row("nothing allowed", 422, "scopes-missing", |way| way.left = Vec::new()),
    row("no patient chosen", 422, "patient-missing", |way| way.chosen = None),
    row("a patient chosen who is none", 404, "not-found", |way| way.chosen = Some("nobody".to_owned())),
    row("a program that decides", 403, "not-permitted", |way| way.decider = "fhir".to_owned()),
];

#[tokio::test]
async fn bad_requests_for_authorization_are_refused() {
    check(ROWS, |_| {}).await;
}
