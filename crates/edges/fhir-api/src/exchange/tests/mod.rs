//! Tests of exchange: what needs no store, speaking to a server that answers as it was told to, and a house that exchanges
//! with one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod abilities;
mod arriving;
mod following;
mod names;
mod server;
mod skipping;
mod speaking;
mod strictness;
mod ward;
