//! SMART as clients see it: a real house on a temporary store, driven through the router.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(clippy::disallowed_methods, clippy::too_many_lines, unreachable_pub, missing_docs)]
#![allow(clippy::needless_pass_by_value)]

mod backend;
mod bad_tokens;
mod clients;
mod codes;
mod jwt;
mod scopes;
mod ward;
