//! galen-fhir: FHIR R4 as values. Bytes in, typed answers out; no I/O, no clock, no runtime.
#![forbid(unsafe_code)]

pub mod decimal;
pub mod definitions;
pub mod fold;
pub mod issue;
pub mod json;
pub mod reference;
pub mod resource;
pub mod resource_type;
pub mod temporal;
pub mod validate;
