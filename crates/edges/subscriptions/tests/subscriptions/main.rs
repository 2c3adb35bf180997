//! Subscriptions as clients and endpoints see them: a real house, real sockets to a server of the test's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(
    clippy::disallowed_methods,
    clippy::redundant_closure_for_method_calls,
    unreachable_pub,
    missing_docs
)]

mod failing;
mod hook;
mod matching;
mod resting;
mod scene;
mod sockets;
