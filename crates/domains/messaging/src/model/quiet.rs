//! Quiet hours: civil times of a day in a time zone, right on the days when clocks change.

use galen_kernel::Instant;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a patient is not to be disturbed: from one time of day until another, over midnight where `until` is earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuietHours {
    /// First minute of quiet, `21:00`.
    #[serde(with = "minute")]
    #[schemars(with = "String")]
    pub from: Time,
    /// First minute after it, `08:00`; the same as `from` for no quiet hours at all.
    #[serde(with = "minute")]
    #[schemars(with = "String")]
    pub until: Time,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { from: Time::constant(21, 0, 0, 0), until: Time::constant(8, 0, 0, 0) }
    }
}

impl QuietHours {
    /// Whether a time of day is quiet.
    pub fn holds_at(self, time: Time) -> bool {
        if self.from <= self.until {
            self.from <= time && time < self.until
        } else {
            self.from <= time || time < self.until
        }
    }

    /// Whether this moment is quiet there.
    pub fn holds(self, at: Instant, zone: &TimeZone) -> bool {
        self.holds_at(zoned(at, zone).time())
    }

    /// The moment itself where it is not quiet, else the end of the quiet that it lies in. Where clocks go forward over
    /// that end, as many minutes after the change; where the end comes twice, the first that is still to come.
    pub fn end_after(self, at: Instant, zone: &TimeZone) -> Instant {
        if !self.holds(at, zone) {
            return at;
        }
        let today = zoned(at, zone).date();
        let ends = [Some(today), today.tomorrow().ok()].into_iter().flatten();
        let after = ends
            .flat_map(|date| moments(date, self.until, zone))
            .filter(|end| *end > at && !self.holds(*end, zone));
        after.min().unwrap_or(at)
    }
}

/// The moments at which a clock there shows this time on this date; one usually.
fn moments(date: Date, time: Time, zone: &TimeZone) -> Vec<Instant> {
    let shown = zone.to_ambiguous_zoned(date.to_datetime(time));
    [shown.clone().earlier(), shown.later()].into_iter().flatten().map(|zoned| instant(&zoned)).collect()
}

/// The same civil time so many days before, which is not always a multiple of 24 hours.
pub fn days_before(at: Instant, days: i8, zone: &TimeZone) -> Option<Instant> {
    zoned(at, zone).checked_sub(Span::new().days(days)).ok().map(|zoned| instant(&zoned))
}

/// A moment as clocks there show it.
pub fn zoned(at: Instant, zone: &TimeZone) -> Zoned {
    Timestamp::from_microsecond(at.micros()).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone())
}

fn instant(zoned: &Zoned) -> Instant {
    Instant::from_micros(zoned.timestamp().as_microsecond())
}

/// Times of day to the minute, as forms write them.
mod minute {
    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it by reference
    pub(super) fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:02}:{:02}", time.hour(), time.minute()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = text.split_once(':').and_then(|(hour, minute)| {
            let is_plain = hour.len() == 2 && minute.len() == 2;
            is_plain.then(|| Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()).flatten()
        });
        read.ok_or_else(|| D::Error::custom("a time of day is written 21:00, expected HH:MM"))
    }
}
