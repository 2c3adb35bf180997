//! Keys and assertions of clients, made by hand, so that each can be wrong in its own way.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _, RSA_PKCS1_SHA384,
    RsaEncoding,
};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

/// A key pair that signs assertions.
pub enum Key {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64URL_NOPAD.encode(bytes.as_ref())
}

impl Key {
    pub fn es384() -> Self {
        Self::on_curve(&ECDSA_P384_SHA384_FIXED_SIGNING)
    }

    pub fn on_curve(algorithm: &'static EcdsaSigningAlgorithm) -> Self {
        Self::Ec(EcdsaKeyPair::generate(algorithm).unwrap())
    }

    pub fn rs384() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Ec(_) => "ES384",
            Self::Rsa(_) => "RS384",
        }
    }

    pub fn jwk(&self, kid: &str) -> Value {
        match self {
            Self::Ec(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let curve = if x.len() == 48 { "P-384" } else { "P-256" };
                json!({ "kty": "EC", "crv": curve, "x": encode(x), "y": encode(y), "kid": kid })
            }
            Self::Rsa(pair) => {
                let public = pair.public_key();
                json!({
                    "kty": "RSA", "kid": kid,
                    "n": encode(public.modulus().big_endian_without_leading_zero()),
                    "e": encode(public.exponent().big_endian_without_leading_zero()),
                })
            }
        }
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    pub fn sign_text(&self, header: &str, claims: &str) -> String {
        let text = format!("{}.{}", encode(header), encode(claims));
        let signature = self.signature(&text);
        format!("{text}.{}", encode(signature))
    }

    /// The signature over a text, by the key's own algorithm.
    pub fn signature(&self, text: &str) -> Vec<u8> {
        match self {
            Self::Ec(pair) => pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Rsa(_) => self.rsa_signature(&RSA_PKCS1_SHA384, text),
        }
    }

    /// The signature of an RSA key over a text, padded and hashed in this way.
    pub fn rsa_signature(&self, padding: &'static dyn RsaEncoding, text: &str) -> Vec<u8> {
        let Self::Rsa(pair) = self else { panic!("this is no RSA key") };
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(padding, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
        signature
    }
}
