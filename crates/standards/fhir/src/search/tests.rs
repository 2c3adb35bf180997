//! Queries read, refused and answered.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::index::extract;
use crate::resource::Resource;

fn parse_text(resource_type: &str, query: &str, handling: Handling) -> Result<SearchQuery, Vec<Issue>> {
    let pairs = crate::bundle::query_pairs(query).unwrap();
    parse(ResourceType::parse(resource_type).unwrap(), &pairs, handling)
}

fn strict(resource_type: &str, query: &str) -> SearchQuery {
    parse_text(resource_type, query, Handling::Strict).unwrap()
}

fn refused(resource_type: &str, query: &str) -> String {
    parse_text(resource_type, query, Handling::Strict).unwrap_err()[0].message.clone()
}

#[test]
fn shaping_parameters() {
    let query = strict(
        "Observation",
        "_count=5000&_sort=-date,_id&_include=Observation:patient:Patient&_revinclude=Provenance:target&_total=accurate&_format=json",
    );
    assert_eq!(query.count, Some(COUNT_MAX));
    let sort: Vec<_> = query.sort.iter().map(|key| (key.param.code, key.descending)).collect();
    assert_eq!(sort, [("date", true), ("_id", false)]);
    assert_eq!(query.includes[0].target, ResourceType::parse("Patient"));
    assert_eq!(query.revincludes[0].source.name(), "Provenance");
    assert_eq!(query.total, Total::Accurate);
    assert!(query.clauses.is_empty());
    assert!(strict("Patient", "_summary=count").count_only);
}

#[test]
fn refusals_say_why() {
    for (resource_type, query, words) in [
        ("Patient", "nmae=x", "nearest known is 'name'"),
        ("Patient", "birthDate=1970", "'birthdate'"),
        ("Patient", "name:text=x", "not supported yet"),
        ("Patient", "name:not=x", "modifier"),
        ("Patient", "name=", "no value"),
        ("Patient", "name=a,,b", "empty alternative"),
        ("Patient", "birthdate=soon", "must be a date"),
        ("Patient", "birthdate:missing=maybe", "true or false"),
        ("Patient", "gender=a|b|c", "system|code"),
        ("Patient", "gender=|", "neither"),
        ("Patient", "_has:Observation:patient:code=1", "not supported yet"),
        ("Patient", "_elements=id", "not supported yet"),
        ("Patient", "_summary=true", "supported only"),
        ("Patient", "_sort=nonsense", "no search parameter"),
        ("Patient", "_count=x", "whole number"),
        ("Patient", "_total=some", "accurate"),
        ("Patient", "_include=Observation:patient", "type that is searched"),
        ("Patient", "_include=Patient:name", "reference parameter"),
        ("Patient", "_include=*", "not supported yet"),
        ("Patient", "_include:iterate=Patient:organization", "not supported yet"),
        ("Patient", "_revinclude=Practitioner:nonsense", "no search parameter"),
        ("Patient", "_revinclude=Patient:organization", "lead to"),
        ("Observation", "subject:Medication=x", "never points"),
        ("Observation", "subject=Medication/1", "never points"),
        ("Observation", "subject:Patient=Group/1", "another type"),
        ("Observation", "subject=a b", "must be an id"),
        ("Observation", "subject.nonsense=x", "no search parameter"),
        ("Observation", "code.text=x", "cannot be chained"),
        ("Observation", "patient.organization.name=x", "more than one hop"),
        ("Observation", "value-quantity=x", "must be a number"),
        ("Observation", "value-quantity=1|b", "number|system|code"),
        ("Observation", "code-value-quantity=a$1", "composite"),
    ] {
        let message = refused(resource_type, query);
        assert!(message.contains(words), "{query}: {message}");
    }
}

#[test]
fn lenient_handling_leaves_out_only_the_unknown() {
    let text = "nmae=x&name=y&_has:Observation:patient:code=1&_elements=id";
    let query = parse_text("Patient", text, Handling::Lenient).unwrap();
    assert_eq!((query.clauses.len(), query.ignored.len()), (1, 3));
    assert!(!query.ignored[0].is_error());
    assert!(parse_text("Patient", "birthdate=soon", Handling::Lenient).is_err());
    assert!(parse_text("Patient", "name:text=x", Handling::Lenient).is_err());
}

#[test]
fn chains_reach_every_possible_type() {
    let query = strict("Observation", "patient.name=x");
    let targets =
        |query: &SearchQuery| query.clauses[0].chain.iter().map(|one| one.target.name()).collect::<Vec<_>>();
    assert_eq!(targets(&query), ["Patient"]);
    assert_eq!(targets(&strict("Observation", "subject:Patient.name:exact=x")), ["Patient"]);
    assert_eq!(
        targets(&strict("Observation", "subject.identifier=x")),
        ["Device", "Group", "Location", "Patient"]
    );
    assert_eq!(
        strict("Observation", "subject:Patient.name:exact=x").clauses[0].chain[0].clause.modifier,
        Modifier::Exact
    );
}

