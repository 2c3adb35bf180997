//! Calendar units, and how much of them to add.

use super::{DAY, HOUR, MINUTE, SECOND};
use crate::decimal::Decimal;
use crate::fhirpath::arithmetic;

/// Longest time that can be added: it spans every year there is.
const NANOS_MAX: i128 = 10_000 * 366 * DAY as i128;

/// A calendar unit to add, or a definite one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the unit of the same name")]
pub enum CalendarUnit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

impl CalendarUnit {
    /// The unit of this keyword, singular or plural.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.strip_suffix('s').unwrap_or(word) {
            "year" => Self::Year,
            "month" => Self::Month,
            "week" => Self::Week,
            "day" => Self::Day,
            "hour" => Self::Hour,
            "minute" => Self::Minute,
            "second" => Self::Second,
            "millisecond" => Self::Millisecond,
            _ => return None,
        })
    }

    /// Its keyword.
    pub fn word(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Millisecond => "millisecond",
        }
    }

    /// The UCUM unit of the same name; for years and months only nearly the same length.
    pub fn ucum(self) -> &'static str {
        match self {
            Self::Year => "a",
            Self::Month => "mo",
            Self::Week => "wk",
            Self::Day => "d",
            Self::Hour => "h",
            Self::Minute => "min",
            Self::Second => "s",
            Self::Millisecond => "ms",
        }
    }

    /// The unit of this UCUM code.
    pub fn of_ucum(code: &str) -> Option<Self> {
        Some(match code {
            "a" => Self::Year,
            "mo" => Self::Month,
            "wk" => Self::Week,
            "d" => Self::Day,
            "h" => Self::Hour,
            "min" => Self::Minute,
            "s" => Self::Second,
            "ms" => Self::Millisecond,
            _ => return None,
        })
    }

    /// Its length, where it has one.
    fn nanos(self) -> Option<i64> {
        Some(match self {
            Self::Year | Self::Month => return None,
            Self::Week => 7 * DAY,
            Self::Day => DAY,
            Self::Hour => HOUR,
            Self::Minute => MINUTE,
            Self::Second => SECOND,
            Self::Millisecond => SECOND / 1000,
        })
    }
}

/// How much to add.
#[derive(Debug, Clone, Copy)]
pub enum Amount {
    /// Calendar months.
    Months(i64),
    /// A length of time.
    Nanos(i128),
}

impl Amount {
    /// So many of a unit. A fraction counts for seconds only.
    pub(in crate::fhirpath) fn of(value: &Decimal, unit: CalendarUnit) -> Option<Self> {
        let whole = arithmetic::scaled(value, 0)?;
        let nanos = match unit.nanos() {
            None => {
                let months = if unit == CalendarUnit::Year { 12 } else { 1 };
                return Some(Self::Months(i64::try_from(whole).ok()?.checked_mul(months)?));
            }
            Some(SECOND) => arithmetic::scaled(value, 9)?,
            Some(nanos) => whole.checked_mul(i128::from(nanos))?,
        };
        (nanos.abs() <= NANOS_MAX).then_some(Self::Nanos(nanos))
    }
}
