//! A patient's record as a report that people can read: what FHIR's resources say, section by section.

mod measured;
mod parts;
mod reading;
mod words;

pub use words::Language;

use crate::report::{Column, Report, Section};
use galen_fhir::Json;
use reading::{clean, concept_at, day, listed, person};
use std::collections::BTreeMap;
use words::{Part, Words, word};

/// Types that are not counted among what is left out: what says who did what to the record, the patient's own entry and
/// those who are referred to, and what is only planned.
const SILENT: [&str; 4] = ["Provenance", "AuditEvent", "Patient", "Appointment"];
const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// What a record is made of.
#[derive(Debug)]
pub struct RecordOf<'r> {
    /// The Patient.
    pub patient: &'r Json,
    /// All that is to be in it, and what that refers to; of every type, in any order.
    pub resources: &'r [Json],
    /// In which words.
    pub language: Language,
    /// When it is printed, in UTC: `2026-11-27T18:30:00Z`.
    pub printed: &'r str,
}

/// The record as a report, to be printed by [`crate::report`].
pub fn record(of: &RecordOf<'_>) -> Report {
    let words = of.language.words();
    let mut kinds: BTreeMap<&str, Vec<&Json>> = BTreeMap::new();
    for resource in of.resources {
        kinds.entry(resource.str("resourceType").unwrap_or_default()).or_default().push(resource);
    }
    let mut sections = vec![about(words, of.patient)];
    let mut take = |names: &[&'static str]| -> Vec<&Json> {
        names.iter().flat_map(|name| kinds.remove(name).unwrap_or_default()).collect()
    };
    let medications = take(&["Medication"]);
    sections.push(parts::allergies(words, &take(&["AllergyIntolerance"])));
    sections.push(parts::medicines(
        words,
        &take(&["MedicationRequest", "MedicationStatement"]),
        &medications,
    ));
    sections.push(parts::conditions(words, &take(&["Condition"])));
    sections.push(parts::immunizations(words, &take(&["Immunization"])));
    let (measurements, results) =
        take(&["Observation"]).into_iter().partition::<Vec<_>, _>(|one| measured::is_measurement(one));
    sections.push(measured::results(words, &results));
    sections.push(parts::reports(words, &take(&["DiagnosticReport"])));
    sections.push(measured::measurements(words, &measurements));
    sections.push(parts::procedures(words, &take(&["Procedure"])));
    sections.push(parts::encounters(words, &take(&["Encounter"])));
    sections.push(parts::documents(words, &take(&["DocumentReference"])));
    let is_told = |kind: &&str| !SILENT.contains(kind);
    let others: usize = kinds.iter().filter(|(kind, _)| is_told(kind)).map(|(_, all)| all.len()).sum();
    if others > 0 {
        let told = words.others.replace("{count}", &others.to_string());
        sections.push(Section {
            title: words.others_title.to_owned(),
            notes: vec![told],
            ..Section::default()
        });
    }
    let minute = of.printed.get(..16).unwrap_or(of.printed).split_once('T');
    let when =
        minute.map_or_else(|| of.printed.to_owned(), |(date, time)| format!("{} {time}", day(words, date)));
    Report {
        language: of.language.code(),
        is_right_to_left: of.language == Language::Arabic,
        title: words.title.to_owned(),
        about: running(words, of.patient),
        foot: words.printed.replace("{when}", &when),
        page_of: words.page_of,
        lead: vec![words.lead.to_owned(), words.care.to_owned()],
        sections,
    }
}

/// `07-Feb-1970`, `Feb-1970` or `1970` of a FHIR date, time or instant: no precision that is not there.
pub fn clinical_date(text: &str) -> String {
    day(Language::English.words(), text)
}

/// Name, birth date and number: what tells this patient from all others.
fn running(words: &Words, patient: &Json) -> Vec<String> {
    let name = person(patient).unwrap_or_else(|| words.not_known.to_owned());
    let born = patient.str("birthDate").map(|date| format!("{} {}", words.born, day(words, date)));
    let number = nhs_number(patient).map(|number| format!("{} {number}", words.nhs_number));
    [Some(name), born, number].into_iter().flatten().collect()
}

fn nhs_number(patient: &Json) -> Option<String> {
    let of_nhs = |one: &&Json| one.str("system") == Some(NHS_NUMBER_SYSTEM);
    let number = clean(patient.list("identifier").find(of_nhs)?.str("value"))?;
    Some(match (number.get(..3), number.get(3..6), number.get(6..10)) {
        (Some(first), Some(second), Some(third)) if number.len() == 10 => format!("{first} {second} {third}"),
        _ => number,
    })
}

