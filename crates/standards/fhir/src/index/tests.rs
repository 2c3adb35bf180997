//! What is found in a resource, by parameter.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

fn resource(text: &str) -> Resource {
    Resource::parse(text.as_bytes()).unwrap()
}

/// The rows of one parameter, as short text.
fn rows(text: &str, code: &str) -> Vec<String> {
    let resource = resource(text);
    let parameter = crate::search_parameter(resource.resource_type(), code).unwrap();
    extract_of(&resource, parameter).iter().map(|row| show(&row.term)).collect()
}

fn show(term: &IndexTerm) -> String {
    let or = |text: &Option<Box<str>>| text.as_deref().unwrap_or("-").to_owned();
    match term {
        IndexTerm::Token { system, code, .. } => format!("{}|{code}", or(system)),
        IndexTerm::String { folded, .. } => folded.to_string(),
        IndexTerm::Reference { target: Some(ParsedReference::Local { resource_type, id, .. }), .. } => {
            format!("{resource_type}/{id}")
        }
        IndexTerm::Reference { target: Some(ParsedReference::Canonical { url, version }), .. } => {
            format!("{url}|{}", or(version))
        }
        IndexTerm::Reference { target: Some(target), .. } => format!("{target:?}"),
        IndexTerm::Reference { identifier, .. } => format!("{identifier:?}"),
        IndexTerm::Uri(uri) => uri.to_string(),
        IndexTerm::Date { low, high } => format!("{low}..{high}"),
        IndexTerm::Number(number) => number.to_string(),
        IndexTerm::Quantity { value, system, code, unit, .. } => {
            format!("{value}|{}|{}|{}", or(system), or(code), or(unit))
        }
        IndexTerm::Composite(parts) => {
            let part = |terms: &Vec<IndexTerm>| terms.iter().map(show).collect::<Vec<_>>().join("/");
            parts.iter().map(part).collect::<Vec<_>>().join("$")
        }
    }
}

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p1",
  "meta":{"lastUpdated":"1970-01-01T00:00:01Z","tag":[{"system":"t","code":"x"}],"profile":["http://p|2"],
    "security":[{"code":"R"}],"source":"urn:s"},
  "identifier":[{"system":"mrn","value":"7"},{"value":"8"}],"active":true,
  "name":[{"text":"José  X","family":"Müller","given":["Anna","B"],"prefix":["Dr"]}],
  "telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a@b"},{"system":"fax","value":"3"}],
  "gender":"female","birthDate":"1970-01-02","deceasedDateTime":"2020",
  "address":[{"line":["1 Main"],"city":"Rome","postalCode":"9","use":"home"}],
  "communication":[{"language":{"coding":[{"system":"l","code":"it"}]}}],
  "generalPractitioner":[{"reference":"Practitioner/9"},{"identifier":{"system":"npi","value":"5"}}],
  "link":[{"other":{"reference":"Patient/p2"},"type":"seealso"}]}"#;

