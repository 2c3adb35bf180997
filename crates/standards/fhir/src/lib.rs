//! galen-fhir: FHIR R4 as values. Bytes in, typed answers out; no I/O, no clock, no runtime.
//!
//! - [`json`]: strict, lossless JSON. [`resource`]: a resource and its meta. [`reference`]: the forms of references.
//! - [`validate`]: structure, invariants and profiles. [`issue`]: what is wrong, and the `OperationOutcome` of it.
//! - [`index`]: the rows a search index needs. [`search`]: queries as typed trees. [`temporal`], [`decimal`], [`fold`],
//!   [`ucum`]: the orders they compare by.
//! - [`terminology`]: code systems, value sets, concept maps.
//! - [`compartment`]: what belongs to an encounter, a practitioner, a device.
//! - [`fhirpath`]: the expression language, over JSON as it lies.
//! - [`views`]: ViewDefinitions of SQL on FHIR: resources to rows.
//! - [`bundle`]: transactions in, pages out. [`patch`]: JSON Patch and FHIRPath Patch. [`subset`]: `_summary` and
//!   `_elements`. [`capability`]: the `CapabilityStatement`.
//! - [`definitions`]: the R4 definitions themselves, compiled by `xtask fhir-pack`.
//!
//! What it is not: it does not store, resolve or authorize anything.
#![forbid(unsafe_code)]

pub mod bundle;
pub mod capability;
pub mod compartment;
pub mod decimal;
pub mod definitions;
mod extension;
pub mod fhirpath;
pub mod fold;
pub mod index;
pub mod issue;
pub mod json;
mod naming;
pub mod patch;
pub mod reference;
pub mod resource;
pub mod resource_type;
pub mod search;
pub mod subset;
pub mod temporal;
pub mod terminology;
pub mod ucum;
pub mod validate;
pub mod views;

pub use definitions::{ParamId, ParamKind, Parameters, SearchParameter, search_parameter, search_parameters};
pub use extension::set_extensions;
pub use index::{IndexTerm, IndexValue, extract, extract_of, patient_compartment};
pub use issue::{Issue, IssueCode, Severity, operation_outcome};
pub use json::{Json, Object};
pub use naming::spoken_name;
pub use reference::ParsedReference;
pub use resource::{Resource, valid_id};
pub use resource_type::ResourceType;
pub use subset::{Subset, Summary, subset};
pub use validate::validate;
