//! Id tokens (OpenID Connect Core, 2) and the RSA key that signs them: every OpenID client verifies RS256.

use crate::user::HOME;
use crate::{IDENTITY_KEY, document};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use galen_kernel::{Fault, Instant, MICROS_PER_DAY, Phi};
use galen_store::{Condition, Expected, IndexRows, Match, Operation, Order, Param, Scan, Store, TermMatch};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A key signs for so long; then a new one is made.
pub const SIGNS_FOR_MICROS: i64 = 90 * MICROS_PER_DAY;
/// Most keys that are published at once.
pub const KEYS_PUBLISHED_MAX: u32 = 4;
/// Life of an id token, in seconds.
pub const LIFE_SECONDS: i64 = 3_600;

const PARAM_ALL: Param = Param(1);

#[derive(Serialize, Deserialize)]
struct Stored {
    created: Instant,
    pkcs8: Phi<String>,
}

/// A key with its id.
pub struct IdentityKey {
    id: String,
    created: Instant,
    pair: KeyPair,
}

/// What an id token says.
#[derive(Debug, Clone, Serialize)]
pub struct IdClaims {
    /// This server.
    pub iss: String,
    /// The account.
    pub sub: String,
    /// The client.
    pub aud: String,
    /// Issued, in seconds.
    pub iat: i64,
    /// Expires.
    pub exp: i64,
    /// As the client sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The user as a FHIR resource.
    #[serde(rename = "fhirUser", skip_serializing_if = "Option::is_none")]
    pub fhir_user: Option<String>,
    /// The same, where a client of SMART 1 looks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

impl IdentityKey {
    /// A fresh key and the operation that stores it.
    pub fn generate(at: Instant) -> Result<(Self, Operation), Fault> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|e| Fault::new("make identity key", e))?;
        let pkcs8 = AsDer::as_der(&pair).map_err(|e| Fault::new("make identity key", e))?;
        let stored = Stored { created: at, pkcs8: Phi::new(HEXLOWER.encode(pkcs8.as_ref())) };
        let key = Self { id: id_of(&pair), created: at, pair };
        let index = IndexRows { terms: vec![(PARAM_ALL, b"key".to_vec())], ..IndexRows::default() };
        let put = document::put(IDENTITY_KEY, &key.id, Expected::Absent, &stored, index)?;
        Ok((key, put))
    }

    /// Whether it should still sign.
    pub fn is_fresh(&self, now: Instant) -> bool {
        now.since(self.created) < SIGNS_FOR_MICROS
    }

    /// The public half as a JSON Web Key.
    pub fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id,
            "n": BASE64URL_NOPAD.encode(public.modulus().big_endian_without_leading_zero()),
            "e": BASE64URL_NOPAD.encode(public.exponent().big_endian_without_leading_zero()),
        })
    }

    /// Signs an id token.
    pub fn sign(&self, claims: &IdClaims) -> Result<String, Fault> {
        let fault = |e: String| Fault::new("sign id token", e);
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.id }).to_string();
        let claims = serde_json::to_vec(claims).map_err(|e| fault(e.to_string()))?;
        let text =
            format!("{}.{}", BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(&claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = aws_lc_rs::rand::SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
            .map_err(|e| fault(e.to_string()))?;
        Ok(format!("{text}.{}", BASE64URL_NOPAD.encode(&signature)))
    }
}

fn id_of(pair: &KeyPair) -> String {
    let hash = digest(&SHA256, pair.public_key().as_ref());
    HEXLOWER.encode(hash.as_ref().get(..8).unwrap_or_default())
}

/// The keys, newest first.
pub async fn list(store: &Store) -> Result<Vec<IdentityKey>, Fault> {
    let scan = Scan::new(
        IDENTITY_KEY,
        vec![Condition::Any(vec![Match::Term(PARAM_ALL, TermMatch::Present)])],
        Order::Key { descending: true },
        KEYS_PUBLISHED_MAX,
    );
    let mut keys = Vec::new();
    for found in store.scan(HOME, &scan).await?.documents {
        let Some(stored) = document::read::<Stored>(&found)? else { continue };
        let pkcs8 =
            HEXLOWER.decode(stored.pkcs8.reveal().as_bytes()).map_err(|e| Fault::new("identity key", e))?;
        let pair = KeyPair::from_pkcs8(&pkcs8).map_err(|e| Fault::new("identity key", e.to_string()))?;
        keys.push(IdentityKey { id: found.id, created: stored.created, pair });
    }
    Ok(keys)
}
