//! What happened to messages, and what follows from it.

use crate::model::{Channel, Language, Message, Reason, Step};
use galen_kernel::Instant;

/// A fact of a message's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It is being given to an outlet.
    Attempted {
        /// By this channel.
        channel: Channel,
        /// In this language.
        language: Language,
        /// Who finds it later than this takes it up.
        lease: Instant,
    },
    /// An attempt that was cut off is made again.
    TakenUp {
        /// As above.
        lease: Instant,
    },
    /// It waits until then.
    Postponed {
        /// Until.
        due: Instant,
    },
    /// The provider took it.
    Accepted {
        /// When.
        at: Instant,
    },
    /// An attempt failed.
    Failed {
        /// Why.
        reason: Reason,
        /// When it is made again.
        due: Instant,
    },
    /// No further attempt is made.
    GivenUp {
        /// Why.
        reason: Reason,
    },
    /// It arrived.
    Confirmed,
    /// It did not arrive.
    Undelivered,
    /// It is not to be sent.
    Suppressed {
        /// Why.
        reason: Reason,
    },
    /// Somebody asked for it to be sent after all.
    Resent {
        /// When.
        due: Instant,
        /// Whether the provider is to take it for a new message.
        is_new: bool,
    },
}

impl Event {
    /// The step of the state machine that it is.
    pub const fn step(&self) -> Step {
        match self {
            Self::Attempted { .. } => Step::Attempt,
            Self::TakenUp { .. } => Step::TakeUp,
            Self::Postponed { .. } => Step::Postpone,
            Self::Accepted { .. } => Step::Accept,
            Self::Failed { .. } => Step::Retry,
            Self::GivenUp { .. } => Step::GiveUp,
            Self::Confirmed => Step::Confirm,
            Self::Undelivered => Step::Undeliver,
            Self::Suppressed { .. } => Step::Suppress,
            Self::Resent { .. } => Step::Resend,
        }
    }
}

/// Applies what happened; whether the message's state has such a step. Where it has not, the message stays as it is.
pub fn evolve(message: &mut Message, event: &Event) -> bool {
    if !message.step(event.step()) {
        return false;
    }
    match event {
        Event::Attempted { channel, language, lease } => {
            (message.channel, message.language, message.due) = (*channel, *language, *lease);
            message.attempts += 1;
        }
        Event::TakenUp { lease } => {
            message.due = *lease;
            message.attempts += 1;
            // Nobody knows what became of the attempt before.
            message.reason = Some(Reason::Unanswered);
        }
        Event::Postponed { due } => message.due = *due,
        Event::Accepted { at } => {
            message.sent = Some(*at);
            message.reason = None;
        }
        Event::Failed { reason, due } => {
            message.reason = Some(*reason);
            message.due = *due;
        }
        Event::GivenUp { reason } | Event::Suppressed { reason } => message.reason = Some(*reason),
        Event::Confirmed => message.reason = None,
        Event::Undelivered => message.reason = Some(Reason::Undelivered),
        Event::Resent { due, is_new } => {
            message.due = *due;
            message.attempts = 0;
            message.round += u32::from(*is_new);
            message.reason = message.reason.filter(|reason| !reason.is_certain() && !is_new);
        }
    }
    true
}
