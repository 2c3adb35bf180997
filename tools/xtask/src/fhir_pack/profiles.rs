//! The profiles and extensions that R4 itself publishes, cut to what validation needs.

use std::fs;
use std::path::Path;

use galen_fhir::definitions::wire::ProfileLine;
use serde_json::{Map, Value};

use super::{Fault, ZSTD_LEVEL, list, read, resources, text};

/// Members of a definition that matter.
const KEPT: &[&str] = &[
    "resourceType",
    "url",
    "name",
    "status",
    "kind",
    "abstract",
    "type",
    "baseDefinition",
    "derivation",
    "context",
];
/// Members of an element that are for people.
const FOR_PEOPLE: &[&str] = &[
    "definition",
    "short",
    "comment",
    "mapping",
    "alias",
    "requirements",
    "mustSupport",
    "isSummary",
    "isModifierReason",
    "condition",
    "example",
    "meaningWhenMissing",
    "orderMeaning",
    "extension",
    "label",
    "code",
    "base",
];

/// Writes `r4-profiles.pack`; answers a line for the report.
pub(super) fn write(folder: &Path, out: &Path) -> Result<String, Fault> {
    let mut lines = String::new();
    let mut count = 0usize;
    for name in ["profiles-types.json", "profiles-others.json", "extension-definitions.json"] {
        let bundle = read(folder, name)?;
        let definitions = resources(&bundle).filter(|one| text(one, "resourceType") == "StructureDefinition");
        for definition in definitions.filter(|one| text(one, "derivation") == "constraint") {
            let line =
                ProfileLine { url: text(definition, "url"), json: &serde_json::to_string(&cut(definition))? };
            lines.push_str(&line.to_string());
            count += 1;
        }
    }
    let packed = zstd::bulk::compress(lines.as_bytes(), ZSTD_LEVEL)?;
    fs::write(out.join("r4-profiles.pack"), &packed)?;
    Ok(format!("{count} profiles, {} bytes packed from {}", packed.len(), lines.len()))
}

fn cut(definition: &Value) -> Value {
    let mut kept: Map<String, Value> = KEPT
        .iter()
        .filter(|name| !definition[**name].is_null())
        .map(|name| ((*name).to_owned(), definition[*name].clone()))
        .collect();
    let elements = list(&definition["differential"], "element").map(element).collect();
    let differential = Map::from_iter([("element".to_owned(), Value::Array(elements))]);
    kept.insert("differential".to_owned(), Value::Object(differential));
    Value::Object(kept)
}

fn element(element: &Value) -> Value {
    let members = element.as_object().into_iter().flatten();
    let kept = members.filter(|(name, _)| !FOR_PEOPLE.contains(&name.as_str()));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}
