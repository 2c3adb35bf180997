//! What surrounds an expression while it runs: variables, the time, and what only the caller can look up.

use super::item::{Collection, Item, Node};
use crate::json::Json;

/// What a reference leads to.
#[derive(Debug, Clone, Copy)]
pub enum Resolved<'a> {
    /// This resource.
    Found(&'a Json),
    /// A resource that is not at hand, but whose type the reference tells: enough for `resolve() is Patient`.
    Typed,
    /// Nothing.
    Missing,
}

/// What an expression may ask beyond its resource. Every answer has a default: not known.
pub trait Lookup<'a> {
    /// The resource a literal reference or canonical leads to.
    fn resolve(&self, reference: &str) -> Resolved<'a> {
        let _ = reference;
        Resolved::Missing
    }

    /// Whether a value (code, Coding or CodeableConcept) is in a value set; `None` when that is not known.
    fn member_of(&self, value: &Node<'a>, value_set: &str) -> Option<bool> {
        let _ = (value, value_set);
        None
    }

    /// Whether the first (system, code) is the second or above it; `None` when that is not known.
    fn subsumes(&self, above: (&str, &str), below: (&str, &str)) -> Option<bool> {
        let _ = (above, below);
        None
    }

    /// Whether a resource or element conforms to a profile; `None` when the profile is not known.
    fn conforms_to(&self, value: &Node<'a>, profile: &str) -> Option<bool> {
        let _ = (value, profile);
        None
    }

    /// Told by `trace(name)` what passed there.
    fn trace(&self, name: &str, values: &[Item<'a>]) {
        let _ = (name, values);
    }
}

/// Knows nothing: for expressions that stay within their resource.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Lookup<'_> for Nothing {}

/// The surroundings of one evaluation.
pub struct Environment<'a, 'l> {
    /// `%resource`: the resource that holds the context; the context itself where it is a resource.
    pub resource: Option<Node<'a>>,
    /// `%rootResource`: the resource that contains `%resource`, or that itself.
    pub root_resource: Option<Node<'a>>,
    /// `now()`, in microseconds since 1970; without it the functions of time have no value.
    pub now: Option<i64>,
    /// What only the caller knows.
    pub lookup: &'l dyn Lookup<'a>,
    /// Further variables, without the `%`.
    pub variables: Vec<(&'a str, Collection<'a>)>,
}

impl Environment<'_, '_> {
    /// Surroundings in which nothing can be looked up and no time is known.
    pub fn bare() -> Self {
        Self { resource: None, root_resource: None, now: None, lookup: &Nothing, variables: Vec::new() }
    }
}
