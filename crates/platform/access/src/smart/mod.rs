//! SMART App Launch 2.2 and Backend Services: the pure rules of clients, scopes, requests, assertions and tokens, and
//! how they lie in the store. The wires are in `edges/smart`.
//!
//! Invariants: a token is never more than its account nor than its scopes; codes, launches, refresh tokens and
//! assertions work once (a claim in the store, so in every process); what is presented is stored as a hash only.

pub mod assertion;
pub mod authorization;
pub mod client;
pub mod client_key;
pub mod error;
pub mod grant;
pub mod identity;
pub mod jwk;
pub mod once;
pub mod request;
pub mod scope;
pub mod secret;

pub use client::{Client, StoredClient};
pub use client_key::ClientKey;
pub use error::OAuthError;
pub use grant::{Grant, Granted};
pub use scope::{Level, Permissions, Plain, Scopes};
