//! API tokens: short-lived EdDSA JWTs (RFC 7519, RFC 8725), verified against our own keys only.

use crate::signing::SigningKey;
use galen_kernel::{Fault, Instant, MICROS_PER_SECOND, Rejection, RejectionKind, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

/// Issuer and audience of our tokens.
pub const ISSUER: &str = "galen";
/// Longest life of a token.
pub const LIFE_SECONDS_MAX: i64 = 24 * 3600;
/// Life of a token when nobody says otherwise.
pub const LIFE_SECONDS_DEFAULT: i64 = 3600;
/// Longest token that is looked at.
pub const TOKEN_BYTES_MAX: usize = 4_096;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Issuer.
    pub iss: String,
    /// Audience.
    pub aud: String,
    /// The user's id.
    pub sub: String,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Not before.
    pub nbf: i64,
    /// Expires at.
    pub exp: i64,
    /// Unique id.
    pub jti: String,
}

/// Signs a token for `user`.
pub fn issue(
    key: &SigningKey,
    user: &UserId,
    at: Instant,
    life_seconds: i64,
    jti: String,
) -> Result<String, Fault> {
    let now = at.unix_seconds();
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: ISSUER.to_owned(),
        sub: user.as_str().to_owned(),
        iat: now,
        nbf: now,
        exp: now + life_seconds.clamp(1, LIFE_SECONDS_MAX),
        jti,
    };
    let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::EdDSA) };
    encode(&header, &claims, &EncodingKey::from_ed_der(&key.pkcs8)).map_err(|e| Fault::new("sign token", e))
}

/// The refusal that every bad token gets: it never says what was wrong with it.
pub fn refused() -> Rejection {
    Rejection::new(
        RejectionKind::Unauthenticated,
        "token-invalid",
        "The access token is not valid or has expired",
    )
    .next("Sign in again, or ask for a new token")
}

/// Verifies a token made by one of `keys`. Algorithm, key, issuer, audience and times are all checked here;
/// `jku`, `x5u`, `jwk` and other headers are never followed.
pub fn verify(keys: &[SigningKey], token: &str, now: Instant) -> Result<Claims, Rejection> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(refused());
    }
    let header = decode_header(token).map_err(|_| refused())?;
    if header.alg != Algorithm::EdDSA {
        return Err(refused());
    }
    let key = keys.iter().find(|k| Some(&k.id) == header.kid.as_ref()).ok_or_else(refused)?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[ISSUER]);
    // Times are checked below against the injected clock, so that a jump of the machine's clock is seen by one clock only.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let claims = decode::<Claims>(token, &DecodingKey::from_ed_der(key.public()), &rules)
        .map_err(|_| refused())?
        .claims;
    let seconds = now.unix_seconds();
    let timely = claims.nbf <= seconds
        && seconds < claims.exp
        && claims.iat <= seconds
        && claims.exp.checked_sub(claims.iat).is_some_and(|life| life <= LIFE_SECONDS_MAX);
    if timely { Ok(claims) } else { Err(refused()) }
}

impl Claims {
    /// When the token stops being good.
    pub fn expires(&self) -> Instant {
        Instant::from_micros(self.exp.saturating_mul(MICROS_PER_SECOND))
    }

