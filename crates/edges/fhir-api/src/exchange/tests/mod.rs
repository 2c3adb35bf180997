//! Tests of exchange that need no store: names and references, and speaking to a server that answers as it was told to.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod names;
mod server;
mod speaking;
