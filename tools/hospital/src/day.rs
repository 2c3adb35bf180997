//! Days and times as FHIR writes them.

use jiff::civil::Date;
use jiff::{Span, Unit};

/// Minutes of a day.
pub const DAY_MINUTES: i32 = 24 * 60;

/// So many days later (or earlier).
pub fn after(date: Date, days: i32) -> Date {
    date.saturating_add(Span::new().days(days))
}

/// Days from one date to another.
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until((Unit::Day, to)).map_or(0, |span| span.get_days())
}

/// Whole years of age on a date.
pub fn years_between(from: Date, to: Date) -> i32 {
    from.until((Unit::Year, to)).map_or(0, |span| i32::from(span.get_years()))
}

/// A dateTime with its zone; minutes beyond the day run into the next.
pub fn at(date: Date, minutes: i32) -> String {
    let date = after(date, minutes.div_euclid(DAY_MINUTES));
    let minutes = minutes.rem_euclid(DAY_MINUTES);
    format!("{date}T{:02}:{:02}:00Z", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_and_minutes_carry_over() {
        let day = date(2024, 2, 28);
        assert_eq!(at(day, 24 * 60 + 61), "2024-02-29T01:01:00Z");
        assert_eq!(at(day, -1), "2024-02-27T23:59:00Z");
        assert_eq!(days_between(day, after(day, 400)), 400);
        assert_eq!(years_between(date(2000, 2, 29), date(2026, 2, 28)), 25);
    }
}
