//! Text as a search, `Type?query`: what strict reading accepts, lenient reading accepts as the same; what is read can be held
//! against a resource.
#![no_main]
#![forbid(unsafe_code)]

use galen_fhir::bundle::query_pairs;
use galen_fhir::search::{Handling, parse};
use galen_fhir::{IndexValue, Parameters, Resource, ResourceType, extract};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static ROWS: LazyLock<Vec<(ResourceType, Vec<IndexValue>)>> = LazyLock::new(|| {
    [include_str!("../samples/patient.json"), include_str!("../samples/observation.json")]
        .into_iter()
        .filter_map(|text| Resource::parse(text.as_bytes()).ok())
        .map(|resource| (resource.resource_type(), extract(&resource, &Parameters::default())))
        .collect()
});

fuzz_target!(|text: &str| {
    let (name, query) = text.split_once('?').unwrap_or((text, ""));
    let Some(resource_type) = ResourceType::parse(name) else { return };
    let Some(pairs) = query_pairs(query) else { return };
    let parameters = Parameters::default();
    let strict = parse(resource_type, &pairs, Handling::Strict, &parameters);
    let lenient = parse(resource_type, &pairs, Handling::Lenient, &parameters);
    let Ok(strict) = strict else { return };
    let lenient = lenient.expect("what is read strictly is read leniently");
    assert_eq!(format!("{:?}", strict.criteria), format!("{:?}", lenient.criteria));
    assert!(lenient.ignored.is_empty(), "something is ignored that strict reading knows");
    let mut local = strict.clone();
    local.localize("http://galen.test/fhir");
    for (known, rows) in ROWS.iter() {
        if *known == resource_type {
            for clause in local.clauses() {
                let _ = clause.matches(rows);
            }
        }
    }
});
