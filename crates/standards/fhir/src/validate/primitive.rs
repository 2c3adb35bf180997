//! The formats of FHIR's primitive types (<https://hl7.org/fhir/R4/datatypes.html#primitive>), by hand: no regular expressions run.

use super::narrative;
use crate::decimal::Decimal;
use crate::definitions::Primitive;
use crate::json::Json;
use crate::resource::valid_id;
use crate::temporal::{self, Precision};

/// Longest string: 1 MB, the limit of the specification.
pub const STRING_BYTES_MAX: usize = 1 << 20;

/// What is wrong with a primitive's JSON; `None` when nothing is.
pub(super) fn fault(kind: Primitive, value: &Json) -> Option<&'static str> {
    match (kind, value) {
        (Primitive::Boolean, Json::Bool(_)) => None,
        (Primitive::Boolean, _) => Some("must be true or false"),
        (
            Primitive::Decimal | Primitive::Integer | Primitive::PositiveInt | Primitive::UnsignedInt,
            Json::Number(text),
        ) => number_fault(kind, text),
        (Primitive::Decimal | Primitive::Integer | Primitive::PositiveInt | Primitive::UnsignedInt, _) => {
            Some("must be a JSON number")
        }
        (_, Json::String(text)) => string_fault(kind, text),
        _ => Some("must be a JSON string"),
    }
}

/// Whether a text has the format of a primitive that is a JSON string.
pub fn is_format(kind: Primitive, text: &str) -> bool {
    string_fault(kind, text).is_none()
}

fn number_fault(kind: Primitive, text: &str) -> Option<&'static str> {
    if kind == Primitive::Decimal {
        return Decimal::parse(text)
            .is_none()
            .then_some("decimal has too many digits or too big an exponent");
    }
    let lowest = match kind {
        Primitive::PositiveInt => 1,
        Primitive::UnsignedInt => 0,
        _ => i32::MIN,
    };
    match text.parse::<i32>() {
        Ok(number) if number >= lowest && text != "-0" => None,
        Ok(_) => Some("integer is below its lowest value"),
        Err(_) => Some("must be a 32-bit integer without fraction or exponent"),
    }
}

fn string_fault(kind: Primitive, text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("must not be empty");
    }
    // `base64Binary` and `xhtml` have no limit of their own; the request's does for them.
    if text.len() > STRING_BYTES_MAX && !matches!(kind, Primitive::Base64Binary | Primitive::Xhtml) {
        return Some("longer than 1 MB");
    }
    let (fine, message) = match kind {
        Primitive::String | Primitive::Markdown => (is_printable(text), "holds control characters"),
        Primitive::Code => (is_code(text), "a code has no leading, trailing or double spaces"),
        Primitive::Id => (valid_id(text), "an id is 1 to 64 letters, digits, '-' or '.'"),
        Primitive::Uri | Primitive::Url | Primitive::Canonical => {
            (!text.chars().any(char::is_whitespace), "a uri has no spaces")
        }
        Primitive::Oid => (is_oid(text), "an oid is urn:oid: and numbers joined by dots"),
        Primitive::Uuid => (is_uuid(text), "a uuid is urn:uuid: and lower-case hex digits 8-4-4-4-12"),
        Primitive::Date => (is_date(text), "a date is YYYY, YYYY-MM or YYYY-MM-DD"),
        Primitive::DateTime => {
            (is_date_time(text), "a dateTime is a date, or YYYY-MM-DDThh:mm:ss with a zone")
        }
        Primitive::Instant => (is_instant(text), "an instant is YYYY-MM-DDThh:mm:ss with a zone"),
        Primitive::Time => (temporal::is_time(text), "a time is hh:mm:ss without a zone"),
        Primitive::Base64Binary => (is_base64(text), "not base64"),
        Primitive::Xhtml => return narrative::fault(text),
        Primitive::Boolean
        | Primitive::Decimal
        | Primitive::Integer
        | Primitive::PositiveInt
        | Primitive::UnsignedInt => (false, "must not be a JSON string"),
    };
    (!fine).then_some(message)
}

fn is_printable(text: &str) -> bool {
    !text.bytes().any(|byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

fn is_code(text: &str) -> bool {
    let mut after_space = true;
    for letter in text.chars() {
        let space = letter.is_whitespace();
        if space && after_space {
            return false;
        }
        after_space = space;
    }
    !after_space
}

fn is_oid(text: &str) -> bool {
    let Some(arcs) = text.strip_prefix("urn:oid:") else { return false };
    let mut count = 0;
    for (at, arc) in arcs.split('.').enumerate() {
        let digits = !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit());
        let zero_led = arc.len() > 1 && arc.starts_with('0');
        if !digits || zero_led || (at == 0 && !matches!(arc, "0" | "1" | "2")) {
            return false;
        }
        count += 1;
    }
    count > 1
}

fn is_uuid(text: &str) -> bool {
    let Some(hex) = text.strip_prefix("urn:uuid:") else { return false };
    hex.len() == 36
        && hex.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

fn is_date(text: &str) -> bool {
    temporal::parse_full(text).is_some_and(|parsed| parsed.precision <= Precision::Day)
}

fn is_date_time(text: &str) -> bool {
    temporal::parse_full(text).is_some_and(|parsed| {
        parsed.precision <= Precision::Day || (parsed.precision >= Precision::Second && parsed.has_zone)
    })
}

fn is_instant(text: &str) -> bool {
    temporal::parse_full(text).is_some_and(|parsed| parsed.precision >= Precision::Second && parsed.has_zone)
}

/// Base64 with white space anywhere; the padding may only end it.
fn is_base64(text: &str) -> bool {
    let (mut letters, mut padding) = (0usize, 0usize);
    for byte in text.bytes() {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => {}
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => letters += 1,
            _ => return false,
        }
    }
    letters > 0 && padding <= 2 && (letters + padding).is_multiple_of(4)
}
