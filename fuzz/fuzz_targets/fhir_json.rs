//! Bytes as JSON, as a resource, as a bundle: read, written, validated and indexed without a panic, and the same again.
#![no_main]
#![forbid(unsafe_code)]

use galen_fhir::json::parse;
use galen_fhir::{Parameters, Resource, bundle, extract, patient_compartment, validate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(json) = parse(bytes) else { return };
    let written = json.to_bytes();
    assert!(parse(&written).is_ok_and(|again| again == json), "what is written reads as something else");
    assert!(parse(&json.to_pretty()).is_ok_and(|again| again == json), "indented, it reads as something else");
    if json.str("resourceType") == Some("Bundle") {
        let _ = bundle::read(json.clone());
    }
    let Ok(resource) = Resource::from_json(json) else { return };
    let _ = validate(&resource);
    let rows = extract(&resource, &Parameters::default());
    assert_eq!(rows, extract(&resource, &Parameters::default()), "the rows of a resource change");
    let _ = patient_compartment(&resource);
});
