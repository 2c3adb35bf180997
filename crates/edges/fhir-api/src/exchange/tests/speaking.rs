//! Tokens, patience, and what is made of bad answers.

use super::server::{Say, Scripted};
use crate::exchange::page::Page;
use crate::exchange::remote::{Asked, Pace, Remote};
use crate::exchange::token::Proof;
use crate::failure::Failure;
use galen_access::smart::ClientKey;
use galen_access::smart::assertion::Unverified;
use galen_access::smart::jwk::KeySet;
use galen_kernel::{Clock, Entropy, Instant};
use galen_outbound::{Answer, Backoff, Outbound, Patience, Rules};
use std::cell::RefCell;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

const NOW: Instant = Instant::from_micros(1_700_000_000_000_000);
const TOKEN: &str = r#"{"access_token":"first","token_type":"bearer","expires_in":300}"#;
const SECOND: &str = r#"{"access_token":"second","token_type":"Bearer","expires_in":300}"#;
const DISCOVERED: &str = r#"{"token_endpoint":"$BASE/token"}"#;

struct Still;

impl Clock for Still {
    fn now(&self) -> Instant {
        NOW
    }
}

/// Chance that comes out the same every time, and differs from call to call.
struct Counted(AtomicU8);

impl Entropy for Counted {
    fn fill(&self, out: &mut [u8]) {
        out.fill(self.0.fetch_add(1, Ordering::SeqCst));
    }
}

thread_local! {
    static WAITS: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
}

/// Long enough for any answer that comes, on a busy machine, too.
const AMPLE: Duration = Duration::from_secs(60);
/// How long an answer is waited for that never comes.
const SHORT: Duration = Duration::from_millis(50);

fn pace(time_max: Duration) -> Pace {
    Pace {
        backoff: Backoff { first: Duration::from_secs(2), longest: Duration::from_secs(60), attempts_max: 3 },
        patience: Patience { time_max, answer_bytes_max: 1_000 },
        wait_max: Duration::from_secs(300),
        pause: |wait| {
            WAITS.with_borrow_mut(|waits| waits.push(wait));
            Box::pin(std::future::ready(()))
        },
    }
}

fn waits() -> Vec<u64> {
    WAITS.with_borrow_mut(|waits| waits.drain(..).map(|wait| wait.as_secs()).collect())
}

fn say(status: u16, body: &str) -> Say {
    Say::This(status, "", body.to_owned())
}

/// Asks a server that answers so, this often; what came of the last, and the server.
async fn asked(
    script: Vec<Say>,
    key: Option<&ClientKey>,
    times: usize,
) -> (Result<Answer, Failure>, Scripted) {
    asked_within(AMPLE, script, key, times).await
}

/// The same, with this much time for each answer.
async fn asked_within(
    time_max: Duration,
    script: Vec<Say>,
    key: Option<&ClientKey>,
    times: usize,
) -> (Result<Answer, Failure>, Scripted) {
    let _first = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let server = Scripted::new(script).await;
    let outbound = Outbound::new(Rules { allowed: vec![server.address.clone()], ..Rules::default() });
    let proof = key.map(|key| {
        let scopes = "system/*.rs".to_owned();
        (Proof { client_id: "us".to_owned(), token_endpoint: None, scopes }, key.clone())
    });
    let chance = Counted(AtomicU8::new(1));
    let mut remote = Remote::new(&outbound, &Still, &chance, &server.base(), proof, pace(time_max)).unwrap();
    let to = remote.below("Patient").unwrap();
    let mut last = remote.ask(&to, &Asked::get()).await;
    for _ in 1..times {
        last = remote.ask(&to, &Asked::get()).await;
    }
    (last, server)
}

fn code(result: Result<Answer, Failure>) -> String {
    result.unwrap_err().refusal.code().to_owned()
}

/// Why a page cannot be read.
async fn unread(say: Say) -> (String, usize) {
    let (answer, server) = asked(vec![say], None, 1).await;
    let failure = Page::read(&answer.unwrap()).unwrap_err();
    let galen_service::Refusal::Rejected(rejection) = failure.refusal else { panic!("a fault") };
    (format!("{}: {}", rejection.code, rejection.message), server.asked().len())
}

