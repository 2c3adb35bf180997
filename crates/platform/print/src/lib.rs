//! What leaves on paper: labels as PDF, in any script that patients' names are written in. No I/O.

mod barcode;
mod label;
mod text;

pub use label::{Label, label};
