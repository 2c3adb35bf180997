//! Whether a message may go out now, by which channel, and what its attempt comes to.

use crate::events::Event;
use crate::model::{Channel, Language, Message, Preferences, Purpose, Reason, State};
use galen_kernel::{Instant, MICROS_PER_DAY, MICROS_PER_MINUTE};
use galen_outbound::Backoff;
use jiff::tz::TimeZone;
use std::time::Duration;

/// How attempts are repeated: for about three hours.
pub const BACKOFF: Backoff =
    Backoff { first: Duration::from_secs(60), longest: Duration::from_secs(3_600), attempts_max: 8 };
/// How long an attempt may stay without outcome before somebody else takes it up: longer than any attempt takes.
pub const ATTEMPT_LEASE_MICROS: i64 = 2 * MICROS_PER_MINUTE;
/// A cancellation of an appointment that begins so soon goes out in quiet hours, too.
pub const URGENT_MICROS: i64 = MICROS_PER_DAY;

/// An appointment as it is when a message about it is to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentNow {
    /// Its status.
    pub status: String,
    /// Its start.
    pub start: Option<Instant>,
}

/// What is known of the patient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipient {
    /// Whether they have died.
    pub is_deceased: bool,
    /// The ways for which there is an address.
    pub reachable: Vec<Channel>,
    /// The language in the record.
    pub language: Option<Language>,
}

/// What the rules know of the world around a message.
#[derive(Debug, Clone)]
pub struct Around {
    /// The appointment.
    pub appointment: Option<AppointmentNow>,
    /// The patient.
    pub recipient: Option<Recipient>,
    /// What the patient prefers.
    pub preferences: Preferences,
    /// Channels that have an outlet here.
    pub outlets: Vec<Channel>,
    /// Whether consent must have been given, rather than not refused.
    pub opt_in: bool,
    /// The language of those who have none.
    pub language: Language,
    /// The zone of civil times.
    pub zone: TimeZone,
}

/// What to do with a message that is due; none where there is nothing to do.
pub fn begin(message: &Message, around: &Around, now: Instant) -> Option<Event> {
    if message.due > now {
        return None;
    }
    let lease = now.plus_micros(ATTEMPT_LEASE_MICROS);
    match message.state() {
        State::Sending if message.attempts >= BACKOFF.attempts_max => {
            Some(Event::GivenUp { reason: Reason::Unanswered })
        }
        // It goes back to the queue, where it is suppressed for what it is.
        State::Sending if outdated(message, around, now).is_some() => {
            Some(Event::Failed { reason: Reason::Unanswered, due: now })
        }
        State::Sending => Some(Event::TakenUp { lease }),
        State::Queued => Some(start(message, around, now)),
        _ => None,
    }
}

/// The beginning of an attempt, or why there is none.
pub fn start(message: &Message, around: &Around, now: Instant) -> Event {
    if let Some(reason) = outdated(message, around, now) {
        return Event::Suppressed { reason };
    }
    let channel = match channel(message, around) {
        Ok(channel) => channel,
        Err(reason) => return Event::Suppressed { reason },
    };
    if let Some(due) = quiet(message, channel, around, now) {
        return Event::Postponed { due };
    }
    let language = if was_asked(message) { message.language } else { language(around) };
    Event::Attempted { channel, language, lease: now.plus_micros(ATTEMPT_LEASE_MICROS) }
}

fn outdated(message: &Message, around: &Around, now: Instant) -> Option<Reason> {
    let Some(recipient) = &around.recipient else { return Some(Reason::NoRecipient) };
    if recipient.is_deceased {
        return Some(Reason::Deceased);
    }
    let Some(appointment) = &around.appointment else { return Some(Reason::Superseded) };
    if !message.purpose.true_while().contains(&appointment.status.as_str()) {
        return Some(Reason::Superseded);
    }
    let speaks_of_start = !matches!(message.purpose, Purpose::AppointmentRequested | Purpose::WaitingEnded);
    if speaks_of_start && message.start != appointment.start {
        return Some(Reason::Superseded);
    }
    let is_over = |at: Option<Instant>| at.is_some_and(|at| at <= now);
    (is_over(appointment.start) || is_over(message.answer_by)).then_some(Reason::TooLate)
}

/// Whether a provider may know the message under the key that it has now.
fn was_asked(message: &Message) -> bool {
    message.attempts > 0 || message.reason == Some(Reason::Unanswered)
}

