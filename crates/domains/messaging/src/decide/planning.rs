//! Which messages an event makes, and which it makes superfluous.

use crate::events::Event;
use crate::model::Subject;
use crate::model::quiet::days_before;
use crate::model::{Channel, Language, Message, Purpose, Reason, State};
use galen_kernel::{Instant, MICROS_PER_HOUR, PatientId};
use jiff::tz::TimeZone;

/// Days before the appointment, at its time of day, on which the patient is reminded.
pub const REMINDER_DAYS_BEFORE: [i8; 2] = [7, 1];
/// A reminder that would come so soon after the booking says nothing new.
const REMINDER_AFTER_MICROS_MIN: i64 = 6 * MICROS_PER_HOUR;
/// Messages about one appointment that are looked at.
pub const MESSAGES_OF_APPOINTMENT_MAX: u32 = 500;

/// What happened to an appointment.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// What the patient is told.
    pub purpose: Purpose,
    /// Whose.
    pub patient: PatientId,
    /// The appointment's id.
    pub appointment: String,
    /// The version that it made.
    pub version: u64,
    /// The appointment's start, as far as it is known now.
    pub start: Option<Instant>,
    /// Until when the patient may answer, if something is asked.
    pub answer_by: Option<Instant>,
}

/// A message about the same appointment that is there already.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// It.
    pub message: Message,
}

/// What follows.
#[derive(Debug, Clone, Default)]
pub struct Planned {
    /// New messages, each with what tells it from the others of this event.
    pub queue: Vec<(String, Message)>,
    /// Messages that are not sent any more.
    pub drop: Vec<(String, Event)>,
}

/// Plans what an event makes: the message of it, reminders, and the end of what was planned before.
pub fn plan(
    occurrence: &Occurrence,
    known: &[Known],
    as_planned: (Channel, Language),
    zone: &TimeZone,
    now: Instant,
) -> Planned {
    // Events may come in another order than they happened: what is known of a later version stands.
    if known.iter().any(|one| one.message.version > occurrence.version) {
        return Planned::default();
    }
    let drop = known
        .iter()
        .filter(|one| one.message.state() == State::Queued && one.message.version < occurrence.version)
        .map(|one| (one.id.clone(), Event::Suppressed { reason: Reason::Superseded }))
        .collect();
    let subject = Subject {
        patient: occurrence.patient.clone(),
        appointment: occurrence.appointment.clone(),
        version: occurrence.version,
        start: occurrence.start,
        answer_by: occurrence.answer_by,
        sequence: sequence(occurrence.purpose, known),
    };
    let mut queue =
        vec![("notice".to_owned(), Message::queued(occurrence.purpose, &subject, as_planned, now, now))];
    if matches!(occurrence.purpose, Purpose::AppointmentBooked | Purpose::AppointmentRescheduled) {
        for (days, due) in reminders(occurrence.start, zone, now) {
            let reminder = Message::queued(Purpose::AppointmentReminder, &subject, as_planned, due, now);
            queue.push((format!("reminder-{days}"), reminder));
        }
    }
    Planned { queue, drop }
}

/// When the patient is reminded of an appointment that begins then.
fn reminders(start: Option<Instant>, zone: &TimeZone, now: Instant) -> Vec<(i8, Instant)> {
    let earliest = now.plus_micros(REMINDER_AFTER_MICROS_MIN);
    let due = |days: i8| Some((days, days_before(start?, days, zone)?));
    REMINDER_DAYS_BEFORE.into_iter().filter_map(due).filter(|(_, due)| *due >= earliest).collect()
}

/// The calendar's count of changes: a booking begins at 0, or goes on where the same appointment was told of before.
fn sequence(purpose: Purpose, known: &[Known]) -> u32 {
    let invited = known.iter().filter(|one| one.message.purpose.is_of_calendar());
    let last = invited.map(|one| one.message.sequence).max();
    match (last, purpose) {
        (Some(last), _) => last + 1,
        (None, Purpose::AppointmentRescheduled | Purpose::AppointmentCancelled) => 1,
        (None, _) => 0,
    }
}
