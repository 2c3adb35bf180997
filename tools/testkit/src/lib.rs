//! What tests share: a PostgreSQL server of their own, and a whole house in memory (feature `ward`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    clippy::return_self_not_must_use,
    missing_docs
)]

pub mod postgres;
#[cfg(feature = "ward")]
pub mod ward;
