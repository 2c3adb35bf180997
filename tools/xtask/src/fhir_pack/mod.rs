//! Compiles HL7's R4 definition files into the compact pack that galen-fhir includes.

mod elements;
mod search;
mod terminology;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use galen_fhir::definitions::wire;
use serde_json::Value;

/// zstd level: the pack is written once and read at every start, so size wins.
const ZSTD_LEVEL: i32 = 19;
/// Resource types in the files that are not R4 4.0.1 (`SubscriptionStatus` is a back-port from R4B).
const FOREIGN_TYPES: &[&str] = &["SubscriptionStatus"];

pub(crate) type Fault = Box<dyn std::error::Error>;

/// Interns sets of resource types and value sets by their place.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) resources: Vec<String>,
    pub(crate) target_sets: Vec<Vec<u16>>,
    pub(crate) value_sets: Vec<String>,
}

impl Tables {
    pub(crate) fn resource(&self, name: &str) -> Option<u16> {
        self.resources.iter().position(|known| known == name).and_then(|at| u16::try_from(at).ok())
    }

    pub(crate) fn target_set(&mut self, mut set: Vec<u16>) -> u16 {
        set.sort_unstable();
        set.dedup();
        if set.is_empty() {
            return wire::NONE;
        }
        place(&mut self.target_sets, set)
    }

    pub(crate) fn value_set(&mut self, canonical: &str) -> u16 {
        let url = canonical.split('|').next().unwrap_or(canonical);
        place(&mut self.value_sets, url.to_owned())
    }
}

fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> u16 {
    let at = list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    });
    u16::try_from(at).unwrap_or(wire::NONE)
}

fn read(folder: &Path, name: &str) -> Result<Value, Fault> {
    let bytes = fs::read(folder.join(name)).map_err(|fault| format!("{name}: {fault}"))?;
    Ok(serde_json::from_slice(&bytes)?)
}

pub(crate) fn resources(bundle: &Value) -> impl Iterator<Item = &Value> {
    bundle["entry"].as_array().into_iter().flatten().map(|entry| &entry["resource"])
}

pub(crate) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or("")
}

pub(crate) fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value[name].as_array().into_iter().flatten()
}

/// Reads the definitions in `folder` and writes `r4.pack` and `params.txt` into `out`.
pub(crate) fn run(folder: &Path, out: &Path) -> Result<String, Fault> {
    let profiles = read(folder, "profiles-resources.json")?;
    let types = read(folder, "profiles-types.json")?;
    let parameters = read(folder, "search-parameters.json")?;
    let mut tables = Tables { resources: resource_names(&profiles), ..Tables::default() };
    let structures = elements::compile(&profiles, &types, &mut tables)?;
    let mut codes = known_codes(&out.join("params.txt"));
    let model = search::Model { structures: &structures };
    let searched = search::compile(&parameters, &model, &mut tables, &mut codes)?;
    let compartment =
        search::compartment(&read(folder, "compartmentdefinition-patient.json")?, &tables, &codes);
    let mut terminology = terminology::Terminology::default();
    for name in ["valuesets.json", "v2-tables.json", "v3-codesystems.json"] {
        terminology.load(read(folder, name)?);
    }
    let expanded = terminology.expand_all(&tables.value_sets);
    let mut report = String::new();
    for set in expanded.sets.iter().filter(|set| !set.enumerated) {
        writeln!(report, "not enumerated: {}", set.url)?;
    }
    let pack = wire::Pack {
        resource_count: u16::try_from(tables.resources.len())?,
        structures: structures.iter().map(elements::OwnedStructure::as_wire).collect(),
        systems: expanded.systems.iter().map(String::as_str).collect(),
        value_sets: expanded.sets.iter().map(terminology::Expanded::as_wire).collect(),
        target_sets: tables.target_sets.clone(),
        params: codes.iter().map(String::as_str).collect(),
        search: searched.iter().map(|all| all.iter().map(search::OwnedSearch::as_wire).collect()).collect(),
        patient_compartment: compartment,
    };
    let bytes = postcard::to_stdvec(&pack)?;
    let packed = zstd::bulk::compress(&bytes, ZSTD_LEVEL)?;
    fs::write(out.join("r4.pack"), &packed)?;
    fs::write(out.join("params.txt"), codes.join("\n") + "\n")?;
    write!(
        report,
        "{} structures, {} value sets, {} parameter codes, {} bytes packed from {}",
        pack.structures.len(),
        pack.value_sets.len(),
        pack.params.len(),
        packed.len(),
        bytes.len()
    )?;
    Ok(report)
}

fn resource_names(profiles: &Value) -> Vec<String> {
    let mut names: Vec<String> = resources(profiles)
        .filter(|one| text(one, "resourceType") == "StructureDefinition" && text(one, "kind") == "resource")
        .filter(|one| one["abstract"] == false && text(one, "derivation") == "specialization")
        .map(|one| text(one, "type").to_owned())
        .filter(|name| !FOREIGN_TYPES.contains(&name.as_str()))
        .collect();
    names.sort();
    names
}

/// The codes numbered by earlier releases, in their order: numbers are never reused.
fn known_codes(file: &Path) -> Vec<String> {
    fs::read_to_string(file).map(|all| all.lines().map(str::to_owned).collect()).unwrap_or_default()
}

pub(crate) type ByName<T> = BTreeMap<String, T>;
