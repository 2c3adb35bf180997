//! ICD-10-CM by its order file: number, code, whether it is valid for claims, short and long description, in fixed columns.

use super::columns::each_line;
use super::{Files, Publication, ReleaseError, Row, Sink, Wishes, base, defined, named, system};
use crate::json::Json;

/// Letters of a category; the point stands behind them.
const CATEGORY_CHARACTERS: usize = 3;
/// Columns, counted in characters from 0.
const CODE: std::ops::Range<usize> = 6..13;
const VALID: usize = 14;
const SHORT: std::ops::Range<usize> = 16..76;
const LONG: usize = 77;
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

pub(super) fn read(
    files: &mut dyn Files,
    wishes: &Wishes,
    sink: &mut Sink<'_>,
) -> Result<Json, ReleaseError> {
    let is_order = |name: &str| name.contains("order") && !name.contains("addenda") && is_text(name);
    let alone = (files.names().len() == 1).then(|| files.names().into_iter().next()).flatten();
    let name =
        named(files, is_order).or(alone).ok_or(ReleaseError::Missing("order file (icd10cm_order_….txt)"))?;
    let version = wishes.version.clone().or_else(|| version(&base(&name))).or_else(|| version(files.label()));
    let version = version.ok_or(ReleaseError::Version)?;
    let mut above: Vec<String> = Vec::new();
    each_line(files, &name, &mut |number, line| {
        let characters: Vec<char> = line.chars().collect();
        let text = |range: std::ops::Range<usize>| {
            let range = range.start.min(characters.len())..range.end.min(characters.len());
            characters.get(range).unwrap_or_default().iter().collect::<String>().trim().to_owned()
        };
        let (code, long) = (text(CODE), text(LONG..characters.len()));
        let valid = characters.get(VALID).filter(|one| matches!(one, '0' | '1'));
        let is_code =
            code.len() >= CATEGORY_CHARACTERS && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let (Some(valid), true, false) = (valid, is_code, long.is_empty()) else {
            let wrong = "this is no line of an order file: number, code, 0 or 1, descriptions";
            return Err(ReleaseError::Line(name.clone(), number, wrong));
        };
        while above.last().is_some_and(|last| !code.starts_with(last.as_str())) {
            above.pop();
        }
        let mut row = Row::new(pointed(&code), long);
        let short = text(SHORT);
        if short != row.display {
            row.designation(&short, None);
        }
        if let Some(parent) = above.last() {
            row.property("parent", "valueCode", pointed(parent));
        }
        if *valid == '0' {
            row.property("notSelectable", "valueBoolean", true);
        }
        above.push(code);
        row.give(sink)
    })?;
    let title = "International Classification of Diseases, Tenth Revision, Clinical Modification";
    let json =
        system(Publication::Icd10Cm, &version, "ICD10CM", title, "National Center for Health Statistics");
    Ok(json
        .with(
            "property",
            defined(&[
                ("parent", "code", "The code above"),
                ("notSelectable", "boolean", "Not valid for claims: a code beneath it is needed"),
            ]),
        )
        .into())
}

fn is_text(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|extension| extension == "txt")
}

fn pointed(code: &str) -> String {
    match code.split_at_checked(CATEGORY_CHARACTERS) {
        Some((category, rest)) if !rest.is_empty() => format!("{category}.{rest}"),
        _ => code.to_owned(),
    }
}

/// `2026`, or `2026-04` where the name has a month, too.
fn version(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let mut numbers = name.split(|letter: char| !letter.is_ascii_digit());
    let year = numbers.find(|number| number.len() == 4 && number.starts_with("20"))?;
    let month = MONTHS.iter().position(|month| name.contains(month));
    Some(month.map_or_else(|| year.to_owned(), |month| format!("{year}-{:02}", month + 1)))
}
