//! The words of messaging: what is told, to whom, by which channel, and how it fares.

pub mod calendar;
pub mod preferences;
pub mod quiet;
pub mod reply;
pub mod segments;
pub mod state;
pub mod templates;

pub use preferences::Preferences;
pub use quiet::QuietHours;
pub use state::{State, Step};

use galen_kernel::{Instant, PatientId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// By which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// The patient's own list of messages, behind the sign-in.
    InApp,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Email, Self::Sms, Self::InApp];
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The hospital has the request and will answer it.
    AppointmentRequested,
    /// The appointment stands.
    AppointmentBooked,
    /// It was moved.
    AppointmentRescheduled,
    /// It will not take place.
    AppointmentCancelled,
    /// It is soon.
    AppointmentReminder,
    /// A time is free for who waits for one.
    AppointmentOffered,
    /// Who waited is on the waiting list no more.
    WaitingEnded,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::AppointmentRequested,
        Self::AppointmentBooked,
        Self::AppointmentRescheduled,
        Self::AppointmentCancelled,
        Self::AppointmentReminder,
        Self::AppointmentOffered,
        Self::WaitingEnded,
    ];

    /// Its code, as in addresses and stored documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AppointmentRequested => "appointment-requested",
            Self::AppointmentBooked => "appointment-booked",
            Self::AppointmentRescheduled => "appointment-rescheduled",
            Self::AppointmentCancelled => "appointment-cancelled",
            Self::AppointmentReminder => "appointment-reminder",
            Self::AppointmentOffered => "appointment-offered",
            Self::WaitingEnded => "waiting-ended",
        }
    }

    /// Reads a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The statuses of the Appointment for which the message is still true.
    pub const fn true_while(self) -> &'static [&'static str] {
        match self {
            Self::AppointmentRequested => &["proposed", "pending", "waitlist"],
            Self::AppointmentCancelled | Self::WaitingEnded => &["cancelled", "entered-in-error"],
            Self::AppointmentOffered => &["pending"],
            _ => &["booked"],
        }
    }

    /// Whether the message speaks of a time that is the patient's: then it is of the same appointment in calendars, too.
    pub const fn is_of_calendar(self) -> bool {
        !matches!(self, Self::AppointmentRequested | Self::AppointmentOffered | Self::WaitingEnded)
    }
}

/// The languages that messages are written in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Welsh.
    Cy,
    /// Arabic.
    Ar,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::En, Self::Cy, Self::Ar];

    /// Its BCP 47 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Cy => "cy",
            Self::Ar => "ar",
        }
    }

    /// The direction that its script is written in, as HTML says it.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Ar => "rtl",
            Self::En | Self::Cy => "ltr",
        }
    }

    /// Of a BCP 47 tag, whatever its region: `ar-EG` is Arabic.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|one| one.code().eq_ignore_ascii_case(primary))
    }
}

/// Why a message did not go out, or not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The patient does not want to be told by any way that is left.
    NoConsent,
    /// There is no telephone number or e-mail address to send it to.
    NoAddress,
    /// This installation has no outlet for the channel.
    NoOutlet,
    /// What it would say is no longer true.
    Superseded,
    /// The appointment's time is over.
    TooLate,
    /// The patient has died.
    Deceased,
    /// There is no such patient any more.
    NoRecipient,
    /// The provider could not be reached, or said that it cannot now.
    Unreachable,
    /// The provider was asked and did not answer: it may have sent the message, or not.
    Unanswered,
    /// The provider will not send it.
    Refused,
    /// The provider sent it, and it did not arrive.
    Undelivered,
}

impl Reason {
    /// Whether it is known that the patient did not get the message: then a resend is a new message to the provider.
    pub const fn is_certain(self) -> bool {
        !matches!(self, Self::Unanswered)
    }
}

/// A message to a patient. It holds no text and no contact: both are read when it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Whom it was planned for.
    pub patient: PatientId,
    /// What it is for.
    pub purpose: Purpose,
    /// The appointment's id.
    pub appointment: String,
    /// The appointment's version that it speaks of.
    pub version: u64,
    /// The appointment's start that it speaks of.
    pub start: Option<Instant>,
    /// Until when the patient may answer, if it asks something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<Instant>,
    /// The channel: as planned, and from the first attempt on as used.
    pub channel: Channel,
    /// The language: as planned, and from the first attempt on as used.
    pub language: Language,
    /// The calendar's count of changes to the appointment.
    pub sequence: u32,
    /// When it is to go out; while it is on its way, when somebody else takes it up.
    pub due: Instant,
    /// When it was made.
    pub queued: Instant,
    /// When the provider took it.
    pub sent: Option<Instant>,
    /// Attempts in this round.
    pub attempts: u32,
    /// How often it was given to the provider as a new message.
    pub round: u32,
    /// Why it did not go out, or not yet.
    pub reason: Option<Reason>,
    /// A fingerprint of the number that it was sent to, where an answer is expected from there.
    pub answers_from: Option<String>,
    state: State,
}

/// What a new message is about.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Whom it is for.
    pub patient: PatientId,
    /// The appointment's id.
    pub appointment: String,
    /// Its version.
    pub version: u64,
    /// Its start.
    pub start: Option<Instant>,
    /// Until when the patient may answer, if something is asked.
    pub answer_by: Option<Instant>,
    /// The calendar's count of changes.
    pub sequence: u32,
}

impl Message {
    /// A message that waits.
    pub fn queued(
        purpose: Purpose,
        subject: &Subject,
        (channel, language): (Channel, Language),
        due: Instant,
        now: Instant,
    ) -> Self {
        Self {
            patient: subject.patient.clone(),
            purpose,
            appointment: subject.appointment.clone(),
            version: subject.version,
            start: subject.start,
            answer_by: subject.answer_by,
            channel,
            language,
            sequence: subject.sequence,
            due,
            queued: now,
            sent: None,
            attempts: 0,
            round: 0,
            reason: None,
            answers_from: None,
            state: State::Queued,
        }
    }

    /// How it fares.
    pub const fn state(&self) -> State {
        self.state
    }

    /// Moves it; whether its state has such a step. Nothing else changes the state.
    pub(crate) fn step(&mut self, step: Step) -> bool {
        match self.state.after(step) {
            Some(next) => {
                self.state = next;
                true
            }
            None => false,
        }
    }

    /// What the provider knows it by: the same for all attempts, so that it is sent once.
    pub fn key(&self, id: &str) -> String {
        if self.round == 0 { id.to_owned() } else { format!("{id}.{}", self.round) }
    }
}

/// The message and the round that a provider's key names.
pub fn of_key(key: &str) -> Option<(&str, u32)> {
    match key.split_once('.') {
        None => Some((key, 0)),
        Some((id, round)) => Some((id, round.parse().ok()?)),
    }
}
