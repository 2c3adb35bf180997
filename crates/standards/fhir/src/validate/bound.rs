//! Required bindings: the codes R4 itself fixes (<https://hl7.org/fhir/R4/terminologies.html#required>).

use crate::definitions::ValueSet;
use crate::json::Json;

/// Whether a value bound to this set holds a code of it. What carries no code at all (text only, or extensions instead)
/// passes only where there is none to check: a bare extension.
pub(super) fn satisfies(set: &ValueSet, type_name: &str, value: &Json) -> bool {
    if !set.enumerated {
        return true;
    }
    match type_name {
        "CodeableConcept" => {
            let mut codings = value.list("coding").peekable();
            if codings.peek().is_none() {
                return value.get("extension").is_some();
            }
            codings.any(|coding| holds(set, coding))
        }
        "Coding" => holds(set, value),
        "Quantity" | "Age" | "Count" | "Distance" | "Duration" => {
            value.get("code").is_none() || holds(set, value)
        }
        _ => true,
    }
}

fn holds(set: &ValueSet, coding: &Json) -> bool {
    match (coding.str("system"), coding.str("code")) {
        (Some(system), Some(code)) => set.has_coding(system, code),
        (None, Some(code)) => set.has_code(code),
        (_, None) => coding.get("_code").is_some() || coding.get("extension").is_some(),
    }
}
