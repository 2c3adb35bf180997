//! FHIR dates as intervals of time: `2020` is a whole year, and search compares intervals.
//!
//! A date or time without a zone is taken as UTC: the resource does not say otherwise, and an index must answer the same
//! on every machine. A leap second (`:60`) is taken as the last second of its minute.

/// `[low, high)` in microseconds since 1970-01-01T00:00:00Z. An open end is `i64::MIN` or `i64::MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// First instant inside.
    pub low: i64,
    /// First instant after.
    pub high: i64,
}

impl Interval {
    /// All of time.
    pub const ALWAYS: Self = Self { low: i64::MIN, high: i64::MAX };

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

/// How much of a date was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each variant is the unit of the same name")]
pub enum Precision {
    Year,
    Month,
    Day,
    Minute,
    Second,
    Fraction,
}

/// A parsed date, dateTime or instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed {
    /// When.
    pub interval: Interval,
    /// How exactly.
    pub precision: Precision,
    /// Whether a zone was written.
    pub has_zone: bool,
}

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;
/// Widest zone offset FHIR's pattern allows, in minutes.
const OFFSET_MINUTES_MAX: i64 = 14 * 60;

/// The interval of a date, dateTime or instant of any precision; also `YYYY-MM-DDThh:mm` as searches write it.
pub fn parse(text: &str) -> Option<Interval> {
    parse_full(text).map(|parsed| parsed.interval)
}

/// The same with precision and zone.
pub fn parse_full(text: &str) -> Option<Parsed> {
    let mut rest = Reader(text.as_bytes());
    let year = rest.number(4).filter(|&year| year > 0)?;
    if rest.is_done() {
        return Some(whole(days(year, 1, 1), days(year + 1, 1, 1), Precision::Year));
    }
    rest.skip(b'-')?;
    let month = rest.number(2).filter(|month| (1..=12).contains(month))?;
    if rest.is_done() {
        let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        return Some(whole(days(year, month, 1), days(next_year, next, 1), Precision::Month));
    }
    rest.skip(b'-')?;
    let day = rest.number(2).filter(|&day| day >= 1 && day <= month_length(year, month))?;
    let date = days(year, month, day);
    if rest.is_done() {
        return Some(whole(date, date + 1, Precision::Day));
    }
    rest.skip(b'T')?;
    let (offset, width, precision) = time(&mut rest)?;
    let has_zone = !rest.is_done();
    let zone = if has_zone { zone(&mut rest)? } else { 0 };
    let low = date * DAY + offset - zone;
    rest.is_done().then_some(Parsed { interval: Interval { low, high: low + width }, precision, has_zone })
}

fn whole(first: i64, after: i64, precision: Precision) -> Parsed {
    Parsed { interval: Interval { low: first * DAY, high: after * DAY }, precision, has_zone: false }
}

/// Microseconds since midnight, how wide the written precision is, and that precision.
fn time(rest: &mut Reader<'_>) -> Option<(i64, i64, Precision)> {
    let hour = rest.number(2).filter(|&hour| hour < 24)?;
    rest.skip(b':')?;
    let minute = rest.number(2).filter(|&minute| minute < 60)?;
    let offset = (hour * 60 + minute) * MINUTE;
    if rest.skip(b':').is_none() {
        return Some((offset, MINUTE, Precision::Minute));
    }
    let second = rest.number(2).filter(|&second| second <= 60)?.min(59);
    let offset = offset + second * SECOND;
    if rest.skip(b'.').is_none() {
        return Some((offset, SECOND, Precision::Second));
    }
    let (mut micros, mut width, mut digits) = (0, SECOND, 0u32);
    while let Some(digit) = rest.digit() {
        digits += 1;
        if digits <= 6 {
            width /= 10;
            micros += digit * width;
        }
    }
    (digits > 0).then_some((offset + micros, width, Precision::Fraction))
}

/// The zone's offset in microseconds.
fn zone(rest: &mut Reader<'_>) -> Option<i64> {
    if rest.skip(b'Z').is_some() {
        return Some(0);
    }
    let sign = if rest.skip(b'+').is_some() {
        1
    } else {
        rest.skip(b'-')?;
        -1
    };
    let hours = rest.number(2)?;
    rest.skip(b':')?;
    let minutes = rest.number(2).filter(|&minutes| minutes < 60)?;
    let offset = hours * 60 + minutes;
    (offset <= OFFSET_MINUTES_MAX).then_some(sign * offset * MINUTE)
}

/// Whether this is a FHIR `time`: `hh:mm:ss` with an optional fraction and no zone.
pub fn is_time(text: &str) -> bool {
    let mut rest = Reader(text.as_bytes());
    time(&mut rest).is_some_and(|(_, _, precision)| precision >= Precision::Second) && rest.is_done()
}

/// Days from 1970-01-01 to a day of the proleptic Gregorian calendar.
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    // Counting years from March puts the leap day last, so month lengths follow one straight line.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

pub(crate) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    fn digit(&mut self) -> Option<i64> {
        let (&byte, rest) = self.0.split_first()?;
        if !byte.is_ascii_digit() {
            return None;
        }
        self.0 = rest;
        Some(i64::from(byte - b'0'))
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        (0..digits).try_fold(0, |number, _| Some(number * 10 + self.digit()?))
    }

    fn skip(&mut self, mark: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[mark])?;
        Some(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn micros(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
    }

    #[test]
    fn every_precision_is_an_interval() {
        for (text, low, high) in [
            ("2020", "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"),
            ("2020-12", "2020-12-01T00:00:00Z", "2021-01-01T00:00:00Z"),
            ("2020-02-29", "2020-02-29T00:00:00Z", "2020-03-01T00:00:00Z"),
            ("1969-12-31", "1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("2020-01-02T03:04", "2020-01-02T03:04:00Z", "2020-01-02T03:05:00Z"),
            ("2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z", "2020-01-02T03:04:06Z"),
            ("2020-01-02T03:04:05+05:30", "2020-01-01T21:34:05Z", "2020-01-01T21:34:06Z"),
            ("2020-01-02T03:04:05.67-04:00", "2020-01-02T07:04:05.67Z", "2020-01-02T07:04:05.68Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z", "2017-01-01T00:00:00Z"),
            ("0001-01-01", "0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z"),
            ("2020-01-02T03:04:05.123456789Z", "2020-01-02T03:04:05.123456Z", "2020-01-02T03:04:05.123457Z"),
        ] {
            assert_eq!(parse(text), Some(Interval { low: micros(low), high: micros(high) }), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "20",
            "0000",
            "2020-13",
            "2020-00",
            "2019-02-29",
            "2020-1-1",
            "2020-01-01T",
            "2020-01-01T24:00:00Z",
            "2020-01-01T00:60:00Z",
            "2020-01-01T00:00:61Z",
            "2020-01-01T00:00:00+15:00",
            "2020-01-01T00:00:00.Z",
            "2020-01-01 00:00:00",
            "2020-01-01T00:00:00Zx",
            "2020-04-31",
            "12020",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn calendar_agrees_with_jiff() {
        for year in [1i64, 1582, 1600, 1900, 1968, 1970, 2000, 2023, 2024, 2100, 9998] {
            for month in 1..=12 {
                let date = format!("{year:04}-{month:02}-01");
                assert_eq!(parse(&date).unwrap().low, micros(&format!("{date}T00:00:00Z")), "{date}");
            }
        }
    }
}
