//! Queries read, refused and answered.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::definitions::search_parameters;
use crate::index::extract_of;
use crate::resource::Resource;

fn parse_text(resource_type: &str, query: &str, handling: Handling) -> Result<SearchQuery, Vec<Issue>> {
    let pairs = crate::bundle::query_pairs(query).unwrap();
    parse(ResourceType::parse(resource_type).unwrap(), &pairs, handling, &Parameters::default())
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
    assert_eq!(query.revincludes[0].source.unwrap().name(), "Provenance");
    assert_eq!(query.total, Total::Accurate);
    assert!(query.criteria.is_empty());
    assert!(strict("Patient", "_summary=count").count_only);
}

#[test]
fn refusals_say_why() {
    for (resource_type, query, words) in [
        ("Patient", "nmae=x", "nearest known is 'name'"),
        ("Patient", "birthDate=1970", "'birthdate'"),
        ("Patient", "name:text=x", "modifier"),
        ("Patient", "name:not=x", "modifier"),
        ("Patient", "name=", "no value"),
        ("Patient", "name=a,,b", "empty alternative"),
        ("Patient", "birthdate=soon", "must be a date"),
        ("Patient", "birthdate:missing=maybe", "true or false"),
        ("Patient", "gender=a|b|c", "system|code"),
        ("Patient", "gender=|", "neither"),
        ("Patient", "_has:Observation:patient=1", "_has:Type:reference"),
        ("Patient", "_has:Observation:code:code=1", "reference parameter"),
        ("Patient", "_has:Observation:encounter:code=1", "never points"),
        ("Patient", "_has:Nonsense:patient:code=1", "_has:Type:reference"),
        ("Patient", "_elements=nonsense", "no element of R4"),
        ("Patient", "_summary=some", "true, text"),
        ("Patient", "_list=$current-allergies", "id of a List"),
        ("Patient", "_content=..", "no word"),
        ("Patient", "identifier:of-type=a|b", "system|code|value"),
        ("Patient", "gender:in=x y", "value set"),
        ("Patient", "_sort=nonsense", "no search parameter"),
        ("Patient", "_count=x", "whole number"),
        ("Patient", "_total=some", "accurate"),
        ("Patient", "_include=Observation:patient", "type that is searched"),
        ("Patient", "_include=Patient:name", "reference parameter"),
        ("Patient", "_revinclude=*", "Observation:*"),
        ("Patient", "_include:twice=Patient:organization", "modifier"),
        ("Patient", "_include=Patient:organization:Device", "never points"),
        ("Patient", "_revinclude=Practitioner:nonsense", "no search parameter"),
        ("Patient", "_revinclude=Patient:organization", "lead to"),
        ("Observation", "subject:Medication=x", "never points"),
        ("Observation", "subject=Medication/1", "never points"),
        ("Observation", "subject:Patient=Group/1", "another type"),
        ("Observation", "subject=a b", "must be an id"),
        ("Observation", "subject.nonsense=x", "no search parameter"),
        ("Observation", "code.text=x", "cannot be chained"),
        ("Observation", "patient.organization.nonsense=x", "no search parameter"),
        ("Observation", "value-quantity=x", "must be a number"),
        ("Observation", "value-quantity=1|b|c|d", "number|system|code"),
        ("Observation", "value-quantity=1|http://unitsofmeasure.org|nonsense", "UCUM does not know"),
        ("Observation", "code-value-quantity=a", "code$value-quantity"),
        ("Observation", "code-value-quantity=a$b", "'value-quantity' that must be a number"),
        ("Observation", "code-value-quantity=a$", "no value for its part"),
    ] {
        let message = refused(resource_type, query);
        assert!(message.contains(words), "{query}: {message}");
    }
}

#[test]
fn lenient_handling_leaves_out_only_the_unknown() {
    let text = "nmae=x&name=y&_query=everything&_contained=true";
    let query = parse_text("Patient", text, Handling::Lenient).unwrap();
    assert_eq!((query.criteria.len(), query.ignored.len()), (1, 3));
    assert!(!query.ignored[0].is_error());
    assert!(parse_text("Patient", "birthdate=soon", Handling::Lenient).is_err());
    assert!(parse_text("Patient", "name:not=x", Handling::Lenient).is_err());
}

