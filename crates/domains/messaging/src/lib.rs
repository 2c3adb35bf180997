//! Messaging: what patients are told of their appointments, by which way, and how it fares.
//!
//! Invariants: an attempt is written down before it is made, and a provider knows all attempts by one key, so that nothing
//! is sent twice; every message that is open is taken up again, and what is given up is seen, so that nothing is silently
//! stuck; nothing is sent without consent, to the dead, or of what is no longer true; no text and no contact is kept.
//! Not here: when appointments are and who may book them (scheduling); what applications are told (subscriptions).

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

pub use jobs::{Customs, Messaging, Worker, run};

use galen_access::policy::PolicySource;
use galen_service::Service;

/// What messaging asks policy about.
pub const ACTIONS: &[&str] = &[
    "ListMessages",
    "ReviewMessages",
    "ResendMessage",
    "ReadMessagePreferences",
    "SetMessagePreferences",
    "ListMessageTemplates",
    "OverrideMessageTemplate",
    "ListCalendarFeeds",
    "CreateCalendarFeed",
    "RevokeCalendarFeed",
];

/// The service.
pub static SERVICE: Service = Service {
    name: "messaging",
    about: "What patients are told of their appointments: e-mail, text message, calendar",
    needs: &[],
    kinds: &[
        ("Message", store::MESSAGE),
        ("MessagePreferences", store::PREFERENCES),
        ("CalendarFeed", store::FEED),
        ("MessageTemplate", store::TEMPLATE),
        ("ReminderAnswer", store::ANSWER),
    ],
    owns: &[],
    policy: Some(PolicySource { name: "messaging", actions: ACTIONS, text: include_str!("policy.cedar") }),
    routes: rest::routes,
    subgraph: Some(&graphql::SUBGRAPH),
    guards: &[],
    reactions: &[reactions::PLAN, reactions::TELL_STAFF],
    work: Some(|house, stop| Box::pin(run(house, stop))),
};
