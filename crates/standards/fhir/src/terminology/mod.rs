//! Terminology: code systems, value sets and concept maps as values, and the questions asked of them
//! (<https://hl7.org/fhir/R4/terminology-module.html>). R4's own come packed; others are given by the caller.

mod code_system;
mod concept_map;
mod expansion;
mod grammar;
mod implied;
mod membership;
pub mod packed;
pub mod release;
mod value_set;

pub use code_system::{CodeSystem, Concept, Content, Growing, Subsumption};
pub use concept_map::{ConceptMap, Translated, Translating};
pub use expansion::{Expanded, Expanding, Expansion, expand};
pub use grammar::holds as grammar_holds;
pub use implied::implied;
pub use membership::{Membership, membership};
pub use value_set::{Filter, Include, ListedConcept, ValueSet};

use std::sync::Arc;

/// Most codes that an expansion without paging may have.
pub const EXPANSION_CODES_MAX: usize = 10_000;
/// Deepest nesting of value sets within value sets.
pub const VALUE_SETS_DEPTH_MAX: usize = 16;

/// Where code systems and value sets come from. A version that is asked for must be the one that is answered with.
pub trait Source {
    /// The code system of this url.
    fn code_system(&self, url: &str, version: Option<&str>) -> Option<Arc<CodeSystem>>;
    /// The value set of this url.
    fn value_set(&self, url: &str, version: Option<&str>) -> Option<Arc<ValueSet>>;
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// A code system that is not here (or only its name).
    UnknownSystem(String),
    /// A value set that is not here.
    UnknownValueSet(String),
    /// Value sets that include each other, or too deeply.
    Circular(String),
    /// A filter that the code system does not have.
    Filter(String),
    /// More codes than an expansion takes.
    TooCostly,
}

impl std::fmt::Display for Unanswered {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownSystem(url) => write!(out, "the code system {url} is not loaded here"),
            Self::UnknownValueSet(url) => write!(out, "the value set {url} is not loaded here"),
            Self::Circular(url) => {
                write!(out, "the value set {url} includes itself, or is nested too deeply")
            }
            Self::Filter(filter) => write!(out, "the filter {filter} is not supported for its code system"),
            Self::TooCostly => {
                write!(
                    out,
                    "the expansion has more than {EXPANSION_CODES_MAX} codes; ask for pages or filter it"
                )
            }
        }
    }
}

/// `url|version` in its parts.
pub fn parts(canonical: &str) -> (&str, Option<&str>) {
    match canonical.split_once('|') {
        Some((url, version)) => (url, Some(version).filter(|version| !version.is_empty())),
        None => (canonical, None),
    }
}

#[cfg(test)]
mod tests;
