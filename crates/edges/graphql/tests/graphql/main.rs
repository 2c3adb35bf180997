//! GraphQL through a whole house: what it shows, to whom, what it leaves as evidence, and what it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod access;
mod asking;
mod evidence;
mod federation;
mod hostile;
mod persisting;
mod scene;