/// The channel of the attempt: the first that the patient wants, allows and can be reached by. Once a provider was asked,
/// it stays with that one: another could not know that it was sent already.
fn channel(message: &Message, around: &Around) -> Result<Channel, Reason> {
    let own = [message.channel];
    let wanted = if was_asked(message) { &own[..] } else { &around.preferences.channels };
    let mut reason = Reason::NoConsent;
    for channel in wanted {
        let is_reachable = around.recipient.as_ref().is_some_and(|one| one.reachable.contains(channel));
        if !around.preferences.allows(*channel, around.opt_in) {
            continue;
        }
        if !is_reachable {
            reason = Reason::NoAddress;
        } else if around.outlets.contains(channel) {
            return Ok(*channel);
        } else if reason == Reason::NoConsent {
            reason = Reason::NoOutlet;
        }
    }
    Err(reason)
}

/// The channel and language that a new message would have if it went out now.
pub fn foreseen(around: &Around) -> (Channel, Language) {
    let is_open = |channel: &&Channel| {
        around.preferences.allows(**channel, around.opt_in)
            && around.outlets.contains(channel)
            && around.recipient.as_ref().is_some_and(|one| one.reachable.contains(channel))
    };
    let wanted = &around.preferences.channels;
    let channel = wanted.iter().find(is_open).or(wanted.first()).copied().unwrap_or(Channel::InApp);
    (channel, language(around))
}

fn language(around: &Around) -> Language {
    let known = around.recipient.as_ref().and_then(|recipient| recipient.language);
    around.preferences.language.or(known).unwrap_or(around.language)
}

/// The end of quiet hours that the message must wait for.
fn quiet(message: &Message, channel: Channel, around: &Around, now: Instant) -> Option<Instant> {
    let left = message.start.map(|start| start.since(now));
    let is_urgent =
        message.purpose == Purpose::AppointmentCancelled && left.is_some_and(|left| left <= URGENT_MICROS);
    if is_urgent || channel == Channel::InApp {
        return None;
    }
    let end = around.preferences.quiet_hours.end_after(now, &around.zone);
    // Better told at night than after the fact.
    let is_of_use = message.answer_by.or(message.start).is_none_or(|last| end < last);
    (end > now && is_of_use).then_some(end)
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it.
    Accepted,
    /// It will not take it, however often it is asked.
    Refused,
    /// It did not take it; it may another time, no earlier than it asks.
    Unreachable(Option<Duration>),
    /// It was asked and did not answer: it may have taken it.
    Unanswered,
}

/// What follows from the outcome of an attempt; none where the message has moved on, or the attempt is not its last.
pub fn conclude(
    message: &Message,
    (round, attempt): (u32, u32),
    outcome: Outcome,
    now: Instant,
    chance: u64,
) -> Option<Event> {
    if message.state() != State::Sending || (message.round, message.attempts) != (round, attempt) {
        return None;
    }
    let (reason, asked) = match outcome {
        Outcome::Accepted => return Some(Event::Accepted { at: now }),
        Outcome::Refused => return Some(Event::GivenUp { reason: Reason::Refused }),
        Outcome::Unreachable(asked) => (Reason::Unreachable, asked),
        Outcome::Unanswered => (Reason::Unanswered, None),
    };
    // Once nobody can say whether it was sent, nobody can until there is an answer.
    let reason = if message.reason == Some(Reason::Unanswered) { Reason::Unanswered } else { reason };
    Some(match BACKOFF.wait(attempt, chance, asked) {
        Some(wait) => {
            let wait = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
            Event::Failed { reason, due: now.plus_micros(wait) }
        }
        None => Event::GivenUp { reason },
    })
}

/// What a provider's receipt says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// It is on its way.
    Underway,
    /// It arrived.
    Delivered,
    /// It did not arrive, and will not.
    Undelivered,
}

/// What follows from a receipt; none where it tells nothing new, or is of an earlier round.
pub fn receive(message: &Message, round: u32, receipt: Receipt) -> Option<Event> {
    let event = match receipt {
        _ if message.round != round || !was_asked(message) => return None,
        Receipt::Underway => return None,
        Receipt::Delivered => Event::Confirmed,
        Receipt::Undelivered => Event::Undelivered,
    };
    message.state().after(event.step()).map(|_| event)
}
