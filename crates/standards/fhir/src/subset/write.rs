//! Writing a part: the kept members go out as they are, nothing is copied first.

use super::{Subset, Summary};
use crate::definitions::{Element, Kind, Structure, definitions};
use crate::json::{Json, Object};
use crate::resource::Resource;
use crate::resource_type::ResourceType;

/// Members of every resource that always stay: what it is, and what changes its meaning.
const ALWAYS: &[&str] = &["resourceType", "id", "meta", "implicitRules", "modifierExtension"];
const TAG_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
const TAG_CODE: &str = "SUBSETTED";

pub(super) fn part(resource: &Resource, how: &Subset) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    let (Some(object), Some(structure)) = (resource.json().as_object(), resource.resource_type().structure())
    else {
        return resource.to_bytes();
    };
    let resource_type = resource.resource_type();
    let tagged = tagged(object.get("meta"));
    let mut is_first = true;
    let mut has_meta = false;
    out.push(b'{');
    for (name, value) in object.iter() {
        if name == "meta" {
            has_meta = true;
            member(&mut out, &mut is_first, name);
            tagged.write(&mut out);
            continue;
        }
        if keeps(structure, resource_type, name, how) {
            member(&mut out, &mut is_first, name);
            if how.summary == Summary::True && !ALWAYS.contains(&name) {
                within(element_of(structure, name), value, &mut out);
            } else {
                value.write(&mut out);
            }
        }
        if name == "id" && !object.has("meta") {
            has_meta = true;
            member(&mut out, &mut is_first, "meta");
            tagged.write(&mut out);
        }
    }
    if !has_meta {
        member(&mut out, &mut is_first, "meta");
        tagged.write(&mut out);
    }
    out.push(b'}');
    out
}

fn member(out: &mut Vec<u8>, is_first: &mut bool, name: &str) {
    if !std::mem::replace(is_first, false) {
        out.push(b',');
    }
    Json::from(name).write(out);
    out.push(b':');
}

/// The meta with the tag that says that this is a part.
fn tagged(meta: Option<&Json>) -> Json {
    let mut meta = meta.and_then(Json::as_object).cloned().unwrap_or_default();
    let mut tags = match meta.remove("tag") {
        Some(Json::Array(tags)) => tags,
        _ => Vec::new(),
    };
    let is_tagged = |tag: &Json| tag.str("system") == Some(TAG_SYSTEM) && tag.str("code") == Some(TAG_CODE);
    if !tags.iter().any(is_tagged) {
        tags.push(Json::Object(Object::new().with("system", TAG_SYSTEM).with("code", TAG_CODE)));
    }
    meta.insert("tag", tags);
    Json::Object(meta)
}

/// The element of a member; the twin of a primitive (`_birthDate`) goes with it.
fn element_of<'s>(structure: &'s Structure, name: &str) -> Option<&'s Element> {
    structure.element(name.strip_prefix('_').unwrap_or(name))
}

fn keeps(structure: &Structure, resource_type: ResourceType, name: &str, how: &Subset) -> bool {
    if ALWAYS.contains(&name.strip_prefix('_').unwrap_or(name)) {
        return true;
    }
    let Some(element) = element_of(structure, name) else { return false };
    if !how.elements.is_empty() {
        let asked = how.elements.iter().any(|one| one.names(resource_type, element.name, element.choice));
        return element.min > 0 || asked;
    }
    match how.summary {
        Summary::False => true,
        Summary::True => is_summary(element),
        Summary::Text => element.min > 0 || element.name == "text",
        Summary::Data => element.name != "text",
    }
}

fn is_summary(element: &Element) -> bool {
    element.summary || element.min > 0
}

/// A value of a summary: of what lies beneath, too, only what is marked.
fn within(element: Option<&Element>, value: &Json, out: &mut Vec<u8>) {
    let structure = match element.map(|element| element.kind) {
        Some(Kind::Structure(number)) => definitions().structure(number),
        Some(Kind::AnyResource) => {
            value.str("resourceType").and_then(ResourceType::parse).and_then(ResourceType::structure)
        }
        _ => None,
    };
    let Some(structure) = structure else { return value.write(out) };
    match value {
        Json::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                within(element, item, out);
            }
            out.push(b']');
        }
        Json::Object(object) => marked(structure, object, out),
        other => other.write(out),
    }
}

/// As deep as the resource is, which the parser bounds.
fn marked(structure: &Structure, object: &Object, out: &mut Vec<u8>) {
    let mut is_first = true;
    out.push(b'{');
    for (name, value) in object.iter() {
        let element = element_of(structure, name);
        if ALWAYS.contains(&name) {
            member(out, &mut is_first, name);
            value.write(out);
        } else if element.is_some_and(is_summary) {
            member(out, &mut is_first, name);
            within(element, value, out);
        }
    }
    // An empty object is no FHIR: what has nothing marked says so by its extensions or goes out whole.
    if is_first {
        out.pop();
        return Json::Object(object.clone()).write(out);
    }
    out.push(b'}');
}
