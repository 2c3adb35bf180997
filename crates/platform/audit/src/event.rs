//! The AuditEvent view of an entry, shaped as IHE's Basic Audit Log Patterns (BALP) ask.

use crate::entry::{AuditEntry, JournalBody, Outcome};
use galen_fhir::json::Json;
use galen_fhir::{array, object};
use galen_store::{ChainId, JournalPosition, ShardId};

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const AUDIT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const RESTFUL: &str = "http://hl7.org/fhir/restful-interaction";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const OWN_OPERATIONS: &str = "https://galen.health/CodeSystem/operation";

/// FHIR's own RESTful interactions; every other operation is a command of ours.
const INTERACTIONS: &[&str] = &[
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "history-system",
    "create",
    "search-type",
    "search-system",
    "capabilities",
    "transaction",
    "batch",
    "operation",
];

/// The id of an entry's AuditEvent: shard, chain, sequence.
pub fn id(shard: ShardId, position: JournalPosition) -> String {
    format!("{}-{}-{}", shard.0, position.chain.0, position.sequence)
}

/// The place that an AuditEvent's id names.
pub fn parse_id(id: &str) -> Option<(ShardId, JournalPosition)> {
    let mut parts = id.split('-');
    let shard = ShardId(parts.next()?.parse().ok()?);
    let chain = ChainId(parts.next()?.parse().ok()?);
    let sequence: u64 = parts.next()?.parse().ok()?;
    (parts.next().is_none() && sequence > 0).then_some((shard, JournalPosition { chain, sequence }))
}

/// The AuditEvent of a journal entry.
pub fn audit_event(shard: ShardId, position: JournalPosition, body: &JournalBody) -> Json {
    let entry = &body.audit;
    let recorded = entry.at.to_string();
    let mut event = object! {
        "resourceType" => "AuditEvent",
        "id" => id(shard, position),
        "meta" => object! { "versionId" => "1", "lastUpdated" => recorded.as_str() },
        "type" => kind(entry),
        "subtype" => array![subtype(entry)],
        "action" => entry.interaction.code(),
        "recorded" => recorded.as_str(),
    };
    let (code, words) = outcome(&entry.outcome);
    insert(&mut event, "outcome", code.into());
    if let Some(words) = words {
        insert(&mut event, "outcomeDesc", words.into());
    }
    if !entry.purpose.is_empty() {
        let purpose = object! { "coding" => array![coding(ACT_REASON, &entry.purpose)] };
        insert(&mut event, "purposeOfEvent", array![purpose]);
    }
    insert(&mut event, "agent", array![agent(entry)]);
    let observer =
        object! { "observer" => object! { "display" => "Galen" }, "type" => array![source_type()] };
    insert(&mut event, "source", observer);
    let entities = entities(entry);
    if !entities.is_empty() {
        insert(&mut event, "entity", Json::Array(entities));
    }
    event
}

fn insert(json: &mut Json, name: &str, value: Json) {
    if let Some(object) = json.as_object_mut() {
        object.insert(name, value);
    }
}

fn coding(system: &str, code: &str) -> Json {
    object! { "system" => system, "code" => code }
}

fn kind(entry: &AuditEntry) -> Json {
    if matches!(entry.operation.as_str(), "SignIn" | "SignOut") {
        return object! { "system" => DICOM, "code" => "110114", "display" => "User Authentication" };
    }
    if entry.broken_glass || entry.operation == "OpenBreakGlass" {
        return object! { "system" => DICOM, "code" => "110113", "display" => "Security Alert" };
    }
    object! { "system" => AUDIT_TYPE, "code" => "rest", "display" => "RESTful Operation" }
}

fn subtype(entry: &AuditEntry) -> Json {
    let system = if INTERACTIONS.contains(&entry.operation.as_str()) { RESTFUL } else { OWN_OPERATIONS };
    coding(system, &entry.operation)
}

fn outcome(outcome: &Outcome) -> (&'static str, Option<&str>) {
    match outcome {
        Outcome::Done => ("0", None),
        Outcome::Refused(code) => ("4", Some(code)),
        Outcome::Failed => ("8", None),
    }
}

fn agent(entry: &AuditEntry) -> Json {
    let mut agent = object! { "requestor" => true };
    let who = if entry.user.is_empty() {
        object! { "display" => "not signed in" }
    } else {
        object! {
            "identifier" => object! { "system" => "https://galen.health/user", "value" => entry.user.as_str() },
            "display" => entry.name.as_str(),
        }
    };
    insert(&mut agent, "who", who);
    if !entry.user.is_empty() {
        insert(&mut agent, "altId", entry.user.as_str().into());
    }
    if !entry.roles.is_empty() {
        let roles: Vec<Json> = entry
            .roles
            .iter()
            .map(|code| object! { "coding" => array![coding("https://galen.health/CodeSystem/role", code)] })
            .collect();
        insert(&mut agent, "role", Json::Array(roles));
    }
    if !entry.client.is_empty() {
        insert(&mut agent, "network", object! { "address" => entry.client.as_str(), "type" => "2" });
    }
    agent
}

fn source_type() -> Json {
    coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4")
}

fn entities(entry: &AuditEntry) -> Vec<Json> {
    let mut entities: Vec<Json> =
        entry.patients.iter().map(|p| entity(&format!("Patient/{p}"), "1", "1")).collect();
    for thing in &entry.entities {
        if thing.contains('/') && !entry.patients.iter().any(|p| thing == &format!("Patient/{p}")) {
            entities.push(entity(thing, "2", "4"));
        }
    }
    if let Some(query) = &entry.query {
        let encoded = data_encoding::BASE64.encode(query.as_bytes());
        entities.push(object! {
            "type" => coding(ENTITY_TYPE, "2"),
            "role" => coding(OBJECT_ROLE, "24"),
            "query" => encoded,
        });
    }
    if !entry.request.is_empty() {
        entities.push(object! {
            "what" => object! {
                "identifier" => object! { "system" => "https://galen.health/request", "value" => entry.request.as_str() },
            },
            "type" => coding("https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId"),
        });
    }
    entities
}

fn entity(reference: &str, kind: &str, role: &str) -> Json {
    object! {
        "what" => object! { "reference" => reference },
        "type" => coding(ENTITY_TYPE, kind),
        "role" => coding(OBJECT_ROLE, role),
    }
}
