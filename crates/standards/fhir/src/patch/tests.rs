//! Patches against the rules of RFC 6902 and of FHIRPath Patch.
#![allow(clippy::unwrap_used, clippy::panic, clippy::needless_raw_string_hashes)]

use super::*;
use crate::json::parse;

const PATIENT: &str = r#"{"resourceType":"Patient","id":"a","meta":{"versionId":"2"},"active":true,
    "name":[{"family":"Ash","given":["Ann","Bea"],"_given":[null,{"id":"x"}]},{"text":"b/c~d"}],
    "multipleBirthInteger":2}"#;

fn patient() -> Resource {
    Resource::parse(PATIENT.as_bytes()).unwrap()
}

fn json_patch(operations: &str) -> Result<Resource, PatchError> {
    let patch = JsonPatch::read(parse(operations.as_bytes()).unwrap())?;
    Patch::Json(patch).apply(&patient())
}

fn path_patch(operations: &[&str]) -> Result<Resource, PatchError> {
    let rows: Vec<String> =
        operations.iter().map(|one| format!(r#"{{"name":"operation","part":[{one}]}}"#)).collect();
    let text = format!(r#"{{"resourceType":"Parameters","parameter":[{}]}}"#, rows.join(","));
    let patch = FhirpathPatch::read(&parse(text.as_bytes()).unwrap())?;
    Patch::Fhirpath(patch).apply(&patient())
}

fn at(resource: &Resource, path: &[&str]) -> String {
    resource.json().at(path).map(ToString::to_string).unwrap_or_default()
}

#[test]
fn every_operation_of_rfc_6902() {
    let done = json_patch(
        r#"[{"op":"test","path":"/name/0/family","value":"Ash"},
            {"op":"replace","path":"/name/0/family","value":"Oak"},
            {"op":"add","path":"/name/0/given/1","value":"Cat"},
            {"op":"add","path":"/name/0/given/-","value":"Dot"},
            {"op":"remove","path":"/name/0/_given"},
            {"op":"copy","from":"/name/0","path":"/name/-"},
            {"op":"move","from":"/name/1","path":"/name/0"},
            {"op":"test","path":"","value":{"resourceType":"Patient","id":"a","meta":{"versionId":"2"},"active":true,
              "multipleBirthInteger":2.0,"name":[{"text":"b/c~d"},{"family":"Oak","given":["Ann","Cat","Bea","Dot"]},
              {"given":["Ann","Cat","Bea","Dot"],"family":"Oak"}]}}]"#,
    )
    .unwrap();
    assert_eq!(at(&done, &["name", "0", "text"]), r#""b/c~d""#);
}

#[test]
fn what_is_left_empty_goes() {
    let done =
        json_patch(r#"[{"op":"remove","path":"/name/0"},{"op":"remove","path":"/name/0/text"}]"#).unwrap();
    assert!(done.get("name").is_none());
}

#[test]
fn misfits_are_told_with_their_place() {
    for (operations, place) in [
        (r#"[{"op":"remove","path":"/nothing"}]"#, "patch[0].path"),
        (
            r#"[{"op":"add","path":"/active","value":true},{"op":"replace","path":"/name/7","value":1}]"#,
            "patch[1].path",
        ),
        (r#"[{"op":"add","path":"/name/3","value":{}}]"#, "patch[0].path"),
        (r#"[{"op":"add","path":"/name/01","value":{}}]"#, "patch[0].path"),
        (r#"[{"op":"test","path":"/active","value":false}]"#, "patch[0].value"),
        (r#"[{"op":"move","from":"/name","path":"/name/0/x"}]"#, "patch[0].from"),
        (r#"[{"op":"copy","from":"/none","path":"/x"}]"#, "patch[0].from"),
        (r#"[{"op":"remove","path":""}]"#, "patch[0].path"),
        (r#"[{"op":"replace","path":"/id","value":"b"}]"#, "Patient.id"),
        (r#"[{"op":"remove","path":"/id"}]"#, "Patient.id"),
        (r#"[{"op":"replace","path":"/meta/versionId","value":"9"}]"#, "Patient.meta.versionId"),
        (r#"[{"op":"replace","path":"/resourceType","value":"Group"}]"#, "resourceType"),
    ] {
        match json_patch(operations) {
            Err(PatchError::Unfit(issue)) => assert_eq!(issue.location, place, "{operations}"),
            other => panic!("{operations}: {other:?}"),
        }
    }
    for operations in [
        r#"{}"#,
        r#"[1]"#,
        r#"[{"op":"add","path":"/x"}]"#,
        r#"[{"op":"add","path":"x","value":1}]"#,
        r#"[{"op":"add","path":"/~2","value":1}]"#,
        r#"[{"op":"frob","path":"/x","value":1}]"#,
        r#"[{"op":"move","path":"/x"}]"#,
    ] {
        assert!(matches!(json_patch(operations), Err(PatchError::Malformed(_))), "{operations}");
    }
}

#[test]
fn a_copy_of_a_copy_is_bounded() {
    let doubling = r#"{"op":"copy","from":"/name","path":"/name/-"},"#.repeat(60);
    let deep = format!("[{}]", doubling.trim_end_matches(','));
    assert!(matches!(json_patch(&deep), Err(PatchError::Unfit(_))));
    let wide: Vec<String> = (0..60)
        .map(|n| format!(r#"{{"op":"add","path":"/w{n}","value":[]}},{{"op":"copy","from":"/w{}","path":"/w{n}/-"}},{{"op":"copy","from":"/w{}","path":"/w{n}/-"}}"#, n.max(1) - 1, n.max(1) - 1))
        .collect();
    assert!(matches!(json_patch(&format!("[{}]", wide.join(","))), Err(PatchError::Unfit(_))));
    let many =
        format!("[{}]", vec![r#"{"op":"test","path":"/active","value":true}"#; OPERATIONS_MAX + 1].join(","));
    assert!(matches!(json_patch(&many), Err(PatchError::Malformed(_))));
}

#[test]
fn every_operation_of_fhirpath_patch() {
    let kind = |name: &str| format!(r#"{{"name":"type","valueCode":"{name}"}}"#);
    let path = |text: &str| format!(r#"{{"name":"path","valueString":"{text}"}}"#);
    let done = path_patch(&[
        &format!(r#"{},{},{{"name":"name","valueString":"birthDate"}},{{"name":"value","valueDate":"1980-01-01"}}"#, kind("add"), path("Patient")),
        &format!(r#"{},{},{{"name":"name","valueString":"contact"}},{{"name":"value","part":[{{"name":"name","valueHumanName":{{"text":"C"}}}},{{"name":"relationship","valueCodeableConcept":{{"text":"r"}}}}]}}"#, kind("add"), path("Patient")),
        &format!(r#"{},{},{{"name":"index","valueInteger":1}},{{"name":"value","valueString":"Cat"}}"#, kind("insert"), path("Patient.name[0].given")),
        &format!(r#"{},{},{{"name":"source","valueInteger":0}},{{"name":"destination","valueInteger":2}}"#, kind("move"), path("Patient.name[0].given")),
        &format!(r#"{},{},{{"name":"value","valueBoolean":true}}"#, kind("replace"), path("Patient.multipleBirth")),
        &format!(r#"{},{}"#, kind("delete"), path("Patient.name[1]")),
        &format!(r#"{},{}"#, kind("delete"), path("Patient.photo")),
    ])
    .unwrap();
    assert_eq!(at(&done, &["birthDate"]), r#""1980-01-01""#);
    assert_eq!(at(&done, &["contact"]), r#"[{"name":{"text":"C"},"relationship":[{"text":"r"}]}]"#);
    assert_eq!(
        at(&done, &["name"]),
        r#"[{"family":"Ash","given":["Cat","Bea","Ann"],"_given":[null,{"id":"x"},null]}]"#
    );
    assert_eq!(at(&done, &["multipleBirthBoolean"]), "true");
    assert!(done.get("multipleBirthInteger").is_none());
}

#[test]
fn fhirpath_misfits_are_told() {
    for (operation, is_malformed) in [
        (r#"{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Patient.name"}"#, false),
        (
            r#"{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Patient.photo"},{"name":"value","valueString":"x"}"#,
            false,
        ),
        (
            r#"{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"active"},{"name":"value","valueBoolean":true}"#,
            false,
        ),
        (
            r#"{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"nonsense"},{"name":"value","valueBoolean":true}"#,
            false,
        ),
        (
            r#"{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Patient.name"},{"name":"index","valueInteger":9},{"name":"value","valueHumanName":{"text":"x"}}"#,
            false,
        ),
        (
            r#"{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Patient.name"},{"name":"value","valueHumanName":{"text":"x"}}"#,
            true,
        ),
        (r#"{"name":"type","valueCode":"frob"},{"name":"path","valueString":"Patient"}"#, true),
        (r#"{"name":"type","valueCode":"delete"}"#, true),
    ] {
        let fault = path_patch(&[operation]).unwrap_err();
        assert_eq!(matches!(fault, PatchError::Malformed(_)), is_malformed, "{operation}: {fault:?}");
        assert!(!fault.issue().location.is_empty(), "{operation}");
    }
}
