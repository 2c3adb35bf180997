//! What is in one actor's day: the aggregate that bookings are decided by.

use crate::model::Span;
use galen_kernel::{Instant, MICROS_PER_MINUTE};
use serde::{Deserialize, Serialize};

/// Most entries of one day.
pub const ENTRIES_MAX: usize = 500;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// An appointment.
    #[serde(rename = "v")]
    Visit,
    /// An appointment that was, or that nobody came to: the day's board shows it, it takes no time from others.
    #[serde(rename = "p")]
    Past,
    /// Leave, a block, maintenance: nothing can be booked.
    #[serde(rename = "a")]
    Absence,
    /// Open beyond the timetable.
    #[serde(rename = "o")]
    Opening,
}

/// A span of the day that something takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
pub struct Entry {
    /// The appointment, or the Slot of an absence or opening.
    pub holder: String,
    /// Minutes since 1970.
    start: i64,
    /// Minutes since 1970.
    end: i64,
    /// What it is.
    pub what: What,
    /// When it lapses by itself: a hold.
    pub until: Option<Instant>,
}

/// An entry as it is stored, without names: a search for free times reads hundreds of days.
#[derive(Serialize, Deserialize)]
struct Row(String, i64, i64, What, Option<Instant>);

impl From<Row> for Entry {
    fn from(Row(holder, start, end, what, until): Row) -> Self {
        Self { holder, start, end, what, until }
    }
}

impl From<Entry> for Row {
    fn from(entry: Entry) -> Self {
        Self(entry.holder, entry.start, entry.end, entry.what, entry.until)
    }
}

impl Entry {
    /// An entry; its span is on the grid of whole minutes.
    pub fn new(holder: &str, span: Span, what: What, until: Option<Instant>) -> Self {
        let minute = |at: Instant| at.micros().div_euclid(MICROS_PER_MINUTE);
        Self { holder: holder.to_owned(), start: minute(span.start()), end: minute(span.end()), what, until }
    }

    /// The same, of this holder.
    #[must_use]
    pub fn held_by(self, holder: &str) -> Self {
        Self { holder: holder.to_owned(), ..self }
    }

    /// When.
    pub fn span(&self) -> Option<Span> {
        let at = |minutes: i64| Instant::from_micros(minutes.saturating_mul(MICROS_PER_MINUTE));
        Span::new(at(self.start), at(self.end))
    }

    /// Whether it still stands.
    pub fn is_live(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| until > now)
    }
}

/// A day in UTC of one actor: of a Schedule, or of a patient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diary {
    /// In no order.
    #[serde(rename = "n")]
    pub entries: Vec<Entry>,
}
