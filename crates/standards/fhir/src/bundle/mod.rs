//! Bundles: transactions and batches read into typed entries; search sets, histories and responses written.

mod patch;
mod request;
mod response;
mod url;

pub use request::{BundleKind, ENTRIES_MAX, Method, RequestBundle, RequestEntry, read};
pub use response::{
    HistoryEntry, Link, Page, ResponseEntry, SearchEntry, SearchMode, history, response, searchset,
};
pub use url::{Member, Target, TargetFault, query_pairs};

#[cfg(test)]
mod tests;
