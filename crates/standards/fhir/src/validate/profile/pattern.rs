//! fixed[x] and pattern[x] (<https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_>).

use crate::json::Json;

/// Whether a value holds at least what the pattern holds: every member, and for each item of an array some item.
pub(super) fn matches(pattern: &Json, value: &Json) -> bool {
    match (pattern, value) {
        (Json::Object(pattern), Json::Object(value)) => {
            pattern.iter().all(|(name, part)| value.get(name).is_some_and(|found| matches(part, found)))
        }
        (Json::Array(pattern), Json::Array(value)) => {
            pattern.iter().all(|part| value.iter().any(|found| matches(part, found)))
        }
        (pattern, value) => pattern.same_as(value),
    }
}

/// A value for a message: short, as it is the profile's own.
pub(super) fn shown(value: &Json) -> String {
    const SHOWN_CHARS_MAX: usize = 120;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or("")),
        None => text,
    }
}