#[test]
fn chains_reach_every_possible_type() {
    let query = strict("Observation", "patient.name=x");
    let targets = |query: &SearchQuery| chain(query).iter().map(|one| one.target.name()).collect::<Vec<_>>();
    assert_eq!(targets(&query), ["Patient"]);
    assert_eq!(targets(&strict("Observation", "subject:Patient.name:exact=x")), ["Patient"]);
    assert_eq!(
        targets(&strict("Observation", "subject.identifier=x")),
        ["Device", "Group", "Location", "Patient"]
    );
    let exact = strict("Observation", "subject:Patient.name:exact=x");
    assert!(
        matches!(&chain(&exact)[0].criterion, Criterion::Clause(clause) if clause.modifier == Modifier::Exact)
    );
    // Several hops, through every type that has the next one.
    let far = strict("Observation", "subject.organization.name=x");
    assert_eq!(targets(&far), ["Device", "Location", "Patient"]);
    assert!(
        matches!(&chain(&far)[0].criterion, Criterion::Chained(param, _) if param.code == "organization")
    );
}

fn chain(query: &SearchQuery) -> &[Chain] {
    match &query.criteria[0] {
        Criterion::Chained(_, chain) => chain,
        other => panic!("{other:?}"),
    }
}

#[test]
fn reverse_chains_may_be_nested() {
    let query = strict("Patient", "_has:Observation:patient:_has:AuditEvent:entity:agent=Practitioner/1");
    let Criterion::Reverse(source, param, inner) = &query.criteria[0] else { panic!() };
    assert_eq!((source.name(), param.code), ("Observation", "patient"));
    assert!(matches!(&**inner, Criterion::Reverse(source, _, _) if source.name() == "AuditEvent"));
    let query = strict("Patient", "_has:Observation:patient:code:not=x");
    assert!(matches!(&query.criteria[0], Criterion::Reverse(_, _, inner)
        if matches!(&**inner, Criterion::Clause(clause) if clause.modifier == Modifier::Not)));
}

#[test]
fn long_chains_are_bounded() {
    let far = format!("organization.{}name=x", "partof.".repeat(49));
    assert!(refused("Patient", &far).contains("more than 8 hops"), "50 hops");
    let wide = format!("target.target.subject.name={}", ["x"; 400].join(","));
    assert!(refused("Provenance", &wide).contains("name the types"));
    let many = format!("name={}", vec!["x"; 10_000].join(","));
    assert!(refused("Patient", &many).contains("more than 400 alternatives"));
}

#[test]
fn filters_become_criteria() {
    for (filter, expected) in [
        ("name eq \"Jo\"", "name Whole"),
        ("name ew son", "name Ends"),
        ("name co \"a,b\"", "name Contains"),
        ("birthdate ge 1970 and gender ne male", "(birthdate None & !gender None)"),
        ("not (active eq true) or _id eq 1", "(!(active None) | _id None)"),
        (
            "gender eq male and (name sw a or name sw b) and active eq true",
            "(gender None & ((name None | name None)) & active None)",
        ),
        ("organization.name eq x", "organization>name Whole"),
        ("birthdate pr true", "birthdate Missing(false)"),
    ] {
        let query = strict("Patient", &format!("_filter={}", filter.replace(' ', "%20")));
        assert_eq!(shown(&query.criteria[0]), expected, "{filter}");
    }
    for (filter, words) in [
        ("name", "operation"),
        ("name eq", "a value"),
        ("name zz x", "cannot compare"),
        ("name eq \"x", "closing quotation"),
        ("(name eq x", "')'"),
        ("name eq x y", "'and' or 'or'"),
        ("name gt x", "cannot compare"),
        ("nonsense eq x", "no search parameter"),
        ("name[use eq a].family eq x", "brackets"),
    ] {
        let message = refused("Patient", &format!("_filter={}", filter.replace(' ', "%20")));
        assert!(message.contains(words), "{filter}: {message}");
    }
    let deep = format!("_filter={}name eq x{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(refused("Patient", &deep).contains("too deeply"));
}

fn shown(criterion: &Criterion) -> String {
    let joined =
        |all: &[Criterion], mark: &str| format!("({})", all.iter().map(shown).collect::<Vec<_>>().join(mark));
    match criterion {
        Criterion::Clause(clause) => format!("{} {:?}", clause.param.code, clause.modifier),
        Criterion::Chained(param, chain) => format!("{}>{}", param.code, shown(&chain[0].criterion)),
        Criterion::All(all) => joined(all, " & "),
        Criterion::Any(any) => joined(any, " | "),
        Criterion::Not(inner) => format!("!{}", shown(inner)),
        other => format!("{other:?}"),
    }
}

#[test]
fn escapes_are_taken_out_once() {
    let value = |query: &str| strict("Patient", query).clauses().next().unwrap().any_of.clone();
    let token =
        |system: &str, code: &str| SearchValue::Token(TokenTest::SystemCode(system.into(), code.into()));
    assert_eq!(value(r"identifier=a\|b|c\,d,e|f\\"), [token("a|b", "c,d"), token("e", "f\\")]);
}

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p1","gender":"female","birthDate":"1970-05",
  "identifier":[{"system":"mrn","value":"7","type":{"coding":[{"system":"t","code":"MR"}],"text":"Medical record"}},{"value":"8"}],"name":[{"family":"van der Müller"}],
  "generalPractitioner":[{"reference":"Practitioner/9"},{"identifier":{"system":"npi","value":"5"}}]}"#;
