//! Communications: what patients and staff write to each other in the portal.
//!
//! Invariants: what was sent is never changed; nobody answers over words that they have not seen; what waits for the staff is found until somebody has answered or closed it.
//! Each message is a FHIR Communication, the thread a document that keeps their order and who has read how far; FHIR writes
//! leave them alone. Not here: what the hospital tells patients by e-mail and text message (messaging).

pub mod commands;
pub mod decide;
pub mod events;
pub mod fhir;
pub mod model;
pub mod queries;
pub mod rest;
pub mod store;

use galen_access::policy::PolicySource;
use galen_service::Service;

/// What communications ask policy about.
pub const ACTIONS: &[&str] = &[
    "StartThread",
    "ReplyToThread",
    "MarkThreadRead",
    "CloseThread",
    "ListThreads",
    "ReadThread",
    "ReadInbox",
];

/// The service.
pub static SERVICE: Service = Service {
    name: "communications",
    about: "What patients and staff write to each other",
    needs: &[],
    kinds: &[("Thread", store::THREAD)],
    owns: &["Communication"],
    policy: Some(PolicySource {
        name: "communications",
        actions: ACTIONS,
        text: include_str!("policy.cedar"),
    }),
    routes: rest::routes,
    guards: &[&fhir::COMMUNICATIONS],
    reactions: &[],
    work: None,
    subgraph: None,
};
