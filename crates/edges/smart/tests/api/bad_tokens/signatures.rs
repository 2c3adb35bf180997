//! Assertions whose signature is wrong, or which are cut and put together otherwise.

use super::assertions::{By, Made, check};
use super::{Row, row, twin};
use crate::jwt::encode;
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use serde_json::json;

const fn bad(name: &'static str, change: fn(&mut Made)) -> Row<Made> {
    row(name, 401, "invalid_client", change)
}

/// The order of P-384's group.
const ORDER: &[u8] =
    b"ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";

fn good(made: &Made, text: &str) -> Vec<u8> {
    made.programs.key(made.by).signature(text)
}

/// An integer as DER writes it.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    if bytes.first().is_none_or(|first| *first >= 0x80) {
        bytes.insert(0, 0);
    }
    [vec![2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

fn der(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    let body = [integer(r), integer(s)].concat();
    [vec![0x30, u8::try_from(body.len()).unwrap()], body].concat()
}

fn parts(text: &str) -> [String; 3] {
    let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
    parts.try_into().unwrap()
}

pub const ROWS: &[Row<Made>] = &[
    bad("signature empty", |made| made.signature = Some(|_, _| Vec::new())),
    bad("signature without its last byte", |made| {
        made.signature = Some(|made, text| {
            let mut signature = good(made, text);
            signature.pop();
            signature
        });
    }),
    bad("signature with a byte more", |made| {
        made.signature = Some(|made, text| [good(made, text), vec![0]].concat());
    }),
    bad("signature with one bit turned", |made| {
        made.signature = Some(|made, text| {
            let mut signature = good(made, text);
            signature[40] ^= 1;
            signature
        });
    }),
    twin("RSA signature with one bit turned", 401, "invalid_client", Made::by_rsa, |made| {
        made.signature = Some(|made, text| {
            let mut signature = good(made, text);
            signature[200] ^= 0x80;
            signature
        });
    }),
    twin("RSA signature of zeros", 401, "invalid_client", Made::by_rsa, |made| {
        made.signature = Some(|_, _| vec![0; 256]);
    }),
    twin("RSA signature of one", 401, "invalid_client", Made::by_rsa, |made| {
        made.signature = Some(|_, _| [vec![0; 255], vec![1]].concat());
    }),
    bad("signature as DER", |made| made.signature = Some(|made, text| der(&good(made, text)))),
    bad("r and s zero", |made| made.signature = Some(|_, _| vec![0; 96])),
    bad("r and s the order of the group", |made| {
        made.signature = Some(|_, _| HEXLOWER.decode(ORDER).unwrap().repeat(2));
    }),
    bad("r zero", |made| {
        made.signature = Some(|made, text| [&[0; 48], &good(made, text)[48..]].concat());
    }),
    bad("r and s changed places", |made| {
        made.signature = Some(|made, text| {
            let signature = good(made, text);
            [&signature[48..], &signature[..48]].concat()
        });
    }),
    bad("signature of another header and claims", |made| {
        made.signature = Some(|made, _| good(made, "e30.e30"));
    }),
    bad("signature over the claims alone", |made| {
        made.signature = Some(|made, text| good(made, text.split_once('.').unwrap().1));
    }),
    bad("signed by a key that nobody registered", |made| made.by = By::Stranger),
    bad("signed by another client's key of the same name", |made| made.by = By::Other),
    bad("claims changed after signing", |made| {
        made.finish = |text| {
            let [header, claims, signature] = parts(&text);
            let mut claims: serde_json::Value =
                serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
            claims["jti"] = json!("another");
            format!("{header}.{}.{signature}", encode(claims.to_string()))
        };
    }),
    bad("header changed after signing", |made| {
        made.finish = |text| {
            let [_, claims, signature] = parts(&text);
            format!("{}.{claims}.{signature}", encode(r#"{"alg":"ES384","kid":"k1"}"#))
        };
    }),
    bad("no third part", |made| made.finish = |text| text.rsplit_once('.').unwrap().0.to_owned()),
    bad("a fourth part", |made| made.finish = |text| format!("{text}.e30")),
    bad("five parts, as if encrypted", |made| made.finish = |text| format!("{text}.e30.e30")),
    bad("a dot alone", |made| made.finish = |_| "..".to_owned()),
    bad("in the JSON serialization", |made| {
        made.finish = |text| {
            let [protected, payload, signature] = parts(&text);
            json!({ "protected": protected, "payload": payload, "signature": signature }).to_string()
        };
    }),
    bad("padded", |made| made.finish = |text| format!("{text}==")),
    bad("signature in the other alphabet", |made| {
        made.finish = |text| {
            let [header, claims, signature] = parts(&text);
            let bytes = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
            // Not every signature has one of the two letters that differ: what pads it differs always.
            format!("{header}.{claims}.{}=", BASE64.encode(&bytes))
        };
    }),
    twin("signature with bits after its end", 401, "invalid_client", Made::by_rsa, |made| {
        made.finish = |mut text| {
            // 256 bytes leave four bits of the last letter unused: A, Q, g and w end well.
            let last = text.pop().unwrap();
            text.push(char::from(u8::try_from(last).unwrap() + 1));
            text
        };
    }),
    bad("a space before it", |made| made.finish = |text| format!(" {text}")),
    bad("a line's end after it", |made| made.finish = |text| format!("{text}\n")),
    bad("a scheme before it", |made| made.finish = |text| format!("Bearer {text}")),
    bad("more than 8 KiB", |made| {
        let filler = "x".repeat(9_000);
        made.claim("filler", json!(filler));
    }),
];

#[tokio::test]
async fn assertions_with_a_bad_signature_are_refused() {
    check(ROWS).await;
}
