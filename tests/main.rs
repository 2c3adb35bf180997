//! Journeys through the real program: a process is started, spoken to over HTTP, stopped or killed, and looked into.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    clippy::too_many_lines,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    missing_docs
)]

mod harness;
mod journeys;
