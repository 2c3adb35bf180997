//! Packs R4's code systems, value sets and concept maps.
#![allow(clippy::indexing_slicing, reason = "serde_json answers null for what is not there")]

use std::fs;
use std::path::Path;

use galen_fhir::terminology::packed::{Kind, Packed};
use serde_json::Value;

use crate::fhir_pack::Fault;

/// The bundles that hold them.
const FILES: &[&str] = &["valuesets.json", "v3-codesystems.json", "v2-tables.json", "conceptmaps.json"];
/// What answers no question about codes.
const LEFT_OUT: &[&str] = &[
    "id",
    "text",
    "contact",
    "publisher",
    "meta",
    "extension",
    "copyright",
    "jurisdiction",
    "purpose",
    "useContext",
    "date",
    "description",
    "identifier",
    "experimental",
];
/// Its codes are facts; its descriptions are licensed.
const LICENSED: &str = "http://snomed.info/sct";

pub(crate) fn run(folder: &Path, out: &Path) -> Result<String, Fault> {
    let mut all: Vec<(Kind, String, String)> = Vec::new();
    for file in FILES {
        let bundle: Value = serde_json::from_slice(&fs::read(folder.join(file))?)?;
        for entry in bundle["entry"].as_array().into_iter().flatten() {
            let resource = &entry["resource"];
            let kind = match resource["resourceType"].as_str() {
                Some("CodeSystem") => Kind::CodeSystem,
                Some("ValueSet") => Kind::ValueSet,
                Some("ConceptMap") => Kind::ConceptMap,
                _ => continue,
            };
            let Some(url) = resource["url"].as_str() else { continue };
            all.push((kind, url.to_owned(), slim(resource.clone()).to_string()));
        }
    }
    all.sort_by(|a, b| (a.0 as u8, &a.1).cmp(&(b.0 as u8, &b.1)));
    all.dedup_by(|a, b| (a.0, &a.1) == (b.0, &b.1));
    let packed: Vec<Packed<'_>> =
        all.iter().map(|(kind, url, json)| Packed { kind: *kind, url, json }).collect();
    let bytes = postcard::to_allocvec(&packed)?;
    let compressed = zstd::bulk::compress(&bytes, 22)?;
    fs::write(out.join("terminology.pack"), &compressed)?;
    Ok(format!("{} resources, {} bytes, packed {}", packed.len(), bytes.len(), compressed.len()))
}

fn slim(mut resource: Value) -> Value {
    if let Some(object) = resource.as_object_mut() {
        object.retain(|name, _| !LEFT_OUT.contains(&name.as_str()));
    }
    if resource["url"] == LICENSED || resource["content"] == "supplement" {
        resource["concept"] = Value::Array(Vec::new());
    }
    bare(&mut resource, false);
    resource
}

/// Takes out extensions everywhere, and the words of licensed codes.
fn bare(value: &mut Value, licensed: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| bare(item, licensed)),
        Value::Object(object) => {
            object.retain(|name, _| name != "extension" && !name.starts_with('_'));
            let own = ["system", "source", "target"]
                .iter()
                .any(|name| object.get(*name).and_then(Value::as_str) == Some(LICENSED));
            let licensed = licensed || own;
            if licensed {
                object.remove("display");
                object.remove("designation");
            }
            object.values_mut().for_each(|value| bare(value, licensed));
        }
        _ => {}
    }
}
