//! Threads: what is written about one matter, in order.

use galen_kernel::{Instant, PatientId, Phi, PractitionerId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a patient writes about; decides nothing but who is likely to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Topic {
    /// An appointment.
    Appointment,
    /// A medicine.
    Medicine,
    /// A result.
    Result,
    /// Something else.
    Other,
}

impl Topic {
    /// As the index and FHIR have it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Appointment => "appointment",
            Self::Medicine => "medicine",
            Self::Result => "result",
            Self::Other => "other",
        }
    }
}

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// The patient.
    Patient,
    /// Somebody who acts for the patient.
    Proxy,
    /// Somebody who works here.
    Staff,
}

/// One message; its words are the Communication's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Id of its Communication.
    pub communication: String,
    /// When it was sent.
    pub at: Instant,
    /// By whom.
    pub side: Side,
    /// By which account.
    pub user: UserId,
    /// The practitioner that the account is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerId>,
}

/// What is written about one matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Thread {
    /// Whose.
    pub patient: PatientId,
    /// About what.
    pub topic: Topic,
    /// In a few words.
    pub subject: Phi<String>,
    /// The messages, the first one first: never empty.
    pub lines: Vec<Line>,
    /// How many of them the patient has seen.
    pub seen_by_patient: usize,
    /// How many of them somebody of the staff has seen.
    pub seen_by_staff: usize,
    /// When the staff closed it; a reply opens it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Instant>,
}

impl Thread {
    /// When something was written last.
    pub fn last(&self) -> Option<&Line> {
        self.lines.last()
    }

    /// Whether the staff must do something.
    pub fn awaits_staff(&self) -> bool {
        self.closed.is_none() && self.last().is_some_and(|line| line.side != Side::Staff)
    }

    /// Messages of the other side that this side has not seen.
    pub fn unread(&self, side: Side) -> usize {
        let is_staff = side == Side::Staff;
        let seen = if is_staff { self.seen_by_staff } else { self.seen_by_patient };
        self.lines.iter().skip(seen).filter(|line| (line.side == Side::Staff) != is_staff).count()
    }
}

/// A thread as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredThread {
    /// Its id: that of its first Communication.
    pub id: String,
    /// Its version.
    pub version: u64,
    /// The thread.
    pub thread: Thread,
}
