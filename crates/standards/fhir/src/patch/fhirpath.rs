//! FHIRPath Patch: a Parameters resource of operations (add, insert, delete, replace, move) on what expressions select.

use super::grow::Allowance;
use super::pointer::{index, reach};
use super::{OPERATIONS_MAX, PatchError, malformed, unfit};
use crate::definitions::{Element, Kind, Structure, definitions};
use crate::fhirpath::{Environment, Expression, Step, locate};
use crate::json::{Json, Object};
use crate::resource_type::ResourceType;

/// Deepest nesting of anonymous values.
const PARTS_DEPTH_MAX: usize = 20;

/// A FHIRPath Patch, read.
#[derive(Debug, Clone, PartialEq)]
pub struct FhirpathPatch(Vec<Change>);

#[derive(Debug, Clone, PartialEq)]
struct Change {
    path: String,
    what: What,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    Add(String, Value),
    Insert(usize, Value),
    Delete,
    Replace(Value),
    Move { source: usize, destination: usize },
}

/// What is put: a typed value (type as in `valueQuantity`), or parts that make a backbone element.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Typed(String, Json),
    Parts(Vec<(String, Value)>),
}

impl FhirpathPatch {
    /// Reads a Parameters resource.
    pub fn read(parameters: &Json) -> Result<Self, PatchError> {
        if parameters.str("resourceType") != Some("Parameters") {
            return Err(malformed("patch", "a FHIRPath Patch is a Parameters resource"));
        }
        let all = parameters.list("parameter");
        if all.len() > OPERATIONS_MAX {
            return Err(malformed("patch", format!("a patch has at most {OPERATIONS_MAX} operations")));
        }
        all.enumerate().map(|(place, one)| change(place, one)).collect::<Result<_, _>>().map(Self)
    }

    /// Changes the document; on an error it may be half changed, so the caller gives a copy.
    pub(super) fn apply(&self, json: &mut Json) -> Result<(), PatchError> {
        let mut allowance = Allowance::new();
        for (place, change) in self.0.iter().enumerate() {
            let at = format!("patch[{place}].path");
            let found = places(json, &change.path).map_err(|why| malformed(at.as_str(), why))?;
            apply(change, json, found, &at, &mut allowance)?;
        }
        Ok(())
    }
}

/// What an expression selects in a resource: each node by its steps, `["name", "0", "given"]`, a list's items one by one.
fn places(resource: &Json, path: &str) -> Result<Vec<Vec<String>>, String> {
    let expression = Expression::parse(path).map_err(|error| error.to_string())?;
    let found = expression.evaluate(resource, &Environment::bare()).map_err(|error| error.to_string())?;
    let places = found.iter().map(|item| locate(resource, item));
    places
        .map(|steps| {
            let steps = steps.ok_or("the path yields a value that is not in the resource")?;
            Ok(steps.iter().map(step).collect())
        })
        .collect()
}

/// A primitive that has only extensions is found at its twin; it is the element all the same.
fn step(step: &Step<'_>) -> String {
    match step {
        Step::Member(name) => name.strip_prefix('_').unwrap_or(name).to_owned(),
        Step::Index(at) => at.to_string(),
    }
}

fn change(place: usize, parameter: &Json) -> Result<Change, PatchError> {
    let here = format!("Parameters.parameter[{place}]");
    let fault = |message: &str| malformed(here.as_str(), message);
    if parameter.str("name") != Some("operation") {
        return Err(fault("every parameter of a FHIRPath Patch is named 'operation'"));
    }
    let part = |name: &str| parameter.list("part").find(|part| part.str("name") == Some(name));
    let text = |name: &str| {
        let part = part(name)?.as_object()?;
        part.iter().find(|(member, _)| member.starts_with("value")).and_then(|(_, value)| value.as_str())
    };
    let number = |name: &str| {
        let found = part(name).and_then(|part| part.get("valueInteger")).and_then(Json::as_i64);
        found
            .and_then(|n| usize::try_from(n).ok())
            .ok_or_else(|| fault(&format!("'{name}' is a valueInteger from 0 and required")))
    };
    let value = || part("value").and_then(|part| value(part, 0)).ok_or_else(|| fault("a value is required"));
    let path = text("path").ok_or_else(|| fault("a path is required"))?.to_owned();
    let what = match text("type") {
        Some("add") => {
            What::Add(text("name").ok_or_else(|| fault("a name is required"))?.to_owned(), value()?)
        }
        Some("insert") => What::Insert(number("index")?, value()?),
        Some("delete") => What::Delete,
        Some("replace") => What::Replace(value()?),
        Some("move") => What::Move { source: number("source")?, destination: number("destination")? },
        _ => return Err(fault("the type must be add, insert, delete, replace or move")),
    };
    Ok(Change { path, what })
}

