//! Assertions signed well over claims that are wrong.

use super::assertions::{By, Made, Sent, check};
use super::{Row, row, twin};
use serde_json::json;

const fn bad(name: &'static str, change: fn(&mut Made)) -> Row<Made> {
    row(name, 401, "invalid_client", change)
}

const fn pair(name: &'static str, both: fn(&mut Made), change: fn(&mut Made)) -> Row<Made> {
    twin(name, 401, "invalid_client", both, change)
}

const ENDPOINT: &str = "http://galen.test/oauth/token";

fn expires_in(made: &mut Made, seconds: i64) {
    let at = made.now() + seconds;
    made.claim("exp", json!(at));
}

fn at(made: &mut Made, name: &str, seconds: i64) {
    let at = made.now() + seconds;
    made.claim(name, json!(at));
}

fn both_are(made: &mut Made, client: String) {
    made.claim("iss", json!(client));
    made.claim("sub", json!(client));
}

pub const ROWS: &[Row<Made>] = &[
    bad("iss missing", |made| made.without_claim("iss")),
    bad("iss another than sub", |made| {
        let other = made.programs.other_client.clone();
        made.claim("iss", json!(other));
    }),
    bad("iss a list", |made| {
        let client = made.programs.client.clone();
        made.claim("iss", json!([client]));
    }),
    bad("iss null", |made| made.claim("iss", json!(null))),
    bad("iss with a slash after it", |made| {
        let client = format!("{}/", made.programs.client);
        both_are(made, client);
    }),
    bad("sub missing", |made| made.without_claim("sub")),
    bad("sub another client", |made| {
        let other = made.programs.other_client.clone();
        made.claim("sub", json!(other));
    }),
    bad("sub a number", |made| made.claim("sub", json!(1))),
    bad("sub twice", |made| {
        let client = made.programs.client.clone();
        let claims = made.claims.to_string();
        made.claims_text = Some(format!(r#"{{"sub":"{client}",{}"#, claims.trim_start_matches('{')));
    }),
    bad("iss and sub of another client", |made| {
        let other = made.programs.other_client.clone();
        both_are(made, other);
    }),
    bad("iss and sub of nobody", |made| both_are(made, "nobody".to_owned())),
    bad("iss and sub empty", |made| both_are(made, String::new())),
    bad("iss and sub a path", |made| both_are(made, "../../etc/passwd".to_owned())),
    bad("iss and sub of a disabled client", |made| {
        let disabled = made.programs.disabled.clone();
        both_are(made, disabled);
    }),
    bad("iss and sub of a client without keys", |made| {
        let public = made.programs.public.clone();
        both_are(made, public);
    }),
    bad("another client's key for this client", |made| made.by = By::Other),
    bad("aud missing", |made| made.without_claim("aud")),
    bad("aud null", |made| made.claim("aud", json!(null))),
    bad("aud of another server", |made| made.claim("aud", json!("https://other.example/oauth/token"))),
    bad("aud the issuer", |made| made.claim("aud", json!("http://galen.test"))),
    bad("aud the FHIR server", |made| made.claim("aud", json!("http://galen.test/fhir"))),
    bad("aud the endpoint of authorization", |made| {
        made.claim("aud", json!("http://galen.test/oauth/authorize"));
    }),
    bad("aud with a slash after it", |made| made.claim("aud", json!(format!("{ENDPOINT}/")))),
    bad("aud with a query", |made| made.claim("aud", json!(format!("{ENDPOINT}?x=1")))),
    bad("aud in capitals", |made| made.claim("aud", json!(ENDPOINT.to_uppercase()))),
    bad("aud by https", |made| made.claim("aud", json!(ENDPOINT.replace("http:", "https:")))),
    bad("aud beginning like ours", |made| {
        made.claim("aud", json!("http://galen.test.evil.example/oauth/token"));
    }),
    pair(
        "aud of two",
        |made| made.claim("aud", json!([ENDPOINT])),
        |made| {
            made.claim("aud", json!([ENDPOINT, "https://other.example/oauth/token"]));
        },
    ),
    pair(
        "aud an empty list",
        |made| made.claim("aud", json!([ENDPOINT])),
        |made| {
            made.claim("aud", json!([]));
        },
    ),
    bad("aud an object", |made| made.claim("aud", json!({ "0": ENDPOINT }))),
    bad("exp missing", |made| made.without_claim("exp")),
    bad("exp null", |made| made.claim("exp", json!(null))),
    bad("exp text", |made| {
        let text = made.claims["exp"].to_string();
        made.claim("exp", json!(text));
    }),
    bad("exp a date", |made| made.claim("exp", json!("2099-01-01T00:00:00Z"))),
    bad("exp a list", |made| {
        let exp = made.claims["exp"].clone();
        made.claim("exp", json!([exp]));
    }),
    bad("exp true", |made| made.claim("exp", json!(true))),
    bad("exp now", |made| expires_in(made, 0)),
    bad("exp a second ago", |made| expires_in(made, -1)),
    bad("exp of last year", |made| expires_in(made, -365 * 86_400)),
    bad("exp negative", |made| made.claim("exp", json!(-1))),
    bad("exp the largest number", |made| made.claim("exp", json!(i64::MAX))),
    bad("exp beyond any number", |made| made.claim("exp", json!(1e300))),
    bad("exp in milliseconds", |made| {
        let exp = (made.now() + 240) * 1_000;
        made.claim("exp", json!(exp));
    }),
    pair("exp more than five minutes ahead", |made| expires_in(made, 300), |made| expires_in(made, 311)),
    bad("exp an hour ahead", |made| expires_in(made, 3_600)),
    bad("exp twice", |made| {
        let claims = made.claims.to_string();
        made.claims_text = Some(format!(r#"{{"exp":1,{}"#, claims.trim_start_matches('{')));
    }),
    pair("sent when it has expired", |made| made.wait = 239, |made| made.wait = 241),
    pair(
        "nbf text",
        |made| at(made, "nbf", 0),
        |made| {
            let text = made.claims["nbf"].to_string();
            made.claim("nbf", json!(text));
        },
    ),
    pair("nbf ahead", |made| at(made, "nbf", 0), |made| at(made, "nbf", 60)),
    pair("nbf a list", |made| at(made, "nbf", 0), |made| made.claim("nbf", json!([0]))),
    pair(
        "iat text",
        |made| at(made, "iat", 0),
        |made| {
            let text = made.claims["iat"].to_string();
            made.claim("iat", json!(text));
        },
    ),
    pair("iat ahead", |made| at(made, "iat", 0), |made| at(made, "iat", 60)),
    pair("iat an object", |made| at(made, "iat", 0), |made| made.claim("iat", json!({}))),
    bad("jti missing", |made| made.without_claim("jti")),
    bad("jti empty", |made| made.claim("jti", json!(""))),
    bad("jti null", |made| made.claim("jti", json!(null))),
    bad("jti a number", |made| made.claim("jti", json!(1))),
    bad("jti a list", |made| made.claim("jti", json!(["j"]))),
    pair(
        "jti longer than any name",
        |made| {
            let jti = format!("{:0>200}", made.now());
            made.claim("jti", json!(jti));
        },
        |made| {
            let jti = format!("{:0>201}", made.now());
            made.claim("jti", json!(jti));
        },
    ),
    bad("the same assertion again", |made| made.sent = Sent::Again),
    pair("the same assertion again, minutes later", |made| made.wait = 200, |made| made.sent = Sent::Again),
    bad("another assertion with a number used before", |made| made.sent = Sent::AfterNamesake),
    bad("claims a list in the order of their fields", |made| {
        let c = &made.claims;
        let list = json!([c["iss"], c["sub"], c["aud"], c["exp"], null, null, c["jti"]]);
        made.claims_text = Some(list.to_string());
    }),
    bad("claims text", |made| made.claims_text = Some("\"claims\"".to_owned())),
    bad("claims nothing", |made| made.claims_text = Some(String::new())),
    bad("claims not in UTF-8's letters", |made| made.claims_text = Some("{\"iss\":\"\\ud800\"}".to_owned())),
    bad("claims nested without end", |made| {
        made.claims_text = Some(format!("{}{}", "[".repeat(2_000), "]".repeat(2_000)));
    }),
];

#[tokio::test]
async fn assertions_with_bad_claims_are_refused() {
    check(ROWS).await;
}
