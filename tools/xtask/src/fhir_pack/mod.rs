//! Compiles HL7's R4 definition files into the compact pack that galen-fhir includes.

mod elements;
mod profiles;
mod search;
mod terminology;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use galen_fhir::definitions::wire;
use serde_json::Value;

/// zstd level: the pack is written once and read at every start, so size wins.
pub(crate) const ZSTD_LEVEL: i32 = 19;
/// Resource types in the files that are not R4 4.0.1 (`SubscriptionStatus` is a back-port from R4B).
const FOREIGN_TYPES: &[&str] = &["SubscriptionStatus"];

pub(crate) type Fault = Box<dyn std::error::Error>;

/// Invariants that `galen_fhir::validate` checks in its walk over every object, cheaper than by their expressions: nothing is
/// empty, extensions have a value or extensions, fragments and narratives are sound, contained resources are flat and used.
const CHECKED_IN_THE_WALK: &[&str] =
    &["ele-1", "ext-1", "ref-1", "txt-1", "txt-2", "dom-2", "dom-3", "dom-4", "dom-5"];
/// Invariants whose expressions say something else than their words, and what they should say.
const MENDED: &[(&str, &str)] = &[
    // `Boolean` is FHIRPath's own type, which no element has.
    ("que-7", "operator = 'exists' implies (answer is boolean)"),
    // The projection of a condition is never empty.
    (
        "con-3",
        "clinicalStatus.exists() or verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = 'entered-in-error').exists() or category.coding.where(code='problem-list-item').empty()",
    ),
];

/// Interns sets of resource types, value sets and invariants by their place.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) resources: Vec<String>,
    pub(crate) target_sets: Vec<Vec<u16>>,
    pub(crate) value_sets: Vec<String>,
    /// Whether the codes of the value set at this place are wanted.
    pub(crate) enumerate: Vec<bool>,
    pub(crate) constraints: Vec<Constraint>,
}

#[derive(PartialEq)]
pub(crate) struct Constraint {
    key: String,
    error: bool,
    human: String,
    expression: String,
}

impl Constraint {
    fn as_wire(&self) -> wire::Constraint<'_> {
        wire::Constraint {
            key: &self.key,
            error: self.error,
            human: &self.human,
            expression: &self.expression,
        }
    }
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

    pub(crate) fn value_set(&mut self, canonical: &str, enumerate: bool) -> u16 {
        let url = canonical.split('|').next().unwrap_or(canonical);
        let at = place(&mut self.value_sets, url.to_owned());
        self.enumerate.resize(self.value_sets.len(), false);
        if let Some(wanted) = self.enumerate.get_mut(usize::from(at)) {
            *wanted |= enumerate;
        }
        at
    }

    /// The invariants of an element that must be run.
    pub(crate) fn constraints(&mut self, element: &Value) -> Vec<u16> {
        list(element, "constraint")
            .filter(|one| {
                !CHECKED_IN_THE_WALK.contains(&text(one, "key")) && !text(one, "expression").is_empty()
            })
            .map(|one| {
                let key = text(one, "key");
                let mended =
                    MENDED.iter().find(|(known, _)| *known == key).map(|(_, expression)| *expression);
                let constraint = Constraint {
                    key: key.to_owned(),
                    error: text(one, "severity") == "error",
                    human: text(one, "human").to_owned(),
                    expression: mended.unwrap_or_else(|| text(one, "expression")).to_owned(),
                };
                place(&mut self.constraints, constraint)
            })
            .collect()
    }
}

fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> u16 {
    let at = list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    });
    u16::try_from(at).unwrap_or(wire::NONE)
}

pub(crate) fn read(folder: &Path, name: &str) -> Result<Value, Fault> {
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
    let expanded = terminology.expand_all(&tables.value_sets, &tables.enumerate);
    let mut report = String::new();
    let wanted =
        expanded.sets.iter().zip(&tables.enumerate).filter(|(_, wanted)| **wanted).map(|(set, _)| set);
    for set in wanted.filter(|set| !set.enumerated) {
        writeln!(report, "not enumerated: {}", set.url)?;
    }
    let pack = wire::Pack {
        resource_count: u16::try_from(tables.resources.len())?,
        structures: structures.iter().map(elements::OwnedStructure::as_wire).collect(),
        systems: expanded.systems.iter().map(String::as_str).collect(),
        constraints: tables.constraints.iter().map(Constraint::as_wire).collect(),
        value_sets: expanded.sets.iter().map(terminology::Expanded::as_wire).collect(),
        target_sets: tables.target_sets.clone(),
        params: codes.iter().map(String::as_str).collect(),
        search: searched.iter().map(|all| all.iter().map(search::OwnedSearch::as_wire).collect()).collect(),
        patient_compartment: compartment,
    };
    let bytes = postcard::to_stdvec(&pack)?;
    let packed = zstd::bulk::compress(&bytes, ZSTD_LEVEL)?;
    fs::write(out.join("r4.pack"), &packed)?;
    let profiles_report = profiles::write(folder, out)?;
    fs::write(out.join("params.txt"), codes.join("\n") + "\n")?;
    write!(
        report,
        "{profiles_report}\n{} structures, {} invariants, {} value sets, {} parameter codes, {} bytes packed from {}",
        pack.structures.len(),
        pack.constraints.len(),
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
