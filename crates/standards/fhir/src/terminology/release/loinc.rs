//! LOINC by its table, with the component hierarchy and the answer lists where the release has them.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::each_record;
use super::{Files, Publication, ReleaseError, Row, Sink, Wishes, defined, named, system};
use crate::json::Json;

/// Columns of the table that are properties (<https://hl7.org/fhir/R4/loinc.html>).
const PROPERTIES: &[(&str, &str)] = &[
    ("STATUS", "ACTIVE, TRIAL, DISCOURAGED or DEPRECATED"),
    ("COMPONENT", "First major axis: component or analyte"),
    ("PROPERTY", "Second major axis: property observed"),
    ("TIME_ASPCT", "Third major axis: timing of the measurement"),
    ("SYSTEM", "Fourth major axis: type of specimen or system"),
    ("SCALE_TYP", "Fifth major axis: scale of measurement"),
    ("METHOD_TYP", "Sixth major axis: method of measurement"),
    ("CLASS", "An arbitrary classification of terms"),
    ("CLASSTYPE", "1 laboratory, 2 clinical, 3 claims attachments, 4 surveys"),
    ("ORDER_OBS", "Order, observation, both or subset"),
    ("EXAMPLE_UCUM_UNITS", "Units that are usual, in UCUM"),
];
/// What the licence wants to be said with the codes.
const NOTICE: &str = "This material contains content from LOINC (http://loinc.org). LOINC is copyright © Regenstrief \
    Institute, Inc. and the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost \
    under the license at http://loinc.org/license. LOINC® is a registered United States trademark of Regenstrief \
    Institute, Inc.";

pub(super) fn read(
    files: &mut dyn Files,
    wishes: &Wishes,
    sink: &mut Sink<'_>,
) -> Result<Json, ReleaseError> {
    let table = named(files, |name| name == "loinc.csv")
        .ok_or(ReleaseError::Missing("table (LoincTable/Loinc.csv)"))?;
    let version = wishes.version.clone().or_else(|| version(&table)).or_else(|| version(files.label()));
    let version = version.ok_or(ReleaseError::Version)?;
    let Hierarchy { mut parents, parts } = hierarchy(files)?;
    each_record(files, &table, &["LOINC_NUM", "LONG_COMMON_NAME"], &mut |table, record| {
        let code = table.value(record, "LOINC_NUM");
        if code.is_empty() {
            return Ok(());
        }
        let long = table.value(record, "LONG_COMMON_NAME");
        let display = if long.is_empty() { table.value(record, "COMPONENT") } else { long };
        let mut row = Row::new(code, display);
        let mut said = BTreeSet::from([display]);
        for column in ["DisplayName", "SHORTNAME", "CONSUMER_NAME"] {
            let other = table.value(record, column);
            if !other.is_empty() && said.insert(other) {
                row.designation(other, Some((Publication::Loinc.url(), column, column)));
            }
        }
        for (column, _) in PROPERTIES {
            let value = table.value(record, column);
            if !value.is_empty() {
                row.property(column, "valueString", value);
            }
        }
        let is_free = table.value(record, "EXTERNAL_COPYRIGHT_NOTICE").is_empty();
        row.property("copyright", "valueString", if is_free { "LOINC" } else { "3rdParty" });
        if table.value(record, "STATUS") == "DEPRECATED" {
            row.property("inactive", "valueBoolean", true);
        }
        beneath(&mut row, parents.remove(code));
        row.give(sink)
    })?;
    for (code, text) in parts {
        let mut row = Row::new(code.as_str(), text);
        row.property("notSelectable", "valueBoolean", true);
        beneath(&mut row, parents.remove(&code));
        row.give(sink)?;
    }
    answers(files, sink)?;
    let mut properties: Vec<(&str, &str, &str)> =
        PROPERTIES.iter().map(|(code, text)| (*code, "string", *text)).collect();
    properties.push(("copyright", "string", "LOINC, or 3rdParty"));
    properties.push(("parent", "code", "Above it in the component hierarchy"));
    properties.push(("LIST", "code", "The answer list that an answer is of"));
    let title = "Logical Observation Identifiers, Names and Codes (LOINC)";
    let json = system(Publication::Loinc, &version, "LOINC", title, "Regenstrief Institute, Inc.");
    Ok(json.with("copyright", NOTICE).with("property", defined(&properties)).into())
}

fn beneath(row: &mut Row, parents: Option<BTreeSet<String>>) {
    for parent in parents.unwrap_or_default() {
        row.property("parent", "valueCode", parent);
    }
}

#[derive(Default)]
struct Hierarchy {
    /// Of terms and parts.
    parents: BTreeMap<String, BTreeSet<String>>,
    /// Parts and their texts.
    parts: BTreeMap<String, String>,
}

fn hierarchy(files: &mut dyn Files) -> Result<Hierarchy, ReleaseError> {
    let mut found = Hierarchy::default();
    let Some(name) = named(files, |name| name == "componenthierarchybysystem.csv") else { return Ok(found) };
    each_record(files, &name, &[], &mut |table, record| {
        let (code, parent) = (table.value(record, "CODE"), table.value(record, "IMMEDIATE_PARENT"));
        if !parent.is_empty() {
            found.parents.entry(code.to_owned()).or_default().insert(parent.to_owned());
        }
        if code.starts_with("LP") {
            found.parts.insert(code.to_owned(), table.value(record, "CODE_TEXT").to_owned());
        }
        Ok(())
    })?;
    Ok(found)
}

/// The answers of LOINC's own lists; an answer may be of several.
fn answers(files: &mut dyn Files, sink: &mut Sink<'_>) -> Result<(), ReleaseError> {
    let Some(name) = named(files, |name| name == "answerlist.csv") else { return Ok(()) };
    let mut all: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    each_record(files, &name, &[], &mut |table, record| {
        let (code, list) = (table.value(record, "AnswerStringId"), table.value(record, "AnswerListId"));
        if code.starts_with("LA") {
            let text = table.value(record, "DisplayText").to_owned();
            all.entry(code.to_owned()).or_insert_with(|| (text, BTreeSet::new())).1.insert(list.to_owned());
        }
        Ok(())
    })?;
    for (code, (text, lists)) in all {
        let mut row = Row::new(code, text);
        for list in lists {
            row.property("LIST", "valueCode", list);
        }
        row.give(sink)?;
    }
    Ok(())
}

/// As in `Loinc_2.80`.
fn version(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let (_, rest) = name.split_once("loinc_")?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
    let version = rest.get(..end)?.trim_end_matches('.');
    (version.contains('.') && version.starts_with(|letter: char| letter.is_ascii_digit()))
        .then(|| version.to_owned())
}
