//! What was measured and asked: results of tests, and measurements.

use super::reading::{code, concept, listed, usual_range, value};
use super::words::{Part, Words, word};
use super::{day_of, named, newest, section, unusual_status};
use crate::report::Section;
use galen_fhir::Json;

const NAMES: [&str; 4] = ["effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued"];
/// Categories of what is no test.
const MEASUREMENTS: [&str; 4] = ["vital-signs", "social-history", "survey", "activity"];

/// Whether it is a measurement or an answer rather than a test.
pub(super) fn is_measurement(one: &Json) -> bool {
    one.list("category").any(|category| {
        category
            .list("coding")
            .any(|coding| coding.str("code").is_some_and(|code| MEASUREMENTS.contains(&code)))
    })
}

pub(super) fn results(words: &Words, all: &[&Json]) -> Section {
    table(words, &words.results, all)
}

pub(super) fn measurements(words: &Words, all: &[&Json]) -> Section {
    table(words, &words.measurements, all)
}

fn table(words: &Words, part: &Part, all: &[&Json]) -> Section {
    let rows = newest(all, &NAMES)
        .into_iter()
        .map(|one| {
            let when = day_of(words, one, &NAMES).unwrap_or_default();
            vec![named(words, one), said(words, one), usual_range(one).unwrap_or_default(), when]
        })
        .collect();
    section(part, &[(words.test, 0.32), (words.result, 0.31), (words.usual, 0.2), (words.date, 0.17)], rows)
}

/// The value, those of its parts, how it lies to what is usual, and whether it may still change.
fn said(words: &Words, one: &Json) -> String {
    let absent = || one.get("dataAbsentReason").and_then(concept);
    let parts: Vec<String> = one
        .list("component")
        .map(|part| {
            let said = value(words, part).or_else(|| part.get("dataAbsentReason").and_then(concept));
            format!("{}: {}", named(words, part), listed([said, flag(words, part)]))
        })
        .collect();
    let whole = value(words, one).or_else(|| if parts.is_empty() { absent() } else { None });
    let status = unusual_status(words, one, "final");
    let first = listed([whole, flag(words, one), status]);
    [Some(first).filter(|text| !text.is_empty()), Some(parts.join("; ")).filter(|text| !text.is_empty())]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("; ")
}

/// How the laboratory flagged it; a flag that there is no word for in its own words.
fn flag(words: &Words, one: &Json) -> Option<String> {
    let first = one.list("interpretation").next()?;
    let found = first.list("coding").find_map(|coding| coding.str("code"));
    match found.filter(|code| words.flags.iter().any(|(known, _)| known == code)) {
        Some(code) => Some(word(words.flags, code)),
        None => concept(first).or_else(|| code(one, "interpretation").map(str::to_owned)),
    }
}
