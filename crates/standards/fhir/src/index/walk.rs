//! Runs a path program: a list of names to follow, arrays flattened on the way.

use crate::definitions::Step;
use crate::json::Json;

pub(super) fn walk<'j>(value: &'j Json, steps: &[Step<'_>], visit: &mut dyn FnMut(&'j Json)) {
    if let Json::Array(items) = value {
        if let Some((Step::First, rest)) = steps.split_first() {
            if let Some(first) = items.first() {
                walk(first, rest, visit);
            }
            return;
        }
        return items.iter().for_each(|item| walk(item, steps, visit));
    }
    match steps.split_first() {
        None => {
            if !value.is_null() {
                visit(value);
            }
        }
        Some((Step::Field(name), rest)) => {
            if let Some(next) = value.get(name) {
                walk(next, rest, visit);
            }
        }
        Some((Step::Where(name, wanted), rest)) => {
            if value.str(name) == Some(wanted) {
                walk(value, rest, visit);
            }
        }
        Some((Step::First, rest)) => walk(value, rest, visit),
    }
}
