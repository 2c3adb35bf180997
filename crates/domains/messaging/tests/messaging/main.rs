//! Messaging's tests: the rules by given/when/then, the state machine exhaustively, the pure formats by properties, the
//! API and the delivery through a whole house.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![allow(unreachable_pub, clippy::redundant_closure_for_method_calls)]

mod answering;
mod api;
mod calendars;
mod delivering;
mod machine;
mod planning;
mod providers;
mod quiet;
mod rules;
mod scene;
mod texts;
