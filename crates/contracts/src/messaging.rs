//! What messaging tells the others.

use galen_kernel::{Contract, PatientId};
use serde::{Deserialize, Serialize};

/// A patient answered a reminder: they come, or they do not. Scheduling decides what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReminderAnsweredV1 {
    /// The appointment.
    pub appointment: String,
    /// Whose.
    #[cfg_attr(test, schemars(with = "String"))]
    pub patient: PatientId,
    /// Whether they come.
    pub accepted: bool,
}

impl Contract for ReminderAnsweredV1 {
    const NAME: &'static str = "messaging.ReminderAnsweredV1";
    fn subject(&self) -> String {
        format!("Appointment/{}", self.appointment)
    }
}
