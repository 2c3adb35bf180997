//! Registration: who the patients are, and who acts for them. Registering, finding, amending, merging and unmerging
//! them; their accounts, proxies, consents, and who saw their records.
//!
//! Invariants: an MRN and an NHS number belong to one patient (claims); a patient once given an MRN keeps it; nobody is
//! merged twice, and every merge can be undone; a patient has one account; nobody acts for a patient but by a code given
//! for it; a consent in force is obeyed by every decision, or refused. The truth is the FHIR Patient, under the same rules.

pub mod commands;
pub mod decide;
pub mod events;
pub mod fhir;
pub mod graphql;
pub mod model;
pub mod queries;
pub mod reactions;
pub mod rest;
pub mod store;

use galen_access::policy::PolicySource;
use galen_service::Service;

/// What registration asks policy about.
pub const ACTIONS: &[&str] = &[
    "RegisterPatient",
    "FindPatients",
    "ReadPatient",
    "PrintPatientLabel",
    "AmendPatient",
    "PreviewMerge",
    "ListMerges",
    "MergePatients",
    "UnmergePatients",
    "InvitePatient",
    "PrintInvitationLetter",
    "ListInvitations",
    "WithdrawInvitation",
    "AcceptProxy",
    "ListProxies",
    "ListOwnProxies",
    "EndProxy",
    "ListAccesses",
    "RecordConsent",
    "ListConsents",
    "WithdrawConsent",
];

/// The service.
pub static SERVICE: Service = Service {
    name: "registration",
    about: "Who the patients are: register, find, amend, merge, unmerge",
    needs: &[],
    kinds: &[("PatientMerge", store::PATIENT_MERGE)],
    owns: &["Patient", "QuestionnaireResponse", "Consent"],
    policy: Some(PolicySource { name: "registration", actions: ACTIONS, text: include_str!("policy.cedar") }),
    routes: rest::routes,
    subgraph: Some(&graphql::SUBGRAPH),
    guards: &[&fhir::GUARD, &fhir::ANSWERS, &fhir::CONSENTS],
    reactions: &[reactions::COMPARE_DUPLICATES],
    work: None,
};
