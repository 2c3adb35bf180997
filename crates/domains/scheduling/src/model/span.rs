//! Spans of time, to the microsecond, in UTC.

use galen_kernel::{Instant, MICROS_PER_DAY, MICROS_PER_MINUTE};
use std::ops::Range;

/// What appointments begin and end on: the grid that the database counts places by.
pub const GRANULE_MINUTES: i64 = 5;
/// Longest appointment.
pub const SPAN_MINUTES_MAX: i64 = 24 * 60;
const GRANULE_MICROS: i64 = GRANULE_MINUTES * MICROS_PER_MINUTE;

/// From `start` until just before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    start: Instant,
    end: Instant,
}

/// The day of an instant in UTC, counted from 1970. Diaries are kept by these: unlike local days they all have 24 hours.
pub const fn utc_day(at: Instant) -> i64 {
    at.micros().div_euclid(MICROS_PER_DAY)
}

impl Span {
    /// `None` when it would be empty or end before it begins.
    pub fn new(start: Instant, end: Instant) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// So many minutes from `start`.
    pub fn of_minutes(start: Instant, minutes: i64) -> Option<Self> {
        Self::new(start, start.plus_micros(minutes.saturating_mul(MICROS_PER_MINUTE)))
    }

    /// A day in UTC, counted from 1970.
    pub const fn of_utc_day(day: i64) -> Self {
        let start = Instant::from_micros(day.saturating_mul(MICROS_PER_DAY));
        Self { start, end: start.plus_micros(MICROS_PER_DAY) }
    }

    /// Its first moment.
    pub const fn start(self) -> Instant {
        self.start
    }

    /// The first moment after it.
    pub const fn end(self) -> Instant {
        self.end
    }

    /// How long it is, in whole minutes.
    pub const fn minutes(self) -> i64 {
        self.end.since(self.start) / MICROS_PER_MINUTE
    }

    /// Whether they share a moment.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether all of `other` lies within.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// What they share.
    pub fn shared(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// Whether it begins and ends on the grid.
    pub const fn is_on_grid(self) -> bool {
        self.start.micros() % GRANULE_MICROS == 0 && self.end.micros() % GRANULE_MICROS == 0
    }

    /// The places of the grid that it touches, counted from 1970.
    pub const fn granules(self) -> Range<i64> {
        let last = self.end.micros().saturating_sub(1).div_euclid(GRANULE_MICROS);
        self.start.micros().div_euclid(GRANULE_MICROS)..last + 1
    }

    /// The days in UTC that it touches.
    pub const fn utc_days(self) -> Range<i64> {
        let last = utc_day(Instant::from_micros(self.end.micros().saturating_sub(1)));
        utc_day(self.start)..last + 1
    }
}
