//! The shell: the one place that acts. Services describe themselves; the shell authorizes, decides, commits, audits.
//!
//! Invariants: every route names its policy (a `Route` without one does not compile); every operation, done or refused,
//! leaves exactly one audit entry, in the same commit as its effects; an operation whose audit cannot be written is refused.

pub mod accept;
pub mod accounts;
pub mod answering;
pub mod build;
pub mod caller;
pub mod command;
pub mod cross_origin;
pub mod execute;
pub mod graph;
pub mod guard;
pub mod house;
pub mod http;
pub mod idempotency;
pub mod journal_view;
pub mod limits;
pub mod live;
pub mod observe;
pub mod openapi;
pub mod reaction;
pub mod refusal;
pub mod service;
pub mod settings;
pub mod sockets;
pub mod strictness;
pub mod tls;
pub mod watched;

pub use caller::Caller;
pub use command::{Command, Facts};
pub use guard::{Guard, Proposal};
pub use house::House;
pub use observe::Draft;
pub use refusal::Refusal;
pub use service::{Access, Media, Method, Route, Service};
pub use settings::Settings;
