//! The FHIR R4 edge: REST interactions, searches, transactions and batches over `galen-records`, and loading of files.
//!
//! Invariants: nothing is answered before its audit entry is written; what policy hides is neither shown, counted,
//! included nor chained through; a single write is a transaction of one, so rules and audit are the same on every way in.
//! Not here: what a type's rules are (its domain's guard), how resources lie in the store (records).

mod admit;
mod answer;
mod ask;
mod bundle;
mod capability;
mod defining;
mod edge;
pub mod exchange;
mod failure;
mod history;
mod interaction;
mod load;
mod operations;
mod read;
mod routes;
mod search;
mod several;
mod sights;
mod strict;
mod wish;
mod write;

pub use load::{LineRefusal, LoadReport, Loading, load, load_lines};

use galen_access::policy::PolicySource;
use galen_service::Service;

/// The actions that this edge asks policy about.
pub const ACTIONS: &[&str] = &[
    "FhirRead",
    "FhirSearch",
    "FhirHistory",
    "FhirCreate",
    "FhirUpdate",
    "FhirDelete",
    "FhirBundle",
    "FhirExport",
    "FhirImport",
];

/// The policies of [`ACTIONS`].
pub const POLICY: &str = include_str!("policy.cedar");

/// The service.
pub static SERVICE: Service = Service {
    name: "fhir-api",
    about: "FHIR R4 at /fhir: read, search, write, transactions, history, operations, bulk data",
    needs: &[],
    kinds: &[
        ("BulkJob", operations::BULK_JOB),
        ("ExchangePartner", exchange::PARTNER),
        ("ExchangeLink", exchange::LINK),
        ("Indexing", galen_records::INDEXING),
    ],
    owns: &["SearchParameter"],
    policy: Some(PolicySource { name: "fhir-api", actions: ACTIONS, text: POLICY }),
    routes: routes::routes,
    subgraph: None,
    guards: &[&defining::SEARCH_PARAMETERS],
    reactions: &[operations::PREPARE],
    work: None,
};
