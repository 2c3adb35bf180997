//! JSON Web Key Sets of clients (RFC 7517): public keys for RS384 and ES384, and the choice of one for an assertion.

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

/// Most keys of one set.
pub const KEYS_MAX: usize = 20;
/// Largest set that is read.
pub const KEY_SET_BYTES_MAX: usize = 64 * 1024;
/// Smallest and largest RSA modulus, in bytes: 2,048 to 8,192 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;
/// Bytes of a coordinate on P-384.
const COORDINATE_BYTES: usize = 48;

/// A key as written.
#[derive(Debug, Clone, Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    usage: Option<String>,
    #[serde(default)]
    key_ops: Option<Vec<String>>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
    /// Private parts: a set that holds one is refused.
    #[serde(default)]
    d: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    k: Option<serde::de::IgnoredAny>,
}

/// A set of public keys.
#[derive(Debug, Clone, Deserialize)]
pub struct KeySet {
    keys: Vec<Jwk>,
}

impl KeySet {
    /// Reads a set; what this server cannot use in it is passed over.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > KEY_SET_BYTES_MAX {
            return Err("The key set is larger than 64 KiB");
        }
        let set: Self = serde_json::from_str(text).map_err(|_| "This is no JSON Web Key Set")?;
        if set.keys.len() > KEYS_MAX {
            return Err("A key set has at most 20 keys");
        }
        if set.keys.iter().any(|key| key.d.is_some() || key.k.is_some()) {
            return Err(
                "The key set holds a private or shared key: make new keys and register the public parts only",
            );
        }
        Ok(set)
    }

    /// Reads a set that is being registered: at least one of its keys must verify something.
    pub fn registered(text: &str) -> Result<Self, &'static str> {
        let set = Self::parse(text)?;
        let is_usable = |key: &Jwk| {
            key.kid.is_some()
                && [Algorithm::RS384, Algorithm::ES384].iter().any(|alg| key.verifier(*alg).is_some())
        };
        if set.keys.iter().any(is_usable) {
            return Ok(set);
        }
        Err("No key of the set has a kid and verifies RS384 (RSA, 2,048 bits or more) or ES384 (P-384)")
    }

    /// The key that the header of an assertion names, if it may verify this algorithm.
    pub fn verifier(&self, kid: &str, algorithm: Algorithm) -> Option<DecodingKey> {
        let mut named = self.keys.iter().filter(|key| key.kid.as_deref() == Some(kid));
        named.find_map(|key| key.verifier(algorithm))
    }
}

impl Jwk {
    fn verifier(&self, algorithm: Algorithm) -> Option<DecodingKey> {
        let name = match algorithm {
            Algorithm::RS384 => "RS384",
            Algorithm::ES384 => "ES384",
            _ => return None,
        };
        let is_for_this = self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self.key_ops.as_ref().is_none_or(|all| all.iter().any(|one| one == "verify"))
            && self.alg.as_deref().is_none_or(|alg| alg == name);
        if !is_for_this {
            return None;
        }
        match (algorithm, self.kty.as_str()) {
            (Algorithm::RS384, "RSA") => {
                let (modulus, exponent) = (decoded(self.n.as_ref())?, decoded(self.e.as_ref())?);
                let is_odd = exponent.last().is_some_and(|last| last % 2 == 1);
                let is_strong = MODULUS_BYTES.contains(&modulus.len()) && exponent.len() <= 8 && is_odd;
                (is_strong && exponent != [1])
                    .then(|| DecodingKey::from_rsa_raw_components(&modulus, &exponent))
            }
            (Algorithm::ES384, "EC") if self.crv.as_deref() == Some("P-384") => {
                let (x, y) = (self.x.as_ref()?, self.y.as_ref()?);
                let is_whole =
                    |text| decoded(Some(text)).is_some_and(|bytes| bytes.len() == COORDINATE_BYTES);
                if !is_whole(x) || !is_whole(y) {
                    return None;
                }
                DecodingKey::from_ec_components(x, y).ok()
            }
            _ => None,
        }
    }
}

fn decoded(text: Option<&String>) -> Option<Vec<u8>> {
    let mut bytes = BASE64URL_NOPAD.decode(text?.as_bytes()).ok()?;
    // Some writers put a zero before a number whose first bit is set.
    if bytes.first() == Some(&0) && bytes.len() % 2 == 1 {
        bytes.remove(0);
    }
    Some(bytes)
}
