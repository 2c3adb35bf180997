//! Bindings: the codes R4 itself fixes (<https://hl7.org/fhir/R4/terminologies.html#required>).

use super::conformance::{Membership, membership};
use super::place::Place;
use super::profile::Unreadable;
use super::structure::Validator;
use crate::definitions::{Element, Strength, ValueSet};
use crate::fhirpath::Node;
use crate::issue::{IssueCode, Severity};
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

impl<'j> Validator<'j, '_> {
    /// What only full validation looks up: value sets that R4's files do not enumerate, extensible ones, extensions that have
    /// a definition, references' types.
    pub(super) fn looked_up(&mut self, element: &Element, node: Node<'j>, here: &Place<'_>) {
        if let Some(binding) = element.binding
            && binding.strength != Strength::Preferred
            && !(binding.strength == Strength::Required && binding.value_set.enumerated)
            && node.value.is_some_and(|value| value.get("coding").is_some() || value.get("code").is_some())
            && membership(self.conformance, binding.value_set.url, node) == Membership::Out
        {
            let url = binding.value_set.url;
            if binding.strength == Strength::Required {
                self.report(IssueCode::CodeInvalid, here, format!("no code of the required value set {url}"));
            } else {
                let message = format!("no code of {url}, which is to be used wherever it has a fitting code");
                self.tell(Severity::Warning, IssueCode::CodeInvalid, here, message);
            }
        }
        let url = node.value.filter(|_| node.type_name() == "Extension").and_then(|value| value.str("url"));
        // An extension within another is named by its place, and checked with it.
        if let Some(url) = url.filter(|url| url.contains(':'))
            && !matches!(self.profile(url), Err(Unreadable::Unknown(_)))
        {
            self.profiled(url, node, here);
        }
    }
}
