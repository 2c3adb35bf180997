//! Who waits in a clinic today, by token: walk-ins and those who have an appointment.

use galen_kernel::{Instant, PatientId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most tokens of a clinic's day.
pub const TICKETS_MAX: usize = 999;

/// Where somebody with a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Waiting {
    /// Waits to be called.
    Waiting,
    /// Was called, and may be on the way.
    Called,
    /// Was called and did not come; can be called again.
    Skipped,
    /// Went in.
    Finished,
}

/// A token and who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number; never given twice on one day of a clinic.
    pub number: u32,
    /// Who holds it.
    pub patient: PatientId,
    /// Their appointment; walk-ins have none.
    pub appointment: Option<String>,
    /// What they come for (a HealthcareService).
    pub service: Option<String>,
    /// Whether somebody with clinical sense said that they go first.
    pub priority: bool,
    /// When they are due; of walk-ins, when they came.
    pub due: Instant,
    /// When they came.
    pub arrived: Instant,
    /// Where they are.
    pub state: Waiting,
    /// The room that they were called to, by its name.
    pub place: Option<String>,
    /// When they were last called.
    pub called: Option<Instant>,
}

impl Ticket {
    /// As it is printed and shown: `A017`.
    pub fn token(&self) -> String {
        format!("A{:03}", self.number)
    }
}

/// The queue of a clinic's day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// By number.
    pub tickets: Vec<Ticket>,
}

impl Queue {
    /// The number of the next token.
    pub fn next_number(&self) -> u32 {
        self.tickets.iter().map(|ticket| ticket.number).max().unwrap_or(0) + 1
    }

    /// The token of this number.
    pub fn ticket(&self, number: u32) -> Option<&Ticket> {
        self.tickets.iter().find(|ticket| ticket.number == number)
    }

    /// Who waits, in the order in which they are called: those who were given priority; then those whose appointment is
    /// due, by its time; then walk-ins as they came; then those who are early for their appointment.
    pub fn in_order(&self, now: Instant) -> Vec<&Ticket> {
        let rank = |ticket: &Ticket| {
            let class = match (&ticket.appointment, ticket.priority) {
                (_, true) => 0,
                (Some(_), _) if ticket.due <= now => 1,
                (None, _) => 2,
                (Some(_), _) => 3,
            };
            (class, ticket.due, ticket.number)
        };
        let mut waiting: Vec<&Ticket> =
            self.tickets.iter().filter(|ticket| ticket.state == Waiting::Waiting).collect();
        waiting.sort_by_key(|ticket| rank(ticket));
        waiting
    }
}
