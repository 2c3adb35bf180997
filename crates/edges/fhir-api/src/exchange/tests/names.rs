//! Whose a resource is, under which id it lies, and what references become on the way in and out.

use crate::exchange::depart;
use crate::exchange::naming::{self, Known, Naming};
use galen_fhir::{Resource, valid_id};
use std::collections::HashSet;

const BASE: &str = "https://ehr.example/fhir";
const OWN: &str = "https://galen.example/fhir";

fn resource(text: &str) -> Resource {
    Resource::parse(text.as_bytes()).unwrap()
}

#[test]
fn an_id_follows_from_where_a_resource_came_from() {
    let (naming, other) = (Naming::new(BASE), Naming::new("https://ehr.example/fhir2"));
    let longest = "x".repeat(64);
    let mut ids = HashSet::new();
    for id in ["1", "2", "a.b-c", longest.as_str()] {
        for type_name in ["Patient", "SubstanceReferenceInformation"] {
            for naming in [&naming, &other] {
                let local = naming.local_id(type_name, id);
                assert!(valid_id(&local), "{local}");
                assert!(ids.insert(local.clone()), "{local} twice");
                assert_eq!(naming.local_id(type_name, id), local);
                assert!(naming.is_theirs(&local));
            }
        }
    }
    // It lies on disk: a change of this line makes every pulled resource another one.
    assert_eq!(naming.local_id("Patient", "1"), "from-f2db1e76-482b5cd610b004d8c4fd550b3e6bb2bf1ddbf89b");
    assert!(!other.is_theirs(&naming.local_id("Patient", "1")));
    assert!(!naming.is_theirs("1") && !naming.is_theirs("from-elsewhere"));
}

#[test]
fn a_source_tells_what_it_is_there() {
    let naming = Naming::new(BASE);
    let source = naming.source("Patient/1", "7");
    assert_eq!(source, "https://ehr.example/fhir/Patient/1|7");
    assert_eq!(naming.of_source(&source), Some(("Patient/1", "7")));
    assert_eq!(naming.of_source("https://ehr.example/fhir2/Patient/1|7"), None);
    assert_eq!(naming.of_source("https://ehr.example/fhir/Patient/1"), None);
}

#[test]
fn references_that_arrive_lead_where_their_things_are() {
    let naming = Naming::new(BASE);
    let known = Known::from([("Patient/1".to_owned(), "Patient/here".to_owned())]);
    for (text, wanted) in [
        ("Patient/1", Some("Patient/here")),
        ("Patient/1/_history/3", Some("Patient/here")),
        ("https://ehr.example/fhir/Patient/1", Some("Patient/here")),
        ("Patient/2", Some("https://ehr.example/fhir/Patient/2")),
        ("https://ehr.example/fhir/Patient/2", None),
        ("https://else.example/fhir/Patient/1", None),
        // Answered here, a condition of theirs would find somebody of ours.
        ("Patient?identifier=a|b", Some("https://ehr.example/fhir/Patient?identifier=a|b")),
        ("#contained", None),
        ("urn:uuid:0d9e1d31-2b7a-4a58-8f5b-1d1d0b1c5e2f", None),
    ] {
        assert_eq!(naming.arriving(text, &known).as_deref(), wanted, "{text}");
    }
}

#[test]
fn references_that_depart_are_the_partners_or_our_addresses() {
    let known = Known::from([("Patient/1".to_owned(), "Patient/there".to_owned())]);
    for (text, wanted) in [
        ("Patient/1", Some("Patient/there")),
        ("https://galen.example/fhir/Patient/1", Some("Patient/there")),
        ("Patient/2", Some("https://galen.example/fhir/Patient/2")),
        ("https://galen.example/fhir/Patient/2", None),
        ("https://ehr.example/fhir/Patient/1", None),
        ("#contained", None),
    ] {
        assert_eq!(naming::departing(text, OWN, &known).as_deref(), wanted, "{text}");
    }
}

#[test]
fn what_is_ours_is_known_by_our_identifier_or_source() {
    let is_ours = |text: &str| naming::is_from(&resource(text), OWN);
    assert!(is_ours(
        r#"{"resourceType":"Patient","identifier":[{"system":"https://galen.example/fhir","value":"Patient/1"}]}"#
    ));
    assert!(is_ours(
        r#"{"resourceType":"Patient","meta":{"source":"https://galen.example/fhir/Patient/1|3"}}"#
    ));
    for others in [
        r#"{"resourceType":"Patient"}"#,
        r#"{"resourceType":"Patient","meta":{"source":"https://galen.example/fhirs/Patient/1"}}"#,
        r#"{"resourceType":"Patient","identifier":[{"system":"https://galen.example","value":"1"}]}"#,
    ] {
        assert!(!is_ours(others), "{others}");
    }
}

#[test]
fn a_version_is_theirs_or_what_it_holds() {
    let version = |text: &str| naming::version_of(&resource(text));
    assert_eq!(version(r#"{"resourceType":"Basic","meta":{"versionId":"4","lastUpdated":"x"}}"#), "4");
    assert_eq!(version(r#"{"resourceType":"Basic","meta":{"lastUpdated":"x"}}"#), "x");
    let (one, other) = (r#"{"resourceType":"Basic"}"#, r#"{"resourceType":"Basic","language":"en"}"#);
    assert_eq!(version(one), version(one));
    assert_ne!(version(one), version(other));
}

#[test]
fn what_a_server_writes_itself_is_no_difference() {
    let same = |a: &str, b: &str| {
        let (a, b) = (resource(a), resource(b));
        depart::contents(a.json()).same_as(&depart::contents(b.json()))
    };
    let sent = r#"{"resourceType":"Basic","code":{"text":"a"}}"#;
    assert!(same(sent, r#"{"resourceType":"Basic","id":"9","meta":{"versionId":"1"},"code":{"text":"a"}}"#));
    assert!(!same(sent, r#"{"resourceType":"Basic","id":"9","code":{"text":"b"}}"#));
}
