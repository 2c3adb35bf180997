//! Structural validation: what a resource may not be, found in one walk along the element tables.
//!
//! Checked: unknown elements, JSON types, primitive formats, cardinality, choices, required bindings, references,
//! extensions, contained resources, safe narratives. Not checked here: invariants and profiles.

mod bound;
mod contained;
mod invariant;
mod narrative;
mod place;
mod primitive;
mod structure;

use place::Place;
use structure::Validator;

pub(crate) use narrative::fault as narrative_fault;
pub use primitive::{STRING_BYTES_MAX, is_format};

use crate::issue::Issue;
use crate::json::Json;
use crate::resource::Resource;

/// Issues gathered before the walk stops; nobody reads more.
pub const ISSUES_MAX: usize = 100;

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Structure, formats and required codes.
    Structure,
    /// And every invariant of R4 that is an error: what every write meets.
    Rules,
    /// And warnings: extensible codes, best practices, what could not be checked.
    Full,
}

/// Everything wrong with a resource by R4 itself; empty when nothing is. Errors only.
pub fn validate(resource: &Resource) -> Vec<Issue> {
    validate_json(resource.json())
}

/// The same for JSON that may not even be a resource.
pub fn validate_json(json: &Json) -> Vec<Issue> {
    validate_to(json, Depth::Rules)
}

/// The same, so far.
pub fn validate_to(json: &Json, depth: Depth) -> Vec<Issue> {
    let mut validator = Validator::new(depth);
    let name = json.str("resourceType").unwrap_or("Resource");
    validator.resource(json, &Place::root(name), None);
    validator.into_issues()
}

#[cfg(test)]
mod tests;
