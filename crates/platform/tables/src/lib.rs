//! Rows as files: JSON, lines of JSON, CSV and Parquet, written while the rows come. No I/O.
//!
//! A [`TableWriter`] takes rows and gives bytes: what is [taken](TableWriter::take) from it can be sent, and what it keeps is
//! bounded, however many rows there are. Of Parquet that is one row group.
#![forbid(unsafe_code)]

mod csv_rows;
mod json_rows;
mod parquet_rows;

pub use parquet_rows::{ROW_GROUP_BYTES_MAX, ROW_GROUP_ROWS_MAX};

use csv_rows::CsvRows;
use galen_fhir::views::{Cell, Column};
use galen_kernel::Fault;
use json_rows::JsonRows;
use parquet_rows::ParquetRows;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An array of objects.
    Json,
    /// An object a line.
    Ndjson,
    /// RFC 4180, with a line of names first where that is wanted. Lists and complex values are JSON; no value is empty.
    Csv {
        /// Whether the names come first.
        header: bool,
    },
    /// Apache Parquet. Decimals are doubles; what has no fixed width (dates may be partial) is text.
    Parquet,
}

impl Format {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv { .. } => "text/csv",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// Writes a table.
pub struct TableWriter(Rows);

enum Rows {
    Json(JsonRows),
    Csv(Box<CsvRows>),
    Parquet(Box<ParquetRows>),
}

impl TableWriter {
    /// A table of these columns.
    pub fn new(format: Format, columns: &[Column]) -> Result<Self, Fault> {
        Ok(Self(match format {
            Format::Json => Rows::Json(JsonRows::new(columns, true)),
            Format::Ndjson => Rows::Json(JsonRows::new(columns, false)),
            Format::Csv { header } => Rows::Csv(Box::new(CsvRows::new(columns, header)?)),
            Format::Parquet => Rows::Parquet(Box::new(ParquetRows::new(columns)?)),
        }))
    }

    /// Adds a row: a cell for every column.
    pub fn write(&mut self, row: &[Cell]) -> Result<(), Fault> {
        match &mut self.0 {
            Rows::Json(rows) => {
                rows.write(row);
                Ok(())
            }
            Rows::Csv(rows) => rows.write(row),
            Rows::Parquet(rows) => rows.write(row),
        }
    }

    /// How many bytes are ready.
    pub fn ready(&self) -> usize {
        match &self.0 {
            Rows::Json(rows) => rows.ready(),
            Rows::Csv(rows) => rows.ready(),
            Rows::Parquet(rows) => rows.ready(),
        }
    }

    /// Takes what is ready.
    pub fn take(&mut self) -> Result<Vec<u8>, Fault> {
        match &mut self.0 {
            Rows::Json(rows) => Ok(rows.take()),
            Rows::Csv(rows) => rows.take(),
            Rows::Parquet(rows) => Ok(rows.take()),
        }
    }

    /// Ends the table: the bytes that were not taken yet.
    pub fn finish(self) -> Result<Vec<u8>, Fault> {
        match self.0 {
            Rows::Json(rows) => Ok(rows.finish()),
            Rows::Csv(mut rows) => rows.take(),
            Rows::Parquet(rows) => rows.finish(),
        }
    }
}
