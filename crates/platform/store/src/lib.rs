//! The sharded, encrypted, versioned document store. SQL lives here and nowhere else.
//!
//! A **write set** goes to one shard and commits whole or not at all; one writer per shard groups many write sets
//! into one synced transaction. Reads run inline. Engines: SQLite (SQLCipher) and PostgreSQL.

#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_possible_truncation,
    reason = "versions and sequences are unsigned here and signed 64-bit in the databases, far from either end"
)]
#![allow(clippy::doc_markdown, reason = "names of databases are words, not code")]
#![allow(clippy::similar_names, reason = "`shared` and `shard` are both the right word")]
#![allow(
    clippy::single_match_else,
    clippy::type_complexity,
    reason = "rows and their absence read best side by side"
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing))]

mod chain;
mod changes;
mod config;
mod dialect;
mod error;
mod filter;
mod ids;
mod names;
mod pages;
mod plan;
mod postgres;
mod prepared;
mod read;
mod root;
mod rows;
mod scan;
mod scanning;
mod seal;
mod sqlite;
mod store;
mod stored;
mod token;
mod vault;
mod write;

pub use chain::{entry_hash, genesis_hash};
pub use changes::{ChangePosition, ChangedVersion, Changes};
pub use config::{Engine, KeySource, StoreConfig};
pub use error::{Conflict, StoreError};
pub use names::{ChainId, DocumentKey, Kind, Param, ShardId};
pub use plan::{CONDITION_MATCHES_MAX, LISTED_MAX, MATCHES_MAX};
pub use prepared::{NAME_BYTES_MAX, OPERATIONS_MAX};
pub use read::{Balance, Claim, Document, Entry, JournalPosition, JournalRow, ShardExtent, Version};
pub use rows::{INDEX_ROWS_MAX, VALUE_BYTES_MAX};
pub use scan::{BodyTest, Bound, Condition, Match, Order, Page, Position, Scan, TermMatch};
pub use scanning::{EXAMINED_ROWS_MAX, Leading, Pages, ScanExplained};
pub use seal::BODY_BYTES_MAX;
pub use sqlite::restore;
pub use store::{HOLDER_BYTES_MAX, PAGE_ROWS_MAX, Store};
pub use write::{Committed, Expected, IndexRows, Link, NewEntry, Operation, Put, WriteSet};
