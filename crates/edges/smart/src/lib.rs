//! The SMART edge: OAuth 2 for applications (App Launch 2.2, Backend Services) over the rules of `galen_access::smart`.
//!
//! Invariants: nobody is sent to an address that is not registered, character by character; a code, a launch, a refresh
//! token and an assertion work once in the whole installation, and a second use of a code or refresh token ends all that
//! came of the first; what a token covers is decided where everything is decided (`galen-access`), not here.
//! Not here: signing in (accounts), the consent screen (the shell), what a scope lets one see (access and records).

mod authorizations;
mod authorize;
mod client_proof;
mod clients;
mod consent;
mod discovery;
mod endpoint;
mod forms;
mod grants;
mod introspect;
mod keys;
mod launch;
mod patients;
mod routes;
mod scopes;
mod token;

pub use clients::{AddClient, AddedClient, ClientChange, ClientView, add_client, change_client, view};
pub use keys::{FetchKeys, FetchedKeys};

use galen_access::policy::PolicySource;
use galen_service::Service;

/// The actions that this edge asks policy about.
pub const ACTIONS: &[&str] = &[
    "ListClients",
    "AddClient",
    "ChangeClient",
    "AuthorizeClient",
    "ListLaunchable",
    "LaunchClient",
    "ListAuthorizations",
    "RevokeAuthorization",
    "IntrospectToken",
];

/// The policies of [`ACTIONS`].
pub const POLICY: &str = include_str!("policy.cedar");

/// The service.
pub static SERVICE: Service = Service {
    name: "smart",
    about: "SMART App Launch and Backend Services: clients, consent, tokens",
    needs: &[],
    kinds: &[
        ("Client", galen_access::CLIENT),
        ("Authorization", galen_access::AUTHORIZATION),
        ("IdentityKey", galen_access::IDENTITY_KEY),
    ],
    owns: &[],
    policy: Some(PolicySource { name: "smart", actions: ACTIONS, text: POLICY }),
    routes: routes::routes,
    subgraph: None,
    guards: &[],
    reactions: &[],
    work: None,
};
