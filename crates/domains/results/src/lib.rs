//! Results: when patients see them. What is critical, preliminary or sensitive is held back until a clinician has commented
//! on it, or a time has passed.
//!
//! Invariants: a held result is not there for the patient, at any edge, in any count; what a patient could see once is
//! never taken back unless its content changed; nothing is held for ever.
//! The truth is the FHIR Observation or DiagnosticReport, with its release as an extension; FHIR writes pass the same rules.
//! Not here: how results come about and who verifies them (laboratory).

pub mod commands;
pub mod decide;
pub mod events;
pub mod fhir;
pub mod model;
pub mod queries;
pub mod rest;
pub mod store;

pub use model::ReleasePolicy;

use galen_access::policy::PolicySource;
use galen_service::Service;

/// What results ask policy about.
pub const ACTIONS: &[&str] = &["ReleaseResult", "CountHeldResults"];

/// The service.
pub static SERVICE: Service = Service {
    name: "results",
    about: "When patients see their results",
    needs: &[],
    kinds: &[],
    owns: &["Observation", "DiagnosticReport"],
    policy: Some(PolicySource { name: "results", actions: ACTIONS, text: include_str!("policy.cedar") }),
    routes: rest::routes,
    subgraph: None,
    guards: &[&fhir::OBSERVATIONS, &fhir::REPORTS],
    reactions: &[],
    work: None,
};
