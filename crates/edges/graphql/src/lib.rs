//! GraphQL: one endpoint for all that runs here, and one for each domain, which a gateway may federate.
//!
//! Invariants: a field is read by the same function as its REST route, so it is decided about and leaves evidence alike;
//! an answer is sent after the evidence of all that it shows is written; a document is measured before it is looked at;
//! what a query says, and with which variables, is in no log, metric or trace.
//! The schemas are made of what the domains describe as data (`galen_service::graph`): this crate knows no domain.

mod answer;
mod collect;
mod endpoint;
mod lexical;
pub mod limits;
mod measure;
mod operation;
mod persisted;
mod run;
mod schema;
mod shape;
mod values;
mod views;

pub use endpoint::{GraphAnswer, GraphRequest};
pub use persisted::hash;

use axum::extract::DefaultBodyLimit;
use axum::routing::post;
use galen_access::Category;
use galen_access::policy::PolicySource;
use galen_service::graph::Subgraph;
use galen_service::openapi::schema;
use galen_service::{Access, Media, Method, Route, Service};

/// What the edge itself asks policy about; each field asks about what it shows.
pub const ACTIONS: &[&str] = &["QueryGraph"];

/// What an installation sets of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct GraphSettings {
    /// Whether only the operations that come with Galen are answered.
    pub persisted_only: bool,
}

/// The service.
pub static SERVICE: Service = Service {
    name: "graphql",
    about: "GraphQL over all domains, and a federated subgraph of each",
    needs: &[],
    kinds: &[],
    owns: &[],
    policy: Some(PolicySource { name: "graphql", actions: ACTIONS, text: include_str!("policy.cedar") }),
    routes,
    subgraph: None,
    guards: &[],
    reactions: &[],
    work: None,
};

fn route(path: &'static str, summary: &'static str) -> Route {
    Route {
        method: Method::Post,
        path,
        access: Access::Action { name: "QueryGraph", kind: "Graph", category: Category::Directory },
        summary,
        media: Media::Json,
        query: None,
        request: Some(schema::<GraphRequest>),
        answer: Some(schema::<GraphAnswer>),
        handler: || post(endpoint::whole).layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX)),
    }
}

fn routes() -> Vec<Route> {
    vec![
        route("/graphql", "Ask or change by GraphQL, over all domains"),
        Route {
            handler: || post(endpoint::part).layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX)),
            ..route("/graphql/{domain}", "The federated subgraph of one domain")
        },
    ]
}

/// The SDL of these parts: as a federated subgraph where they are one, as one plain schema where they are all.
///
/// # Errors
/// They contradict each other.
pub fn sdl(parts: &[(&'static str, &'static Subgraph)], is_federated: bool) -> Result<String, String> {
    let shape = shape::Shape::of(parts)?;
    schema::sdl(&shape, is_federated)
}
