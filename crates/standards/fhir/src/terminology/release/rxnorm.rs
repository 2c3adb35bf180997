//! `RxNorm` by its RRF files: names, types, relations and national drug codes of the source `RXNORM`.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::each_row;
use super::{Files, Publication, ReleaseError, Row, Sink, Wishes, base, defined, named, system};
use crate::json::Json;

/// The source whose atoms need no licence of another.
const SOURCE: &str = "RXNORM";
/// Types of names that are a concept's own, before those that only say it otherwise.
const SYNONYMS: [&str; 3] = ["PSN", "SY", "TMSY"];
/// Relations that are kept, as properties of the concept that has them.
const RELATIONS: &[(&str, &str)] = &[
    ("has_ingredient", "What it acts by"),
    ("has_precise_ingredient", "The salt or ester of it"),
    ("has_dose_form", "Its form"),
    ("has_doseformgroup", "Its group of forms"),
    ("consists_of", "The components it is made of"),
    ("contains", "The drugs that a pack contains"),
    ("tradename_of", "The generic of a brand"),
    ("quantified_form_of", "The drug without its quantity"),
];

#[derive(Default)]
struct Drug {
    /// Type and text of each name, with whether it is in use.
    names: Vec<(String, String, bool)>,
    parents: BTreeSet<String>,
    properties: BTreeSet<(&'static str, String)>,
}

impl Drug {
    /// The name to show: in use before not, its own before a synonym.
    fn name(&self) -> Option<&(String, String, bool)> {
        self.names
            .iter()
            .min_by_key(|(kind, _, is_used)| (!is_used, SYNONYMS.iter().position(|one| one == kind)))
    }
}

pub(super) fn read(
    files: &mut dyn Files,
    wishes: &Wishes,
    sink: &mut Sink<'_>,
) -> Result<Json, ReleaseError> {
    let names = named(files, |name| name == "rxnconso.rrf").ok_or(ReleaseError::Missing("RXNCONSO.RRF"))?;
    let version = wishes.version.clone().or_else(|| version(files)).ok_or(ReleaseError::Version)?;
    let mut drugs: BTreeMap<u64, Drug> = BTreeMap::new();
    let mut number = 0;
    each_row(files, &names, '|', false, &mut |columns| {
        number += 1;
        let [code, _, _, _, _, _, _, _, _, _, _, source, kind, _, text, _, suppressed, ..] = columns else {
            return Err(ReleaseError::Line(
                names.clone(),
                number,
                "a line of RXNCONSO has 17 columns or more",
            ));
        };
        if *source == SOURCE {
            let code = code
                .parse()
                .map_err(|_| ReleaseError::Line(names.clone(), number, "an RXCUI is a number"))?;
            let name = ((*kind).to_owned(), (*text).to_owned(), *suppressed == "N");
            drugs.entry(code).or_default().names.push(name);
        }
        Ok(())
    })?;
    relations(files, &mut drugs)?;
    attributes(files, &mut drugs)?;
    for (code, drug) in drugs {
        give(code, &drug, sink)?;
    }
    let mut properties = vec![
        ("TTY", "string", "The type of its name"),
        ("STY", "string", "Its semantic type"),
        ("NDC", "string", "A national drug code"),
        ("parent", "code", "What it is a kind of"),
    ];
    properties.extend(RELATIONS.iter().map(|(code, text)| (*code, "code", *text)));
    let json = system(Publication::RxNorm, &version, "RxNorm", "RxNorm", "U.S. National Library of Medicine");
    Ok(json.with("property", defined(&properties)).into())
}

fn give(code: u64, drug: &Drug, sink: &mut Sink<'_>) -> Result<(), ReleaseError> {
    let Some((kind, display, is_used)) = drug.name() else { return Ok(()) };
    let mut row = Row::new(code.to_string(), display.as_str());
    let mut said = BTreeSet::from([display.as_str()]);
    for (kind, text, _) in drug.names.iter().filter(|(_, _, used)| used == is_used) {
        if said.insert(text) {
            row.designation(text, Some((Publication::RxNorm.url(), kind, kind)));
        }
    }
    row.property("TTY", "valueString", kind.as_str());
    if !is_used {
        row.property("inactive", "valueBoolean", true);
    }
    for parent in &drug.parents {
        row.property("parent", "valueCode", parent.as_str());
    }
    for (name, value) in &drug.properties {
        let is_code = RELATIONS.iter().any(|(relation, _)| relation == name);
        row.property(name, if is_code { "valueCode" } else { "valueString" }, value.as_str());
    }
    row.give(sink)
}

/// A line says that its second concept has the relation to its first.
fn relations(files: &mut dyn Files, drugs: &mut BTreeMap<u64, Drug>) -> Result<(), ReleaseError> {
    let Some(name) = named(files, |name| name == "rxnrel.rrf") else { return Ok(()) };
    each_row(files, &name, '|', false, &mut |columns| {
        let [to, _, _, _, from, _, _, relation, _, _, source, ..] = columns else { return Ok(()) };
        if *source != SOURCE || !to.parse().is_ok_and(|to: u64| drugs.contains_key(&to)) {
            return Ok(());
        }
        let Some(drug) = from.parse().ok().and_then(|from: u64| drugs.get_mut(&from)) else { return Ok(()) };
        if *relation == "isa" {
            drug.parents.insert((*to).to_owned());
        } else if let Some((known, _)) = RELATIONS.iter().find(|(known, _)| known == relation) {
            drug.properties.insert((known, (*to).to_owned()));
        }
        Ok(())
    })
}

fn attributes(files: &mut dyn Files, drugs: &mut BTreeMap<u64, Drug>) -> Result<(), ReleaseError> {
    if let Some(name) = named(files, |name| name == "rxnsat.rrf") {
        each_row(files, &name, '|', false, &mut |columns| {
            let [code, _, _, _, _, _, _, _, "NDC", source, value, ..] = columns else { return Ok(()) };
            if *source == SOURCE
                && let Some(drug) = code.parse().ok().and_then(|code: u64| drugs.get_mut(&code))
            {
                drug.properties.insert(("NDC", (*value).to_owned()));
            }
            Ok(())
        })?;
    }
    if let Some(name) = named(files, |name| name == "rxnsty.rrf") {
        each_row(files, &name, '|', false, &mut |columns| {
            let [code, _, _, text, ..] = columns else { return Ok(()) };
            if let Some(drug) = code.parse().ok().and_then(|code: u64| drugs.get_mut(&code)) {
                drug.properties.insert(("STY", (*text).to_owned()));
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The day of the release as its names have it: month, day, year.
fn version(files: &dyn Files) -> Option<String> {
    let day = |name: &str| {
        let mut numbers = name.split(|letter: char| !letter.is_ascii_digit());
        numbers.find(|number| number.len() == 8 && number.get(4..6) == Some("20")).map(str::to_owned)
    };
    let names = files.names();
    let readme = names.iter().map(|name| base(name)).filter(|name| name.starts_with("readme"));
    day(files.label()).or_else(|| readme.into_iter().find_map(|name| day(&name)))
}
