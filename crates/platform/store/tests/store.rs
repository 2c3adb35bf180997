//! The conformance suite: written once against `Store`, run on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod conformance;
mod postgres_only;
mod sqlite_only;
