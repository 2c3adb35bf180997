//! Finds and rewrites references, so that a bundle's `urn:uuid:` become the ids its entries were given.

use std::fmt::Write;

use crate::definitions::{Kind, Primitive, Structure, definitions};
use crate::json::{Json, Object};
use crate::resource::Resource;
use crate::resource_type::ResourceType;

/// A literal reference and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundReference<'r> {
    /// `FHIRPath` expression, `Encounter.participant[0].individual`.
    pub location: String,
    /// The text of `reference`.
    pub literal: &'r str,
}

/// Every `Reference.reference` of a resource, contained resources and extensions included.
pub fn references(resource: &Resource) -> Vec<FoundReference<'_>> {
    let mut out = Vec::new();
    let mut location = resource.resource_type().name().to_owned();
    if let (Some(structure), Some(object)) =
        (resource.resource_type().structure(), resource.json().as_object())
    {
        find(structure, object, &mut location, &mut out);
    }
    out
}

fn find<'r>(
    structure: &Structure,
    object: &'r Object,
    location: &mut String,
    out: &mut Vec<FoundReference<'r>>,
) {
    if structure.name == "Reference"
        && let Some(literal) = object.get("reference").and_then(Json::as_str)
    {
        out.push(FoundReference { location: location.clone(), literal });
    }
    let mut hint = 0;
    for (name, value) in object.iter() {
        let Some(element) = structure.element_near(name, &mut hint) else { continue };
        if matches!(element.kind, Kind::Primitive(_)) {
            continue;
        }
        let length = location.len();
        location.push('.');
        location.push_str(name);
        match value {
            Json::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    let length = location.len();
                    let _ = write!(location, "[{at}]");
                    find_in(element.kind, item, location, out);
                    location.truncate(length);
                }
            }
            one => find_in(element.kind, one, location, out),
        }
        location.truncate(length);
    }
}

fn find_in<'r>(kind: Kind, value: &'r Json, location: &mut String, out: &mut Vec<FoundReference<'r>>) {
    if let (Some(structure), Some(object)) = (structure_of(kind, value), value.as_object()) {
        find(structure, object, location, out);
    }
}

fn structure_of(kind: Kind, value: &Json) -> Option<&'static Structure> {
    match kind {
        Kind::Structure(number) => definitions().structure(number),
        Kind::AnyResource => value.str("resourceType").and_then(ResourceType::parse)?.structure(),
        Kind::Primitive(_) => None,
    }
}

/// Offers every `Reference.reference` and every uri, url, canonical, oid and uuid to `turn`, and writes what it answers.
/// That is the set a transaction must rewrite (<https://hl7.org/fhir/R4/http.html#trules>). Links inside narratives stay.
/// Answers how many were written.
pub fn rewrite_references(resource: &mut Resource, mut turn: impl FnMut(&str) -> Option<String>) -> usize {
    let structure = resource.resource_type().structure();
    let (Some(structure), Some(object)) = (structure, resource.json_mut().as_object_mut()) else { return 0 };
    rewrite(structure, object, &mut turn)
}

fn rewrite(
    structure: &Structure,
    object: &mut Object,
    turn: &mut dyn FnMut(&str) -> Option<String>,
) -> usize {
    let mut count = 0;
    let mut hint = 0;
    let reference = structure.name == "Reference";
    for (name, value) in object.iter_mut() {
        let bare = name.strip_prefix('_').unwrap_or(name);
        let Some(element) = structure.element_near(bare, &mut hint) else { continue };
        let kind = if bare.len() == name.len() { Some(element.kind) } else { None };
        let literal = reference && element.name == "reference";
        match value {
            Json::Array(items) => {
                count += items.iter_mut().map(|item| rewrite_in(kind, literal, item, turn)).sum::<usize>();
            }
            one => count += rewrite_in(kind, literal, one, turn),
        }
    }
    count
}

/// `kind` is `None` for the `_name` twin of a primitive.
fn rewrite_in(
    kind: Option<Kind>,
    literal: bool,
    value: &mut Json,
    turn: &mut dyn FnMut(&str) -> Option<String>,
) -> usize {
    use Primitive::{Canonical, Oid, Uri, Url, Uuid};
    if let Some(Kind::Primitive(primitive)) = kind {
        if !literal && !matches!(primitive, Canonical | Oid | Uri | Url | Uuid) {
            return 0;
        }
        let Some(text) = value.as_str().and_then(turn) else { return 0 };
        *value = text.into();
        return 1;
    }
    let structure = match kind {
        Some(kind) => structure_of(kind, value),
        None => definitions().element_structure(),
    };
    match (structure, value.as_object_mut()) {
        (Some(structure), Some(object)) => rewrite(structure, object, turn),
        _ => 0,
    }
}
