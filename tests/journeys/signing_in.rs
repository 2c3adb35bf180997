//! Signing in as a browser does: first password, new password, authenticator, session, CSRF, lock-out, revocation.

use crate::harness::{Answer, Place, Server};
use galen_access::totp::OneTimeCode;
use galen_kernel::{Clock, Instant};
use http::{Method, StatusCode};
use serde_json::{Value, json};

const NEW_PASSWORD: &str = "violet-tram-oxide-93";

fn now() -> Instant {
    galen_access::system::SystemClock.now()
}

async fn sign_in(server: &Server, body: &Value) -> Answer {
    let headers = [("content-type", "application/json")];
    server.send(Method::POST, "/api/session", &headers, body.to_string().as_bytes()).await
}

fn secret_of(enrolment: &str) -> Vec<u8> {
    let text = enrolment.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    data_encoding::BASE32_NOPAD.decode(text.as_bytes()).unwrap()
}

/// A signed-in browser: cookie, CSRF value, and the authenticator's secret.
struct Browser {
    cookie: String,
    csrf: String,
    secret: Vec<u8>,
}

async fn first_sign_in(server: &Server, name: &str, first: &str) -> Browser {
    let answer = sign_in(server, &json!({ "name": name, "password": first })).await;
    assert_eq!((answer.status, &answer.json()["next"]), (StatusCode::ACCEPTED, &json!("newPassword")));
    let weak = json!({ "name": name, "password": first, "newPassword": "password1234" });
    assert_eq!(sign_in(server, &weak).await.code(), "password-too-weak");
    let strong = json!({ "name": name, "password": first, "newPassword": NEW_PASSWORD });
    let answer = sign_in(server, &strong).await;
    assert_eq!(answer.json()["next"], "enrolment", "{answer:?}");
    let secret = secret_of(answer.json()["enrolment"].as_str().unwrap());
    let code = OneTimeCode::new(&secret).unwrap().now(now());
    let answer = sign_in(server, &json!({ "name": name, "password": NEW_PASSWORD, "code": code })).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for needed in ["__Host-galen-session=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(needed), "{cookie}");
    }
    let csrf = answer.json()["csrf"].as_str().unwrap().to_owned();
    Browser { cookie: cookie.split(';').next().unwrap().to_owned(), csrf, secret }
}

#[tokio::test]
async fn a_first_sign_in_leads_to_a_session_that_sign_out_ends() {
    let place = Place::new();
    let first = place.add_user("ada", "administrator");
    let server = place.serve();
    let browser = first_sign_in(&server, "ada", &first).await;

    let own = server.send(Method::GET, "/api/session", &[("cookie", &browser.cookie)], b"").await;
    assert_eq!((own.status, &own.json()["name"]), (StatusCode::OK, &json!("ada")));
    assert_eq!(own.json()["csrf"], browser.csrf.as_str());

    // The code was used: it opens nothing more, though it is still of this half minute.
    let code = OneTimeCode::new(&browser.secret).unwrap().now(now());
    let replayed = sign_in(&server, &json!({ "name": "ada", "password": NEW_PASSWORD, "code": code })).await;
    assert_eq!((replayed.status, replayed.code().as_str()), (StatusCode::UNAUTHORIZED, "sign-in-refused"));

    let add = json!({ "name": "bob", "role": "nurse" }).to_string();
    let without = [("cookie", browser.cookie.as_str()), ("content-type", "application/json")];
    let answer = server.send(Method::POST, "/api/users", &without, add.as_bytes()).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "csrf-token-missing"));
    // A page that still shows whoever signed in here before may not even read.
    let stale = [without[0], ("x-csrf-token", "of-another-session")];
    let answer = server.send(Method::GET, "/api/session", &stale, b"").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "csrf-invalid"));
    let with = [without[0], without[1], ("x-csrf-token", browser.csrf.as_str())];
    assert_eq!(
        server.send(Method::POST, "/api/users", &with, add.as_bytes()).await.status,
        StatusCode::CREATED
    );

    assert_eq!(server.send(Method::DELETE, "/api/session", &with, b"").await.status, StatusCode::NO_CONTENT);
    let after = server.send(Method::GET, "/api/session", &[("cookie", &browser.cookie)], b"").await;
    assert_eq!((after.status, after.code().as_str()), (StatusCode::UNAUTHORIZED, "session-ended"));
}

#[tokio::test]
async fn wrong_names_and_passwords_look_alike_and_the_sixth_try_waits() {
    let place = Place::new();
    place.add_user("ada", "doctor");
    let server = place.serve();
    let wrong = |name: &str| json!({ "name": name, "password": "not-the-password" });
    let (known, unknown) = (sign_in(&server, &wrong("ada")).await, sign_in(&server, &wrong("nobody")).await);
    assert_eq!(known.status, unknown.status);
    assert_eq!(known.body, unknown.body);
    for _ in 0..4 {
        assert_eq!(sign_in(&server, &wrong("ada")).await.status, StatusCode::UNAUTHORIZED);
    }
    let sixth = sign_in(&server, &wrong("ada")).await;
    assert_eq!(sixth.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(sixth.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn disabling_an_account_ends_its_sessions_and_tokens_at_once() {
    let place = Place::new();
    place.add_user("root", "administrator");
    let first = place.add_user("ada", "doctor");
    let (root, ada) = (place.token("root"), place.token("ada"));
    let server = place.serve();
    let browser = first_sign_in(&server, "ada", &first).await;
    assert_eq!(server.get(&ada, "/api/session").await.status, StatusCode::OK);
    let users = server.get(&root, "/api/users").await.json();
    let id = users.as_array().unwrap().iter().find(|u| u["name"] == "ada").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/users/{id}");
    let disabled = server.call(&root, Method::PATCH, &path, &json!({ "change": "disable" })).await;
    assert_eq!(disabled.status, StatusCode::OK, "{disabled:?}");
    assert_eq!(server.get(&ada, "/api/session").await.status, StatusCode::UNAUTHORIZED);
    let session = server.send(Method::GET, "/api/session", &[("cookie", &browser.cookie)], b"").await;
    assert_eq!(session.status, StatusCode::UNAUTHORIZED);
    // Enabled again, the old session and token stay void.
    server.call(&root, Method::PATCH, &path, &json!({ "change": "enable" })).await;
    let session = server.send(Method::GET, "/api/session", &[("cookie", &browser.cookie)], b"").await;
    assert_eq!(session.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn tokens_are_verified_by_the_published_keys() {
    let place = Place::new();
    place.add_user("ada", "doctor");
    let token = place.token("ada");
    let server = place.serve();
    let keys = server.send(Method::GET, "/.well-known/jwks.json", &[], b"").await.json();
    let header = data_encoding::BASE64URL_NOPAD.decode(token.split('.').next().unwrap().as_bytes()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header["alg"], "EdDSA");
    assert!(keys["keys"].as_array().unwrap().iter().any(|k| k["kid"] == header["kid"]));
    // The first letter of the signature; the last one holds bits that do not count.
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let tampered = format!("{signed}.{other}{}", &signature[1..]);
    for bad in ["", "nonsense", &tampered] {
        let answer = server.get(bad, "/api/session").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{bad}");
        assert!(answer.headers.contains_key("www-authenticate"));
    }
}
