//! Dates, dateTimes and times as FHIRPath has them: as precise as they were written, compared and added to with that in mind
//! (<https://hl7.org/fhirpath/N1/#datetime>).

mod calendar;
mod text;

use std::cmp::Ordering;

pub use calendar::{Amount, CalendarUnit};

use crate::temporal::{days, month_length};

/// Last year that can be written.
const YEAR_MAX: i64 = 9_999;
/// Where a zone is unknown it may be as far east as +14:00 ...
const EAST_MINUTES_MAX: i64 = 14 * 60;
/// ... and as far west as -12:00.
const WEST_MINUTES_MAX: i64 = 12 * 60;
const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Which of the three types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentKind {
    /// `System.Date`.
    Date,
    /// `System.DateTime`.
    DateTime,
    /// `System.Time`.
    Time,
}

/// The finest part written. Seconds and their fractions are one precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each variant is the unit of the same name")]
pub enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// A date, dateTime or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    kind: MomentKind,
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    /// Nanoseconds within the minute.
    nanos: i64,
    /// Digits of the fraction as written.
    digits: u8,
    part: Part,
    /// Minutes east of UTC.
    offset: Option<i64>,
}

impl Moment {
    /// The instant of these microseconds since 1970, in UTC, to the millisecond.
    pub fn from_micros(micros: i64) -> Self {
        let (day, rest) = (micros.div_euclid(DAY / 1000), micros.rem_euclid(DAY / 1000) * 1000);
        let (year, month, day) = civil(day);
        Self {
            kind: MomentKind::DateTime,
            year,
            month,
            day,
            hour: rest / HOUR,
            minute: rest % HOUR / MINUTE,
            nanos: rest % MINUTE / 1_000_000 * 1_000_000,
            digits: 3,
            part: Part::Second,
            offset: Some(0),
        }
    }

    /// Which type.
    pub fn kind(&self) -> MomentKind {
        self.kind
    }

    /// The finest part written.
    pub fn part(&self) -> Part {
        self.part
    }

    /// Minutes east of UTC, where a zone was written.
    pub fn offset(&self) -> Option<i64> {
        self.offset
    }

    /// The number of this part, where it was written.
    pub fn number_of(&self, part: Part) -> Option<i64> {
        let lowest = if self.kind == MomentKind::Time { Part::Hour } else { Part::Year };
        (part >= lowest && part <= self.part).then_some(match part {
            Part::Year => self.year,
            Part::Month => self.month,
            Part::Day => self.day,
            Part::Hour => self.hour,
            Part::Minute => self.minute,
            Part::Second => self.nanos / SECOND,
        })
    }

    /// Milliseconds within the second, where seconds were written.
    pub fn millisecond(&self) -> Option<i64> {
        (self.part == Part::Second).then_some(self.nanos % SECOND / 1_000_000)
    }

    /// The day alone, as precise as it was written.
    #[must_use]
    pub fn date(&self) -> Self {
        Self {
            kind: MomentKind::Date,
            part: self.part.min(Part::Day),
            hour: 0,
            minute: 0,
            nanos: 0,
            digits: 0,
            offset: None,
            ..*self
        }
    }

    /// The time of day alone, where one was written.
    pub fn time(&self) -> Option<Self> {
        (self.part >= Part::Hour).then_some(Self {
            kind: MomentKind::Time,
            year: 1970,
            month: 1,
            day: 1,
            offset: None,
            ..*self
        })
    }

    /// The same dateTime or date as a dateTime.
    #[must_use]
    pub fn date_time(&self) -> Self {
        Self { kind: MomentKind::DateTime, ..*self }
    }

    /// `[low, high)` in nanoseconds since 1970 on its own clock.
    fn bounds(&self) -> (i128, i128) {
        let day = days(self.year, self.month, self.day);
        let low = i128::from(day) * i128::from(DAY)
            + i128::from(self.hour * HOUR + self.minute * MINUTE + self.nanos);
        let width = match self.part {
            Part::Year => i128::from(days(self.year + 1, 1, 1) - day) * i128::from(DAY),
            Part::Month => i128::from(month_length(self.year, self.month)) * i128::from(DAY),
            Part::Day => i128::from(DAY),
            Part::Hour => i128::from(HOUR),
            Part::Minute => i128::from(MINUTE),
            Part::Second => 1,
        };
        (low, low + width)
    }

    /// The same in UTC; as wide as the world's zones where none was written.
    fn span(&self, zoned: bool) -> (i128, i128) {
        let (low, high) = self.bounds();
        let minutes = |count: i64| i128::from(count * MINUTE);
        match self.offset {
            Some(offset) => (low - minutes(offset), high - minutes(offset)),
            None if zoned => (low - minutes(EAST_MINUTES_MAX), high + minutes(WEST_MINUTES_MAX)),
            None => (low, high),
        }
    }

