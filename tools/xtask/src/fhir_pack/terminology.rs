//! Value sets of bindings, expanded where the R4 files hold their code systems.

use std::collections::BTreeSet;

use galen_fhir::definitions::wire;
use serde_json::Value;

use super::{ByName, list, place, resources, text};

/// More codes than this and the set is not worth its place in the pack.
const CODES_MAX: usize = 5000;
/// Value sets that include value sets that include...
const IMPORT_DEPTH_MAX: u8 = 8;

type Codes = BTreeSet<(String, String)>;

#[derive(Default)]
pub(crate) struct Terminology {
    value_sets: ByName<Value>,
    systems: ByName<Value>,
}

pub(crate) struct Expanded {
    pub(crate) url: String,
    pub(crate) enumerated: bool,
    codes: Vec<(u16, String)>,
}

impl Expanded {
    pub(crate) fn as_wire(&self) -> wire::ValueSet<'_> {
        let codes = self.codes.iter().map(|(system, code)| (*system, code.as_str())).collect();
        wire::ValueSet { url: &self.url, enumerated: self.enumerated, codes }
    }
}

pub(crate) struct Expansion {
    pub(crate) systems: Vec<String>,
    pub(crate) sets: Vec<Expanded>,
}

impl Terminology {
    pub(crate) fn load(&mut self, bundle: Value) {
        for resource in resources(&bundle) {
            let url = text(resource, "url").to_owned();
            match text(resource, "resourceType") {
                "ValueSet" => self.value_sets.insert(url, resource.clone()),
                "CodeSystem" => self.systems.insert(url, resource.clone()),
                _ => None,
            };
        }
        drop(bundle);
    }

    pub(crate) fn expand_all(&self, urls: &[String], wanted: &[bool]) -> Expansion {
        let mut out = Expansion { systems: Vec::new(), sets: Vec::new() };
        for (url, wanted) in urls.iter().zip(wanted) {
            let codes = self
                .expand(url, 0)
                .filter(|_| *wanted)
                .filter(|codes| codes.len() <= CODES_MAX && !codes.is_empty());
            let enumerated = codes.is_some();
            let mut numbered: Vec<(u16, String)> = codes
                .unwrap_or_default()
                .into_iter()
                .map(|(system, code)| (place(&mut out.systems, system), code))
                .collect();
            numbered.sort_by(|left, right| left.1.cmp(&right.1).then(left.0.cmp(&right.0)));
            out.sets.push(Expanded { url: url.clone(), enumerated, codes: numbered });
        }
        out
    }

    fn expand(&self, canonical: &str, depth: u8) -> Option<Codes> {
        let url = canonical.split('|').next().unwrap_or(canonical);
        let compose = &self.value_sets.get(url)?["compose"];
        if depth > IMPORT_DEPTH_MAX {
            return None;
        }
        let mut all = Codes::new();
        for include in list(compose, "include") {
            all.extend(self.part(include, depth)?);
        }
        for exclude in list(compose, "exclude") {
            for code in self.part(exclude, depth)? {
                all.remove(&code);
            }
        }
        Some(all)
    }

    fn part(&self, part: &Value, depth: u8) -> Option<Codes> {
        let mut codes = match part["system"].as_str() {
            Some(system) => Some(self.system(system, part)?),
            None => None,
        };
        for import in list(part, "valueSet").filter_map(Value::as_str) {
            let imported = self.expand(import, depth + 1)?;
            codes = Some(match codes {
                Some(codes) => codes.intersection(&imported).cloned().collect(),
                None => imported,
            });
        }
        codes
    }

    fn system(&self, system: &str, part: &Value) -> Option<Codes> {
        if part["concept"].is_array() {
            return Some(
                list(part, "concept").map(|one| (system.to_owned(), text(one, "code").to_owned())).collect(),
            );
        }
        let definition = self.systems.get(system)?;
        if text(definition, "content") != "complete" {
            return None;
        }
        let mut codes = Codes::new();
        let filters: Vec<&Value> = list(part, "filter").collect();
        match filters.as_slice() {
            [] => walk(definition, system, None, true, &mut codes),
            [one] if text(one, "property") == "concept" && text(one, "op") == "is-a" => {
                walk(definition, system, one["value"].as_str(), false, &mut codes);
            }
            _ => return None,
        }
        Some(codes)
    }
}

/// Collects the codes under (and with) `root`, or all when there is none.
fn walk(node: &Value, system: &str, root: Option<&str>, inside: bool, out: &mut Codes) {
    for concept in list(node, "concept") {
        let code = text(concept, "code");
        let by_parent = list(concept, "property").any(|one| {
            matches!(text(one, "code"), "parent" | "subsumedBy")
                && one["valueCode"].as_str().is_some_and(|up| Some(up) == root)
        });
        let inside = inside || Some(code) == root || by_parent;
        if inside {
            out.insert((system.to_owned(), code.to_owned()));
        }
        walk(concept, system, root, inside, out);
    }
}
