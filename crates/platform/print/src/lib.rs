//! What leaves on paper: labels, letters and records as PDF, in any script that patients' names are written in. No I/O.

mod barcode;
mod fonts;
mod label;
mod letter;
mod record;
mod report;
mod text;

pub use label::{Label, label};
pub use letter::{Letter, letter};
pub use record::{Language, RecordOf, clinical_date, record};
pub use report::{Column, Report, Section, report};
