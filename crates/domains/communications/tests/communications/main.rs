//! The tests of communications: the rules by given/when/then, the API through a whole house.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod api;
mod rules;
