//! Telling open screens what changed: one web socket for each page, over which types and ids go, never what they say.
//!
//! Invariants: a frame carries ids only; each is sent to those alone who may read the resource now; a listener that
//! missed something is told to read everything again, so that no screen looks live and is not; a socket does not keep a
//! session alive, and ends with it. Not here: FHIR's own websocket channel (subscriptions).

mod frame;
mod socket;
mod tail;

use galen_access::Category;
use galen_access::policy::PolicySource;
use galen_service::{Access, Media, Method, Route, Service};

pub use frame::{Frame, Listen, Resume};
pub use socket::{BEAT_EVERY, SOCKETS_MAX, SOCKETS_PER_USER_MAX, TOPICS_MAX};
pub use tail::run;

/// What this edge asks policy about.
pub const ACTIONS: &[&str] = &["ListenForChanges"];

/// The service.
pub static SERVICE: Service = Service {
    name: "realtime",
    about: "Open screens hear what changed",
    needs: &["fhir-api"],
    kinds: &[],
    owns: &[],
    policy: Some(PolicySource { name: "realtime", actions: ACTIONS, text: include_str!("policy.cedar") }),
    routes,
    subgraph: None,
    guards: &[],
    reactions: &[],
    work: Some(|house, stop| Box::pin(run(house, stop))),
};

fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::Get,
        path: "/api/live",
        access: Access::Action { name: "ListenForChanges", kind: "Session", category: Category::Security },
        summary: "Hear, over a web socket, the types and ids of what changes",
        media: Media::Json,
        query: None,
        request: None,
        answer: None,
        handler: || axum::routing::get(socket::open),
    }]
}
