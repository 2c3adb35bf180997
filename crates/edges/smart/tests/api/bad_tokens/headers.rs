//! Assertions whose header is wrong: algorithms, names of keys, and what would have the reader take its key from elsewhere.

use super::assertions::{By, Made, check};
use super::{Row, row, twin};
use crate::jwt::encode;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA384};
use serde_json::json;

const BAD: (u16, &str) = (401, "invalid_client");

const fn bad(name: &'static str, change: fn(&mut Made)) -> Row<Made> {
    row(name, BAD.0, BAD.1, change)
}

const fn pair(name: &'static str, both: fn(&mut Made), change: fn(&mut Made)) -> Row<Made> {
    twin(name, BAD.0, BAD.1, both, change)
}

/// A shared key made of what is public: what a reader would verify with that lets the header choose the algorithm.
fn shared(made: &Made, algorithm: hmac::Algorithm, text: &str) -> Vec<u8> {
    let public = made.programs.key(By::Rsa).jwk("rsa").to_string();
    hmac::sign(&hmac::Key::new(algorithm, public.as_bytes()), text.as_bytes()).as_ref().to_vec()
}

pub const ROWS: &[Row<Made>] = &[
    bad("alg none without signature", |made| {
        made.header("alg", json!("none"));
        made.signature = Some(|_, _| Vec::new());
    }),
    bad("alg none with the signature kept", |made| made.header("alg", json!("none"))),
    bad("alg nOnE", |made| {
        made.header("alg", json!("nOnE"));
        made.signature = Some(|_, _| Vec::new());
    }),
    pair("HS384 with the RSA key's public part", Made::by_rsa, |made| {
        made.header("alg", json!("HS384"));
        made.signature = Some(|made, text| shared(made, hmac::HMAC_SHA384, text));
    }),
    pair("HS256 with the RSA key's public part", Made::by_rsa, |made| {
        made.header("alg", json!("HS256"));
        made.signature = Some(|made, text| shared(made, hmac::HMAC_SHA256, text));
    }),
    pair("HS384 with the RSA key as DER", Made::by_rsa, |made| {
        made.header("alg", json!("HS384"));
        made.signature = Some(|made, text| {
            let crate::jwt::Key::Rsa(pair) = made.programs.key(By::Rsa) else { unreachable!() };
            let key = hmac::Key::new(hmac::HMAC_SHA384, pair.public_key().as_ref());
            hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
        });
    }),
    pair("RS384 in the header over an HMAC", Made::by_rsa, |made| {
        made.signature = Some(|made, text| shared(made, hmac::HMAC_SHA384, text));
    }),
    pair("RS256 by the registered key", Made::by_rsa, |made| {
        made.header("alg", json!("RS256"));
        made.signature = Some(|made, text| made.programs.key(By::Rsa).rsa_signature(&RSA_PKCS1_SHA256, text));
    }),
    pair("PS384 by the registered key", Made::by_rsa, |made| {
        made.header("alg", json!("PS384"));
        made.signature = Some(|made, text| made.programs.key(By::Rsa).rsa_signature(&RSA_PSS_SHA384, text));
    }),
    pair("RS384 in the header over PS384", Made::by_rsa, |made| {
        made.signature = Some(|made, text| made.programs.key(By::Rsa).rsa_signature(&RSA_PSS_SHA384, text));
    }),
    bad("ES256 by a key of the set", |made| {
        made.by = By::P256;
        made.header("alg", json!("ES256"));
        made.header("kid", json!("p256"));
    }),
    bad("ES384 by a key on P-256", |made| {
        made.by = By::P256;
        made.header("kid", json!("p256"));
    }),
    bad("ES384 in the header, an RSA key named", |made| made.header("kid", json!("rsa"))),
    pair("RS384 in the header, an EC key named", Made::by_rsa, |made| made.header("kid", json!("k1"))),
    pair("ES384 in the header over RS384", Made::by_rsa, |made| made.header("alg", json!("ES384"))),
    bad("alg missing", |made| made.without_header("alg")),
    bad("alg a list", |made| made.header("alg", json!(["ES384"]))),
    bad("alg null", |made| made.header("alg", json!(null))),
    bad("alg in small letters", |made| made.header("alg", json!("es384"))),
    bad("alg twice", |made| {
        made.header_text = Some(r#"{"alg":"none","alg":"ES384","kid":"k1"}"#.to_owned());
    }),
    bad("kid missing", |made| made.without_header("kid")),
    bad("kid empty", |made| made.header("kid", json!(""))),
    bad("kid unknown", |made| made.header("kid", json!("k2"))),
    bad("kid a number", |made| made.header("kid", json!(1))),
    bad("kid longer than any name", |made| made.header("kid", json!("k".repeat(201)))),
    bad("kid a path to an empty file, signed with nothing", |made| {
        made.header("alg", json!("HS384"));
        made.header("kid", json!("../../../../../../dev/null"));
        made.signature = Some(|_, text| {
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA384, b""), text.as_bytes()).as_ref().to_vec()
        });
    }),
    bad("kid a path around the registered one", |made| made.header("kid", json!("./k1"))),
    bad("kid with a query in it", |made| made.header("kid", json!("k2' OR 'k1'='k1"))),
    bad("kid with a zero byte", |made| made.header("kid", json!("k1\u{0}"))),
    bad("kid of a key for encryption", |made| {
        made.by = By::ForEncryption;
        made.header("kid", json!("enc"));
    }),
    bad("kid of a key that may not verify", |made| {
        made.by = By::ForWrapping;
        made.header("kid", json!("wrap"));
    }),
    pair("kid of a key for another algorithm", Made::by_rsa, |made| {
        made.by = By::ForPs384;
        made.header("kid", json!("ps384"));
    }),
    bad("jku at a stranger's", |made| {
        made.by = By::Stranger;
        made.header("jku", json!("https://evil.example/jwks"));
    }),
    bad("jku at a stranger's over a good signature", |made| {
        made.header("jku", json!("https://evil.example/jwks"));
    }),
    bad("jku at this server", |made| made.header("jku", json!("http://galen.test/oauth/jwks"))),
    bad("jku a file", |made| made.header("jku", json!("file:///etc/passwd"))),
    bad("x5u", |made| made.header("x5u", json!("https://evil.example/chain.pem"))),
    bad("x5c", |made| made.header("x5c", json!(["MIIBszCCARygAwIBAgIBATANBgkqhkiG9w0BAQsFADAA"]))),
    bad("x5t", |made| made.header("x5t#S256", json!(encode([7_u8; 32])))),
    bad("a key in the header", |made| {
        made.by = By::Stranger;
        let jwk = made.programs.key(By::Stranger).jwk("k1");
        made.header("jwk", jwk);
    }),
    bad("the registered key in the header", |made| {
        let jwk = made.programs.key(By::Ec).jwk("k1");
        made.header("jwk", jwk);
    }),
    bad("crit", |made| made.header("crit", json!(["exp"]))),
    bad("crit empty", |made| made.header("crit", json!([]))),
    bad("b64 false", |made| {
        made.header("b64", json!(false));
        made.header("crit", json!(["b64"]));
    }),
    bad("zip", |made| made.header("zip", json!("DEF"))),
    bad("enc", |made| made.header("enc", json!("A256GCM"))),
    bad("cty JWT", |made| made.header("cty", json!("JWT"))),
    bad("typ of an access token", |made| made.header("typ", json!("at+jwt"))),
    bad("typ of a proof of possession", |made| made.header("typ", json!("dpop+jwt"))),
    bad("typ a number", |made| made.header("typ", json!(1))),
    bad("header a list in the order of its fields", |made| {
        made.header_text = Some(r#"["ES384","k1"]"#.to_owned());
    }),
    bad("header no JSON", |made| made.header_text = Some("ES384".to_owned())),
    bad("header with something after it", |made| {
        made.header_text = Some(format!("{}{{}}", made.header));
    }),
];

#[tokio::test]
async fn assertions_with_a_bad_header_are_refused() {
    check(ROWS).await;
}
