//! What the rules read of an Appointment.

use crate::model::{Span, Status, Wishes};
use galen_kernel::{Instant, PatientId};

/// Whose diary it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// Of a Schedule (id).
    Schedule(String),
    /// Of a patient.
    Patient(PatientId),
}

impl Actor {
    /// The id.
    pub fn id(&self) -> &str {
        match self {
            Self::Schedule(id) => id,
            Self::Patient(id) => id.as_str(),
        }
    }
}

/// An appointment as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Its id.
    pub id: String,
    /// Its state.
    pub status: Status,
    /// When; those on the waiting list may have no time.
    pub span: Option<Span>,
    /// Whose.
    pub patient: Option<PatientId>,
    /// Which Schedules (ids) it takes.
    pub schedules: Vec<String>,
    /// The HealthcareService (id).
    pub service: Option<String>,
    /// When a hold lapses.
    pub until: Option<Instant>,
    /// When the patient came.
    pub arrived: Option<Instant>,
    /// Whether the patient asked for it and staff must answer.
    pub is_request: bool,
    /// How often it was changed so that calendars must follow: RFC 5545's SEQUENCE.
    pub sequence: u32,
    /// What is wished of a time, of who waits for one or was offered one.
    pub wishes: Option<Wishes>,
}

impl Visit {
    /// A new one: offered, of nobody, at no time.
    pub const fn proposed() -> Self {
        Self {
            id: String::new(),
            status: Status::Proposed,
            span: None,
            patient: None,
            schedules: Vec::new(),
            service: None,
            until: None,
            arrived: None,
            is_request: false,
            sequence: 0,
            wishes: None,
        }
    }

    /// Whether it is a time that somebody on the waiting list was offered and has not answered.
    pub const fn is_offer(&self) -> bool {
        matches!(self.status, Status::Pending) && self.wishes.is_some()
    }

    /// Whether it is on the waiting list, with an offer or without.
    pub const fn is_waiting(&self) -> bool {
        matches!(self.status, Status::Waitlist) || self.is_offer()
    }

    /// Whose diaries it is in.
    pub fn actors(&self) -> impl Iterator<Item = Actor> {
        let patient = self.patient.clone().map(Actor::Patient);
        self.schedules.iter().cloned().map(Actor::Schedule).chain(patient)
    }
}
