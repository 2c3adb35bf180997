//! Scheduling's tests: the rules by given/when/then, the API through a whole house.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod answers;
mod api;
mod board;
mod fhir;
mod offers;
mod queue;
mod racing;
mod rules;
mod series;
mod times;
mod waiting;

use galen_kernel::Instant;

/// A Monday morning, in London's winter time.
fn now() -> Instant {
    at("2026-11-23T08:00:00Z")
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}