    /// Which is earlier. `None` where what was written does not decide it, or one is a time of day and one is not.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if (self.kind == MomentKind::Time) != (other.kind == MomentKind::Time) {
            return None;
        }
        let zoned = self.offset.is_some() || other.offset.is_some();
        let decided = self.part == other.part && self.offset.is_some() == other.offset.is_some();
        let (left, right) = (self.span(zoned), other.span(zoned));
        if decided {
            return Some(left.0.cmp(&right.0));
        }
        if left.1 <= right.0 {
            Some(Ordering::Less)
        } else if right.1 <= left.0 {
            Some(Ordering::Greater)
        } else {
            None
        }
    }

    /// Whether both are the same at the same precision: `~`.
    pub fn is_equivalent(&self, other: &Self) -> bool {
        self.part == other.part && self.compare(other) == Some(Ordering::Equal)
    }

    /// This much later (or earlier), whole units of what was written; a fraction counts for seconds only. `None` beyond
    /// the years 1 to 9999.
    pub fn plus(&self, amount: Amount) -> Option<Self> {
        if self.kind == MomentKind::Time {
            let Amount::Nanos(nanos) = amount else { return None };
            let (low, _) = self.bounds();
            let step = self.whole(nanos);
            let time = i64::try_from((low + step).rem_euclid(i128::from(DAY))).ok()?;
            return Some(self.at_time(time));
        }
        match amount {
            Amount::Months(months) => {
                let months = if self.part == Part::Year { months / 12 * 12 } else { months };
                let total = self.year.checked_mul(12)?.checked_add(self.month - 1)?.checked_add(months)?;
                let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
                if !(1..=YEAR_MAX).contains(&year) {
                    return None;
                }
                Some(Self { year, month, day: self.day.min(month_length(year, month)), ..*self })
            }
            Amount::Nanos(nanos) => match self.part {
                // A year written alone grows by whole years of 365 days, a month by months of 30.
                Part::Year => {
                    self.plus(Amount::Months(i64::try_from(nanos / i128::from(365 * DAY)).ok()? * 12))
                }
                Part::Month => self.plus(Amount::Months(i64::try_from(nanos / i128::from(30 * DAY)).ok()?)),
                _ => {
                    let total = self.bounds().0 + self.whole(nanos);
                    let (day, time) = (total.div_euclid(i128::from(DAY)), total.rem_euclid(i128::from(DAY)));
                    let (year, month, day) = civil(i64::try_from(day).ok()?);
                    (1..=YEAR_MAX).contains(&year).then_some(())?;
                    Some(Self { year, month, day, ..self.at_time(i64::try_from(time).ok()?) })
                }
            },
        }
    }

    /// Whole units of the finest part written, towards zero.
    fn whole(&self, nanos: i128) -> i128 {
        let unit = match self.part {
            Part::Year | Part::Month | Part::Day => DAY,
            Part::Hour => HOUR,
            Part::Minute => MINUTE,
            Part::Second => 1,
        };
        nanos / i128::from(unit) * i128::from(unit)
    }

    fn at_time(&self, nanos: i64) -> Self {
        let fraction = nanos % SECOND;
        let digits = if fraction == 0 { self.digits } else { self.digits.max(3) };
        Self { hour: nanos / HOUR, minute: nanos % HOUR / MINUTE, nanos: nanos % MINUTE, digits, ..*self }
    }

    /// Digits written, the fraction as milliseconds: 4 for a year, 17 for a full dateTime (<https://build.fhir.org/ig/HL7/FHIRPath/#precision--integer>).
    pub fn digits(&self) -> i64 {
        let date = match self.part {
            Part::Year => 4,
            Part::Month => 6,
            _ => 8,
        };
        let time = match self.part {
            Part::Hour => 2,
            Part::Minute => 4,
            Part::Second if self.digits > 0 => 9,
            Part::Second => 6,
            _ => 0,
        };
        if self.kind == MomentKind::Time { time } else { date + time }
    }

    /// The first (or last) moment this may mean, written to so many digits; `None` where it cannot be written so.
    pub fn boundary(&self, digits: i64, high: bool) -> Option<Self> {
        let mut out = *self;
        if high {
            let last = if self.part < Part::Month { 12 } else { self.month };
            out.month = last;
            if self.part < Part::Day {
                out.day = month_length(out.year, last);
            }
            if self.part < Part::Hour {
                out.hour = 23;
            }
            if self.part < Part::Minute {
                out.minute = 59;
            }
            if self.part < Part::Second {
                out.nanos = 59 * SECOND + 999_000_000;
            } else if self.digits == 0 {
                out.nanos += 999_000_000;
            }
        }
        let clock = if self.kind == MomentKind::Time { digits + 8 } else { digits };
        (out.part, out.digits) = match clock {
            4 => (Part::Year, 0),
            6 => (Part::Month, 0),
            8 => (Part::Day, 0),
            10 => (Part::Hour, 0),
            12 => (Part::Minute, 0),
            14 => (Part::Second, 0),
            17 => (Part::Second, 3),
            _ => return None,
        };
        match self.kind {
            MomentKind::Date if out.part > Part::Day => return None,
            MomentKind::Time if out.part < Part::Hour => return None,
            MomentKind::DateTime if out.part >= Part::Hour => {
                let unknown = if high { -WEST_MINUTES_MAX } else { EAST_MINUTES_MAX };
                out.offset = Some(self.offset.unwrap_or(unknown));
            }
            _ => out.offset = None,
        }
        Some(out)
    }
}

/// The day of the proleptic Gregorian calendar that is so many days after 1970-01-01.
fn civil(day: i64) -> (i64, i64, i64) {
    // Years counted from March, so that the leap day is the last of its year.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}
