//! The store's small integers: kinds, parameters, shards, chains, keys.

use std::fmt;

/// A kind of document. FHIR resource types have the numbers of `galen_fhir::ResourceType` (1 to 999);
/// operational kinds (users, tills, stock lots) have numbers from 1,000 up, one list in `galen-records::kinds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind(pub u16);

/// A search parameter within a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Param(pub u16);

/// A shard of this process's zone: its number, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ShardId(pub u8);

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

/// A hash chain of a shard's journal: one per writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ChainId(pub u16);

/// The integer by which index rows name a document within its shard; grows with each new document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentKey(pub i64);
