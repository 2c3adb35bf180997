//! JSON Patch (RFC 6902): add, remove, replace, move, copy, test.

use super::grow::Allowance;
use super::pointer::{Pointer, index, reach};
use super::{OPERATIONS_MAX, PatchError, malformed, unfit};
use crate::decimal::Decimal;
use crate::json::{Json, Object};
use crate::resource::short;

/// A JSON Patch, read.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonPatch(Vec<Step>);

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Add(Pointer, Json),
    Remove(Pointer),
    Replace(Pointer, Json),
    Move { from: Pointer, path: Pointer },
    Copy { from: Pointer, path: Pointer },
    Test(Pointer, Json),
}

impl JsonPatch {
    /// Reads an array of operations.
    pub fn read(json: Json) -> Result<Self, PatchError> {
        let Json::Array(operations) = json else {
            return Err(malformed("patch", "a JSON Patch is an array of operations"));
        };
        if operations.len() > OPERATIONS_MAX {
            return Err(malformed("patch", format!("a patch has at most {OPERATIONS_MAX} operations")));
        }
        operations
            .into_iter()
            .enumerate()
            .map(|(place, one)| step(place, one))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Changes the document; on an error it may be half changed, so the caller gives a copy.
    pub(super) fn apply(&self, json: &mut Json) -> Result<(), PatchError> {
        let mut allowance = Allowance::new();
        for (place, step) in self.0.iter().enumerate() {
            apply(step, json, place, &mut allowance)?;
        }
        Ok(())
    }
}

fn step(place: usize, json: Json) -> Result<Step, PatchError> {
    let at = |member: &str| format!("patch[{place}].{member}");
    let Json::Object(mut object) = json else {
        return Err(malformed(format!("patch[{place}]"), "an operation is an object"));
    };
    let pointer = |object: &Object, member: &str| {
        let text = object.get(member).and_then(Json::as_str);
        let text =
            text.ok_or_else(|| malformed(at(member), format!("'{member}' is a JSON Pointer and required")))?;
        Pointer::parse(text).map_err(|fault| malformed(at(member), format!("the pointer {fault}")))
    };
    let path = pointer(&object, "path")?;
    let name = object.get("op").and_then(Json::as_str).unwrap_or_default().to_owned();
    let mut value =
        || object.remove("value").ok_or_else(|| malformed(at("value"), format!("'{name}' needs a value")));
    Ok(match name.as_str() {
        "add" => Step::Add(path, value()?),
        "replace" => Step::Replace(path, value()?),
        "test" => Step::Test(path, value()?),
        "remove" => Step::Remove(path),
        "move" => Step::Move { from: pointer(&object, "from")?, path },
        "copy" => Step::Copy { from: pointer(&object, "from")?, path },
        _ => return Err(malformed(at("op"), "must be add, remove, replace, move, copy or test")),
    })
}

fn apply(step: &Step, json: &mut Json, place: usize, allowance: &mut Allowance) -> Result<(), PatchError> {
    let (path_at, from_at) = (format!("patch[{place}].path"), format!("patch[{place}].from"));
    match step {
        Step::Add(path, value) => {
            allowance.take(value, path.depth(), &path_at)?;
            add(json, path, value.clone(), &path_at)
        }
        Step::Remove(path) => remove(json, path, &path_at).map(drop),
        Step::Replace(path, value) => {
            allowance.take(value, path.depth(), &path_at)?;
            let Some((before, last)) = path.split() else {
                *json = value.clone();
                return Ok(());
            };
            let target = reach(json, before).and_then(|parent| match parent {
                Json::Array(items) => items.get_mut(index(last)?),
                other => other.get_mut(last),
            });
            *target.ok_or_else(|| nothing(&path_at))? = value.clone();
            Ok(())
        }
        Step::Move { from, path } => {
            if from == path {
                return from.get(json).map(drop).ok_or_else(|| nothing(&from_at));
            }
            if from.holds(path) {
                return Err(unfit(from_at, "a value cannot be moved into itself"));
            }
            let value = remove(json, from, &from_at)?;
            allowance.take(&value, path.depth(), &path_at)?;
            add(json, path, value, &path_at)
        }
        Step::Copy { from, path } => {
            let value = from.get(json).ok_or_else(|| nothing(&from_at))?;
            allowance.take(value, path.depth(), &path_at)?;
            let value = value.clone();
            add(json, path, value, &path_at)
        }
        Step::Test(path, expected) => {
            let found = path.get(json).ok_or_else(|| nothing(&path_at))?;
            if is_same(found, expected) {
                return Ok(());
            }
            Err(unfit(format!("patch[{place}].value"), "the test fails: another value is there"))
        }
    }
}

fn nothing(location: &str) -> PatchError {
    unfit(location, "the pointer matches nothing in the resource")
}

fn add(json: &mut Json, path: &Pointer, value: Json, location: &str) -> Result<(), PatchError> {
    let Some((before, last)) = path.split() else {
        *json = value;
        return Ok(());
    };
    match reach(json, before) {
        Some(Json::Object(object)) => {
            object.insert(last, value);
            Ok(())
        }
        Some(Json::Array(items)) => {
            let at =
                if last == "-" { Some(items.len()) } else { index(last).filter(|at| *at <= items.len()) };
            let at =
                at.ok_or_else(|| unfit(location, format!("'{}' is no place in the array", short(last))))?;
            items.insert(at, value);
            Ok(())
        }
        Some(_) => Err(unfit(location, "the pointer leads into a value that has no members")),
        None => Err(nothing(location)),
    }
}

fn remove(json: &mut Json, path: &Pointer, location: &str) -> Result<Json, PatchError> {
    let Some((before, last)) = path.split() else {
        return Err(unfit(location, "the whole resource cannot be removed by a patch"));
    };
    let removed = match reach(json, before) {
        Some(Json::Object(object)) => object.remove(last),
        Some(Json::Array(items)) => index(last).filter(|at| *at < items.len()).map(|at| items.remove(at)),
        _ => None,
    };
    removed.ok_or_else(|| nothing(location))
}

/// Equal as RFC 6902 has it: the order of members is of no matter, numbers compare by value.
fn is_same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        // Sorted, because looking each name up in the other costs the square of a hostile number of members.
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && sorted(left)
                    .iter()
                    .zip(&sorted(right))
                    .all(|((name, value), (other, expected))| name == other && is_same(value, expected))
        }
        (Json::Number(left), Json::Number(right)) => {
            left == right
                || matches!((Decimal::parse(left), Decimal::parse(right)), (Some(l), Some(r)) if l.order_key() == r.order_key())
        }
        (left, right) => left == right,
    }
}

fn sorted(object: &Object) -> Vec<(&str, &Json)> {
    let mut members: Vec<(&str, &Json)> = object.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    members
}
