//! The key by which this server proves itself to others' token endpoints, and the assertions it signs (RFC 7523; SMART
//! Backend Services): the other side of [`super::assertion`].

use super::assertion::LIFE_SECONDS_MAX;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use galen_kernel::{Fault, Instant, Phi};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How long an assertion lives: long enough for a slow server, shorter than what is allowed.
const LIFE_SECONDS: i64 = 120;
const _: () = assert!(LIFE_SECONDS < LIFE_SECONDS_MAX);
/// Bytes of a coordinate on P-384.
const COORDINATE_BYTES: usize = 48;

/// A P-384 key pair, as it is kept; the private half is guarded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClientKey {
    /// Names it in the header of assertions and in the key set.
    pub id: String,
    pkcs8: Phi<String>,
}

impl ClientKey {
    /// A fresh key.
    pub fn generate() -> Result<Self, Fault> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING)
            .map_err(|e| Fault::new("make client key", e))?;
        let pkcs8 = pair.to_pkcs8v1().map_err(|e| Fault::new("make client key", e))?;
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, pair.public_key().as_ref());
        let id = HEXLOWER.encode(hash.as_ref().get(..8).unwrap_or_default());
        Ok(Self { id, pkcs8: Phi::new(HEXLOWER.encode(pkcs8.as_ref())) })
    }

    fn pair(&self) -> Result<EcdsaKeyPair, Fault> {
        let bytes = HEXLOWER
            .decode(self.pkcs8.reveal().as_bytes())
            .map_err(|_| Fault::new("client key", "not hexadecimal"))?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &bytes)
            .map_err(|e| Fault::new("client key", e.to_string()))
    }

    /// The public half as a JSON Web Key Set, for registering it elsewhere.
    pub fn key_set(&self) -> Result<Value, Fault> {
        let pair = self.pair()?;
        let point = pair.public_key().as_ref();
        // An uncompressed point: 4, then both coordinates.
        let (x, y) = point
            .get(1..)
            .and_then(|both| both.split_at_checked(COORDINATE_BYTES))
            .ok_or_else(|| Fault::new("client key", "no point"))?;
        Ok(json!({ "keys": [{
            "kty": "EC", "crv": "P-384", "use": "sig", "alg": "ES384", "key_ops": ["verify"], "kid": self.id,
            "x": BASE64URL_NOPAD.encode(x), "y": BASE64URL_NOPAD.encode(y),
        }] }))
    }

    /// An assertion of a client to a token endpoint. `chance` makes its number, which is good once.
    pub fn assertion(
        &self,
        client: &str,
        endpoint: &str,
        now: Instant,
        chance: [u8; 16],
    ) -> Result<Phi<String>, Fault> {
        let header = json!({ "alg": "ES384", "typ": "JWT", "kid": self.id });
        let claims = json!({
            "iss": client, "sub": client, "aud": endpoint, "jti": BASE64URL_NOPAD.encode(&chance),
            "iat": now.unix_seconds(), "exp": now.unix_seconds().saturating_add(LIFE_SECONDS),
        });
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self
            .pair()?
            .sign(&SystemRandom::new(), signed.as_bytes())
            .map_err(|e| Fault::new("sign client assertion", e))?;
        Ok(Phi::new(format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::assertion::Unverified;
    use super::super::jwk::KeySet;
    use super::*;

    const ENDPOINT: &str = "https://other.example/token";

    #[test]
    fn what_is_signed_here_is_good_there() {
        let key = ClientKey::generate().unwrap();
        let keys = KeySet::registered(&key.key_set().unwrap().to_string()).unwrap();
        let now = Instant::from_micros(1_700_000_000_000_000);
        let text = key.assertion("us", ENDPOINT, now, [7; 16]).unwrap();
        let read = Unverified::read(text.reveal()).unwrap();
        assert_eq!(read.client, "us");
        let good = read.verify(&keys, ENDPOINT, now).unwrap();
        assert_eq!(good.jti, BASE64URL_NOPAD.encode(&[7; 16]));
        assert!(good.expires.since(now) <= LIFE_SECONDS_MAX * galen_kernel::MICROS_PER_SECOND);
        assert!(read.verify(&keys, "https://other.example/else", now).is_err());
        let others =
            KeySet::registered(&ClientKey::generate().unwrap().key_set().unwrap().to_string()).unwrap();
        assert!(read.verify(&others, ENDPOINT, now).is_err());
    }

    #[test]
    fn a_key_is_kept_and_not_shown() {
        let key = ClientKey::generate().unwrap();
        assert!(!format!("{key:?}").contains(key.pkcs8.reveal().as_str()));
        let kept: ClientKey = serde_json::from_str(&serde_json::to_string(&key).unwrap()).unwrap();
        assert_eq!(kept.key_set().unwrap(), key.key_set().unwrap());
        assert!(!key.key_set().unwrap().to_string().contains("\"d\""));
    }
}
