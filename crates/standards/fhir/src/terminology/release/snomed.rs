//! SNOMED CT by the snapshot of an RF2 release: concepts, descriptions, what is a kind of what, which terms are preferred.

use std::collections::{HashMap, HashSet};

use super::columns::each_row;
use super::{Files, Publication, ReleaseError, Row, Sink, Wishes, base, defined, named, system};
use crate::json::Json;

/// Is a (attribute).
const IS_A: &str = "116680003";
/// Fully specified name, synonym.
const FULLY_SPECIFIED: &str = "900000000000003001";
const SYNONYM: &str = "900000000000013009";
/// Preferred in a language.
const PREFERRED: &str = "900000000000548007";
/// Sufficiently defined by necessary conditions.
const DEFINED: &str = "900000000000073002";
/// The language reference set of US English.
const US_ENGLISH: &str = "900000000000509007";
/// Modules of the editions whose names are known, by the namespace in their files' names.
const EDITIONS: [(&str, &str); 2] = [("int", "900000000000207008"), ("us1000124", "731000124108")];

#[derive(Default)]
struct Terms {
    fully_specified: Option<Box<str>>,
    preferred: Option<Box<str>>,
    synonyms: Vec<Box<str>>,
}

pub(super) fn read(
    files: &mut dyn Files,
    wishes: &Wishes,
    sink: &mut Sink<'_>,
) -> Result<Json, ReleaseError> {
    let concepts = snapshot(files, "sct2_concept_snapshot")
        .ok_or(ReleaseError::Missing("snapshot of concepts (sct2_Concept_Snapshot_….txt)"))?;
    let relations = snapshot(files, "sct2_relationship_snapshot")
        .ok_or(ReleaseError::Missing("snapshot of relationships (sct2_Relationship_Snapshot_….txt)"))?;
    let version =
        wishes.version.clone().or_else(|| version(&base(&concepts))).ok_or(ReleaseError::Version)?;
    let mut terms = terms(files, wishes.dialect.as_deref().unwrap_or(US_ENGLISH))?;
    let mut parents: HashMap<u64, Vec<u64>> = HashMap::new();
    each_row(files, &relations, '\t', true, &mut |columns| {
        if let [_, _, "1", _, from, to, _, IS_A, ..] = columns
            && let (Ok(from), Ok(to)) = (from.parse(), to.parse())
        {
            parents.entry(from).or_default().push(to);
        }
        Ok(())
    })?;
    let mut number = 1;
    each_row(files, &concepts, '\t', true, &mut |columns| {
        number += 1;
        let wrong =
            "a line of concepts has five columns: id, effectiveTime, active, moduleId, definitionStatusId";
        let [id, _, active, module, status, ..] = columns else {
            return Err(ReleaseError::Line(concepts.clone(), number, wrong));
        };
        let code =
            id.parse().map_err(|_| ReleaseError::Line(concepts.clone(), number, "an id is a number"))?;
        let terms = terms.remove(&code).unwrap_or_default();
        let mut row = told(id, terms);
        for parent in parents.remove(&code).unwrap_or_default() {
            row.property("parent", "valueCode", parent.to_string());
        }
        if *active != "1" {
            row.property("inactive", "valueBoolean", true);
        }
        row.property("sufficientlyDefined", "valueBoolean", *status == DEFINED);
        row.property("moduleId", "valueCode", *module);
        row.give(sink)
    })?;
    let json = system(Publication::Snomed, &version, "SNOMEDCT", "SNOMED CT", "SNOMED International");
    Ok(json
        .with(
            "property",
            defined(&[
                ("parent", "code", "What it is a kind of"),
                ("inactive", "boolean", "Not for new uses"),
                ("sufficientlyDefined", "boolean", "Whether its relationships define it"),
                ("moduleId", "code", "The module that maintains it"),
            ]),
        )
        .into())
}

fn told(id: &str, terms: Terms) -> Row {
    let Terms { fully_specified, preferred, synonyms } = terms;
    let display = preferred.or_else(|| fully_specified.clone()).unwrap_or_else(|| id.into());
    let mut row = Row::new(id, display.as_ref());
    let sct = Publication::Snomed.url();
    if let Some(name) = fully_specified {
        row.designation(&name, Some((sct, FULLY_SPECIFIED, "Fully specified name")));
    }
    for synonym in synonyms.iter().filter(|one| **one != display) {
        row.designation(synonym, Some((sct, SYNONYM, "Synonym")));
    }
    row
}

/// The active terms of every concept.
fn terms(files: &mut dyn Files, dialect: &str) -> Result<HashMap<u64, Terms>, ReleaseError> {
    let mut preferred: HashSet<u64> = HashSet::new();
    for name in all(files, "languagesnapshot") {
        each_row(files, &name, '\t', true, &mut |columns| {
            if let [_, _, "1", _, set, description, PREFERRED, ..] = columns
                && *set == dialect
            {
                preferred.extend(description.parse::<u64>().ok());
            }
            Ok(())
        })?;
    }
    let names = all(files, "sct2_description_snapshot");
    if names.is_empty() {
        return Err(ReleaseError::Missing("snapshot of descriptions (sct2_Description_Snapshot-….txt)"));
    }
    let mut terms: HashMap<u64, Terms> = HashMap::new();
    for name in names {
        each_row(files, &name, '\t', true, &mut |columns| {
            let [id, _, "1", _, concept, _, kind, term, ..] = columns else { return Ok(()) };
            let (Ok(id), Ok(concept)) = (id.parse::<u64>(), concept.parse::<u64>()) else { return Ok(()) };
            let known = terms.entry(concept).or_default();
            let is_preferred = preferred.contains(&id);
            match *kind {
                FULLY_SPECIFIED if is_preferred || known.fully_specified.is_none() => {
                    known.fully_specified = Some((*term).into());
                }
                SYNONYM if is_preferred => known.preferred = Some((*term).into()),
                SYNONYM => known.synonyms.push((*term).into()),
                _ => {}
            }
            Ok(())
        })?;
    }
    Ok(terms)
}

fn snapshot(files: &dyn Files, beginning: &str) -> Option<String> {
    named(files, |name| name.trim_start_matches('x').starts_with(beginning))
}

fn all(files: &dyn Files, part: &str) -> Vec<String> {
    let mut names: Vec<String> = files.names().into_iter().filter(|name| base(name).contains(part)).collect();
    names.sort();
    names
}

/// The edition's URI (SNOMED CT URI standard), by the namespace and the day in the name of the concepts' file.
fn version(name: &str) -> Option<String> {
    let mut parts = name.strip_suffix(".txt")?.rsplit('_');
    let (day, namespace) = (parts.next()?, parts.next()?);
    let (_, module) = EDITIONS.iter().find(|(known, _)| *known == namespace)?;
    let is_day = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
    is_day.then(|| format!("http://snomed.info/sct/{module}/version/{day}"))
}
