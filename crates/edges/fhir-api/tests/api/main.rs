//! The FHIR API as a client sees it: a real house on a temporary SQLite store, driven through the router.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(clippy::disallowed_methods, clippy::too_many_lines, unreachable_pub, missing_docs)]
#![allow(
    clippy::cast_precision_loss,
    clippy::needless_pass_by_value,
    clippy::redundant_closure,
    clippy::cloned_ref_to_slice_refs
)]

mod acting;
mod audit;
mod bad;
mod bulk;
mod bundles;
mod capability;
mod criteria;
mod crud;
mod defining;
mod facilities;
mod histories;
mod in_use;
mod operations;
mod patches;
mod policy;
mod scopes;
mod search;
mod sight;
mod speed;
mod synthea;
mod terminology;
mod validation;
mod views;
mod ward;
mod wishes;
