//! What reads return.

use crate::{ChainId, DocumentKey, Kind};
use galen_kernel::Instant;

/// A document, current or historic; `body` is `None` for a tombstone and for one whose key was destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its kind.
    pub kind: Kind,
    /// Its key within the shard.
    pub key: DocumentKey,
    /// Its id.
    pub id: String,
    /// Its version, from 1.
    pub version: u64,
    /// When this version was written.
    pub at: Instant,
    /// Whether this version is a tombstone.
    pub deleted: bool,
    /// The body as it was put.
    pub body: Option<Vec<u8>>,
}

/// A document's version without its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// The number.
    pub version: u64,
    /// Whether it is a tombstone.
    pub deleted: bool,
}

/// Who holds a unique value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// As given to `Operation::Claim`.
    pub holder: Vec<u8>,
    /// When it lapses.
    pub until: Option<Instant>,
}

/// A counter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance(pub i64);

/// A posted line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Posting it belongs to.
    pub posting: i64,
    /// Account.
    pub account: String,
    /// Currency or unit.
    pub unit: String,
    /// Signed amount.
    pub amount: i64,
    /// When.
    pub at: Instant,
}

/// A place in one chain of a shard's journal. Sequences start at 1 and have no gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct JournalPosition {
    /// The chain.
    pub chain: ChainId,
    /// The entry.
    pub sequence: u64,
}

/// A journal entry. `hash` = SHA-256(`previous hash` ‖ chain ‖ sequence ‖ at ‖ sealed), integers big-endian, and the
/// first entry's previous hash is SHA-256("galen-journal-v1" ‖ zone ‖ shard ‖ chain): the chain covers the ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// Where it stands.
    pub position: JournalPosition,
    /// When it was written.
    pub at: Instant,
    /// Its link in the chain.
    pub hash: [u8; 32],
    /// As stored.
    pub sealed: Vec<u8>,
    /// As given to the write set; `None` where it cannot be opened (tampered with).
    pub body: Option<Vec<u8>>,
}

/// What a shard holds at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardExtent {
    /// The greatest key given so far: pins a search to what was there when it began.
    pub newest: i64,
    /// Whether it holds anything of the compartment that was asked about; true where none was.
    pub holds: bool,
}
