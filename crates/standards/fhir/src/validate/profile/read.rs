//! `StructureDefinition`s to rules: the differentials from the base type up, each laid over what came before.

use super::rule::{Bound, By, Discriminator, Invariant, Openness, Profile, Rule, Slicing, TypeRule};
use super::{BASES_MAX, ELEMENTS_MAX};
use crate::definitions::{Kind, Strength, definitions};
use crate::fhirpath::{Expression, type_named};
use crate::json::{Json, Object};
use crate::terminology::parts;
use crate::validate::conformance::Conformance;

/// Where the canonicals of FHIR's own types begin.
const TYPES: &str = "http://hl7.org/fhir/StructureDefinition/";

/// Why a profile cannot be checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::validate) enum Unreadable {
    /// No one knows this canonical.
    Unknown(String),
    /// Its definition does not hold together; how, for people.
    Broken(String),
}

type Read<T> = Result<T, Unreadable>;

fn broken<T>(message: impl Into<String>) -> Read<T> {
    Err(Unreadable::Broken(message.into()))
}

/// Reads a profile with all it is based on.
pub(in crate::validate) fn profile(canonical: &str, conformance: &dyn Conformance) -> Read<Profile> {
    let mut layers: Vec<Json> = Vec::new();
    let mut next = canonical.to_owned();
    let kind = loop {
        if let Some(kind) = own_type(&next) {
            break kind;
        }
        if layers.len() >= BASES_MAX {
            return broken(format!("'{canonical}' has more than {BASES_MAX} bases, or is its own base"));
        }
        let Some(definition) = conformance.structure_definition(&next) else {
            return Err(Unreadable::Unknown(next));
        };
        if definition.str("derivation") != Some("constraint") {
            return broken(format!("'{next}' defines a type; only profiles of R4's types can be checked"));
        }
        definition.str("baseDefinition").unwrap_or("").clone_into(&mut next);
        layers.push(definition);
    };
    let mut root = Rule::named(type_name(kind));
    for definition in layers.iter().rev() {
        apply(definition, kind, &mut root)?;
    }
    Ok(Profile { url: parts(canonical).0.to_owned(), kind, root })
}

/// The type that a canonical of FHIR's own names.
pub(super) fn own_type(canonical: &str) -> Option<Kind> {
    let name = parts(canonical).0.strip_prefix(TYPES)?;
    type_named(name).filter(|_| !matches!(name, "SimpleQuantity" | "MoneyQuantity"))
}

pub(super) fn type_name(kind: Kind) -> &'static str {
    crate::fhirpath::Node { value: None, twin: None, kind }.type_name()
}

fn apply(definition: &Json, kind: Kind, root: &mut Rule) -> Read<()> {
    let name = type_name(kind);
    if definition.str("type") != Some(name) {
        let url = definition.str("url").unwrap_or("");
        return broken(format!("'{url}' narrows another type than its base, {name}"));
    }
    let differential = definition.at(&["differential", "element"]);
    let elements = differential
        .or_else(|| definition.at(&["snapshot", "element"]))
        .map_or(&[][..], |list| list.as_array().unwrap_or(&[]));
    if elements.len() > ELEMENTS_MAX {
        return broken(format!("a profile has more than {ELEMENTS_MAX} elements"));
    }
    // Slices of elements without ids: the last one named at each path.
    let mut current: Vec<(String, String)> = Vec::new();
    for element in elements {
        let Some(path) = element.str("path") else { return broken("an element has no path") };
        let steps = steps(element, path, &mut current);
        if path.split('.').next() != Some(name) {
            return broken(format!("the element '{}' is not below {name}", crate::resource::short(path)));
        }
        let rule = place(root, kind, &steps, path)?;
        narrow(rule, element)?;
    }
    Ok(())
}

