//! Public holidays of England and Wales.

use crate::day::after;
use jiff::civil::{Date, Weekday, date};

/// Those of a year, with the days that stand in for those on weekends.
pub fn holidays(year: i16) -> Vec<Date> {
    let easter = easter(year);
    let mut days = vec![
        working(date(year, 1, 1)),
        after(easter, -2),
        after(easter, 1),
        monday_from(date(year, 5, 1)),
        monday_from(date(year, 5, 25)),
        monday_from(date(year, 8, 25)),
    ];
    let christmas = working(date(year, 12, 25));
    let boxing = working(date(year, 12, 26));
    days.push(christmas);
    // Both on a weekend: the second stands in on the next day that is free.
    days.push(if boxing == christmas { after(boxing, 1) } else { boxing });
    days
}

/// The day itself, or the Monday after a weekend.
fn working(day: Date) -> Date {
    match day.weekday() {
        Weekday::Saturday => after(day, 2),
        Weekday::Sunday => after(day, 1),
        _ => day,
    }
}

fn monday_from(day: Date) -> Date {
    after(day, (7 - i32::from(day.weekday().to_monday_zero_offset())) % 7)
}

/// Gauss's rule as Butcher wrote it down: right for every year of the Gregorian calendar.
fn easter(year: i16) -> Date {
    let year_number = i32::from(year);
    let (golden, century, of_century) = (year_number % 19, year_number / 100, year_number % 100);
    let shift = (8 * century + 13) / 25;
    let epact = (19 * golden + century - century / 4 - shift + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let count = epact + weekday - 7 * late + 114;
    let (month, day) = (count / 31, count % 31 + 1);
    let part = |number: i32| i8::try_from(number).unwrap_or(1);
    date(year, part(month), part(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_are_those_of_the_gazette() {
        let days: Vec<String> = holidays(2027).iter().map(ToString::to_string).collect();
        let gazette = [
            "2027-01-01",
            "2027-03-26",
            "2027-03-29",
            "2027-05-03",
            "2027-05-31",
            "2027-08-30",
            "2027-12-27",
            "2027-12-28",
        ];
        assert_eq!(days, gazette);
        assert!(holidays(2026).contains(&date(2026, 12, 28)), "Boxing Day on a Saturday");
    }
}