#[test]
fn escapes_are_taken_out_once() {
    let value = |query: &str| strict("Patient", query).clauses[0].any_of.clone();
    let token =
        |system: &str, code: &str| SearchValue::Token(TokenTest::SystemCode(system.into(), code.into()));
    assert_eq!(value(r"identifier=a\|b|c\,d,e|f\\"), [token("a|b", "c,d"), token("e", "f\\")]);
}

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p1","gender":"female","birthDate":"1970-05",
  "identifier":[{"system":"mrn","value":"7"},{"value":"8"}],"name":[{"family":"van der Müller"}],
  "generalPractitioner":[{"reference":"Practitioner/9"}]}"#;
const OBSERVATION: &str = r#"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"l","code":"1"}]},
  "subject":{"reference":"Patient/p1"},"effectivePeriod":{"start":"2020-01-01","end":"2020-01-31"},
  "valueQuantity":{"value":5.4,"unit":"mmol/L","system":"u","code":"mmol/L"}}"#;

/// Every query with whether it finds the patient.
const PATIENT_QUERIES: &[(&str, bool)] = &[
    ("_id=p1", true),
    ("_id=p2,p1", true),
    ("gender=female", true),
    ("gender=http://hl7.org/fhir/administrative-gender|female", true),
    ("gender=http://hl7.org/fhir/administrative-gender|", true),
    ("gender=|female", false),
    ("gender:not=male", true),
    ("gender:not=male,female", false),
    ("identifier=mrn|7", true),
    ("identifier=7", true),
    ("identifier=|7", false),
    ("identifier=|8", true),
    ("identifier=mrn|8", false),
    ("name=VAN", true),
    ("name=muller", false),
    ("name:contains=muller", true),
    ("name:exact=van der Müller", true),
    ("name:exact=van der muller", false),
    ("birthdate=1970", true),
    ("birthdate=1970-05-01", false),
    ("birthdate=ge1970-05-01", true),
    ("birthdate=gt1970-05-01", true),
    ("birthdate=lt1970-05-31", true),
    ("birthdate=sa1970-04", true),
    ("birthdate=eb1970-05", false),
    ("birthdate=ne1970", false),
    ("birthdate=ap1970-06", true),
    ("birthdate=ap1970-08", false),
    ("death-date:missing=true", true),
    ("birthdate:missing=true", false),
    ("birthdate:missing=false", true),
    ("general-practitioner=9", true),
    ("general-practitioner=Practitioner/9", true),
    ("general-practitioner:Practitioner=9", true),
    ("general-practitioner:Organization=9", false),
    ("general-practitioner=Organization/9", false),
];

/// Every query with whether it finds the observation.
const OBSERVATION_QUERIES: &[(&str, bool)] = &[
    ("code=l|1", true),
    ("patient=p1", true),
    ("subject:Patient=p1", true),
    ("date=2020", true),
    ("date=2020-01-15", false),
    ("date=ge2020-01-15", true),
    ("date=gt2020-02-01", false),
    ("date=eb2020-02-01", true),
    ("value-quantity=5.4", true),
    ("value-quantity=5.40", true),
    ("value-quantity=5", true),
    ("value-quantity=6", false),
    ("value-quantity=5.41", false),
    ("value-quantity=5.4|u|mmol/L", true),
    ("value-quantity=5.4||mmol/L", true),
    ("value-quantity=5.4|v|mmol/L", false),
    ("value-quantity=gt5.4", false),
    ("value-quantity=ge5.4", true),
    ("value-quantity=lt5.41", true),
    ("value-quantity=ap5", true),
    ("value-quantity=ap4", false),
    ("value-quantity=ne5.4", false),
    ("status=final,amended", true),
];

#[test]
fn meaning_of_search() {
    for (text, cases) in [(PATIENT, PATIENT_QUERIES), (OBSERVATION, OBSERVATION_QUERIES)] {
        let resource = Resource::parse(text.as_bytes()).unwrap();
        let rows = extract(&resource);
        for (query, expected) in cases {
            let parsed = strict(resource.resource_type().name(), query);
            assert_eq!(parsed.clauses.iter().all(|clause| clause.matches(&rows)), *expected, "{query}");
        }
    }
}

proptest! {
    #[test]
    fn no_query_panics(name in "[_a-z:.-]{1,20}", value in "\\PC{0,30}") {
        for resource_type in ["Patient", "Observation"] {
            let pairs = [(name.clone(), value.clone())];
            let _ = parse(ResourceType::parse(resource_type).unwrap(), &pairs, Handling::Strict);
        }
    }

    #[test]
    fn known_parameters_take_any_value_without_panic(value in "(eq|ne|gt|lt|sa|ap)?[-0-9a-zA-Z|\\\\,.:$é /#?]{0,30}") {
        for resource_type in ResourceType::all().step_by(9) {
            for parameter in search_parameters(resource_type) {
                let pairs = [(parameter.code.to_owned(), value.clone())];
                let _ = parse(resource_type, &pairs, Handling::Strict);
            }
        }
    }
}
