//! Parts of a resource against what the specification says of each.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::validate;

const PATIENT: &[u8] = br#"{"resourceType":"Patient","id":"a","meta":{"versionId":"3"},
    "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">A</div>"},
    "modifierExtension":[{"url":"http://x","valueBoolean":true}],"active":true,
    "name":[{"family":"Ash","_family":{"extension":[{"url":"http://y","valueCode":"z"}]}}],
    "birthDate":"1980-01-01","_birthDate":{"id":"b"},"photo":[{"data":"AAAA"}],
    "link":[{"other":{"reference":"Patient/b"},"type":"seealso"}],
    "communication":[{"language":{"text":"en"}}]}"#;

fn part(bytes: &[u8], how: &Subset) -> Resource {
    let resource = Resource::parse(bytes).unwrap();
    let part = Resource::parse(&subset(&resource, how)).unwrap();
    assert_eq!(part.tags().last().map(|tag| tag.1), Some("SUBSETTED"));
    part
}

fn names(resource: &Resource) -> Vec<&str> {
    resource.json().as_object().unwrap().iter().map(|(name, _)| name).collect()
}

fn summary(code: &str) -> Subset {
    Subset { summary: Summary::parse(code).unwrap(), ..Subset::default() }
}

fn elements(list: &str) -> Subset {
    let mut how = Subset::default();
    how.add_elements(list).unwrap();
    how
}

#[test]
fn a_summary_has_the_marked_elements_and_stays_valid() {
    let found = part(PATIENT, &summary("true"));
    let expected = [
        "resourceType",
        "id",
        "meta",
        "modifierExtension",
        "active",
        "name",
        "birthDate",
        "_birthDate",
        "link",
    ];
    assert_eq!(names(&found), expected);
    assert_eq!(found.version_id(), Some("3"));
    assert!(validate(&found).iter().all(|issue| !issue.is_error()), "{:?}", validate(&found));
}

#[test]
fn text_and_data_are_each_others_opposite() {
    assert_eq!(
        names(&part(PATIENT, &summary("text"))),
        ["resourceType", "id", "meta", "text", "modifierExtension"]
    );
    let data = part(PATIENT, &summary("data"));
    assert!(!names(&data).contains(&"text") && names(&data).contains(&"photo"));
    let observation =
        br#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueString":"v"}"#;
    assert_eq!(names(&part(observation, &summary("text"))), ["resourceType", "status", "code", "meta"]);
}

#[test]
fn elements_keep_what_is_mandatory_and_choices_by_their_name() {
    let found = part(PATIENT, &elements("birthDate,Observation.value"));
    assert_eq!(names(&found), ["resourceType", "id", "meta", "modifierExtension", "birthDate", "_birthDate"]);
    let observation = br#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},
        "valueString":"v","issued":"2020-01-01T00:00:00Z"}"#;
    for list in ["value", "value[x]", "Observation.value", "valueString"] {
        let found = part(observation, &elements(list));
        assert_eq!(names(&found), ["resourceType", "id", "meta", "status", "code", "valueString"], "{list}");
    }
}

#[test]
fn the_whole_is_left_as_it_is() {
    let resource = Resource::parse(PATIENT).unwrap();
    assert_eq!(subset(&resource, &Subset::default()), resource.to_bytes());
}

#[test]
fn nonsense_is_refused() {
    for list in ["nonsense", "Patient.nonsense", "Nobody.name", "name.family", "Patient.", "a b"] {
        assert!(Subset::default().add_elements(list).is_err(), "{list}");
    }
    let both = Subset { summary: Summary::True, ..elements("name") };
    assert!(both.check().is_err() && elements("name").check().is_ok());
    assert_eq!(Summary::parse("count"), None);
}
