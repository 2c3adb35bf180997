//! The states of an appointment and the steps between them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A state of an appointment. FHIR's codes; `proposed` is what `$find` answers and is never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Offered, nothing is kept for it.
    Proposed,
    /// The times are kept for a while: until the patient confirms or staff approve.
    Pending,
    /// It will be.
    Booked,
    /// The patient is there.
    Arrived,
    /// The patient is there and all that comes before the visit is done.
    CheckedIn,
    /// It was.
    Fulfilled,
    /// It will not be.
    Cancelled,
    /// The patient did not come, or left unseen.
    Noshow,
    /// It should never have been written.
    EnteredInError,
    /// Waits for a time.
    Waitlist,
}

/// A step of an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Times are kept for it for a while.
    Hold,
    /// It is booked.
    Book,
    /// It goes on the waiting list.
    Wait,
    /// It is moved.
    Reschedule,
    /// The patient arrives.
    Arrive,
    /// All that comes before the visit is done.
    CheckIn,
    /// The visit is over.
    Fulfil,
    /// The patient did not come, or left unseen.
    Miss,
    /// It is called off.
    Cancel,
    /// Nobody confirmed in time.
    Expire,
    /// A time that was offered goes to somebody else: whoever was offered it waits on.
    Return,
    /// It should never have been written.
    Retract,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Proposed,
        Self::Pending,
        Self::Booked,
        Self::Arrived,
        Self::CheckedIn,
        Self::Fulfilled,
        Self::Cancelled,
        Self::Noshow,
        Self::EnteredInError,
        Self::Waitlist,
    ];

    /// FHIR's code (AppointmentStatus).
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Pending => "pending",
            Self::Booked => "booked",
            Self::Arrived => "arrived",
            Self::CheckedIn => "checked-in",
            Self::Fulfilled => "fulfilled",
            Self::Cancelled => "cancelled",
            Self::Noshow => "noshow",
            Self::EnteredInError => "entered-in-error",
            Self::Waitlist => "waitlist",
        }
    }

    /// Of FHIR's code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Where a step leads, if it can be taken. This table is the machine: commands, buttons and documents follow it.
    pub const fn after(self, step: Step) -> Option<Self> {
        Some(match (self, step) {
            (Self::Proposed | Self::Waitlist, Step::Hold) => Self::Pending,
            (Self::Proposed | Self::Waitlist | Self::Pending, Step::Book) => Self::Booked,
            (Self::Proposed, Step::Wait) => Self::Waitlist,
            (Self::Booked, Step::Reschedule) => Self::Booked,
            (Self::Booked, Step::Arrive) => Self::Arrived,
            (Self::Arrived, Step::CheckIn) => Self::CheckedIn,
            (Self::CheckedIn, Step::Fulfil) => Self::Fulfilled,
            (Self::Booked | Self::Arrived | Self::CheckedIn, Step::Miss) => Self::Noshow,
            (Self::Pending, Step::Expire) => Self::Cancelled,
            (Self::Pending, Step::Return) => Self::Waitlist,
            (
                Self::Proposed
                | Self::Pending
                | Self::Booked
                | Self::Waitlist
                | Self::Arrived
                | Self::CheckedIn,
                Step::Cancel,
            ) => Self::Cancelled,
            (Self::EnteredInError | Self::Proposed, Step::Retract) => return None,
            (_, Step::Retract) => Self::EnteredInError,
            _ => return None,
        })
    }

    /// The steps that can be taken.
    pub fn steps(self) -> impl Iterator<Item = Step> {
        Step::ALL.into_iter().filter(move |step| self.after(*step).is_some())
    }

    /// Whether it keeps its times from others.
    pub const fn occupies(self) -> bool {
        matches!(self, Self::Pending | Self::Booked | Self::Arrived | Self::CheckedIn)
    }

    /// Whether nothing but a retraction can come.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Fulfilled | Self::Cancelled | Self::Noshow | Self::EnteredInError)
    }
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Hold,
        Self::Book,
        Self::Wait,
        Self::Reschedule,
        Self::Arrive,
        Self::CheckIn,
        Self::Fulfil,
        Self::Miss,
        Self::Cancel,
        Self::Expire,
        Self::Return,
        Self::Retract,
    ];
}

/// Why an appointment is called off (HL7 appointment-cancellation-reason, its upper level).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CancellationReason {
    /// The patient's.
    Pat,
    /// The provider's.
    Prov,
    /// Equipment or rooms.
    Maint,
    /// Preparation or medication was not right.
    MedsInc,
    /// Any other.
    Other,
}

impl CancellationReason {
    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pat => "pat",
            Self::Prov => "prov",
            Self::Maint => "maint",
            Self::MedsInc => "meds-inc",
            Self::Other => "other",
        }
    }
}
