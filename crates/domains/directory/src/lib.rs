//! The directory: organizations, sites, wards, rooms and beds, practitioners and their roles.
//!
//! Invariants: a bed stands in a ward or a room; nothing is part of itself, not even by way of others; two beds of one
//! place have different names; a number of a professional register is one practitioner's alone.
//! The truth is the FHIR resources, which this domain owns; FHIR writes pass the same rules.
//! Not here: who occupies a bed (encounters), user accounts (access).

pub mod commands;
pub mod decide;
pub mod events;
pub mod fhir;
pub mod graphql;
pub mod model;
pub mod queries;
pub mod rest;
pub mod store;

use galen_access::policy::PolicySource;
use galen_service::Service;

/// What the directory asks policy about.
pub const ACTIONS: &[&str] = &["AddDirectoryEntry", "ListPlaces", "ReadDirectoryEntry"];

/// The service.
pub static SERVICE: Service = Service {
    name: "directory",
    about: "Organizations, sites, wards, beds, practitioners and their roles",
    needs: &[],
    kinds: &[],
    owns: &["Organization", "Location", "Practitioner", "PractitionerRole"],
    policy: Some(PolicySource { name: "directory", actions: ACTIONS, text: include_str!("policy.cedar") }),
    routes: rest::routes,
    subgraph: Some(&graphql::SUBGRAPH),
    guards: &[&fhir::ORGANIZATIONS, &fhir::LOCATIONS, &fhir::PRACTITIONERS, &fhir::ROLES],
    reactions: &[],
    work: None,
};