#[tokio::test]
async fn a_token_is_found_kept_and_renewed_once_it_is_not_taken() {
    let key = ClientKey::generate().unwrap();
    let script = vec![
        say(200, DISCOVERED),
        say(200, TOKEN),
        say(200, "{}"),
        say(401, ""),
        say(200, SECOND),
        say(200, r#"{"good":true}"#),
    ];
    let (last, server) = asked(script, Some(&key), 2).await;
    assert_eq!(&last.unwrap().body[..], br#"{"good":true}"#);
    let requests = server.asked();
    let begins = |at: usize, text: &str| assert!(requests[at].starts_with(text), "{at}: {}", requests[at]);
    begins(0, "GET /fhir/.well-known/smart-configuration ");
    begins(1, "POST /token ");
    for (at, bearer) in [(2, "first"), (3, "first"), (5, "second")] {
        begins(at, "GET /fhir/Patient ");
        assert!(requests[at].contains(&format!("authorization: Bearer {bearer}\r\n")), "{}", requests[at]);
    }
    assert!(!requests[0].contains("authorization"));
    let keys = KeySet::registered(&key.key_set().unwrap().to_string()).unwrap();
    let endpoint = format!("http://{}/token", server.address);
    let mut numbers = Vec::new();
    for at in [1, 4] {
        begins(at, "POST /token ");
        assert!(requests[at].contains("grant_type=client_credentials&scope=system%2F%2A%2Ers&"));
        let assertion = requests[at].rsplit_once("client_assertion=").unwrap().1;
        let assertion = assertion.replace("%2E", ".").replace("%2D", "-").replace("%5F", "_");
        let read = Unverified::read(&assertion).unwrap();
        assert_eq!(read.client, "us");
        numbers.push(read.verify(&keys, &endpoint, NOW).unwrap().jti);
    }
    assert_ne!(numbers[0], numbers[1], "an assertion is good once");
}

#[tokio::test]
async fn a_second_401_is_the_answer() {
    let key = ClientKey::generate().unwrap();
    let script = vec![say(200, DISCOVERED), say(200, TOKEN), say(401, ""), say(200, SECOND), say(401, "")];
    let (last, server) = asked(script, Some(&key), 1).await;
    assert_eq!((last.unwrap().status.as_u16(), server.asked().len()), (401, 5));
}

#[tokio::test]
async fn a_token_endpoint_that_refuses_is_heard() {
    let key = ClientKey::generate().unwrap();
    let refused = r#"{"error":"invalid_client","error_description":"unknown \u001b[31mkey"}"#;
    let (last, _) = asked(vec![say(200, DISCOVERED), say(400, refused)], Some(&key), 1).await;
    let failure = last.unwrap_err();
    let galen_service::Refusal::Rejected(rejection) = &failure.refusal else { panic!("a fault") };
    assert_eq!(rejection.message, "The partner answers 400: invalid_client: unknown [31mkey");
    let other =
        r#"{"token_endpoint":"$BASE/t","token_endpoint_auth_signing_alg_values_supported":["RS384"]}"#;
    assert_eq!(code(asked(vec![say(200, other)], Some(&key), 1).await.0), "partner-algorithms");
    for bad in [r#"{"token_type":"bearer"}"#, r#"{"access_token":"a b","token_type":"bearer"}"#, "<html>"] {
        let (last, _) = asked(vec![say(200, DISCOVERED), say(200, bad)], Some(&key), 1).await;
        assert_eq!(code(last), "partner-answer-invalid", "{bad}");
    }
    assert_eq!(code(asked(vec![say(404, "")], Some(&key), 1).await.0), "partner-has-not");
    let closed = r#"{"token_endpoint":"http://169.254.169.254/token"}"#;
    assert_eq!(code(asked(vec![say(200, closed)], Some(&key), 1).await.0), "partner-address-invalid");
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is() {
    waits();
    let busy = |wait: &'static str| Say::This(429, wait, String::new());
    let (last, _) = asked(vec![busy("retry-after: 7\r\n"), busy(""), say(200, "{}")], None, 1).await;
    assert!(last.unwrap().status.is_success());
    let found = waits();
    assert_eq!(found[0], 7);
    assert!((2..=4).contains(&found[1]), "{found:?}");
    let (last, server) = asked(vec![busy("retry-after: 86400\r\n")], None, 1).await;
    assert_eq!((code(last), server.asked().len(), waits().len()), ("partner-refuses".to_owned(), 1, 0));
}

#[tokio::test]
async fn patience_ends() {
    waits();
    let outcome = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled","diagnostics":"at night"}]}"#;
    let (last, _) = asked(vec![say(503, outcome), say(500, outcome), say(503, outcome)], None, 1).await;
    let failure = last.unwrap_err();
    let galen_service::Refusal::Rejected(rejection) = &failure.refusal else { panic!("a fault") };
    assert_eq!(rejection.message, "The partner answers 503: throttled: at night");
    assert!(rejection.next.as_ref().unwrap().contains("tried 3 times"));
    assert_eq!(waits().len(), 2);
    let (last, _) = asked_within(SHORT, vec![Say::Nothing, Say::Nothing, Say::Nothing], None, 1).await;
    assert_eq!((code(last), waits().len()), ("partner-unreachable".to_owned(), 2));
    let (last, _) = asked(vec![Say::Gone, say(200, "{}")], None, 1).await;
    assert!(last.unwrap().status.is_success(), "cut off once is not cut off for ever");
    let (last, server) = asked(vec![say(200, &"x".repeat(2_000))], None, 1).await;
    assert_eq!((code(last), server.asked().len()), ("partner-answer-too-large".to_owned(), 1));
}

#[tokio::test]
async fn a_page_is_a_searchset_or_refused() {
    for bad in [
        "{",
        "[]",
        "<Bundle/>",
        r#"{"resourceType":"Patient"}"#,
        r#"{"resourceType":"Bundle","type":"transaction"}"#,
    ] {
        assert!(unread(say(200, bad)).await.0.starts_with("partner-answer-invalid"), "{bad}");
    }
    let moved = Say::This(302, "location: http://169.254.169.254/latest\r\n", String::new());
    let (told, times) = unread(moved).await;
    assert_eq!(
        (told.as_str(), times),
        ("partner-redirects: The partner answers 302: redirects are not followed", 1)
    );
    let outcome = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"x","diagnostics":"not this"},{"severity":"error","code":"not-supported","details":{"text":"no such parameter"}}]}"#;
    let (told, _) = unread(say(400, outcome)).await;
    assert_eq!(told, "partner-refuses: The partner answers 400: not-supported: no such parameter");
    let page = r#"{"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"a"},{"relation":"next","url":"b"}],
        "entry":[{"resource":{"resourceType":"Basic"}},{"search":{"mode":"outcome"},"resource":{"resourceType":"OperationOutcome"}},{}]}"#;
    let (answer, _) = asked(vec![say(200, page)], None, 1).await;
    let page = Page::read(&answer.unwrap()).unwrap();
    assert_eq!((page.resources.len(), page.next.as_deref()), (1, Some("b")));
}