/// The names below the root, each with its slice: from the id, or from what came before.
fn steps(element: &Json, path: &str, current: &mut Vec<(String, String)>) -> Vec<(String, Option<String>)> {
    current.retain(|(known, _)| {
        path.starts_with(known.as_str()) && path.as_bytes().get(known.len()) == Some(&b'.')
    });
    if let Some(slice) = element.str("sliceName") {
        current.push((path.to_owned(), slice.to_owned()));
    }
    let id: Vec<&str> = element.str("id").map(|id| id.split('.').collect()).unwrap_or_default();
    let names: Vec<&str> = path.split('.').collect();
    if id.len() == names.len() {
        let split = |step: &&str| match step.split_once(':') {
            Some((name, slice)) => (name.to_owned(), Some(slice.to_owned())),
            None => ((*step).to_owned(), None),
        };
        let mut out: Vec<_> = id.iter().skip(1).map(split).collect();
        if let (Some(last), Some(slice)) = (out.last_mut(), element.str("sliceName")) {
            last.1 = Some(slice.to_owned());
        }
        return out;
    }
    let mut so_far = String::new();
    let mut out = Vec::new();
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            so_far.push('.');
        }
        so_far.push_str(name);
        if at > 0 {
            let slice = current.iter().find(|(path, _)| *path == so_far).map(|(_, slice)| slice.clone());
            out.push(((*name).to_owned(), slice));
        }
    }
    out
}

/// The rule at the end of these steps.
fn place<'r>(
    root: &'r mut Rule,
    kind: Kind,
    steps: &[(String, Option<String>)],
    path: &str,
) -> Read<&'r mut Rule> {
    let lost = || Unreadable::Broken(format!("there is no element '{}'", crate::resource::short(path)));
    let mut rule = root;
    let mut within = Some(kind);
    for (name, slice) in steps {
        let structure = match within {
            Some(Kind::Structure(number)) => definitions().structure(number),
            _ => None,
        };
        let stem = name.strip_suffix("[x]");
        let element = structure.and_then(|structure| structure.element(name));
        if let (Some(structure), None, None) = (structure, stem, element) {
            // What lies below a resource of any type, and a choice written without its brackets, is not known here.
            let choice = structure.elements.iter().any(|element| element.choice == name);
            if !choice && !matches!(structure.name, "Resource" | "DomainResource") {
                return Err(lost());
            }
        }
        match element.filter(|element| !element.choice.is_empty()) {
            Some(arm) => {
                let choice = rule.child_mut(arm.choice).ok_or_else(lost)?;
                by_type(choice);
                rule = choice.slice_mut(name).ok_or_else(lost)?;
                one_type(rule, arm.kind);
                within = Some(arm.kind);
            }
            None => {
                rule = rule.child_mut(stem.unwrap_or(name)).ok_or_else(lost)?;
                within = element.map(|element| element.kind).or_else(|| only_type(rule));
            }
        }
        let Some(slice) = slice else { continue };
        let arm =
            structure.and_then(|structure| structure.element(slice)).filter(|arm| stem == Some(arm.choice));
        if arm.is_some() {
            by_type(rule);
        }
        // A slice of a slice is written `outer/inner`.
        for end in slice.match_indices('/').map(|(at, _)| at).chain([slice.len()]) {
            rule = rule.slice_mut(slice.get(..end).unwrap_or(slice)).ok_or_else(lost)?;
        }
        if let Some(arm) = arm {
            one_type(rule, arm.kind);
            within = Some(arm.kind);
        }
    }
    Ok(rule)
}

/// A choice is sliced by type without saying so.
fn by_type(rule: &mut Rule) {
    rule.slicing.get_or_insert_with(|| Slicing {
        discriminators: vec![Discriminator::new(By::Type, "$this")],
        ordered: false,
        openness: Openness::Open,
    });
}

fn one_type(rule: &mut Rule, kind: Kind) {
    if rule.types.is_empty() {
        let code = type_name(kind).to_owned();
        rule.types.push(TypeRule { code, profiles: Vec::new(), targets: Vec::new() });
    }
}

fn only_type(rule: &Rule) -> Option<Kind> {
    match rule.types.as_slice() {
        [one] => type_named(&one.code),
        _ => None,
    }
}

