//! Profiles, published and uploaded: each way a resource can break one, and that one which does not is left alone.
#![allow(clippy::unwrap_used)]

use crate::issue::Severity;
use crate::json::{Json, parse};
use crate::validate::{Conformance, Membership, Published, Request, validate_fully};

const PRESSURE: &str = r#"{"resourceType":"Observation","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/bp"]},"text":{"status":"empty","div":"<div/>"},"status":"final",
 "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
 "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2020-01-01",
 "component":[
  {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":107,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
  {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":60,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}"#;

/// Profiles as a hospital would upload them, and one value set.
struct Uploaded(Vec<Json>);

impl Uploaded {
    fn new(definitions: &[&str]) -> Self {
        Self(definitions.iter().map(|text| parse(text.as_bytes()).unwrap()).collect())
    }
}

impl Conformance for Uploaded {
    fn structure_definition(&self, canonical: &str) -> Option<Json> {
        let own = self.0.iter().find(|one| one.str("url") == Some(canonical)).cloned();
        own.or_else(|| Published.structure_definition(canonical))
    }

    fn member(&self, value_set: &str, system: Option<&str>, code: &str) -> Membership {
        match value_set {
            "http://x/vs/wards" if code == "icu" => Membership::In,
            "http://x/vs/wards" => Membership::Out,
            other => Published.member(other, system, code),
        }
    }
}

fn issues(text: &str, conformance: &dyn Conformance, profiles: &[&str]) -> Vec<(Severity, String, String)> {
    let json = parse(text.as_bytes()).unwrap();
    let found = validate_fully(&json, &Request { profiles, conformance, now: None });
    found.into_iter().map(|issue| (issue.severity, issue.location, issue.message)).collect()
}

fn errors(text: &str, conformance: &dyn Conformance, profiles: &[&str]) -> Vec<(String, String)> {
    let found = issues(text, conformance, profiles).into_iter();
    found.filter(|issue| issue.0 >= Severity::Error).map(|issue| (issue.1, issue.2)).collect()
}

#[track_caller]
fn says(found: &[(String, String)], location: &str, part: &str) {
    assert!(
        found.iter().any(|one| one.0 == location && one.1.contains(part)),
        "{location} {part}\n{found:#?}"
    );
}

#[test]
fn vital_signs() {
    assert_eq!(errors(PRESSURE, &Published, &[]), []);
    for (from, to, location, part) in [
        ("8462-4", "8462-5", "Observation.component", "slice 'DiastolicBP': at least 1 needed, found 0"),
        ("\"value\":107,", "", "Observation.component[0].value.value", "at least 1 needed"),
        (
            "\"code\":\"mm[Hg]\"}},",
            "\"code\":\"kPa\"}},",
            "Observation.component[0].value.code",
            "must be exactly",
        ),
        ("\"subject\":{\"reference\":\"Patient/1\"},", "", "Observation.subject", "at least 1 needed"),
        ("Patient/1", "Group/1", "Observation.subject.reference", "may point to Patient, not to Group"),
        ("\"vital-signs\"", "\"laboratory\"", "Observation.category", "slice 'VSCat'"),
        ("85354-9", "85354-8", "Observation.code.coding", "slice 'BPCode'"),
        ("2020-01-01", "2020", "Observation.effective", "vs-1"),
        (
            "\"component\":",
            "\"valueQuantity\":{\"value\":1},\"component\":",
            "Observation.value",
            "not allowed here",
        ),
    ] {
        let broken = PRESSURE.replacen(from, to, 1);
        assert_ne!(broken, PRESSURE, "{from}");
        says(&errors(&broken, &Published, &[]), location, part);
    }
}

#[test]
fn unknown_profiles_are_warnings() {
    let text = r#"{"resourceType":"Patient","meta":{"profile":["http://x/none"]}}"#;
    let found = issues(text, &Published, &["http://x/other"]);
    for url in ["http://x/none", "http://x/other"] {
        let told = found.iter().find(|issue| issue.2.contains(url)).unwrap();
        assert_eq!((told.0, told.1.as_str()), (Severity::Warning, "Patient"));
    }
    let found =
        errors(r#"{"resourceType":"Patient"}"#, &Published, &["http://hl7.org/fhir/StructureDefinition/bp"]);
    says(&found, "Patient", "is a profile of Observation, not of Patient");
}

/// A profile of Patient with these elements.
fn patient_profile(elements: &str) -> Uploaded {
    let text = format!(
        r#"{{"resourceType":"StructureDefinition","url":"http://x/p","type":"Patient","derivation":"constraint","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","differential":{{"element":[{elements}]}}}}"#
    );
    Uploaded::new(&[&text])
}

/// An element of a profile, members of a patient that breaks it, and where and what is said.
const RULES: &[(&str, &str, &str, &str)] = &[
    (r#""path":"Patient.name","min":1"#, "", "Patient.name", "at least 1 needed, found 0"),
    (
        r#""path":"Patient.name","max":"1""#,
        r#","name":[{"text":"a"},{"text":"b"}]"#,
        "Patient.name",
        "at most 1 allowed",
    ),
    (
        r#""path":"Patient.photo","max":"0""#,
        r#","photo":[{"title":"x"}]"#,
        "Patient.photo",
        "not allowed here",
    ),
    (
        r#""path":"Patient.name.family","min":1"#,
        r#","name":[{"text":"a"}]"#,
        "Patient.name[0].family",
        "at least 1",
    ),
    (
        r#""path":"Patient.gender","fixedCode":"female""#,
        r#","gender":"male""#,
        "Patient.gender",
        "must be exactly \"female\"",
    ),
    (
        r#""path":"Patient.maritalStatus","patternCodeableConcept":{"coding":[{"code":"M"}]}"#,
        r#","maritalStatus":{"coding":[{"code":"S"}]}"#,
        "Patient.maritalStatus",
        "must hold",
    ),
    (
        r#""path":"Patient.deceased[x]","type":[{"code":"dateTime"}]"#,
        r#","deceasedBoolean":true"#,
        "Patient.deceased",
        "must be dateTime, not boolean",
    ),
    (
        r#""path":"Patient.deceasedBoolean","max":"0""#,
        r#","deceasedBoolean":true"#,
        "Patient.deceased",
        "slice 'deceasedBoolean': not allowed",
    ),
    (
        r#""path":"Patient.name.text","maxLength":3"#,
        r#","name":[{"text":"abcd"}]"#,
        "Patient.name[0].text",
        "at most 3 characters",
    ),
    (
        r#""path":"Patient.birthDate","minValueDate":"1900-01-01""#,
        r#","birthDate":"1899-12-31""#,
        "Patient.birthDate",
        "must be at least \"1900-01-01\"",
    ),
    (
        r#""path":"Patient.multipleBirth[x]","maxValueInteger":9"#,
        r#","multipleBirthInteger":10"#,
        "Patient.multipleBirth",
        "must be at most 9",
    ),
    (
        r#""path":"Patient.maritalStatus","binding":{"strength":"required","valueSet":"http://x/vs/wards"}"#,
        r#","maritalStatus":{"coding":[{"code":"er"}]}"#,
        "Patient.maritalStatus",
        "no code of the value set",
    ),
    (
        r#""path":"Patient.generalPractitioner","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Organization"]}]"#,
        r#","generalPractitioner":[{"reference":"Practitioner/1"}]"#,
        "Patient.generalPractitioner[0].reference",
        "may point to Organization, not to Practitioner",
    ),
    (
        r#""path":"Patient","constraint":[{"key":"x-1","severity":"error","human":"A name or a birth date","expression":"name.exists() or birthDate.exists()"}]"#,
        r#","active":true"#,
        "Patient",
        "x-1: A name or a birth date",
    ),
    (
        r#""path":"Patient.contact.name","type":[{"code":"HumanName","profile":["http://x/full-name"]}]"#,
        r#","contact":[{"name":{"text":"a"}}]"#,
        "Patient.contact[0].name.family",
        "at least 1 needed",
    ),
];

#[test]
fn each_rule_of_an_element() {
    for (element, members, location, part) in RULES {
        let mut uploaded = patient_profile(&format!("{{{element}}}"));
        uploaded.0.push(parse(br#"{"resourceType":"StructureDefinition","url":"http://x/full-name","type":"HumanName","derivation":"constraint","baseDefinition":"http://hl7.org/fhir/StructureDefinition/HumanName","differential":{"element":[{"path":"HumanName.family","min":1}]}}"#).unwrap());
        let text = format!(r#"{{"resourceType":"Patient"{members}}}"#);
        let found = errors(&text, &uploaded, &["http://x/p"]);
        assert_eq!(found.len(), 1, "{element} {found:#?}");
        says(&found, location, part);
    }
}

const MRN: &str = r#"{"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"RULES","ordered":ORDERED},"min":1},
 {"id":"Patient.identifier:mrn","path":"Patient.identifier","sliceName":"mrn","min":1,"max":"1"},
 {"id":"Patient.identifier:mrn.system","path":"Patient.identifier.system","min":1,"fixedUri":"http://x/mrn"},
 {"id":"Patient.identifier:mrn.value","path":"Patient.identifier.value","min":1},
 {"id":"Patient.identifier:ssn","path":"Patient.identifier","sliceName":"ssn","max":"1"},
 {"id":"Patient.identifier:ssn.system","path":"Patient.identifier.system","fixedUri":"http://x/ssn"}"#;

#[test]
fn slices_open_closed_and_ordered() {
    let mrn = r#"{"system":"http://x/mrn","value":"1"}"#;
    let ssn = r#"{"system":"http://x/ssn","value":"2"}"#;
    let other = r#"{"system":"http://x/other","value":"3"}"#;
    let bare = r#"{"system":"http://x/mrn"}"#;
    for (rules, ordered, identifiers, told) in [
        ("open", false, vec![mrn, other, ssn], None),
        ("open", false, vec![ssn], Some(("Patient.identifier", "slice 'mrn': at least 1"))),
        (
            "open",
            false,
            vec![mrn, mrn],
            Some(("Patient.identifier", "slice 'mrn': at most 1 allowed, found 2")),
        ),
        ("open", false, vec![ssn, bare], Some(("Patient.identifier[1].value", "at least 1"))),
        ("closed", false, vec![mrn, other], Some(("Patient.identifier[1]", "in none of the slices"))),
        ("openAtEnd", false, vec![mrn, ssn, other], None),
        ("openAtEnd", false, vec![other, mrn], Some(("Patient.identifier[1]", "out of order"))),
        ("open", true, vec![mrn, ssn], None),
        ("open", true, vec![ssn, mrn], Some(("Patient.identifier[1]", "out of order"))),
    ] {
        let uploaded = patient_profile(&MRN.replace("RULES", rules).replace("ORDERED", &ordered.to_string()));
        let text = format!(r#"{{"resourceType":"Patient","identifier":[{}]}}"#, identifiers.join(","));
        let found = errors(&text, &uploaded, &["http://x/p"]);
        assert_eq!(found.len(), usize::from(told.is_some()), "{text} {found:#?}");
        if let Some((location, part)) = told {
            says(&found, location, part);
        }
    }
}

#[test]
fn slices_without_ids_are_told_by_their_order() {
    let by_path = r#"{"path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
     {"path":"Patient.identifier","sliceName":"mrn","min":1},{"path":"Patient.identifier.system","fixedUri":"http://x/mrn"},
     {"path":"Patient.name","min":1}"#;
    let found = errors(
        r#"{"resourceType":"Patient","identifier":[{"value":"1"}]}"#,
        &patient_profile(by_path),
        &["http://x/p"],
    );
    assert_eq!(found.len(), 2, "{found:#?}");
    says(&found, "Patient.identifier", "slice 'mrn'");
    says(&found, "Patient.name", "at least 1");
}

#[test]
fn discriminators_of_every_kind() {
    let slicing = |discriminator: &str| {
        format!(
            r#"{{"id":"Patient.contact","path":"Patient.contact","slicing":{{"discriminator":[{discriminator}],"rules":"closed"}}}},
         {{"id":"Patient.contact:s","path":"Patient.contact","sliceName":"s"}}"#
        )
    };
    for (discriminator, rules, inside, outside) in [
        (
            r#"{"type":"exists","path":"gender"}"#,
            r#"{"id":"Patient.contact:s.gender","path":"Patient.contact.gender","min":1}"#,
            r#"{"name":{"text":"a"},"gender":"male"}"#,
            r#"{"name":{"text":"a"}}"#,
        ),
        (
            r#"{"type":"exists","path":"gender"}"#,
            r#"{"id":"Patient.contact:s.gender","path":"Patient.contact.gender","max":"0"}"#,
            r#"{"name":{"text":"a"}}"#,
            r#"{"name":{"text":"a"},"gender":"male"}"#,
        ),
        (
            r#"{"type":"pattern","path":"relationship"}"#,
            r#"{"id":"Patient.contact:s.relationship","path":"Patient.contact.relationship","patternCodeableConcept":{"coding":[{"code":"N"}]}}"#,
            r#"{"relationship":[{"coding":[{"system":"s","code":"N"}]}],"name":{"text":"a"}}"#,
            r#"{"relationship":[{"coding":[{"code":"C"}]}],"name":{"text":"a"}}"#,
        ),
        (
            r#"{"type":"value","path":"relationship"}"#,
            r#"{"id":"Patient.contact:s.relationship","path":"Patient.contact.relationship","binding":{"strength":"required","valueSet":"http://x/vs/wards"}}"#,
            r#"{"relationship":[{"coding":[{"code":"icu"}]}],"name":{"text":"a"}}"#,
            r#"{"relationship":[{"coding":[{"code":"er"}]}],"name":{"text":"a"}}"#,
        ),
        (
            r#"{"type":"profile","path":"name"}"#,
            r#"{"id":"Patient.contact:s.name","path":"Patient.contact.name","type":[{"code":"HumanName","profile":["http://x/full-name"]}]}"#,
            r#"{"name":{"family":"a"}}"#,
            r#"{"name":{"text":"a"}}"#,
        ),
        (
            r#"{"type":"type","path":"organization.resolve()"}"#,
            r#"{"id":"Patient.contact:s.organization","path":"Patient.contact.organization","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Organization"]}]}"#,
            r#"{"organization":{"reference":"Organization/1"}}"#,
            r#"{"name":{"text":"a"}}"#,
        ),
    ] {
        let mut uploaded = patient_profile(&format!("{},{rules}", slicing(discriminator)));
        uploaded.0.push(parse(br#"{"resourceType":"StructureDefinition","url":"http://x/full-name","type":"HumanName","derivation":"constraint","baseDefinition":"http://hl7.org/fhir/StructureDefinition/HumanName","differential":{"element":[{"path":"HumanName.family","min":1}]}}"#).unwrap());
        let text = format!(r#"{{"resourceType":"Patient","contact":[{inside},{outside}]}}"#);
        let found = errors(&text, &uploaded, &["http://x/p"]);
        assert_eq!(found.len(), 1, "{discriminator} {found:#?}");
        says(&found, "Patient.contact[1]", "in none of the slices");
    }
}

#[test]
fn slices_of_slices() {
    let elements = r#"{"id":"Patient.telecom","path":"Patient.telecom","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
     {"id":"Patient.telecom:phone","path":"Patient.telecom","sliceName":"phone","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"closed"}},
     {"id":"Patient.telecom:phone.system","path":"Patient.telecom.system","fixedCode":"phone"},
     {"id":"Patient.telecom:phone/home","path":"Patient.telecom","sliceName":"phone/home","min":1},
     {"id":"Patient.telecom:phone/home.use","path":"Patient.telecom.use","fixedCode":"home"}"#;
    let uploaded = patient_profile(elements);
    let patient = |telecom: &str| format!(r#"{{"resourceType":"Patient","telecom":[{telecom}]}}"#);
    let fine = r#"{"system":"email","value":"a"},{"system":"phone","use":"home","value":"1"}"#;
    assert_eq!(errors(&patient(fine), &uploaded, &["http://x/p"]), []);
    let found =
        errors(&patient(r#"{"system":"phone","use":"work","value":"1"}"#), &uploaded, &["http://x/p"]);
    says(&found, "Patient.telecom", "slice 'phone/home': at least 1");
    says(&found, "Patient.telecom[0]", "in none of the slices");
}

#[test]
fn extensions_by_their_definitions() {
    let race = r#"{"resourceType":"StructureDefinition","url":"http://x/race","type":"Extension","derivation":"constraint","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Extension","differential":{"element":[
      {"id":"Extension.extension:text","path":"Extension.extension","sliceName":"text","min":1,"max":"1"},
      {"id":"Extension.extension:text.url","path":"Extension.extension.url","fixedUri":"text"},
      {"id":"Extension.extension:text.value[x]","path":"Extension.extension.value[x]","min":1,"type":[{"code":"string"}]},
      {"id":"Extension.url","path":"Extension.url","fixedUri":"http://x/race"},{"id":"Extension.value[x]","path":"Extension.value[x]","max":"0"}]}}"#;
    let profile = r#"{"resourceType":"StructureDefinition","url":"http://x/p","type":"Patient","derivation":"constraint","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","differential":{"element":[
      {"id":"Patient.extension:race","path":"Patient.extension","sliceName":"race","min":1,"type":[{"code":"Extension","profile":["http://x/race"]}]}]}}"#;
    let uploaded = Uploaded::new(&[race, profile]);
    let patient = |extension: &str| format!(r#"{{"resourceType":"Patient","extension":[{extension}]}}"#);
    let fine = r#"{"url":"http://x/else","valueString":"a"},{"url":"http://x/race","extension":[{"url":"text","valueString":"a"}]}"#;
    assert_eq!(errors(&patient(fine), &uploaded, &["http://x/p"]), []);
    says(
        &errors(&patient(r#"{"url":"http://x/else","valueString":"a"}"#), &uploaded, &["http://x/p"]),
        "Patient.extension",
        "slice 'race'",
    );
    // Met without any profile of the patient, an extension is still what its definition says.
    for (extension, location, part) in [
        (r#"{"url":"http://x/race","valueString":"a"}"#, "Patient.extension[0].extension", "slice 'text'"),
        (r#"{"url":"http://x/race","valueString":"a"}"#, "Patient.extension[0].value", "not allowed"),
        (
            r#"{"url":"http://x/race","extension":[{"url":"text","valueCode":"a"}]}"#,
            "Patient.extension[0].extension[0].value",
            "",
        ),
    ] {
        let found = errors(&patient(extension), &uploaded, &[]);
        if !part.is_empty() {
            says(&found, location, part);
        }
    }
    let birth_place =
        r#"{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueString":"x"}"#;
    says(
        &errors(&patient(birth_place), &Published, &[]),
        "Patient.extension[0].value",
        "must be Address, not string",
    );
}

#[test]
fn layers_of_profiles() {
    let layer = |url: &str, base: &str, element: &str| {
        format!(
            r#"{{"resourceType":"StructureDefinition","url":"{url}","type":"Patient","derivation":"constraint","baseDefinition":"{base}","differential":{{"element":[{element}]}}}}"#
        )
    };
    let first = layer(
        "http://x/1",
        "http://hl7.org/fhir/StructureDefinition/Patient",
        r#"{"path":"Patient.name","min":1}"#,
    );
    let second = layer("http://x/2", "http://x/1", r#"{"path":"Patient.birthDate","min":1}"#);
    let ring = layer("http://x/3", "http://x/3", "");
    let lost = layer("http://x/4", "http://x/none", "");
    let wrong = layer(
        "http://x/5",
        "http://hl7.org/fhir/StructureDefinition/Patient",
        r#"{"path":"Patient.nme","min":1}"#,
    );
    let uploaded = Uploaded::new(&[&first, &second, &ring, &lost, &wrong]);
    let patient = r#"{"resourceType":"Patient"}"#;
    let found = errors(patient, &uploaded, &["http://x/2"]);
    says(&found, "Patient.name", "at least 1");
    says(&found, "Patient.birthDate", "at least 1");
    for (url, part) in [
        ("http://x/3", "is its own base"),
        ("http://x/4", "not known"),
        ("http://x/5", "no element 'Patient.nme'"),
    ] {
        let found = issues(patient, &uploaded, &[url]);
        assert!(
            found.iter().any(|one| one.0 == Severity::Warning && one.2.contains(part)),
            "{url} {found:#?}"
        );
    }
}

#[test]
fn profiles_that_name_themselves_end() {
    let name = r#"{"resourceType":"StructureDefinition","url":"http://x/deep","type":"Extension","derivation":"constraint","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Extension","differential":{"element":[
      {"path":"Extension.extension","type":[{"code":"Extension","profile":["http://x/deep"]}]}]}}"#;
    let mut extension = r#"{"url":"http://x/deep","valueString":"a"}"#.to_owned();
    for _ in 0..25 {
        extension = format!(r#"{{"url":"http://x/deep","extension":[{extension},{extension}]}}"#).replacen(
            &format!("{extension},{extension}"),
            &extension,
            1,
        );
    }
    let text = format!(r#"{{"resourceType":"Patient","extension":[{extension}]}}"#);
    let found = issues(&text, &Uploaded::new(&[name]), &[]);
    assert!(found.iter().any(|one| one.2.contains("nested too deeply")), "{found:#?}");
}
