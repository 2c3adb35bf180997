//! The engine's calls as boxed futures, made in plain functions.
//!
//! The body of an async function is compiled again in every crate that awaits it; with the whole PostgreSQL engine
//! beneath each call that cost minutes a build. A boxed future is compiled here, once. A round trip to a database
//! outweighs the allocation by far.

use super::Postgres;
use crate::pages::{Explained, ScanRows, Together};
use crate::plan::{Phase, Want};
use crate::{
    Balance, ChangedVersion, Changes, Claim, Committed, Document, Entry, JournalPosition, JournalRow,
    KeySource, Kind, Param, Scan, ShardExtent, ShardId, StoreError, Version, WriteSet,
};
use futures_util::future::BoxFuture;
use galen_kernel::Instant;

type Later<'e, T> = BoxFuture<'e, Result<T, StoreError>>;

/// The engine, its calls boxed.
#[derive(Clone, Copy)]
pub(crate) struct Apart<'e>(&'e Postgres);

impl Postgres {
    /// The engine, its calls boxed.
    pub(crate) fn apart(&self) -> Apart<'_> {
        Apart(self)
    }

    /// `open`, boxed.
    pub(crate) fn open_apart<'e>(
        url: &'e str,
        shards: u8,
        zone: &'e str,
        source: &'e KeySource,
    ) -> Later<'e, Self> {
        Box::pin(Self::open(url, shards, zone, source))
    }
}

macro_rules! boxed {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {
        impl<'e> Apart<'e> {
            $(
                pub(crate) fn $name(self, $($argument: $kind),*) -> Later<'e, $answer> {
                    Box::pin(self.0.$name($($argument),*))
                }
            )*

            pub(crate) fn close(self) -> BoxFuture<'e, ()> {
                Box::pin(self.0.close())
            }
        }
    };
}

boxed! {
    commit(set: WriteSet) -> Committed;
    commit_spanning(sets: Vec<WriteSet>) -> Committed;
    note(shard: ShardId, at: Instant, body: Vec<u8>) -> Committed;
    get(shard: ShardId, kind: Kind, id: &'e str) -> Option<Document>;
    get_many(shard: ShardId, ids: &'e [(Kind, String)]) -> Vec<Document>;
    versions(shard: ShardId, ids: &'e [(Kind, String)]) -> Vec<Option<Version>>;
    history(shard: ShardId, kind: Kind, id: &'e str, before: u64, limit: u32) -> Vec<Document>;
    changes(shard: ShardId, asked: &'e Changes, limit: u32) -> Vec<ChangedVersion>;
    count_changes(shard: ShardId, asked: &'e Changes, most: i64) -> i64;
    scan_rows(shard: ShardId, scan: &'e Scan, want: Want, phase: Phase, limit: i64) -> ScanRows;
    scan_together(scans: &'e [(ShardId, &'e Scan)], limit: i64, newest: bool) -> Together;
    selectivity(shard: ShardId, scan: &'e Scan, limit: i64) -> Option<i64>;
    extents(subject: Option<[u8; 16]>) -> Vec<ShardExtent>;
    explain(shard: ShardId, scan: &'e Scan, most: i64) -> Explained;
    count(shard: ShardId, scan: &'e Scan, most: i64) -> i64;
    next_term(shard: ShardId, kind: Kind, param: Param, after: &'e [u8]) -> Option<Vec<u8>>;
    claim(shard: ShardId, scope: &'static str, value: &'e str, now: Instant) -> Option<Claim>;
    balance(shard: ShardId, balance: &'e str) -> Balance;
    entries(shard: ShardId, account: &'e str, after: i64, limit: u32) -> Vec<Entry>;
    journal_heads(shard: ShardId) -> Vec<JournalRow>;
    journal(shard: ShardId, after: JournalPosition, limit: u32) -> Vec<JournalRow>;
    journal_hashes(shard: ShardId, after: JournalPosition, limit: u32) -> Vec<[u8; 32]>;
    journal_entries(shard: ShardId, places: &'e [JournalPosition]) -> Vec<JournalRow>;
    cursor(shard: ShardId, cursor: &'e str) -> Vec<JournalPosition>;
    rotate_root_key(new: [u8; 32]) -> ();
    ready() -> ();
}