fn value(part: &Json, depth: usize) -> Option<Value> {
    if depth > PARTS_DEPTH_MAX {
        return None;
    }
    let object = part.as_object()?;
    if let Some((name, value)) = object.iter().find(|(name, _)| name.starts_with("value")) {
        return Some(Value::Typed(name.strip_prefix("value")?.to_owned(), value.clone()));
    }
    if let Some(resource) = object.get("resource") {
        return Some(Value::Typed(String::new(), resource.clone()));
    }
    let parts = part.list("part").map(|one| Some((one.str("name")?.to_owned(), value(one, depth + 1)?)));
    parts.collect::<Option<Vec<_>>>().filter(|parts| !parts.is_empty()).map(Value::Parts)
}

impl Value {
    /// As JSON, in a place of this structure.
    fn json(&self, structure: Option<&'static Structure>) -> Result<Json, String> {
        let parts = match self {
            Self::Typed(_, json) => return Ok(json.clone()),
            Self::Parts(parts) => parts,
        };
        let mut object = Object::new();
        for (name, value) in parts {
            let (member, element) = member_of(structure, name, value)?;
            let json = value.json(element.and_then(|element| beneath(element, &Json::Null)))?;
            match (object.get_mut(&member), element.is_some_and(|element| element.many)) {
                (Some(Json::Array(items)), true) => items.push(json),
                (Some(_), _) => return Err(format!("'{name}' is given twice and takes one value")),
                (None, true) => drop(object.insert(&member, vec![json])),
                (None, false) => drop(object.insert(&member, json)),
            }
        }
        Ok(Json::Object(object))
    }
}

/// The JSON member that a FHIRPath name means here: itself, or the arm of a choice that the value's type selects.
fn member_of(
    structure: Option<&'static Structure>,
    name: &str,
    value: &Value,
) -> Result<(String, Option<&'static Element>), String> {
    let Some(structure) = structure else {
        return Err(format!("'{name}' has no place here"));
    };
    if let Some(element) = structure.element(name) {
        return Ok((name.to_owned(), Some(element)));
    }
    if let Value::Typed(kind, _) = value
        && let Some(element) =
            structure.element(&format!("{name}{kind}")).filter(|element| element.choice == name)
    {
        return Ok((element.name.to_owned(), Some(element)));
    }
    Err(format!("{} has no element '{}' that takes this value", structure.name, crate::resource::short(name)))
}

fn beneath(element: &Element, value: &Json) -> Option<&'static Structure> {
    match element.kind {
        Kind::Structure(number) => definitions().structure(number),
        Kind::AnyResource => value.str("resourceType").and_then(ResourceType::parse)?.structure(),
        Kind::Primitive(_) => None,
    }
}

/// The structure of the node at these steps.
fn structure_at(json: &Json, steps: &[String]) -> Option<&'static Structure> {
    let mut structure = json.str("resourceType").and_then(ResourceType::parse)?.structure()?;
    let mut node = json;
    for step in steps {
        if let Some(at) = index(step) {
            node = node.as_array()?.get(at)?;
            if let Some(name) = node.str("resourceType") {
                structure = ResourceType::parse(name)?.structure()?;
            }
            continue;
        }
        let element = structure.element(step)?;
        node = node.get(step)?;
        structure = beneath(element, node)
            // Which resource, the items say.
            .or_else(|| matches!(element.kind, Kind::AnyResource).then_some(structure))?;
    }
    Some(structure)
}

fn apply(
    change: &Change,
    json: &mut Json,
    found: Vec<Vec<String>>,
    at: &str,
    allowance: &mut Allowance,
) -> Result<(), PatchError> {
    match &change.what {
        What::Add(name, value) => add(json, &one(found, at)?, name, value, at, allowance),
        What::Insert(place, value) => {
            let list = list(found, at)?;
            let structure = structure_of_items(json, &list);
            let value = value.json(structure).map_err(|why| unfit(at, why))?;
            allowance.take(&value, list.len(), at)?;
            each(json, &list, at, |items, twin| {
                if *place > items.len() {
                    return Err(unfit(
                        at,
                        format!("the list has {} items; the index is beyond them", items.len()),
                    ));
                }
                if twin {
                    items.insert(*place, Json::Null);
                } else {
                    items.insert(*place, value.clone());
                }
                Ok(())
            })
        }
        What::Delete if found.is_empty() => Ok(()),
        What::Delete => delete(json, &one(found, at)?, at),
        What::Replace(value) => replace(json, &one(found, at)?, value, at, allowance),
        What::Move { source, destination } => {
            let list = list(found, at)?;
            each(json, &list, at, |items, _| {
                if *source >= items.len() || *destination >= items.len() {
                    return Err(unfit(
                        at,
                        format!("the list has {} items; source or destination is beyond them", items.len()),
                    ));
                }
                let item = items.remove(*source);
                items.insert(*destination, item);
                Ok(())
            })
        }
    }
}

/// The one node that is meant.
fn one(mut found: Vec<Vec<String>>, at: &str) -> Result<Vec<String>, PatchError> {
    match (found.len(), found.pop()) {
        (1, Some(steps)) => Ok(steps),
        (0, _) => Err(unfit(at, "the path matches nothing in the resource")),
        (many, _) => Err(unfit(at, format!("the path matches {many} elements; it must match one"))),
    }
}

