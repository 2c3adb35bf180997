//! Secrets that somebody presents: 256 bits of chance as text, kept as a hash.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

/// Longest secret that is looked at.
pub const SECRET_CHARACTERS_MAX: usize = 200;

/// Chance as text: 43 characters without a dot, so that it is never taken for a JWT.
pub fn text_of(chance: &[u8; 32]) -> String {
    BASE64URL_NOPAD.encode(chance)
}

/// What is stored of a secret.
pub fn hash_of(secret: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, secret.as_bytes()).as_ref())
}

/// Whether a secret is the one whose hash is stored, in constant time.
pub fn is_of(secret: &str, hash: &str) -> bool {
    secret.len() <= SECRET_CHARACTERS_MAX
        && verify_slices_are_equal(hash_of(secret).as_bytes(), hash.as_bytes()).is_ok()
}

/// PKCE's S256 challenge of a verifier (RFC 7636, 4.2).
pub fn challenge_of(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_rfc() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge_of(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_secret_is_known_by_its_hash_only() {
        let secret = text_of(&[7; 32]);
        assert!(is_of(&secret, &hash_of(&secret)));
        assert!(!is_of(&secret, &secret));
        assert!(!is_of(&"x".repeat(SECRET_CHARACTERS_MAX + 1), &hash_of(&secret)));
    }
}
