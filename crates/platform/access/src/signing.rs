//! The Ed25519 keys that sign API tokens and audit checkpoints, with rotation: the newest signs, older ones still verify.

use crate::user::HOME;
use crate::{SIGNING_KEY, document};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use galen_kernel::{Fault, Instant, MICROS_PER_DAY, Phi};
use galen_store::{Condition, Expected, IndexRows, Match, Operation, Order, Param, Scan, Store, TermMatch};
use serde::{Deserialize, Serialize};

/// A key signs for so long; then a new one is made.
pub const SIGNS_FOR_MICROS: i64 = 90 * MICROS_PER_DAY;
/// Most keys that are published at once.
pub const KEYS_PUBLISHED_MAX: u32 = 8;

const PARAM_USE: Param = Param(1);

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyUse {
    /// API tokens.
    Token,
    /// Audit checkpoints.
    Checkpoint,
}

impl KeyUse {
    const fn term(self) -> &'static [u8] {
        match self {
            Self::Token => b"token",
            Self::Checkpoint => b"checkpoint",
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    #[serde(rename = "use")]
    usage: KeyUse,
    created: Instant,
    pkcs8: Phi<String>,
}

/// A key pair with its id.
pub struct SigningKey {
    /// Names it in token headers and checkpoints.
    pub id: String,
    /// When it was made.
    pub created: Instant,
    /// PKCS#8 document, for the token library.
    pub pkcs8: Vec<u8>,
    /// The pair.
    pub pair: Ed25519KeyPair,
}

impl SigningKey {
    /// A fresh key and the operation that stores it.
    pub fn generate(usage: KeyUse, at: Instant) -> Result<(Self, Operation), Fault> {
        let pair = Ed25519KeyPair::generate().map_err(|e| Fault::new("make signing key", e))?;
        let pkcs8 = pair.to_pkcs8().map_err(|e| Fault::new("make signing key", e))?.as_ref().to_vec();
        let key = Self { id: id_of(&pair), created: at, pkcs8, pair };
        let stored = Stored { usage, created: at, pkcs8: Phi::new(HEXLOWER.encode(&key.pkcs8)) };
        let index = IndexRows { terms: vec![(PARAM_USE, usage.term().to_vec())], ..IndexRows::default() };
        let put = document::put(SIGNING_KEY, &key.id, Expected::Absent, &stored, index)?;
        Ok((key, put))
    }

    /// The public half, 32 bytes.
    pub fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// The public half as a JSON Web Key.
    pub fn jwk(&self) -> serde_json::Value {
        serde_json::json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "kid": self.id, "x": BASE64URL_NOPAD.encode(self.public()),
        })
    }

    /// Whether it should still sign new things.
    pub fn is_fresh(&self, now: Instant) -> bool {
        now.since(self.created) < SIGNS_FOR_MICROS
    }
}

fn id_of(pair: &Ed25519KeyPair) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, pair.public_key().as_ref());
    HEXLOWER.encode(hash.as_ref().get(..8).unwrap_or_default())
}

/// The keys of one use, newest first.
pub async fn list(store: &Store, usage: KeyUse) -> Result<Vec<SigningKey>, Fault> {
    let scan = Scan::new(
        SIGNING_KEY,
        vec![Condition::Any(vec![Match::Term(PARAM_USE, TermMatch::Equals(usage.term().to_vec()))])],
        Order::Key { descending: true },
        KEYS_PUBLISHED_MAX,
    );
    let mut keys = Vec::new();
    for found in store.scan(HOME, &scan).await?.documents {
        let Some(stored) = document::read::<Stored>(&found)? else { continue };
        let pkcs8 =
            HEXLOWER.decode(stored.pkcs8.reveal().as_bytes()).map_err(|e| Fault::new("signing key", e))?;
        let pair =
            Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|e| Fault::new("signing key", e.to_string()))?;
        keys.push(SigningKey { id: found.id, created: stored.created, pkcs8, pair });
    }
    Ok(keys)
}
