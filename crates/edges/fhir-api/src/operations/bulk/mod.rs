//! Bulk data: `$export` (<https://hl7.org/fhir/uv/bulkdata/export.html>) and `$import` of lines.
//!
//! An export's files are views: nothing is copied when it is asked for. A job says what was asked and as of when; a file
//! is made while it is downloaded, out of the versions of that time, with its caller's rights of the moment. So there is
//! nothing at rest to protect or to delete, a lost client costs one small document, and what was erased or sealed in
//! between is not in the file.

mod asked;
mod export;
mod file;
mod import;
mod job;
mod prepare;
mod status;

pub(crate) use job::BULK_JOB;
pub(crate) use prepare::PREPARE;

pub(super) use asked::members;
pub(super) use export::{EXPORT, EXPORT_OF_GROUP, EXPORT_OF_PATIENTS};
pub(super) use file::FILE;
pub(super) use import::IMPORT;
pub(super) use status::STATUS;
