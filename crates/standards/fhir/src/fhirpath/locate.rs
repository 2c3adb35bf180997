//! Where in a resource a value lies: found when asked for, so that evaluation need not remember ways.

use std::fmt;

use super::item::Item;
use crate::json::Json;

/// A step from a JSON value to one inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    /// To the member of this name.
    Member(&'a str),
    /// To the item of an array.
    Index(usize),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(name) => write!(out, ".{name}"),
            Self::Index(at) => write!(out, "[{at}]"),
        }
    }
}

/// The JSON steps from a resource to a value that an expression found in it; empty for the resource itself. A primitive that has
/// only extensions is found at its `_name`. `None` for what is not in the resource.
pub fn locate<'a>(resource: &'a Json, item: &Item<'a>) -> Option<Vec<Step<'a>>> {
    let node = item.node()?;
    let wanted = node.value.or(node.twin)?;
    let mut steps = Vec::new();
    search(resource, wanted, &mut steps).then_some(steps)
}

/// Depth is bounded by the JSON parser's.
fn search<'a>(within: &'a Json, wanted: &Json, steps: &mut Vec<Step<'a>>) -> bool {
    if std::ptr::eq(within, wanted) {
        return true;
    }
    let mut into = |step: Step<'a>, value: &'a Json| {
        steps.push(step);
        let found = search(value, wanted, steps);
        if !found {
            steps.pop();
        }
        found
    };
    match within {
        Json::Array(items) => items.iter().enumerate().any(|(at, item)| into(Step::Index(at), item)),
        Json::Object(object) => object.iter().any(|(name, value)| into(Step::Member(name), value)),
        _ => false,
    }
}
