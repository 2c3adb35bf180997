//! Proving who we are to a partner: SMART Backend Services. Discovery, an assertion, a token that is kept while it is good.

use super::trouble;
use crate::failure::Failure;
use bytes::Bytes;
use galen_access::smart::ClientKey;
use galen_access::smart::assertion::ASSERTION_TYPE;
use galen_fhir::Json;
use galen_fhir::json::parse;
use galen_kernel::{Instant, MICROS_PER_SECOND, Phi};
use galen_outbound::Answer;
use http::{Request, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// Where a server tells of its token endpoint, below its base.
pub(super) const DISCOVERY: &str = ".well-known/smart-configuration";
/// A token is renewed so long before it ends.
const RENEWED_BEFORE_SECONDS: i64 = 30;
/// How long a token is thought to live when nothing is said.
const LIFE_SECONDS_DEFAULT: i64 = 300;
/// Longest life of a token that is believed.
const LIFE_SECONDS_MAX: i64 = 24 * 3_600;
/// Longest token that is sent.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// How we prove who we are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Proof {
    /// Our client id there.
    pub(super) client_id: String,
    /// The token endpoint; found by discovery when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token_endpoint: Option<String>,
    /// What we ask for.
    pub(super) scopes: String,
}

/// A token, while it is good.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) text: Phi<String>,
    until: Instant,
}

impl Token {
    /// Whether it is worth sending.
    pub(super) fn is_good(&self, now: Instant) -> bool {
        now < self.until
    }

    /// Reads a token endpoint's answer.
    pub(super) fn read(answer: &Answer, now: Instant) -> Result<Self, Failure> {
        if !answer.status.is_success() {
            return Err(trouble::refused(answer).into());
        }
        let json = parse(&answer.body).map_err(|_| trouble::unreadable("the token is no JSON"))?;
        let text = json.str("access_token").unwrap_or_default();
        let is_token =
            (1..=TOKEN_BYTES_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        let is_bearer = json.str("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        if !is_token || !is_bearer {
            return Err(trouble::unreadable("it holds no bearer token"));
        }
        let life = json.get("expires_in").and_then(Json::as_i64).unwrap_or(LIFE_SECONDS_DEFAULT);
        let life = life.clamp(0, LIFE_SECONDS_MAX);
        // A token that ends at once is used once rather than asked for without end.
        let good = life.saturating_sub(RENEWED_BEFORE_SECONDS).max(1);
        Ok(Self { text: Phi::new(text.to_owned()), until: now.plus_micros(good * MICROS_PER_SECOND) })
    }
}

/// The token endpoint that a server tells of.
pub(super) fn endpoint_of(answer: &Answer) -> Result<String, Failure> {
    if !answer.status.is_success() {
        let rejection = trouble::refused(answer);
        return Err(rejection.next("Name the token endpoint with --token-endpoint").into());
    }
    let json = parse(&answer.body).map_err(|_| trouble::unreadable("its SMART configuration is no JSON"))?;
    let mut algorithms = json.list("token_endpoint_auth_signing_alg_values_supported").peekable();
    if algorithms.peek().is_some() && !algorithms.any(|one| one.as_str() == Some("ES384")) {
        let message = "The partner takes no assertion that is signed with ES384";
        return Err(trouble::partner("partner-algorithms", message).into());
    }
    let endpoint = json.str("token_endpoint").map(str::to_owned);
    endpoint.ok_or_else(|| trouble::unreadable("its SMART configuration names no token endpoint"))
}

/// The request for a token.
pub(super) fn request(
    proof: &Proof,
    key: &ClientKey,
    endpoint: &str,
    now: Instant,
    chance: [u8; 16],
) -> Result<Request<Bytes>, Failure> {
    let assertion = key.assertion(&proof.client_id, endpoint, now, chance)?;
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let form = format!(
        "grant_type=client_credentials&scope={}&client_assertion_type={}&client_assertion={}",
        encoded(&proof.scopes),
        encoded(ASSERTION_TYPE),
        encoded(assertion.reveal()),
    );
    Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(Bytes::from(form))
        .map_err(|_| trouble::unreadable("the request for a token cannot be written"))
}