    /// When it was issued.
    pub fn issued(&self) -> Instant {
        Instant::from_micros(self.iat.saturating_mul(MICROS_PER_SECOND))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::signing::KeyUse;
    use data_encoding::BASE64URL_NOPAD;
    use serde_json::{Value, json};

    const NOW: Instant = Instant::from_micros(1_700_000_000_000_000);

    fn key() -> SigningKey {
        SigningKey::generate(KeyUse::Token, NOW).unwrap().0
    }

    fn claims() -> Value {
        let now = NOW.unix_seconds();
        json!({"iss": "galen", "aud": "galen", "sub": "u", "iat": now, "nbf": now, "exp": now + 60, "jti": "j"})
    }

    fn sign(key: &SigningKey, header: &Value, claims: &Value) -> String {
        let input = format!(
            "{}.{}",
            BASE64URL_NOPAD.encode(header.to_string().as_bytes()),
            BASE64URL_NOPAD.encode(claims.to_string().as_bytes())
        );
        let signature = key.pair.sign(input.as_bytes());
        format!("{input}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    }

    fn header(key: &SigningKey) -> Value {
        json!({"alg": "EdDSA", "typ": "JWT", "kid": key.id})
    }

    #[test]
    fn a_good_token_passes() {
        let key = key();
        let user = UserId::parse("u").unwrap();
        let token = issue(&key, &user, NOW, 60, "j".to_owned()).unwrap();
        assert_eq!(verify(std::slice::from_ref(&key), &token, NOW).unwrap().sub, "u");
        let by_hand = sign(&key, &header(&key), &claims());
        assert!(verify(&[key], &by_hand, NOW).is_ok());
    }

    #[test]
    fn every_bad_claim_is_refused() {
        let key = key();
        let now = NOW.unix_seconds();
        let bad: Vec<(&str, Value)> = vec![
            ("exp", json!(now - 1)),
            ("exp", json!(now)),
            ("exp", json!((now + 60).to_string())),
            ("exp", json!(null)),
            ("exp", json!(now + LIFE_SECONDS_MAX + 10)),
            ("exp", json!(i64::MAX)),
            ("exp", json!(-1)),
            ("nbf", json!(now + 10)),
            ("nbf", json!("0")),
            ("iat", json!(now + 10)),
            ("iat", json!(i64::MIN)),
            ("iss", json!("other")),
            ("iss", json!(["galen"])),
            ("aud", json!("other")),
            ("aud", json!(null)),
            ("sub", json!(7)),
            ("extra", json!(true)),
        ];
        for (name, value) in bad {
            let mut claims = claims();
            claims[name] = value.clone();
            let token = sign(&key, &header(&key), &claims);
            assert!(verify(std::slice::from_ref(&key), &token, NOW).is_err(), "{name}: {value}");
        }
        for name in ["exp", "nbf", "iat", "iss", "aud", "sub", "jti"] {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(name);
            let token = sign(&key, &header(&key), &claims);
            assert!(verify(std::slice::from_ref(&key), &token, NOW).is_err(), "without {name}");
        }
    }

    #[test]
    fn every_bad_header_is_refused() {
        let key = key();
        let other = SigningKey::generate(KeyUse::Token, NOW).unwrap().0;
        let good = header(&key);
        let mut bad = Vec::new();
        for (name, value) in [
            ("alg", json!("none")),
            ("alg", json!("None")),
            ("alg", json!("HS256")),
            ("alg", json!("RS256")),
            ("alg", json!("ES256")),
            ("kid", json!("../../etc/passwd")),
            ("kid", json!(other.id)),
            ("kid", json!(null)),
            ("kid", json!("' OR 1=1 --")),
        ] {
            let mut header = good.clone();
            header[name] = value;
            bad.push(sign(&key, &header, &claims()));
        }
        bad.push(sign(&other, &good, &claims()));
        let token = sign(&key, &good, &claims());
        let parts: Vec<&str> = token.split('.').collect();
        bad.push(format!("{}.{}.", parts[0], parts[1]));
        bad.push(format!("{}.{}", parts[0], parts[1]));
        bad.push(format!("{token}."));
        bad.push(format!("{token}A"));
        bad.push(String::new());
        bad.push("a.b.c".to_owned());
        bad.push("x".repeat(TOKEN_BYTES_MAX + 1));
        let flipped = BASE64URL_NOPAD.encode(claims().to_string().replace("\"u\"", "\"v\"").as_bytes());
        bad.push(format!("{}.{flipped}.{}", parts[0], parts[2]));
        for token in bad {
            assert!(verify(std::slice::from_ref(&key), &token, NOW).is_err(), "{token}");
        }
        let mut pointing = good.clone();
        pointing["jku"] = json!("https://evil.example/keys");
        let token = sign(&other, &pointing, &claims());
        assert!(verify(&[key], &token, NOW).is_err(), "a key from a header is never fetched");
    }
}
