//! A series: the same appointment again and again.

use jiff::civil::{Date, Time, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most appointments of one series.
pub const OCCURRENCES_MAX: usize = 52;
/// Most days or weeks from one to the next.
pub const EVERY_MAX: u32 = 52;

/// What is counted from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "SeriesUnit")]
pub enum Unit {
    /// Days.
    Days,
    /// Weeks, from Monday on.
    Weeks,
}

/// When a series ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// After so many.
    After(usize),
    /// With this local day.
    With(Date),
}

/// When the appointments of a series are, in local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The first day.
    pub first: Date,
    /// At what time of each day, summer and winter.
    pub time: Time,
    /// Every so many.
    pub every: u32,
    /// Days or weeks.
    pub unit: Unit,
    /// On which days of a week; the first day's, if there are none.
    pub days: Vec<Weekday>,
    /// When it ends.
    pub ends: Ends,
}

/// What is to be said of a time of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "OccurrenceState")]
pub enum State {
    /// It can be booked.
    Free,
    /// A holiday of the clinic's.
    Holiday,
    /// Nobody is there.
    Leave,
    /// Outside the times that can be booked.
    Closed,
    /// Somebody else has it.
    Taken,
    /// The patient has another appointment.
    PatientBusy,
    /// The clocks change, and this time of day is skipped.
    ClockChange,
    /// It is over.
    Past,
    /// Further ahead than appointments are made.
    TooFarAhead,
}
