//! Who you are (password and one-time code, session, token) and what you may (Cedar policies over one decision function).
//!
//! Invariants: nobody is anybody by default; a decision that cannot be made is a refusal; a disabled user's sessions
//! and tokens stop within [`user::USER_CACHE_MICROS_MAX`]; sealed records open only by relationship or break-glass;
//! whoever acts for a patient does no more than the patient may, and nothing with what is sealed; what a patient withholds
//! from somebody opens to them by break-glass and legal override only.
//! This crate is not where policies are written: each domain keeps its own `policy.cedar`.

pub mod actor;
pub mod break_glass;
pub mod consent;
pub mod decision;
pub mod invitation;
pub mod password;
pub mod policy;
pub mod proxy;
pub mod relationship;
pub mod roles;
pub mod session;
pub mod signin;
pub mod signing;
pub mod smart;
pub mod system;
pub mod target;
pub mod throttle;
pub mod token;
pub mod totp;
pub mod user;

mod document;
mod facts;
mod refusals;
mod standing;
mod visibility;

pub use actor::{Actor, Context, Position, PurposeOfUse};
pub use decision::{Access, Decision};
pub use target::{Category, Label, Met, Target};
pub use visibility::Visibility;

use galen_store::Kind;

/// User accounts.
pub const USER: Kind = Kind(1001);
/// Browser sessions.
pub const SESSION: Kind = Kind(1002);
/// Keys that sign API tokens and audit checkpoints.
pub const SIGNING_KEY: Kind = Kind(1003);
/// Break-glass grants.
pub const BREAK_GLASS: Kind = Kind(1004);
/// Care relationships that somebody declared.
pub const RELATIONSHIP: Kind = Kind(1005);

/// Client applications.
pub const CLIENT: Kind = Kind(1006);
/// What users allowed clients.
pub const AUTHORIZATION: Kind = Kind(1007);
/// Keys that sign id tokens.
pub const IDENTITY_KEY: Kind = Kind(1008);

/// Codes that make accounts or let somebody act for a patient.
pub const INVITATION: Kind = Kind(1009);
/// Who may act for a patient.
pub const PROXY: Kind = Kind(1010);
/// What patients withhold, and from whom.
pub const CONSENT: Kind = Kind(1011);

/// The policies of this crate's own actions.
pub const POLICY: &str = include_str!("policy.cedar");

/// This crate's own actions.
pub const ACTIONS: &[&str] = &[
    "ListUsers",
    "AddUser",
    "ChangeUser",
    "OpenBreakGlass",
    "ReviewBreakGlass",
    "DeclareRelationship",
    "ReadOwnSession",
];
