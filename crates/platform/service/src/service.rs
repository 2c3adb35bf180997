//! What a service says of itself: data, so that composition is a list and never a growing function.

use crate::graph::Subgraph;
use crate::guard::Guard;
use crate::house::House;
use crate::reaction::Reaction;
use axum::routing::MethodRouter;
use futures_util::future::BoxFuture;
use galen_access::policy::PolicySource;
use galen_access::{Category, Target};
use galen_store::Kind;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::watch;

/// A service: a domain, an edge, or a part of the platform that has routes of its own.
pub struct Service {
    /// Its name, as in `galen serve --service NAME`.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// Services it cannot run without.
    pub needs: &'static [&'static str],
    /// Document kinds it owns, beside resources.
    pub kinds: &'static [(&'static str, Kind)],
    /// Resource types it owns: nobody else writes them past its guard.
    pub owns: &'static [&'static str],
    /// Its actions and their policies.
    pub policy: Option<PolicySource>,
    /// Its routes.
    pub routes: fn() -> Vec<Route>,
    /// What it shows to GraphQL.
    pub subgraph: Option<&'static Subgraph>,
    /// Its rules for resources that come in by FHIR.
    pub guards: &'static [&'static dyn Guard],
    /// What it does when it hears of others' events.
    pub reactions: &'static [Reaction],
    /// What it does beside answering, until it is told to stop.
    pub work: Option<Work>,
}

/// Work that no request asks for: every process that runs the service does its share.
pub type Work = fn(Arc<House>, watch::Receiver<bool>) -> BoxFuture<'static, ()>;

/// An HTTP method that a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Method {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, for this reason.
    Public(&'static str),
    /// Whom the policies of this action allow. The handler asks with the thing in hand; the authorization matrix asks
    /// with a thing of this kind and category.
    Action {
        /// The action.
        name: &'static str,
        /// Kind of thing.
        kind: &'static str,
        /// Its category.
        category: Category,
    },
}

impl Access {
    /// The target that the matrix asks about: an ordinary thing of no patient.
    pub fn target(self) -> Option<(&'static str, Target)> {
        match self {
            Self::Public(_) => None,
            Self::Action { name, kind, category } => Some((name, Target::plain(kind, category))),
        }
    }
}

/// What a route's requests and answers are written in. The description of the API says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// JSON, refused by problem+json. A route that names no answer says nothing when it is done.
    Json,
    /// FHIR's JSON, refused by an `OperationOutcome`.
    Fhir,
    /// OAuth: forms, answered and refused by JSON.
    OAuth,
    /// OAuth's front door: the browser is sent on, or shown a page that says why not.
    Consent,
    /// An answer of this type, refused by problem+json.
    Text(&'static str),
}

/// A route: method, path, who may use it, what answers.
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path, with `{name}` for parameters.
    pub path: &'static str,
    /// Who may use it. There is no default: a route without a policy does not compile.
    pub access: Access,
    /// One line for the API viewer.
    pub summary: &'static str,
    /// What its bodies are written in.
    pub media: Media,
    /// JSON Schema of the query, an object whose properties are the parameters, if it takes any.
    pub query: Option<fn() -> Value>,
    /// JSON Schema of the request body, if it has one.
    pub request: Option<fn() -> Value>,
    /// JSON Schema of the answer.
    pub answer: Option<fn() -> Value>,
    /// What answers.
    pub handler: fn() -> MethodRouter<Arc<House>>,
}
