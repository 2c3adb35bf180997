//! How index values become bytes that compare as the values do.

use aws_lc_rs::digest::{SHA256, digest};
use galen_fhir::{IndexTerm, ParamId, ParsedReference};
use galen_store::VALUE_BYTES_MAX;

/// Names a compartment in the link index.
pub type SubjectHash = [u8; 16];
/// Names a code within a compartment.
pub type CodeHash = [u8; 8];

/// Longest part of a term that is indexed; what is longer is found by its beginning.
const PART_BYTES_MAX: usize = 480;
/// Between the parts of a term: sorts before every character, occurs in no code, name or system.
const SEPARATOR: u8 = 0;

/// The subject of a patient's compartment.
pub fn patient_subject(id: &str) -> SubjectHash {
    let hash = digest(&SHA256, format!("Patient/{id}").as_bytes());
    let mut out = [0; 16];
    out.copy_from_slice(hash.as_ref().get(..16).unwrap_or(&[0; 16]));
    out
}

/// The link code of a token parameter's code. Systems are left out: one row then answers `code` and `system|code`.
pub fn code_hash(param: ParamId, code: &str) -> CodeHash {
    let mut bytes = param.0.to_be_bytes().to_vec();
    bytes.extend_from_slice(fold_code(code).as_bytes());
    let hash = digest(&SHA256, &bytes);
    let mut out = [0; 8];
    out.copy_from_slice(hash.as_ref().get(..8).unwrap_or(&[0; 8]));
    out
}

/// Tokens compare without case (R4 search, token: "when in doubt, servers SHOULD treat tokens case-insensitively").
pub(crate) fn fold_code(code: &str) -> String {
    code.to_lowercase()
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(PART_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

fn pair(first: &str, second: &str) -> Vec<u8> {
    let (first, second) = (cut(first), cut(second));
    let mut bytes = Vec::with_capacity(first.len() + second.len() + 1);
    bytes.extend_from_slice(first.as_bytes());
    bytes.push(SEPARATOR);
    bytes.extend_from_slice(second.as_bytes());
    bytes
}

/// A token: code, separator, system.
pub(crate) fn token(system: Option<&str>, code: &str) -> Vec<u8> {
    pair(&fold_code(code), system.unwrap_or_default())
}

/// The beginning that every token of this code has, whatever its system.
pub fn code_prefix(code: &str) -> Vec<u8> {
    pair(&fold_code(code), "")
}

/// The end that every token of this system has.
pub(crate) fn tokens_of_system(system: &str) -> Vec<u8> {
    pair("", system)
}

/// A string: folded form, separator, as written.
pub(crate) fn string(folded: &str, original: &str) -> Vec<u8> {
    pair(folded, original)
}

/// A string's folded beginning.
pub(crate) fn string_start(folded: &str) -> Vec<u8> {
    cut(folded).as_bytes().to_vec()
}

/// The beginning that every string has which begins with this text, accents and case aside.
pub fn string_prefix(text: &str) -> Vec<u8> {
    string_start(&galen_fhir::fold::fold(text))
}

/// A string's folded form to its very end.
pub(crate) fn string_end(folded: &str) -> Vec<u8> {
    pair(folded, "")
}

/// An identifier's value with its type. Without a system, the beginning that the type has in every system.
pub(crate) fn of_type(value: &str, system: Option<&str>, code: &str) -> Vec<u8> {
    let mut bytes = pair(&fold_code(value), &fold_code(code));
    bytes.push(SEPARATOR);
    bytes.extend_from_slice(cut(system.unwrap_or_default()).as_bytes());
    bytes.truncate(VALUE_BYTES_MAX);
    bytes
}

/// A uri.
pub(crate) fn uri(text: &str) -> Vec<u8> {
    cut(text).as_bytes().to_vec()
}

/// A unit: code, separator, system.
pub(crate) fn unit(system: Option<&str>, code: &str) -> Vec<u8> {
    pair(code, system.unwrap_or_default())
}

/// A reference's target as text; versions are left out, because the index answers "refers to this resource".
pub(crate) fn reference<T: AsRef<str>>(target: &ParsedReference<T>) -> Option<Vec<u8>> {
    let text = match target {
        ParsedReference::Local { resource_type, id, .. } => {
            format!("{}/{}", resource_type.name(), id.as_ref())
        }
        ParsedReference::Absolute { base, resource_type, id, .. } => {
            format!("{}/{}/{}", base.as_ref(), resource_type.name(), id.as_ref())
        }
        ParsedReference::Canonical { url, .. } => url.as_ref().to_owned(),
        ParsedReference::Uri(text) => text.as_ref().to_owned(),
        _ => return None,
    };
    Some(uri(&text))
}

/// The term of an index value that belongs into the term family.
pub(crate) fn term(value: &IndexTerm) -> Option<Vec<u8>> {
    match value {
        IndexTerm::Token { code, .. } if code.is_empty() => None,
        IndexTerm::Token { system, code, .. } => Some(token(system.as_deref(), code)),
        IndexTerm::String { folded, original } => Some(string(folded, original)),
        IndexTerm::Reference { target: Some(target), .. } => reference(target),
        IndexTerm::Uri(text) => Some(uri(text)),
        _ => None,
    }
}
