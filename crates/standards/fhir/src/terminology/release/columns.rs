//! Lines and columns of a release's files.

use std::io::{BufRead, Read};

use super::{Files, LINE_BYTES_MAX, ReleaseError};

/// Calls back for each line's columns, from the second line on where the first is a heading.
pub(super) fn each_row(
    files: &mut dyn Files,
    name: &str,
    separator: char,
    has_heading: bool,
    row: &mut dyn FnMut(&[&str]) -> Result<(), ReleaseError>,
) -> Result<(), ReleaseError> {
    each_line(files, name, &mut |number, line| {
        if has_heading && number == 1 {
            return Ok(());
        }
        let columns: Vec<&str> = line.split(separator).collect();
        row(&columns)
    })
}

/// Calls back for each line that is not empty, with its number. What is not UTF-8 is taken for ISO 8859-1.
pub(super) fn each_line(
    files: &mut dyn Files,
    name: &str,
    found: &mut dyn FnMut(usize, &str) -> Result<(), ReleaseError>,
) -> Result<(), ReleaseError> {
    let unreadable = |error| ReleaseError::Unreadable(name.to_owned(), error);
    let mut reader = files.open(name).map_err(unreadable)?;
    let (mut bytes, mut number) = (Vec::new(), 0);
    loop {
        bytes.clear();
        number += 1;
        let read = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes).map_err(unreadable)?;
        if read == 0 {
            return Ok(());
        }
        if !bytes.ends_with(b"\n") && u64::try_from(read).is_ok_and(|read| read == LINE_BYTES_MAX) {
            return Err(ReleaseError::Line(name.to_owned(), number, "the line is too long"));
        }
        let line = match std::str::from_utf8(&bytes) {
            Ok(line) => line.to_owned(),
            Err(_) => bytes.iter().copied().map(char::from).collect(),
        };
        let line = line.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']);
        if !line.is_empty() {
            found(number, line)?;
        }
    }
}

/// Where the columns of a table with a heading are.
pub(super) struct Table {
    name: String,
    heading: Vec<String>,
}

impl Table {
    /// A row's value in a column; empty where there is none.
    pub(super) fn value<'r>(&self, row: &'r csv::StringRecord, column: &str) -> &'r str {
        let place = self.heading.iter().position(|one| one.eq_ignore_ascii_case(column));
        place.and_then(|place| row.get(place)).unwrap_or_default().trim()
    }

    /// Whether it has a column.
    pub(super) fn needs(&self, column: &'static str) -> Result<(), ReleaseError> {
        if self.heading.iter().any(|one| one.eq_ignore_ascii_case(column)) {
            return Ok(());
        }
        Err(ReleaseError::Line(self.name.clone(), 1, column_missing(column)))
    }
}

fn column_missing(column: &'static str) -> &'static str {
    match column {
        "LOINC_NUM" => "there is no column LOINC_NUM",
        "LONG_COMMON_NAME" => "there is no column LONG_COMMON_NAME",
        _ => "a column is missing",
    }
}

/// Calls back for each row of a CSV table.
pub(super) fn each_record(
    files: &mut dyn Files,
    name: &str,
    needed: &[&'static str],
    found: &mut dyn FnMut(&Table, &csv::StringRecord) -> Result<(), ReleaseError>,
) -> Result<(), ReleaseError> {
    let reader = files.open(name).map_err(|error| ReleaseError::Unreadable(name.to_owned(), error))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
    let wrong = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        let line = usize::try_from(line).unwrap_or(0);
        ReleaseError::Line(name.to_owned(), line, "this is no CSV in UTF-8")
    };
    let heading = reader.headers().map_err(wrong)?;
    let heading = heading.iter().map(|one| one.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    let table = Table { name: name.to_owned(), heading };
    for column in needed {
        table.needs(column)?;
    }
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(wrong)? {
        found(&table, &row)?;
    }
    Ok(())
}
