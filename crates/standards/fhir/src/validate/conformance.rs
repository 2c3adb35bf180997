//! What validation must look up: profiles and the members of value sets.

use crate::definitions::{definitions, profiles};
use crate::fhirpath::Node;
use crate::json::Json;
use crate::terminology::{self, Source, packed, parts};

/// Whether a code is in a value set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// It is.
    In,
    /// It is not.
    Out,
    /// The value set, or the code system it draws from, is not known here.
    Unknown,
}

/// Answers from definitions beyond the type system; what was uploaded counts as much as what R4 publishes.
pub trait Conformance {
    /// The `StructureDefinition` of a canonical, `url` or `url|version`.
    fn structure_definition(&self, canonical: &str) -> Option<Json> {
        Published.structure_definition(canonical)
    }

    /// Whether a code is in a value set. Without a system the code is that of an element of type `code`.
    fn member(&self, value_set: &str, system: Option<&str>, code: &str) -> Membership {
        Published.member(value_set, system, code)
    }
}

/// Knows what R4 publishes and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Published;

impl Conformance for Published {
    fn structure_definition(&self, canonical: &str) -> Option<Json> {
        profiles::profile(parts(canonical).0)
    }

    fn member(&self, value_set: &str, system: Option<&str>, code: &str) -> Membership {
        let (url, version) = parts(value_set);
        if let Some(set) = definitions().value_set_named(url).filter(|set| set.enumerated) {
            let found = match system {
                Some(system) => set.has_coding(system, code),
                None => set.has_code(code),
            };
            return if found { Membership::In } else { Membership::Out };
        }
        let Some(set) = packed::Definitions.value_set(url, version) else { return Membership::Unknown };
        terminology::membership(&set, system, code, &packed::Definitions).into()
    }
}

impl From<terminology::Membership> for Membership {
    fn from(found: terminology::Membership) -> Self {
        match found {
            terminology::Membership::In { .. } => Self::In,
            terminology::Membership::Out => Self::Out,
            terminology::Membership::Unknown(_) => Self::Unknown,
        }
    }
}

/// Whether a code, Coding, CodeableConcept or Quantity is of a value set. Text alone counts for neither.
pub(super) fn membership(conformance: &dyn Conformance, value_set: &str, node: Node<'_>) -> Membership {
    let Some(value) = node.value else { return Membership::In };
    if let Some(code) = node.text() {
        return conformance.member(value_set, None, code);
    }
    let one = |coding: &Json| match coding.str("code") {
        Some(code) => conformance.member(value_set, coding.str("system"), code),
        None => Membership::Out,
    };
    match node.type_name() {
        "CodeableConcept" => {
            let codings: Vec<Membership> = value.list("coding").map(one).collect();
            let any = |wanted| codings.contains(&wanted);
            if any(Membership::In) {
                Membership::In
            } else if any(Membership::Unknown) || (codings.is_empty() && value.get("extension").is_some()) {
                Membership::Unknown
            } else {
                Membership::Out
            }
        }
        "Coding" => one(value),
        _ if value.get("code").is_some() => one(value),
        _ => Membership::In,
    }
}