/// Who it is about, as rows of what and how.
fn about(words: &Words, patient: &Json) -> Section {
    let has_type = |one: &&Json, code: &str| {
        one.get("type").is_some_and(|kind| kind.list("coding").any(|coding| coding.str("code") == Some(code)))
    };
    let mrn =
        patient.list("identifier").find(|one| has_type(one, "MR")).and_then(|one| clean(one.str("value")));
    let is_in_use = |one: &&Json| one.str("use") != Some("old");
    let address = patient.list("address").find(is_in_use).map(|one| {
        clean(one.str("text")).unwrap_or_else(|| {
            let lines = one.list("line").map(|line| clean(line.as_str()));
            listed(lines.chain(
                ["city", "district", "state", "postalCode", "country"].map(|name| clean(one.str(name))),
            ))
        })
    });
    let contact = listed(patient.list("telecom").filter(is_in_use).map(|one| clean(one.str("value"))));
    let not_known = || words.not_known.to_owned();
    let known = |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or_else(not_known);
    let mut rows = vec![
        vec![words.name.to_owned(), known(person(patient))],
        vec![words.born.to_owned(), known(patient.str("birthDate").map(|date| day(words, date)))],
        vec![words.gender.to_owned(), known(patient.str("gender").map(|code| word(words.genders, code)))],
        vec![words.nhs_number.to_owned(), known(nhs_number(patient))],
        vec![words.mrn.to_owned(), known(mrn)],
        vec![words.address.to_owned(), known(address)],
        vec![words.contact.to_owned(), known(Some(contact))],
    ];
    if let Some(died) = patient.str("deceasedDateTime") {
        rows.insert(2, vec![words.died.to_owned(), day(words, died)]);
    }
    let columns = vec![Column { title: "", share: 0.25 }, Column { title: "", share: 0.75 }];
    Section { title: words.about.to_owned(), notes: Vec::new(), columns, rows }
}

/// A section of these rows; without any, what is said instead. Columns that say nothing at all are left out.
fn section(part: &Part, columns: &[(&'static str, f32)], rows: Vec<Vec<String>>) -> Section {
    let note = if rows.is_empty() { part.none } else { part.note };
    let says = |column: usize| {
        column == 0
            || rows.iter().any(|row: &Vec<String>| row.get(column).is_some_and(|text| !text.is_empty()))
    };
    let kept: Vec<bool> = (0..columns.len()).map(says).collect();
    let whole: f32 = columns.iter().zip(&kept).filter(|(_, kept)| **kept).map(|((_, share), _)| share).sum();
    Section {
        title: part.title.to_owned(),
        notes: clean(Some(note)).into_iter().collect(),
        columns: only(&kept, columns.iter().map(|(title, share)| Column { title, share: share / whole })),
        rows: rows.into_iter().map(|row| only(&kept, row.into_iter())).collect(),
    }
}

/// Those that are kept.
fn only<T>(kept: &[bool], all: impl Iterator<Item = T>) -> Vec<T> {
    all.zip(kept).filter(|(_, kept)| **kept).map(|(one, _)| one).collect()
}

/// What is not withdrawn, the newest by these elements first; what has no date comes last.
fn newest<'j>(all: &[&'j Json], names: &[&str]) -> Vec<&'j Json> {
    let mut standing: Vec<&Json> = all.iter().copied().filter(|one| !is_withdrawn(one)).collect();
    standing.sort_by(|a, b| reading::moment(b, names).cmp(&reading::moment(a, names)));
    standing
}

/// Entered in error: it was never so.
fn is_withdrawn(one: &Json) -> bool {
    one.str("status") == Some("entered-in-error")
        || reading::code(one, "verificationStatus") == Some("entered-in-error")
}

/// The status, where it is another than the one that goes without saying.
fn unusual_status(words: &Words, one: &Json, usual: &str) -> Option<String> {
    one.str("status").filter(|status| *status != usual).map(|code| word(words.statuses, code))
}

/// The day of the first of these elements that is there.
fn day_of(words: &Words, one: &Json, names: &[&str]) -> Option<String> {
    reading::moment(one, names).map(|at| day(words, at))
}

/// The name of something by its `code`.
fn named(words: &Words, one: &Json) -> String {
    concept_at(one, "code").unwrap_or_else(|| words.not_named.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