#[test]
fn patients_are_found_by_everything() {
    for (code, expected) in [
        ("_id", &["-|p1"][..]),
        ("_lastUpdated", &["1000000..2000000"]),
        ("_tag", &["t|x"]),
        ("_security", &["-|R"]),
        ("_source", &["urn:s"]),
        ("identifier", &["mrn|7", "-|8"]),
        ("active", &["-|true"]),
        ("name", &["jose x", "muller", "anna", "b", "dr"]),
        ("family", &["muller"]),
        ("given", &["anna", "b"]),
        ("phone", &["-|1", "phone|1"]),
        ("email", &["-|a@b", "email|a@b"]),
        ("telecom", &["-|1", "phone|1", "-|a@b", "email|a@b", "-|3", "fax|3"]),
        ("gender", &["http://hl7.org/fhir/administrative-gender|female"]),
        ("birthdate", &["86400000000..172800000000"]),
        ("death-date", &["1577836800000000..1609459200000000"]),
        ("deceased", &["-|true"]),
        ("address", &["1 main", "rome", "9"]),
        ("address-city", &["rome"]),
        ("address-use", &["http://hl7.org/fhir/address-use|home"]),
        ("language", &["l|it"]),
        ("general-practitioner", &["Practitioner/9", "Some((Some(\"npi\"), \"5\"))"]),
        ("link", &["Patient/p2"]),
        ("organization", &[]),
    ] {
        assert_eq!(rows(PATIENT, code), expected, "{code}");
    }
    assert_eq!(rows(PATIENT, "_profile"), ["http://p|2"]);
    assert_eq!(rows(r#"{"resourceType":"Patient","deceasedBoolean":false}"#, "deceased"), ["-|false"]);
    assert_eq!(rows(r#"{"resourceType":"Patient"}"#, "deceased"), ["-|false"]);
    assert_eq!(rows(r#"{"resourceType":"Patient","deceasedBoolean":true}"#, "deceased"), ["-|true"]);
}

const OBSERVATION: &str = r#"{"resourceType":"Observation","status":"final",
  "code":{"coding":[{"system":"loinc","code":"85354-9"}],"text":"BP"},
  "subject":{"reference":"Patient/p1"},"encounter":{"reference":"https://h/fhir/Encounter/e1"},
  "effectivePeriod":{"start":"1970-01-01"},
  "component":[
    {"code":{"coding":[{"system":"loinc","code":"8480-6"}]},"valueQuantity":{"value":120.0,"unit":"mm","system":"u","code":"mm[Hg]"}},
    {"code":{"coding":[{"system":"loinc","code":"8462-4"}]},"valueQuantity":{"value":80}}]}"#;

#[test]
fn observations_are_found_by_value_and_component() {
    for (code, expected) in [
        ("code", &["loinc|85354-9", "-|"][..]),
        ("combo-code", &["loinc|85354-9", "-|", "loinc|8480-6", "loinc|8462-4"]),
        ("component-value-quantity", &["120.0|u|mm[Hg]|mm", "80|-|-|-"]),
        ("value-quantity", &[]),
        ("date", &["0..9223372036854775807"]),
        ("subject", &["Patient/p1"]),
        ("patient", &["Patient/p1"]),
        ("status", &["http://hl7.org/fhir/observation-status|final"]),
        ("component-code-value-quantity", &["loinc|8480-6$120.0|u|mm[Hg]|mm", "loinc|8462-4$80|-|-|-"]),
    ] {
        assert_eq!(rows(OBSERVATION, code), expected, "{code}");
    }
}

#[test]
fn subjects_that_are_no_patients_are_not_found_by_patient() {
    let text = r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Group/g"}}"#;
    assert_eq!(rows(text, "patient"), Vec::<String>::new());
    assert_eq!(rows(text, "subject"), ["Group/g"]);
    let text_only = extract(&resource(text), &Parameters::default());
    let code = ParamId::parse("code").unwrap();
    let found = text_only.iter().find(|row| row.param == code).unwrap();
    assert_eq!(
        found.term,
        IndexTerm::Token { system: None, code: "".into(), text: Some("x".into()), types: Vec::new() }
    );
}

#[test]
fn all_texts_of_a_concept_are_searched() {
    let text = r#"{"resourceType":"Observation","status":"final","code":{"text":"Own words","coding":[
        {"system":"u:s","code":"a","display":"Shown"},{"code":"b","display":"Other"},{"display":"Uncoded"}]}}"#;
    let code = ParamId::parse("code").unwrap();
    let found = extract(&resource(text), &Parameters::default());
    let texts: Vec<_> = found
        .iter()
        .filter(|row| row.param == code)
        .filter_map(|row| match &row.term {
            IndexTerm::Token { code, text, .. } => Some((&**code, text.as_deref().unwrap_or_default())),
            _ => None,
        })
        .collect();
    assert_eq!(texts, [("a", "Shown"), ("b", "Other"), ("", "Uncoded"), ("", "Own words")]);
    let same = r#"{"resourceType":"Observation","status":"final","code":{"text":"Shown","coding":[{"code":"a","display":"Shown"}]}}"#;
    let found = extract(&resource(same), &Parameters::default());
    assert_eq!(found.iter().filter(|row| row.param == code).count(), 1, "what says the same is one row");
}

#[test]
fn other_shapes() {
    for (text, code, expected) in [
        (
            r#"{"resourceType":"Condition","subject":{"reference":"Patient/1"},"onsetRange":{"low":{"value":1},"high":{"value":2,"unit":"a"}}}"#,
            "onset-age",
            &["1|-|-|-", "2|-|-|a"][..],
        ),
        (
            r#"{"resourceType":"Invoice","status":"draft","totalNet":{"value":1.50,"currency":"EUR"}}"#,
            "totalnet",
            &["1.50|urn:iso:std:iso:4217|EUR|-"],
        ),
        (
            r#"{"resourceType":"ServiceRequest","status":"draft","intent":"order","subject":{"reference":"Patient/1"},"occurrenceTiming":{"event":["1970-01-01","1970-01-03"]}}"#,
            "occurrence",
            &["0..259200000000"],
        ),
        (
            r#"{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"http://q|1"}"#,
            "questionnaire",
            &["http://q|1"],
        ),
        (r#"{"resourceType":"ValueSet","status":"draft","url":"http://v"}"#, "url", &["http://v"]),
        (
            r#"{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityDecimal":0.30}]}"#,
            "probability",
            &["0.30"],
        ),
    ] {
        assert_eq!(rows(text, code), expected, "{code}");
    }
}

#[test]
fn compartments() {
    assert_eq!(patient_compartment(&resource(PATIENT)), ["p1", "p2"]);
    assert_eq!(patient_compartment(&resource(OBSERVATION)), ["p1"]);
    assert!(patient_compartment(&resource(r#"{"resourceType":"Medication","id":"x"}"#)).is_empty());
    let appointment = r#"{"resourceType":"Appointment","status":"booked","participant":[
        {"actor":{"reference":"Practitioner/1"},"status":"accepted"},{"actor":{"reference":"Patient/7"},"status":"accepted"}]}"#;
    assert_eq!(patient_compartment(&resource(appointment)), ["7"]);
}

#[test]
fn references_are_found_and_rewritten() {
    let mut encounter = resource(
        r#"{"resourceType":"Encounter","status":"finished","class":{"system":"urn:uuid:a","code":"AMB"},
        "subject":{"reference":"urn:uuid:a","display":"urn:uuid:a"},
        "participant":[{"individual":{"reference":"urn:uuid:b","extension":[{"url":"x","valueReference":{"reference":"urn:uuid:a"}}]}}],
        "contained":[{"resourceType":"Organization","id":"o","partOf":{"reference":"urn:uuid:b"}}]}"#,
    );
    let found: Vec<String> =
        references(&encounter).into_iter().map(|one| format!("{} {}", one.location, one.literal)).collect();
    assert_eq!(
        found,
        [
            "Encounter.subject urn:uuid:a",
            "Encounter.participant[0].individual urn:uuid:b",
            "Encounter.participant[0].individual.extension[0].valueReference urn:uuid:a",
            "Encounter.contained[0].partOf urn:uuid:b"
        ]
    );
    let count =
        rewrite_references(&mut encounter, |text| (text == "urn:uuid:a").then(|| "Patient/1".to_owned()));
    // The class's system is a uri, which the specification has rewritten too; the display is text and stays.
    assert_eq!(count, 3);
    assert_eq!(encounter.json().str_at(&["subject", "display"]), Some("urn:uuid:a"));
    assert_eq!(encounter.json().str_at(&["subject", "reference"]), Some("Patient/1"));
}
