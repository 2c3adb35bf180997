//! Every case of the suite, for each engine; `fixture` opens the stores.

mod changes;
mod claims;
mod documents;
mod fixture;
mod journal;
mod ledger;
mod model;
mod reindexing;
mod scans;
mod together;

pub use changes::{told, write_some};
pub use fixture::*;
pub use scans::{ids, term};
