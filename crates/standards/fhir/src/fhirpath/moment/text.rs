//! Dates and times from text and to text.

use std::fmt;

use super::{EAST_MINUTES_MAX, Moment, MomentKind, Part, SECOND};
use crate::temporal::month_length;

impl Moment {
    /// Reads `2015`, `2015-02`, `2015-02-04`; with a `T` and any part of a time it is a dateTime; `T` first (as in a
    /// literal) or not (as in a resource), hours alone are a time only after `T`.
    pub fn parse(text: &str, kind: MomentKind) -> Option<Self> {
        match kind {
            MomentKind::Time => Self::parse_time(text.strip_prefix('T').unwrap_or(text)),
            MomentKind::Date => Self::parse_date(text, MomentKind::Date),
            MomentKind::DateTime => match text.split_once('T') {
                None => Self::parse_date(text, MomentKind::DateTime),
                Some((date, "")) => Self::parse_date(date, MomentKind::DateTime),
                Some((date, time)) => Self::parse_date_time(date, time),
            },
        }
    }

    /// A literal without its `@`.
    pub(in crate::fhirpath) fn literal(text: &str) -> Option<Self> {
        let kind = if text.starts_with('T') {
            MomentKind::Time
        } else if text.contains('T') {
            MomentKind::DateTime
        } else {
            MomentKind::Date
        };
        Self::parse(text, kind)
    }

    fn parse_date(text: &str, kind: MomentKind) -> Option<Self> {
        let mut parts = text.split('-');
        let year = number(parts.next()?, 4).filter(|&year| year > 0)?;
        let month = parts.next().map(|part| number(part, 2)).map_or(Some(None), |found| found.map(Some))?;
        let day = parts.next().map(|part| number(part, 2)).map_or(Some(None), |found| found.map(Some))?;
        let part = match (month, day) {
            (None, _) => Part::Year,
            (_, None) => Part::Month,
            _ => Part::Day,
        };
        let (month, day) = (month.unwrap_or(1), day.unwrap_or(1));
        let fits = (1..=12).contains(&month) && day >= 1 && day <= month_length(year, month);
        (fits && parts.next().is_none()).then_some(Self {
            kind,
            year,
            month,
            day,
            hour: 0,
            minute: 0,
            nanos: 0,
            digits: 0,
            part,
            offset: None,
        })
    }

    fn parse_time(text: &str) -> Option<Self> {
        let (hour, minute, second) = {
            let mut parts = text.split(':');
            let read = (parts.next()?, parts.next(), parts.next());
            parts.next().is_none().then_some(read)?
        };
        let hour = number(hour, 2).filter(|&hour| hour < 24)?;
        let part = match (minute, second) {
            (None, _) => Part::Hour,
            (_, None) => Part::Minute,
            _ => Part::Second,
        };
        let minute = minute.map_or(Some(0), |minute| number(minute, 2)).filter(|&minute| minute < 60)?;
        let (nanos, digits) = second.map_or(Some((0, 0)), seconds)?;
        Some(Self {
            kind: MomentKind::Time,
            year: 1970,
            month: 1,
            day: 1,
            hour,
            minute,
            nanos,
            digits,
            part,
            offset: None,
        })
    }

    fn parse_date_time(date: &str, time: &str) -> Option<Self> {
        let date = Self::parse_date(date, MomentKind::DateTime).filter(|date| date.part == Part::Day)?;
        let (clock, offset) = match time.find(['Z', '+', '-']) {
            None => (time, None),
            Some(at) => (time.get(..at)?, Some(zone(time.get(at..)?)?)),
        };
        let time = Self::parse_time(clock)?;
        Some(Self {
            kind: MomentKind::DateTime,
            year: date.year,
            month: date.month,
            day: date.day,
            offset,
            ..time
        })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind != MomentKind::Time {
            write!(out, "{:04}", self.year)?;
            if self.part >= Part::Month {
                write!(out, "-{:02}", self.month)?;
            }
            if self.part >= Part::Day {
                write!(out, "-{:02}", self.day)?;
            }
            if self.part < Part::Hour {
                return Ok(());
            }
            out.write_str("T")?;
        }
        write!(out, "{:02}", self.hour)?;
        if self.part >= Part::Minute {
            write!(out, ":{:02}", self.minute)?;
        }
        if self.part >= Part::Second {
            write!(out, ":{:02}", self.nanos / SECOND)?;
            if self.digits > 0 {
                let fraction = format!("{:09}", self.nanos % SECOND);
                write!(out, ".{}", fraction.get(..usize::from(self.digits.min(9))).unwrap_or(""))?;
            }
        }
        match self.offset {
            None => Ok(()),
            Some(0) => out.write_str("Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                write!(out, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
            }
        }
    }
}

fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// `SS` or `SS.fff` as nanoseconds, and how many digits the fraction has. A leap second is the last of its minute.
fn seconds(text: &str) -> Option<(i64, u8)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let second = number(whole, 2).filter(|&second| second <= 60)?.min(59);
    if text.len() > whole.len()
        && (fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return None;
    }
    let kept = fraction.get(..fraction.len().min(9))?;
    let nanos: i64 = if kept.is_empty() { 0 } else { format!("{kept:0<9}").parse().ok()? };
    Some((second * SECOND + nanos, u8::try_from(kept.len()).ok()?))
}

fn zone(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let offset = number(hours, 2)? * 60 + number(minutes, 2).filter(|&minutes| minutes < 60)?;
    let sign = if text.starts_with('-') { -1 } else { 1 };
    (offset <= EAST_MINUTES_MAX).then_some(sign * offset)
}
