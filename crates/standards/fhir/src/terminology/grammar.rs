//! Code systems whose codes are made by a grammar rather than listed: units, languages, media types, currencies of money
//! are checked by their rules.

use crate::ucum;

/// Whether the code belongs to a system that has a grammar; `None` for any other system.
pub fn holds(system: &str, code: &str) -> Option<bool> {
    match system {
        ucum::SYSTEM => Some(is_unit(code)),
        "urn:ietf:bcp:47" => Some(is_language(code)),
        "urn:ietf:bcp:13" => Some(is_media_type(code)),
        "urn:ietf:rfc:3986" => Some(!code.is_empty() && !code.contains(char::is_whitespace)),
        _ => None,
    }
}

/// Units with another scale than a linear one are units too.
fn is_unit(code: &str) -> bool {
    code.len() <= ucum::UNIT_BYTES_MAX && octofhir_ucum::validate(code).is_ok()
}

/// By the shape of BCP 47: a language of 2 to 8 letters, then subtags of 1 to 8 letters or digits.
fn is_language(code: &str) -> bool {
    let mut tags = code.split('-');
    let primary = tags.next().unwrap_or("");
    let is_private = matches!(primary, "x" | "i");
    let is_primary =
        is_private || ((2..=8).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic()));
    let is_subtag =
        |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_primary && tags.all(is_subtag)
}

/// `type/subtype`, perhaps with parameters.
fn is_media_type(code: &str) -> bool {
    let essence = code.split(';').next().unwrap_or("").trim();
    let is_token = |part: &str| {
        !part.is_empty()
            && part.len() <= 127
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    essence.split_once('/').is_some_and(|(kind, sub)| is_token(kind) && is_token(sub))
}
