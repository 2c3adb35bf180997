//! Subscriptions (<https://hl7.org/fhir/R4/subscription.html>): who asked to be told is told, by rest-hook or websocket.
//!
//! Invariants: what was committed while a subscription is active is told at least once, in order, whatever crashes in
//! between; a notification goes out with the rights that the subscription's owner has at that moment, and leaves an audit
//! entry; an endpoint that fails delays nobody else's; nothing is sent into closed networks (`galen-outbound`).
//! Not here: what a search means (records), how resources are written (fhir-api).

mod criteria;
mod deliver;
mod guard;
mod lease;
mod matching;
mod notify;
mod owner;
mod queue;
mod rest;
mod status;
mod websocket;
mod worker;

pub use worker::{Worker, run};

use galen_access::policy::PolicySource;
use galen_service::Service;
use galen_store::Kind;

/// Who a subscription notifies for: beside each Subscription.
pub const OWNER: Kind = Kind(1301);
/// Notifications that wait.
pub const SEGMENT: Kind = Kind(1302);
/// Notifications that were given up.
pub const DEAD_LETTER: Kind = Kind(1303);

/// What this edge asks policy about.
pub const ACTIONS: &[&str] =
    &["ListSubscriptions", "RetryNotification", "DiscardNotification", "BindSubscription"];

/// The service.
pub static SERVICE: Service = Service {
    name: "subscriptions",
    about: "FHIR Subscriptions: rest-hook and websocket notifications",
    needs: &["fhir-api"],
    kinds: &[
        ("SubscriptionOwner", OWNER),
        ("SubscriptionSegment", SEGMENT),
        ("SubscriptionDeadLetter", DEAD_LETTER),
    ],
    owns: &["Subscription"],
    policy: Some(PolicySource {
        name: "subscriptions",
        actions: ACTIONS,
        text: include_str!("policy.cedar"),
    }),
    routes: rest::routes,
    subgraph: None,
    guards: &[&guard::SUBSCRIPTIONS],
    reactions: &[matching::MATCH],
    work: Some(|house, stop| Box::pin(run(house, stop))),
};
