//! `StructureDefinition` snapshots to element tables: one structure per type and per backbone element.

use galen_fhir::definitions::wire::{self, Kind, Primitive, Strength};
use serde_json::Value;

use super::{ByName, Fault, Tables, list, resources, text};

/// The abstract resources, numbered after those that can be stored.
const ABSTRACT: [&str; 2] = ["Resource", "DomainResource"];

pub(crate) struct OwnedElement {
    pub(crate) name: String,
    pub(crate) choice: String,
    pub(crate) kind: Kind,
    pub(crate) type_name: String,
    min: u8,
    many: bool,
    max: u16,
    pub(crate) binding: u16,
    pub(crate) strength: Strength,
    targets: u16,
    summary: bool,
    modifier: bool,
    constraints: Vec<u16>,
}

pub(crate) struct OwnedStructure {
    pub(crate) name: String,
    base: u16,
    pub(crate) elements: Vec<OwnedElement>,
    constraints: Vec<u16>,
}

impl OwnedStructure {
    pub(crate) fn as_wire(&self) -> wire::Structure<'_> {
        let elements = self.elements.iter().map(|row| wire::Element {
            name: &row.name,
            choice: &row.choice,
            kind: row.kind,
            min: row.min,
            many: row.many,
            max: row.max,
            binding: row.binding,
            strength: row.strength,
            targets: row.targets,
            summary: row.summary,
            modifier: row.modifier,
            constraints: row.constraints.clone(),
        });
        wire::Structure {
            name: &self.name,
            base: self.base,
            elements: elements.collect(),
            constraints: self.constraints.clone(),
        }
    }
}

/// Structures numbered: resources, then data types, then backbone elements.
pub(crate) fn compile(
    profiles: &Value,
    types: &Value,
    tables: &mut Tables,
) -> Result<Vec<OwnedStructure>, Fault> {
    let mut sources: Vec<&Value> = Vec::new();
    for name in tables.resources.iter().map(String::as_str).chain(ABSTRACT) {
        sources.extend(
            resources(profiles).find(|one| text(one, "type") == name && text(one, "kind") == "resource"),
        );
    }
    let complex =
        |one: &&Value| text(one, "kind") == "complex-type" && text(one, "derivation") != "constraint";
    sources.extend(
        resources(types).filter(|one| text(one, "resourceType") == "StructureDefinition").filter(complex),
    );

    let mut names: Vec<String> = sources.iter().map(|one| text(one, "type").to_owned()).collect();
    let mut bases: Vec<&str> =
        sources.iter().map(|one| text(one, "baseDefinition").rsplit('/').next().unwrap_or("")).collect();
    for source in &sources {
        for element in list(&source["snapshot"], "element") {
            if is_backbone(element) {
                names.push(text(element, "path").to_owned());
                bases.push(list(element, "type").map(|one| text(one, "code")).next().unwrap_or(""));
            }
        }
    }
    let numbers: ByName<u16> = names
        .iter()
        .enumerate()
        .map(|(at, name)| Ok((name.clone(), u16::try_from(at)?)))
        .collect::<Result<_, Fault>>()?;
    let mut structures: Vec<OwnedStructure> = names
        .into_iter()
        .zip(bases)
        .map(|(name, base)| OwnedStructure {
            name,
            base: numbers.get(base).copied().unwrap_or(wire::NONE),
            elements: Vec::new(),
            constraints: Vec::new(),
        })
        .collect();
    for source in &sources {
        for element in list(&source["snapshot"], "element") {
            let path = text(element, "path");
            if text(element, "max") == "0" {
                continue;
            }
            let rules = tables.constraints(element);
            let Some((parent, name)) = path.rsplit_once('.') else {
                let number = *numbers.get(path).ok_or_else(|| format!("no structure {path}"))?;
                structures.get_mut(usize::from(number)).ok_or("structure out of range")?.constraints = rules;
                continue;
            };
            let parent = *numbers.get(parent).ok_or_else(|| format!("no structure {parent}"))?;
            let rows = rows(element, path, name, &numbers, tables)?;
            let owner = structures.get_mut(usize::from(parent)).ok_or("structure out of range")?;
            owner
                .elements
                .extend(rows.into_iter().map(|row| OwnedElement { constraints: rules.clone(), ..row }));
        }
    }
    Ok(structures)
}

