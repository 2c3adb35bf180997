//! A page that came, told from what lies here. What lies here is read once for the whole page; sorting a page asks no store,
//! so these tests have none.

use crate::exchange::arrive::{Arrival, Sorted, sort};
use crate::exchange::here::{self, Here};
use crate::exchange::link::Link;
use crate::exchange::naming::Naming;
use galen_fhir::{Resource, ResourceType};
use galen_kernel::Instant;
use galen_records::{Stored, kind_of};
use galen_store::{Document, DocumentKey, ShardId};
use std::collections::HashMap;

const BASE: &str = "https://ehr.example/fhir";
const OWN: &str = "https://galen.example/fhir";

fn arrival(id: &str, subject: &str, version: &str) -> Arrival {
    let text = format!(
        r#"{{"resourceType":"Observation","id":"{id}","meta":{{"versionId":"{version}"}},"subject":{{"reference":"{subject}"}}}}"#
    );
    let (resource, remote) = (Resource::parse(text.as_bytes()).unwrap(), format!("Observation/{id}"));
    Arrival { resource, remote, version: Some(version.to_owned()), updated: None }
}

fn stored(resource: &Resource) -> Stored {
    let (resource_type, at) = (resource.resource_type(), Instant::from_micros(1));
    let document = Document {
        kind: kind_of(resource_type),
        key: DocumentKey(1),
        id: resource.id().unwrap().to_owned(),
        version: 1,
        at,
        deleted: false,
        body: Some(resource.to_bytes()),
    };
    Stored { resource_type, shard: ShardId(0), document }
}

fn sorted(arrived: Vec<Arrival>, here: &Here) -> Sorted {
    sort(arrived, here, (&Naming::new(BASE), OWN, "mercy")).unwrap()
}

fn subject(arrival: &Arrival) -> &str {
    arrival.resource.json().str_at(&["subject", "reference"]).unwrap()
}

#[test]
fn a_page_names_each_thing_once() {
    let naming = Naming::new(BASE);
    let page: Vec<Arrival> = (0..100).map(|n| arrival(&format!("o{n}"), "Patient/p", "1")).collect();
    let names = here::names(&naming, page.iter().map(|one| (one.remote.as_str(), &one.resource)));
    assert_eq!(names.len(), 101, "a hundred resources, and the one that all refer to");
    assert!(names.contains("Patient/p") && names.contains("Observation/o99"));
    let elsewhere = arrival("o", "https://else.example/fhir/Patient/p", "1");
    let names = here::names(&naming, std::iter::once((elsewhere.remote.as_str(), &elsewhere.resource)));
    assert_eq!(names.len(), 1, "what is no thing of theirs is not looked for");
}

#[test]
fn a_page_is_told_from_what_lies_here() {
    let (naming, nothing) = (Naming::new(BASE), Here::default());
    let first = sorted(vec![arrival("o1", "Patient/p", "1"), arrival("o2", "Observation/o1", "1")], &nothing);
    assert_eq!((first.changed.len(), first.unchanged.len(), first.returned.len()), (2, 0, 0));
    assert_eq!(subject(&first.changed[0]), format!("{BASE}/Patient/p"), "nobody knows it here");
    let local = format!("Observation/{}", naming.local_id("Observation", "o1"));
    assert_eq!(subject(&first.changed[1]), local, "it comes with it");

    // Both lie here now; the patient has come, and the third is one that we brought there.
    let lies = |n: usize| (first.changed[n].remote.clone(), stored(&first.changed[n].resource));
    let mut person = Resource::new(ResourceType::parse("Patient").unwrap());
    person.set_id(&naming.local_id("Patient", "p"));
    let patient = ("Patient/p".to_owned(), stored(&person));
    let (local, remote) = ("Observation/ours".to_owned(), "Observation/o3".to_owned());
    let link = Link { local, version: 1, remote: remote.clone(), etag: None };
    let here = Here { stored: [lies(0), lies(1), patient].into(), links: HashMap::from([(remote, link)]) };
    let again = vec![
        arrival("o1", "Patient/p", "1"),
        arrival("o2", "Observation/o1", "1"),
        arrival("o3", "Patient/p", "4"),
        arrival("o4", "Observation/o3", "1"),
        arrival("o2", "Observation/o1", "2"),
    ];
    let second = sorted(again, &here);
    assert_eq!((second.unchanged.len(), second.returned.len()), (1, 1));
    let changed: Vec<_> = second.changed.iter().map(|one| (one.remote.as_str(), subject(one))).collect();
    let person = format!("Patient/{}", naming.local_id("Patient", "p"));
    let known = format!("Observation/{}", naming.local_id("Observation", "o1"));
    // The first did not change there, but what it refers to lies here by now.
    assert_eq!(
        changed,
        [
            ("Observation/o1", person.as_str()),
            ("Observation/o4", "Observation/ours"),
            ("Observation/o2", known.as_str())
        ]
    );
}
