//! The life of a message: one table, which the rules, the tests and the documentation read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a message fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It waits for its time.
    Queued,
    /// An attempt was begun; its outcome is not known yet.
    Sending,
    /// The provider took it.
    Sent,
    /// It arrived.
    Delivered,
    /// It was given up: staff see it and may send it again.
    Dead,
    /// It was not to be sent.
    Suppressed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Sending, Self::Sent, Self::Delivered, Self::Dead, Self::Suppressed];

    /// Its code, as in the index.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
            Self::Suppressed => "suppressed",
        }
    }

    /// Whether the worker still has something to do.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Sending)
    }

    /// The state after a step, if it has that step.
    pub fn after(self, step: Step) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, by, _)| (*from, *by) == (self, step)).map(|(_, _, to)| *to)
    }
}

/// What may happen to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// It is given to an outlet.
    Attempt,
    /// An attempt that was cut off is made again.
    TakeUp,
    /// It waits for another time.
    Postpone,
    /// The provider took it.
    Accept,
    /// The attempt failed and will be made again.
    Retry,
    /// No further attempt is made.
    GiveUp,
    /// A receipt says that it arrived.
    Confirm,
    /// A receipt says that it did not arrive.
    Undeliver,
    /// It is not to be sent.
    Suppress,
    /// Somebody asks for it to be sent after all.
    Resend,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Attempt,
        Self::TakeUp,
        Self::Postpone,
        Self::Accept,
        Self::Retry,
        Self::GiveUp,
        Self::Confirm,
        Self::Undeliver,
        Self::Suppress,
        Self::Resend,
    ];
}

/// Every step that there is. A receipt may come before the outcome of the attempt is written down, or after an attempt
/// whose answer was lost: it counts all the same, or the patient would be told twice.
pub const TRANSITIONS: &[(State, Step, State)] = &[
    (State::Queued, Step::Attempt, State::Sending),
    (State::Queued, Step::Postpone, State::Queued),
    (State::Queued, Step::Suppress, State::Suppressed),
    (State::Queued, Step::Confirm, State::Delivered),
    (State::Queued, Step::Undeliver, State::Dead),
    (State::Sending, Step::TakeUp, State::Sending),
    (State::Sending, Step::Accept, State::Sent),
    (State::Sending, Step::Retry, State::Queued),
    (State::Sending, Step::GiveUp, State::Dead),
    (State::Sending, Step::Confirm, State::Delivered),
    (State::Sending, Step::Undeliver, State::Dead),
    (State::Sent, Step::Confirm, State::Delivered),
    (State::Sent, Step::Undeliver, State::Dead),
    (State::Dead, Step::Confirm, State::Delivered),
    (State::Dead, Step::Resend, State::Queued),
    (State::Suppressed, Step::Resend, State::Queued),
];
