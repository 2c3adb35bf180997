//! Messages as FHIR Communications, and the guard that leaves what was sent alone.

use crate::model::{Line, Side, Thread};
use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_fhir::{Json, Resource, array, object};
use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::guard::Passed;
use galen_service::{Guard, House, Proposal, Refusal};

/// System of the identifier that says to which thread a Communication belongs.
pub const THREAD_SYSTEM: &str = "https://galen.health/fhir/thread";
const TOPICS: &str = "https://galen.health/fhir/CodeSystem/communication-topic";

/// The guard of Communication.
pub static COMMUNICATIONS: CommunicationGuard = CommunicationGuard;

/// A message of a thread.
pub fn communication(thread_id: &str, thread: &Thread, line: &Line, text: &str) -> Result<Resource, Fault> {
    let reference = |kind: &str, id: &str| object! { "reference" => format!("{kind}/{id}") };
    let patient = reference("Patient", thread.patient.as_str());
    let mut json = object! {
        "resourceType" => "Communication",
        "id" => line.communication.as_str(),
        "identifier" => array![object! { "system" => THREAD_SYSTEM, "value" => thread_id }],
        "status" => "completed",
        "category" => array![object! {
            "coding" => array![object! { "system" => TOPICS, "code" => thread.topic.code() }]
        }],
        "subject" => patient.clone(),
        "topic" => object! { "text" => thread.subject.reveal().as_str() },
        "sent" => line.at.to_string(),
        "payload" => array![object! { "contentString" => text }],
    };
    if let Some(message) = json.as_object_mut() {
        if line.communication != thread_id {
            message.insert("inResponseTo", array![reference("Communication", thread_id)]);
        }
        match (line.side, &line.practitioner) {
            (Side::Patient | Side::Proxy, _) => message.insert("sender", patient),
            (Side::Staff, Some(id)) => {
                message.insert("sender", reference("Practitioner", id.as_str()));
                message.insert("recipient", array![patient])
            }
            (Side::Staff, None) => message.insert("recipient", array![patient]),
        };
    }
    Resource::from_json(json).map_err(|issue| Fault::new("communication", issue.message))
}

/// The words of a message.
pub fn words(communication: &Resource) -> Option<String> {
    let mut payload = communication.json().list("payload");
    payload.find_map(|one| one.str("contentString")).map(str::to_owned)
}

fn is_of_thread(resource: &Resource) -> bool {
    resource.json().list("identifier").any(|one: &Json| one.str("system") == Some(THREAD_SYSTEM))
}

/// Refuses writes of what was sent here; Communications of other systems pass.
pub struct CommunicationGuard;

impl Guard for CommunicationGuard {
    fn resource_type(&self) -> &'static str {
        "Communication"
    }

    fn pass<'g>(
        &'g self,
        _: &'g House,
        _: &'g Context,
        proposal: Proposal<'g>,
        _: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(async move {
            if [&proposal.current, &proposal.resource].into_iter().flatten().any(is_of_thread) {
                let message = "Messages between patients and staff are sent in the portal, and never changed";
                return Err(Rejection::new(RejectionKind::Unprocessable, "message-sent", message)
                    .at("Communication.identifier")
                    .next("Use POST /api/patients/{id}/threads, or /api/threads/{id}/replies")
                    .into());
            }
            Ok(Passed { resource: proposal.resource, warnings: Vec::new() })
        })
    }
}
