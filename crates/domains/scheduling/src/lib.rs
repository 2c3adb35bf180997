//! Scheduling: what can be booked, when it is free, and who has which appointment.
//!
//! Invariants: no Schedule has more appointments at the same time than it has room for, and no patient two, unless somebody
//! with the right squeezes one in; a moved appointment never lets go of its old time before it has the new one; what lapsed
//! is free at once. Diaries (one document for each actor and day) hold the decision, counted places of a five-minute grid
//! hold it in the database, too. Free time is computed, never stored.
//! The truth of an appointment is the FHIR resource, which this domain owns; FHIR writes pass the same rules.
//! Not here: reminders and calendars (messaging), the visit itself (encounters).

pub mod commands;
pub mod decide;
pub mod events;
pub mod fhir;
pub mod graphql;
pub mod jobs;
pub mod model;
pub mod queries;
pub mod reactions;
pub mod rest;
pub mod store;

pub use rest::ACTIONS;

use galen_access::policy::PolicySource;
use galen_service::Service;

/// The service.
pub static SERVICE: Service = Service {
    name: "scheduling",
    about: "Services, schedules, free times and appointments",
    needs: &[],
    kinds: &[("Diary", store::DIARY), ("Queue", store::QUEUE)],
    owns: &["Appointment", "AppointmentResponse", "Schedule", "Slot", "HealthcareService"],
    policy: Some(PolicySource { name: "scheduling", actions: ACTIONS, text: include_str!("policy.cedar") }),
    routes: rest::routes,
    subgraph: Some(&graphql::SUBGRAPH),
    guards: &[&fhir::APPOINTMENTS, &fhir::SCHEDULES, &fhir::SERVICES, &fhir::SLOTS],
    reactions: &[reactions::KEEP_ANSWER, reactions::OFFER_TIME],
    work: Some(|house, stop| Box::pin(jobs::run(house, stop))),
};
