//! What leaves on paper: labels and letters as PDF, in any script that patients' names are written in. No I/O.

mod barcode;
mod label;
mod letter;
mod text;

pub use label::{Label, label};
pub use letter::{Letter, letter};