fn is_backbone(element: &Value) -> bool {
    text(element, "path").contains('.')
        && list(element, "type").any(|one| matches!(text(one, "code"), "BackboneElement" | "Element"))
}

fn rows(
    element: &Value,
    path: &str,
    name: &str,
    numbers: &ByName<u16>,
    tables: &mut Tables,
) -> Result<Vec<OwnedElement>, Fault> {
    let max = text(element, "max");
    let base_max = element["base"].get("max").and_then(Value::as_str).unwrap_or(max);
    let strength = match text(&element["binding"], "strength") {
        "required" => Some(Strength::Required),
        "extensible" => Some(Strength::Extensible),
        "preferred" => Some(Strength::Preferred),
        _ => None,
    };
    let binding = match (strength, text(&element["binding"], "valueSet")) {
        (Some(_), url) if !url.is_empty() => tables.value_set(url, strength != Some(Strength::Preferred)),
        _ => wire::NONE,
    };
    let row = |name: String, choice: &str, type_name: &str, kind: Kind, targets: u16| OwnedElement {
        name,
        choice: choice.to_owned(),
        kind,
        type_name: type_name.to_owned(),
        min: element["min"].as_u64().and_then(|min| u8::try_from(min).ok()).unwrap_or(0),
        many: base_max != "1",
        max: if max == "*" { 0 } else { max.parse().unwrap_or(0) },
        binding,
        strength: strength.unwrap_or(Strength::Preferred),
        targets,
        summary: element["isSummary"] == true,
        modifier: element["isModifier"] == true,
        constraints: Vec::new(),
    };
    if let Some(reference) = element["contentReference"].as_str() {
        let target = reference.trim_start_matches('#');
        let number = *numbers.get(target).ok_or_else(|| format!("no content {target}"))?;
        return Ok(vec![row(name.to_owned(), "", target, Kind::Structure(number), wire::NONE)]);
    }
    let stem = name.strip_suffix("[x]");
    let mut out: Vec<OwnedElement> = Vec::new();
    for one in list(element, "type") {
        // The snapshots call a resource's own id a string; its format is that of an id.
        let own_id = name == "id"
            && path.rsplit_once('.').is_some_and(|(parent, _)| tables.resource(parent).is_some());
        let code = if own_id { "id".to_owned() } else { type_code(one) };
        let targets = targets(one, tables);
        let kind = kind(&code, path, numbers)?;
        let json = stem.map_or_else(|| name.to_owned(), |stem| stem.to_owned() + &capital(&code));
        out.push(row(json, stem.unwrap_or(""), &code, kind, targets));
    }
    Ok(out)
}

fn type_code(one: &Value) -> String {
    let code = text(one, "code");
    match code.strip_prefix("http://hl7.org/fhirpath/System.") {
        Some(_) => {
            list(one, "extension").find_map(|ext| ext["valueUrl"].as_str()).unwrap_or("string").to_owned()
        }
        None => code.to_owned(),
    }
}

fn kind(code: &str, path: &str, numbers: &ByName<u16>) -> Result<Kind, Fault> {
    if let Some(primitive) = Primitive::parse(code) {
        return Ok(Kind::Primitive(primitive));
    }
    match code {
        "Resource" | "DomainResource" => Ok(Kind::AnyResource),
        "BackboneElement" | "Element" => {
            Ok(Kind::Structure(*numbers.get(path).ok_or_else(|| format!("no backbone {path}"))?))
        }
        // `Bundle.entry.response.outcome` names its one type, and holds a resource all the same.
        "OperationOutcome" => Ok(Kind::AnyResource),
        "SimpleQuantity" | "MoneyQuantity" => kind("Quantity", path, numbers),
        _ => Ok(Kind::Structure(*numbers.get(code).ok_or_else(|| format!("no type {code} at {path}"))?)),
    }
}

fn targets(one: &Value, tables: &mut Tables) -> u16 {
    if text(one, "code") != "Reference" {
        return wire::NONE;
    }
    let names = list(one, "targetProfile").filter_map(Value::as_str).filter_map(|url| url.rsplit('/').next());
    let names: Vec<&str> = names.collect();
    if names.contains(&"Resource") {
        return wire::NONE;
    }
    let set = names.into_iter().filter_map(|name| tables.resource(name)).collect();
    tables.target_set(set)
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}
