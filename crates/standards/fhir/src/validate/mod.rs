//! Validation: what a resource may not be, found in one walk along the element tables.
//!
//! [`validate`] is what every write meets: unknown elements, JSON types, primitive formats, cardinality, choices, required
//! codes, references, extensions, contained resources, safe narratives, and R4's own invariants. [`validate_fully`] adds
//! profiles, published or uploaded, with what they ask of values, codes and slices, and everything that is only a warning.

mod bound;
mod conformance;
mod contained;
mod invariant;
mod narrative;
mod place;
mod primitive;
mod profile;
mod structure;

use place::Place;
use structure::Validator;

pub use conformance::{Conformance, Membership, Published};
pub(crate) use narrative::fault as narrative_fault;
pub use primitive::{STRING_BYTES_MAX, is_format};

use crate::issue::Issue;
use crate::json::Json;
use crate::resource::Resource;

/// Most errors that are told, and most warnings; nobody reads more.
pub const ISSUES_MAX: usize = 100;

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    /// Structure, formats and required codes.
    Structure,
    /// And every invariant of R4 that is an error.
    Rules,
    /// And profiles, extensions that have a definition, extensible codes, best practices, what could not be checked.
    Full,
}

/// How strict a facility is with what is written, the least strict first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Strictness {
    /// Structure, formats and required codes.
    Structure,
    /// And R4's own invariants.
    #[default]
    Rules,
    /// And the profiles a resource says it meets, and the definitions of its extensions.
    Profiles,
}

/// What a full validation needs to know.
pub struct Request<'r> {
    /// Profiles to meet besides those the resource names, by canonical.
    pub profiles: &'r [&'r str],
    /// Where profiles and value sets are looked up.
    pub conformance: &'r dyn Conformance,
    /// `now()` of invariants, in microseconds since 1970.
    pub now: Option<i64>,
}

/// Everything wrong with a resource by R4 itself; empty when nothing is. Errors only.
pub fn validate(resource: &Resource) -> Vec<Issue> {
    validate_json(resource.json())
}

/// The same for JSON that may not even be a resource.
pub fn validate_json(json: &Json) -> Vec<Issue> {
    walk(Validator::new(Depth::Rules, &Published), json, &[])
}

/// As strictly as a facility wants what is written. With profiles there are warnings among the issues.
pub fn validate_as(json: &Json, strictness: Strictness, request: &Request<'_>) -> Vec<Issue> {
    match strictness {
        Strictness::Structure => walk(Validator::new(Depth::Structure, &Published), json, &[]),
        Strictness::Rules => validate_json(json),
        Strictness::Profiles => validate_fully(json, request),
    }
}

/// Everything there is to say about a resource: `$validate`. Errors, warnings and notes, most important kinds first met.
pub fn validate_fully(json: &Json, request: &Request<'_>) -> Vec<Issue> {
    let mut validator = Validator::new(Depth::Full, request.conformance);
    validator.now = request.now;
    walk(validator, json, request.profiles)
}

fn walk<'j>(mut validator: Validator<'j, '_>, json: &'j Json, profiles: &[&str]) -> Vec<Issue> {
    let name = json.str("resourceType").unwrap_or("Resource");
    let place = Place::root(name);
    validator.resource(json, &place, None);
    validator.wanted(profiles, json, &place);
    validator.into_issues()
}

#[cfg(test)]
mod tests;
