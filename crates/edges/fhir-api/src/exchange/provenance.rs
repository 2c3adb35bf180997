//! The Provenance of what came from a partner. One commit has one for each patient it brings something of: a Provenance
//! that named several would show each of them to the others, and would be erased with the first.

use super::arrive::Arrival;
use super::page::Told;
use galen_fhir::{Json, Object, Resource, ResourceType, array, object};
use galen_kernel::Instant;
use galen_records::owner_of;
use std::collections::BTreeMap;

/// Who took part (<https://hl7.org/fhir/R4/valueset-provenance-agent-type.html>).
const AGENT_TYPES: &str = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";

/// What was done (<https://hl7.org/fhir/R4/v3/DataOperation/vs.html>).
const OPERATIONS: &str = "http://terminology.hl7.org/CodeSystem/v3-DataOperation";

/// The Provenances of one commit.
pub(super) fn of(
    arrivals: &[Arrival],
    partner: &str,
    partner_base: &str,
    own_origin: &str,
    at: Instant,
) -> Vec<Resource> {
    let mut groups: BTreeMap<String, Vec<&Arrival>> = BTreeMap::new();
    for arrival in arrivals {
        groups.entry(owner_of(&arrival.resource)).or_default().push(arrival);
    }
    let all = groups.into_values();
    all.filter_map(|group| {
        let pairs: Vec<_> = group.iter().map(|one| (one.local(), one.remote_version())).collect();
        one(&pairs, (partner, partner_base), own_origin, at)
    })
    .collect()
}

/// The Provenance of something that ended here because it did there.
pub(super) fn of_end(
    local: &str,
    told: &Told,
    partner: (&str, &str),
    own_origin: &str,
    at: Instant,
) -> Option<Resource> {
    let pair = (local.to_owned(), versioned(&told.remote, told.version.as_deref()));
    let mut resource = one(&[pair], partner, own_origin, at)?;
    let coding = object! { "system" => OPERATIONS, "code" => "DELETE" };
    resource.json_mut().as_object_mut()?.insert("activity", object! { "coding" => array![coding] });
    Some(resource)
}

/// `Type/id/_history/version`, as far as the version is known.
pub(super) fn versioned(remote: &str, version: Option<&str>) -> String {
    match version {
        Some(version) => format!("{remote}/_history/{version}"),
        None => remote.to_owned(),
    }
}

/// Of what these are here and there.
fn one(
    pairs: &[(String, String)],
    (partner, partner_base): (&str, &str),
    own_origin: &str,
    at: Instant,
) -> Option<Resource> {
    let mut resource = Resource::new(ResourceType::parse("Provenance")?);
    let reference = |text: String| Json::Object(Object::new().with("reference", text));
    let targets: Vec<Json> = pairs.iter().map(|(local, _)| reference(local.clone())).collect();
    let source = |(_, remote): &(String, String)| {
        let what = reference(format!("{partner_base}/{remote}"));
        object! { "role" => "source", "what" => what }
    };
    let entities: Vec<Json> = pairs.iter().map(source).collect();
    let own = Object::new().with("type", "Device").with("display", format!("Galen at {own_origin}"));
    let theirs = Object::new().with("type", "Organization").with("display", partner);
    let agents = array![agent("assembler", own), agent("custodian", theirs)];
    let object = resource.json_mut().as_object_mut()?;
    object.insert("target", targets);
    object.insert("recorded", at.to_string());
    object.insert("agent", agents);
    object.insert("entity", entities);
    Some(resource)
}

fn agent(code: &str, who: Object) -> Json {
    let coding = object! { "system" => AGENT_TYPES, "code" => code };
    object! { "type" => object! { "coding" => array![coding] }, "who" => who }
}
