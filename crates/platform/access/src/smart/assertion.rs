//! Client assertions: `private_key_jwt` (RFC 7523; SMART App Launch 2.2, "Asymmetric client authentication"). Every claim
//! and header that the standards speak of is checked here; what they do not allow is refused, not overlooked.

use super::error::OAuthError;
use super::jwk::KeySet;
use data_encoding::BASE64URL_NOPAD;
use galen_kernel::{Instant, MICROS_PER_SECOND};
use jsonwebtoken::{Algorithm, Validation, decode};
use serde::Deserialize;

/// Value of `client_assertion_type`.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longest assertion that is looked at.
pub const ASSERTION_BYTES_MAX: usize = 8_192;
/// An assertion lives so long at most.
pub const LIFE_SECONDS_MAX: i64 = 300;
/// Clocks differ by so much.
pub const SKEW_SECONDS_MAX: i64 = 10;
/// Longest `jti` and `kid`.
const NAME_BYTES_MAX: usize = 200;

/// The header. What would make the reader fetch or believe another key is not a field of it, so it is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    jku: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    iat: Option<i64>,
    jti: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn is(&self, wanted: &str) -> bool {
        match self {
            Self::One(one) => one == wanted,
            // An assertion that is good elsewhere, too, could be used here by who received it there.
            Self::Several(all) => matches!(all.as_slice(), [one] if one == wanted),
        }
    }
}

/// An assertion that was not looked into yet but for whose it says it is.
#[derive(Debug)]
pub struct Unverified<'a> {
    text: &'a str,
    header: Header,
    algorithm: Algorithm,
    /// The client that it names.
    pub client: String,
}

/// An assertion that is good, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Its number: good once for its client.
    pub jti: String,
    /// Until when it would be good.
    pub expires: Instant,
}

const BAD: OAuthError =
    OAuthError::client("The client assertion is not a JWT signed with RS384 or ES384 by a registered key");

impl<'a> Unverified<'a> {
    /// Reads whose assertion it says it is, so that the client's keys can be found. Nothing else of it is believed.
    pub fn read(text: &'a str) -> Result<Self, OAuthError> {
        if text.len() > ASSERTION_BYTES_MAX {
            return Err(BAD);
        }
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(BAD);
        };
        let header: Header = part(header)?;
        let claims: Claims = part(claims)?;
        let algorithm = match header.alg.as_str() {
            "RS384" => Algorithm::RS384,
            "ES384" => Algorithm::ES384,
            _ => return Err(BAD),
        };
        let is_jwt = header.typ.as_deref().is_none_or(|typ| typ.eq_ignore_ascii_case("jwt"));
        let has_kid = (1..=NAME_BYTES_MAX).contains(&header.kid.len());
        if !is_jwt || !has_kid || signature.is_empty() {
            return Err(BAD);
        }
        if claims.iss != claims.sub {
            return Err(OAuthError::client("The assertion's iss and sub must both be the client_id"));
        }
        Ok(Self { text, header, algorithm, client: claims.iss })
    }

    /// The address at which the header says the keys are: good for nothing but to be compared with the registered one.
    pub fn jku(&self) -> Option<&str> {
        self.header.jku.as_deref()
    }

    /// Verifies it by the client's keys for this audience.
    pub fn verify(&self, keys: &KeySet, audience: &str, now: Instant) -> Result<Assertion, OAuthError> {
        let key = keys.verifier(&self.header.kid, self.algorithm).ok_or(BAD)?;
        let mut rules = Validation::new(self.algorithm);
        rules.required_spec_claims.clear();
        // Times and audience are checked below, against one clock and strictly.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        rules.validate_aud = false;
        let claims = decode::<Claims>(self.text, &key, &rules).map_err(|_| BAD)?.claims;
        if !claims.aud.is(audience) {
            return Err(OAuthError::client("The assertion's aud must be the address of the token endpoint"));
        }
        let seconds = now.unix_seconds();
        let is_past = |at: Option<i64>| at.is_none_or(|at| at <= seconds.saturating_add(SKEW_SECONDS_MAX));
        let latest = seconds.saturating_add(LIFE_SECONDS_MAX + SKEW_SECONDS_MAX);
        if claims.exp <= seconds || claims.exp > latest || !is_past(claims.nbf) || !is_past(claims.iat) {
            return Err(OAuthError::client(
                "The assertion has expired, is not valid yet, or lives longer than five minutes",
            ));
        }
        if !(1..=NAME_BYTES_MAX).contains(&claims.jti.len()) {
            return Err(OAuthError::client("The assertion needs a jti of 1 to 200 characters"));
        }
        let expires = Instant::from_micros(claims.exp.saturating_mul(MICROS_PER_SECOND));
        Ok(Assertion { jti: claims.jti, expires })
    }
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, OAuthError> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| BAD)?;
    serde_json::from_slice(&bytes).map_err(|_| BAD)
}
