//! Messaging in the graph: thin. The same reads as over REST.

use crate::rest::{self, MessagePage, MessageQueue};
use galen_audit::Interaction::Read as Reads;
use galen_service::graph::{Entity, Link, Read, Subgraph, given, taken};
use galen_service::openapi::schema;
use schemars::JsonSchema;
use serde::Deserialize;

/// Messaging's part of the graph.
pub static SUBGRAPH: Subgraph = Subgraph {
    names: &[
        ("State", "MessageState"),
        ("Purpose", "MessagePurpose"),
        ("Reason", "MessageReason"),
        ("Channel", "MessageChannel"),
        ("Language", "MessageLanguage"),
    ],
    sizes: &[("MessagePage.messages", 200)],
    entities,
    queries,
    mutations: Vec::new,
    operations: &[("PatientMessages", PATIENT_MESSAGES)],
};

const PATIENT_MESSAGES: &str = "query PatientMessages($patient: ID!) { patient(id: $patient) { id messages { messages { id \
    purpose channel state reason queued sent subject text } } } }";

/// What is asked of one patient.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessagesOfPatient {
    /// The patient (id).
    pub patient: String,
}

fn entities() -> Vec<Entity> {
    vec![Entity {
        name: "Patient",
        load: None,
        links: vec![
            Link::new("patient", "Patient", "Whose").of("Message"),
            Link::reference(
                "appointment",
                ("about", "Appointment/"),
                "Appointment",
                "The appointment that it is about",
            )
            .of("Message"),
        ],
        reads: vec![MESSAGES],
    }]
}

const MESSAGES: Read = Read {
    name: "messages",
    about: "What the patient was told, and will be, the newest first",
    operation: "ListMessages",
    interaction: Reads,
    arguments: Some(schema::<MessagesOfPatient>),
    of: Some("patient"),
    answers: schema::<MessagePage>,
    read: |house, context, arguments, draft| {
        Box::pin(async move {
            let MessagesOfPatient { patient } = taken(&arguments)?;
            given(&rest::messages_of(house, context, &patient, draft).await?)
        })
    },
};

fn queries() -> Vec<Read> {
    let review = Read {
        name: "messageQueue",
        about: "How many messages wait, are overdue, were given up",
        operation: "ReviewMessages",
        arguments: None,
        of: None,
        answers: schema::<MessageQueue>,
        read: |house, context, _, draft| {
            Box::pin(async move { given(&rest::counted(house, context, draft).await?) })
        },
        ..MESSAGES
    };
    vec![
        review,
        Read {
            name: "deadLetters",
            about: "The messages that were given up",
            answers: schema::<MessagePage>,
            read: |house, context, _, draft| {
                Box::pin(async move { given(&rest::given_up(house, context, draft).await?) })
            },
            ..review
        },
    ]
}
