//! Bytes as a JSON Patch or a FHIRPath Patch of a patient: applied or refused, and never a resource of another kind or name.
#![no_main]
#![forbid(unsafe_code)]

use galen_fhir::json::parse;
use galen_fhir::patch::{FhirpathPatch, JsonPatch, Patch};
use galen_fhir::{Json, Resource};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static PATIENT: LazyLock<Option<Resource>> =
    LazyLock::new(|| Resource::parse(include_bytes!("../samples/patient.json")).ok());

fuzz_target!(|bytes: &[u8]| {
    let Some(patient) = &*PATIENT else { return };
    let Ok(json) = parse(bytes) else { return };
    let patch = match &json {
        Json::Array(_) => JsonPatch::read(json).map(Patch::Json),
        _ => FhirpathPatch::read(&json).map(Patch::Fhirpath),
    };
    let Ok(patch) = patch else { return };
    let Ok(patched) = patch.apply(patient) else { return };
    assert_eq!((patched.resource_type(), patched.id()), (patient.resource_type(), patient.id()));
});
