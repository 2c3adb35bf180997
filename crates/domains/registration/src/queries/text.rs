//! What somebody types into the one search box, told apart: numbers, dates, names. Pure.

use crate::model::{Mrn, NhsNumber};

/// Earliest and latest year that is taken for a birth year rather than for a part of a number.
const BIRTH_YEARS: std::ops::RangeInclusive<u32> = 1_880..=2_150;

/// Words of one search, in the terms of the Patient's search parameters.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// An NHS number.
    pub nhs_number: Option<String>,
    /// A record number, of whatever system: other facilities' have letters, too.
    pub record_number: Option<String>,
    /// A FHIR date at the precision that was typed.
    pub birth_date: Option<String>,
    /// Beginnings of names.
    pub names: Vec<String>,
}

impl Typed {
    /// Reads what was typed. A number that is neither an MRN nor an NHS number (yet) is looked for as a record number:
    /// there is no such patient, which is the right answer.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim();
        if text.chars().any(|c| c.is_ascii_digit()) {
            if let Some(date) = date(text) {
                return Self { birth_date: Some(date), ..Self::default() };
            }
            let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
            if digits.chars().all(|c| c.is_ascii_digit()) {
                return Self::number(digits);
            }
        }
        let mut typed = Self::default();
        for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
            if let Some(date) = date(word) {
                typed.birth_date = Some(date);
            } else if word.chars().any(|c| c.is_ascii_digit()) {
                let number = Self::number(word.to_owned());
                (typed.nhs_number, typed.record_number) = (number.nhs_number, number.record_number);
            } else {
                typed.names.push(word.to_owned());
            }
        }
        typed
    }

    fn number(digits: String) -> Self {
        match NhsNumber::parse(&digits) {
            Some(_) if Mrn::parse(&digits).is_none() => Self { nhs_number: Some(digits), ..Self::default() },
            _ => Self { record_number: Some(digits), ..Self::default() },
        }
    }
}

/// A date as people write it, day before month: `7-Feb-1970`, `07/02/1970`, `7 February 1970`, `1970-02-07`, `Feb 1970`, `1970`.
fn date(text: &str) -> Option<String> {
    let parts: Vec<&str> =
        text.split(['-', '/', '.', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [year] => birth_year(year).map(|year| format!("{year:04}")),
        [month, year] if birth_year(year).is_some() => join(year, month, None),
        [year, month] if birth_year(year).is_some() => join(year, month, None),
        [day, month, year] if birth_year(year).is_some() => join(year, month, Some(day)),
        [year, month, day] if birth_year(year).is_some() => join(year, month, Some(day)),
        _ => None,
    }
}

fn birth_year(text: &str) -> Option<u32> {
    let year = text.parse().ok().filter(|_| text.len() == 4)?;
    BIRTH_YEARS.contains(&year).then_some(year)
}

fn join(year: &str, month: &str, day: Option<&str>) -> Option<String> {
    let (year, month) = (birth_year(year)?, self::month(month)?);
    match day {
        None => Some(format!("{year:04}-{month:02}")),
        Some(day) => {
            let day: u32 = day.parse().ok().filter(|d| (1..=31).contains(d))?;
            Some(format!("{year:04}-{month:02}-{day:02}"))
        }
    }
}

fn month(text: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if let Ok(number) = text.parse() {
        return (1..=12).contains(&number).then_some(number);
    }
    let lower = text.to_lowercase();
    let at = MONTHS.iter().position(|name| lower.len() >= 3 && name.starts_with(&lower))?;
    u32::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_day_first_at_their_precision() {
        for (typed, expected) in [
            ("07-Feb-1970", "1970-02-07"),
            ("7/2/1970", "1970-02-07"),
            ("7 february 1970", "1970-02-07"),
            ("1970-02-07", "1970-02-07"),
            ("Feb 1970", "1970-02"),
            ("1970-02", "1970-02"),
            ("1970", "1970"),
        ] {
            assert_eq!(date(typed).as_deref(), Some(expected), "{typed}");
        }
        for typed in ["1970-13-01", "32/1/1970", "7/2/70", "943 476 5919", "x 1970", "", "Ju 1970", "0000"] {
            assert_eq!(date(typed), None, "{typed}");
        }
    }

    #[test]
    fn numbers_dates_and_names_are_told_apart() {
        let nhs = Typed::parse("943 476 5919");
        assert_eq!(nhs.nhs_number.as_deref(), Some("9434765919"));
        let mrn = Mrn::draw([7; 8]);
        assert_eq!(Typed::parse(mrn.as_str()).record_number.as_deref(), Some(mrn.as_str()));
        let both = Typed::parse("  Müller, 1970-02-07 anna ");
        assert_eq!(
            (both.names, both.birth_date.as_deref()),
            (vec!["Müller".into(), "anna".into()], Some("1970-02-07"))
        );
        assert_eq!(Typed::parse("12345").record_number.as_deref(), Some("12345"));
        assert_eq!(Typed::parse("A-77/b").record_number.as_deref(), Some("A-77/b"));
        assert_eq!(Typed::parse("محمد").names, ["محمد"]);
        assert_eq!(Typed::parse("   "), Typed::default());
    }
}