/// Lays an element of a differential over a rule.
fn narrow(rule: &mut Rule, element: &Json) -> Read<()> {
    if let Some(min) = element.get("min").and_then(Json::as_i64) {
        rule.min = u32::try_from(min).unwrap_or(0);
    }
    if let Some(max) = element.str("max") {
        rule.max = max.parse().ok();
    }
    let types: Vec<TypeRule> = element.list("type").filter_map(type_rule).collect();
    if !types.is_empty() {
        rule.types = types;
    }
    if let Some(bound) = bound(element) {
        rule.binding = Some(bound);
    }
    if let Some(length) = element.get("maxLength").and_then(Json::as_i64) {
        rule.max_length = usize::try_from(length).ok();
    }
    for (name, value) in element.as_object().into_iter().flat_map(Object::iter) {
        if name.strip_prefix("fixed").is_some_and(is_type) {
            rule.fixed = Some(value.clone());
        } else if name.strip_prefix("pattern").is_some_and(is_type) {
            rule.pattern = Some(value.clone());
        } else if let Some(kind) = name.strip_prefix("minValue").and_then(choice_type) {
            rule.min_value = Some((kind, value.clone()));
        } else if let Some(kind) = name.strip_prefix("maxValue").and_then(choice_type) {
            rule.max_value = Some((kind, value.clone()));
        }
    }
    if let Some(slicing) = element.get("slicing") {
        rule.slicing = Some(read_slicing(slicing));
    }
    for constraint in element.list("constraint") {
        add_invariant(rule, constraint)?;
    }
    Ok(())
}

fn is_type(name: &str) -> bool {
    choice_type(name).is_some()
}

/// The type at the end of `fixedCodeableConcept` or `patternString`.
fn choice_type(name: &str) -> Option<Kind> {
    let mut letters = name.chars();
    let lower = letters.next()?.to_ascii_lowercase().to_string() + letters.as_str();
    type_named(&lower).or_else(|| type_named(name))
}

fn type_rule(one: &Json) -> Option<TypeRule> {
    let code = one.str("code").filter(|code| !code.starts_with("http://hl7.org/fhirpath/"))?.to_owned();
    let urls = |name: &str| one.list(name).filter_map(Json::as_str).map(str::to_owned).collect();
    Some(TypeRule { code, profiles: urls("profile"), targets: urls("targetProfile") })
}

fn bound(element: &Json) -> Option<Bound> {
    let strength = match element.str_at(&["binding", "strength"])? {
        "required" => Strength::Required,
        "extensible" => Strength::Extensible,
        _ => return None,
    };
    Some(Bound { strength, value_set: element.str_at(&["binding", "valueSet"])?.to_owned() })
}

fn read_slicing(slicing: &Json) -> Slicing {
    let discriminators = slicing.list("discriminator").filter_map(|one| {
        let path = one.str("path")?;
        let by = match one.str("type")? {
            "value" | "pattern" => By::Value,
            "exists" => By::Exists,
            "type" => By::Type,
            "profile" => By::Profile,
            _ => return None,
        };
        Some(Discriminator::new(by, path))
    });
    Slicing {
        discriminators: discriminators.collect(),
        ordered: slicing.get("ordered").and_then(Json::as_bool) == Some(true),
        openness: match slicing.str("rules") {
            Some("closed") => Openness::Closed,
            Some("openAtEnd") => Openness::OpenAtEnd,
            _ => Openness::Open,
        },
    }
}

/// Rules of the type itself, which a snapshot repeats, are checked with the type.
fn add_invariant(rule: &mut Rule, constraint: &Json) -> Read<()> {
    let (Some(key), Some(text)) = (constraint.str("key"), constraint.str("expression")) else {
        return Ok(());
    };
    let known = rule.constraints.iter().any(|one| one.key == key) || definitions().has_constraint(key);
    if known {
        return Ok(());
    }
    match Expression::parse(text) {
        Ok(expression) => rule.constraints.push(Invariant {
            key: key.to_owned(),
            error: constraint.str("severity") != Some("warning"),
            human: constraint.str("human").unwrap_or("").to_owned(),
            expression,
        }),
        Err(fault) => return broken(format!("the invariant {}: {fault}", crate::resource::short(key))),
    }
    Ok(())
}
