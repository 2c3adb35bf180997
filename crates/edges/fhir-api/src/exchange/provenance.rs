//! The Provenance of what came from a partner. One commit has one for each patient it brings something of: a Provenance
//! that named several would show each of them to the others, and would be erased with the first.

use super::arrive::Arrival;
use galen_fhir::{Json, Object, Resource, ResourceType, array, object};
use galen_kernel::Instant;
use galen_records::owner_of;
use std::collections::BTreeMap;

/// Who took part (<https://hl7.org/fhir/R4/valueset-provenance-agent-type.html>).
const AGENT_TYPES: &str = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";

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
    all.filter_map(|group| one(&group, (partner, partner_base), own_origin, at)).collect()
}

fn one(
    arrivals: &[&Arrival],
    (partner, partner_base): (&str, &str),
    own_origin: &str,
    at: Instant,
) -> Option<Resource> {
    let mut resource = Resource::new(ResourceType::parse("Provenance")?);
    let reference = |text: String| Json::Object(Object::new().with("reference", text));
    let targets: Vec<Json> = arrivals.iter().map(|one| reference(one.local())).collect();
    let source = |one: &&Arrival| {
        let what = reference(format!("{partner_base}/{}", one.remote_version()));
        object! { "role" => "source", "what" => what }
    };
    let entities: Vec<Json> = arrivals.iter().map(source).collect();
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
