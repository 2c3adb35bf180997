//! The rules of messaging: pure.

mod attempting;
mod planning;

pub use attempting::{
    ATTEMPT_LEASE_MICROS, AppointmentNow, Around, BACKOFF, Outcome, Receipt, Recipient, URGENT_MICROS, begin,
    conclude, foreseen, receive, start,
};
pub use planning::{Known, MESSAGES_OF_APPOINTMENT_MAX, Occurrence, Planned, REMINDER_DAYS_BEFORE, plan};

use crate::events::Event;
use crate::model::templates::{self, Template};
use crate::model::{Channel, Message, Preferences, Reason, State};
use galen_kernel::{Instant, Rejection, RejectionKind};

/// Feeds of one patient.
pub const FEEDS_MAX: usize = 10;

fn refuse(code: &'static str, at: &str, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, code, message).at(at)
}

/// Sends a message again that was given up or suppressed.
pub fn resend(message: &Message, now: Instant) -> Result<Event, Rejection> {
    match message.state() {
        State::Dead | State::Suppressed => {
            // Where the provider may have sent it, it gets the same key and sends it once at most.
            let is_new = message.attempts > 0 && message.reason.is_none_or(Reason::is_certain);
            Ok(Event::Resent { due: now, is_new })
        }
        state => Err(Rejection::new(
            RejectionKind::Conflict,
            "message-not-ended",
            format!("This message is {}: there is nothing to send again", state.code()),
        )
        .next("Only messages that were given up or suppressed are sent again")),
    }
}

/// What a patient says of how to be told.
pub fn prefer(preferences: &Preferences) -> Result<(), Rejection> {
    let channels = &preferences.channels;
    if channels.is_empty() {
        return Err(refuse("channel-required", "preferences.channels", "Name at least one channel")
            .next("To get no messages, refuse the consent to each channel"));
    }
    let is_twice = |channel: &Channel| channels.iter().filter(|one| *one == channel).count() > 1;
    if channels.iter().any(is_twice) {
        return Err(refuse("channel-twice", "preferences.channels", "Name each channel once"));
    }
    Ok(())
}

/// A text that staff wrote.
pub fn override_template(template: Option<&Template>) -> Result<(), Rejection> {
    match template.and_then(templates::flaw) {
        None => Ok(()),
        Some((at, message)) => Err(refuse("template-invalid", &format!("template.{at}"), &message)),
    }
}

/// One more feed for a patient who has so many that are open.
pub fn create_feed(open: usize) -> Result<(), Rejection> {
    if open < FEEDS_MAX {
        return Ok(());
    }
    let message = format!("A patient has at most {FEEDS_MAX} calendar addresses");
    Err(Rejection::new(RejectionKind::Conflict, "too-many-feeds", message)
        .next("Revoke one that is not used"))
}