const OBSERVATION: &str = r#"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"l","code":"1","display":"Body weight"}]},
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
    ("identifier:of-type=t|MR|7", true),
    ("identifier:of-type=|MR|7", true),
    ("identifier:of-type=t|MR|8", false),
    ("identifier:text=medical", true),
    ("identifier:text=record", false),
    ("gender=FEMALE", true),
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
    ("general-practitioner:identifier=npi|5", true),
    ("general-practitioner:identifier=npi|6", false),
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
    ("code:text=body", true),
    ("code:text=height", false),
];

const CANONICAL: &str = r#"{"resourceType":"Observation","status":"final",
  "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},
  "instantiatesUri":["http://example.org/a/b"],
  "valueQuantity":{"value":120,"unit":"mm","system":"http://unitsofmeasure.org","code":"mm[Hg]"},
  "component":[
    {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":150,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
    {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":90,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}"#;

/// Quantities in other units than they were written in, and parts that must meet in one element.
const CANONICAL_QUERIES: &[(&str, bool)] = &[
    ("value-quantity=120|http://unitsofmeasure.org|mm[Hg]", true),
    ("value-quantity=16|http://unitsofmeasure.org|kPa", true),
    ("value-quantity=16.00|http://unitsofmeasure.org|kPa", true),
    ("value-quantity=16.001|http://unitsofmeasure.org|kPa", false),
    ("value-quantity=gt15|http://unitsofmeasure.org|kPa", true),
    ("value-quantity=gt120|http://unitsofmeasure.org|kPa", false),
    ("value-quantity=120|http://unitsofmeasure.org|mg", false),
    ("component-code-value-quantity=8480-6$gt140", true),
    ("component-code-value-quantity=http://loinc.org|8480-6$gt140|http://unitsofmeasure.org|mm[Hg]", true),
    ("component-code-value-quantity=8480-6$gt19|http://unitsofmeasure.org|kPa", true),
    ("component-code-value-quantity=8462-4$gt140", false),
    ("component-code-value-quantity=8462-4$gt140,8462-4$90", true),
    ("combo-code-value-quantity=85354-9$120", true),
    ("combo-code-value-quantity=85354-9$150", false),
];

const PLACE: &str =
    r#"{"resourceType":"ValueSet","status":"active","url":"http://example.org/fhir/ValueSet/colours"}"#;

/// Uris and their hierarchy.
const URI_QUERIES: &[(&str, bool)] = &[
    ("url=http://example.org/fhir/ValueSet/colours", true),
    ("url=http://example.org/fhir/ValueSet", false),
    ("url:below=http://example.org/fhir", true),
    ("url:below=http://example.org/fhir/", true),
    ("url:below=http://example.org/fh", false),
    ("url:above=http://example.org/fhir/ValueSet/colours/red", true),
    ("url:above=http://example.org/fhir/ValueSet/coloursred", false),
    ("url:contains=ValueSet/col", true),
];

#[test]
fn meaning_of_search() {
    for (text, cases) in [
        (PATIENT, PATIENT_QUERIES),
        (OBSERVATION, OBSERVATION_QUERIES),
        (CANONICAL, CANONICAL_QUERIES),
        (PLACE, URI_QUERIES),
    ] {
        let resource = Resource::parse(text.as_bytes()).unwrap();
        let parameters = search_parameters(resource.resource_type());
        let rows: Vec<_> = parameters.iter().flat_map(|param| extract_of(&resource, param)).collect();
        for (query, expected) in cases {
            let parsed = strict(resource.resource_type().name(), query);
            assert_eq!(parsed.clauses().all(|clause| clause.matches(&rows)), *expected, "{query}");
        }
    }
}

proptest! {
    #[test]
    fn no_query_panics(name in "[_a-z:.-]{1,20}", value in "\\PC{0,30}") {
        for resource_type in ["Patient", "Observation"] {
            let pairs = [(name.clone(), value.clone())];
            let _ = parse(ResourceType::parse(resource_type).unwrap(), &pairs, Handling::Strict, &Parameters::default());
        }
    }

    #[test]
    fn known_parameters_take_any_value_without_panic(value in "(eq|ne|gt|lt|sa|ap)?[-0-9a-zA-Z|\\\\,.:$é /#?]{0,30}") {
        for resource_type in ResourceType::all().step_by(9) {
            for parameter in search_parameters(resource_type) {
                let pairs = [(parameter.code.to_owned(), value.clone())];
                let _ = parse(resource_type, &pairs, Handling::Strict, &Parameters::default());
            }
        }
    }
}
