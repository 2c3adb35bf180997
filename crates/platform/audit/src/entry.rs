//! What one audit entry says: who did what to which records, why, when, from where, and how it ended.

use galen_kernel::{Envelope, Fault, Instant};
use serde::{Deserialize, Serialize};

/// The journal row of an operation: its audit entry and the events it announces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalBody {
    /// The audit entry.
    #[serde(rename = "a")]
    pub audit: AuditEntry,
    /// What other domains hear of it.
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Envelope>,
}

/// The class of an operation (AuditEvent.action).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Interaction {
    /// Something new.
    #[serde(rename = "C")]
    Create,
    /// Something looked at.
    #[serde(rename = "R")]
    Read,
    /// Something changed.
    #[serde(rename = "U")]
    Update,
    /// Something deleted.
    #[serde(rename = "D")]
    Delete,
    /// Something done: a search, a batch, a sign-in.
    #[serde(rename = "E")]
    Execute,
}

impl Interaction {
    /// The code of AuditEvent.action.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Create => "C",
            Self::Read => "R",
            Self::Update => "U",
            Self::Delete => "D",
            Self::Execute => "E",
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Done.
    #[serde(rename = "ok")]
    Done,
    /// Refused, with the rejection's code.
    #[serde(rename = "no")]
    Refused(String),
    /// Failed by a fault of ours.
    #[serde(rename = "fault")]
    Failed,
}

/// One entry. Short member names: there is one per read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    #[serde(rename = "t")]
    pub at: Instant,
    /// Class of the operation.
    #[serde(rename = "i")]
    pub interaction: Interaction,
    /// The operation: a FHIR interaction (`read`, `search-type`) or a command (`RegisterPatient`).
    #[serde(rename = "o")]
    pub operation: String,
    /// How it ended.
    #[serde(rename = "x")]
    pub outcome: Outcome,
    /// The account's id; empty when nobody was signed in.
    #[serde(rename = "u", default, skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// The account's sign-in name.
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Role codes held.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Purpose of use, v3-ActReason.
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    /// Client address.
    #[serde(rename = "c", default, skip_serializing_if = "String::is_empty")]
    pub client: String,
    /// Request id.
    #[serde(rename = "q", default, skip_serializing_if = "String::is_empty")]
    pub request: String,
    /// Ids of the patients whose records it touched.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub patients: Vec<String>,
    /// What it touched: `Type/id` or `Type/id/_history/version`; for a search the type.
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<String>,
    /// The query of a search (may hold PHI: entries are sealed at rest and shown only to who may read AuditEvents).
    #[serde(rename = "y", default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Whether a break-glass grant was used.
    #[serde(rename = "b", default, skip_serializing_if = "std::ops::Not::not")]
    pub broken_glass: bool,
}

impl JournalBody {
    /// As the journal stores it.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Fault> {
        serde_json::to_vec(self).map_err(|e| Fault::new("write audit entry", e))
    }

    /// From a journal row's body.
    pub fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}