/// The one list whose items (all of them or some) are meant.
fn list(found: Vec<Vec<String>>, at: &str) -> Result<Vec<String>, PatchError> {
    let mut lists = found.into_iter().map(|mut steps| {
        if steps.last().is_some_and(|last| index(last).is_some()) {
            steps.pop();
        }
        steps
    });
    let first = lists.next().ok_or_else(|| unfit(at, "the path matches nothing in the resource"))?;
    if lists.any(|other| other != first) {
        return Err(unfit(at, "the path matches items of several lists; it must match one list"));
    }
    Ok(first)
}

fn structure_of_items(json: &Json, list: &[String]) -> Option<&'static Structure> {
    let (last, before) = list.split_last()?;
    beneath(structure_at(json, before)?.element(last)?, &Json::Null)
}

/// The list at these steps, and the list of its primitives' twins (`_given`) where there is one.
fn each(
    json: &mut Json,
    list: &[String],
    at: &str,
    mut change: impl FnMut(&mut Vec<Json>, bool) -> Result<(), PatchError>,
) -> Result<(), PatchError> {
    let no_list = || unfit(at, "the path does not lead to a list");
    let (last, before) = list.split_last().ok_or_else(no_list)?;
    let parent = reach(json, before).ok_or_else(no_list)?;
    change(parent.get_mut(last).and_then(Json::as_array_mut).ok_or_else(no_list)?, false)?;
    match parent.get_mut(&format!("_{last}")).and_then(Json::as_array_mut) {
        Some(twins) => change(twins, true),
        None => Ok(()),
    }
}

fn add(
    json: &mut Json,
    steps: &[String],
    name: &str,
    value: &Value,
    at: &str,
    allowance: &mut Allowance,
) -> Result<(), PatchError> {
    let structure = structure_at(json, steps);
    let (member, element) = member_of(structure, name, value).map_err(|why| unfit(at, why))?;
    let many = element.is_some_and(|element| element.many);
    let value = value
        .json(element.and_then(|element| beneath(element, &Json::Null)))
        .map_err(|why| unfit(at, why))?;
    allowance.take(&value, steps.len() + 2, at)?;
    let Some(Json::Object(object)) = reach(json, steps) else {
        return Err(unfit(at, "the path leads to a value that has no elements"));
    };
    let taken = element.is_some_and(|element| {
        !element.choice.is_empty()
            && structure
                .is_some_and(|s| s.elements.iter().any(|e| e.choice == element.choice && object.has(e.name)))
    });
    match (object.get_mut(&member), many) {
        (Some(Json::Array(items)), true) => items.push(value),
        (None, true) => drop(object.insert(&member, vec![value])),
        (None, false) if !taken => drop(object.insert(&member, value)),
        _ => return Err(unfit(at, format!("'{name}' is there already; use replace"))),
    }
    Ok(())
}

fn delete(json: &mut Json, steps: &[String], at: &str) -> Result<(), PatchError> {
    let (last, before) =
        steps.split_last().ok_or_else(|| unfit(at, "the whole resource cannot be deleted by a patch"))?;
    if let Some(place) = index(last) {
        return each(json, before, at, |items, _| {
            if place < items.len() {
                items.remove(place);
            }
            Ok(())
        });
    }
    if let Some(object) = reach(json, before).and_then(Json::as_object_mut) {
        object.remove(last);
        object.remove(&format!("_{last}"));
    }
    Ok(())
}

fn replace(
    json: &mut Json,
    steps: &[String],
    value: &Value,
    at: &str,
    allowance: &mut Allowance,
) -> Result<(), PatchError> {
    let (last, before) =
        steps.split_last().ok_or_else(|| unfit(at, "the whole resource cannot be replaced by a patch"))?;
    if index(last).is_some() {
        let value = value.json(structure_at(json, steps)).map_err(|why| unfit(at, why))?;
        allowance.take(&value, steps.len(), at)?;
        if let Some(node) = reach(json, steps) {
            *node = value;
        }
        return Ok(());
    }
    let structure = structure_at(json, before);
    let choice =
        structure.and_then(|one| one.element(last)).map(|element| element.choice).unwrap_or_default();
    let name = if choice.is_empty() { last.as_str() } else { choice };
    let (member, element) = member_of(structure, name, value).map_err(|why| unfit(at, why))?;
    let value = value
        .json(element.and_then(|element| beneath(element, &Json::Null)))
        .map_err(|why| unfit(at, why))?;
    allowance.take(&value, steps.len(), at)?;
    if let Some(object) = reach(json, before).and_then(Json::as_object_mut) {
        if member != *last {
            // Another arm of the choice: one value only.
            object.remove(last);
            object.remove(&format!("_{last}"));
        }
        object.insert(&member, value);
    }
    Ok(())
}
