//! What a caller may ask the store to write: the whole vocabulary.

use crate::{JournalPosition, Kind, Param, ShardId};
use galen_kernel::Instant;

/// Changes to one shard that commit together or not at all.
#[derive(Debug, Clone, Default)]
pub struct WriteSet {
    /// Where it goes.
    pub shard: ShardId,
    /// When it is made: stamped on documents, history and the journal.
    pub at: Instant,
    /// What changes. No two operations of a set touch the same document, claim or balance.
    pub operations: Vec<Operation>,
    /// The audit entry and events of this set (plaintext; the writer seals, chains and numbers it).
    pub journal: Option<Vec<u8>>,
}

/// One change.
#[derive(Debug, Clone)]
pub enum Operation {
    /// Writes a document's next version.
    Put(Put),
    /// Writes a tombstone version: the document reads as deleted, its history stays.
    Delete {
        /// Kind of the document.
        kind: Kind,
        /// Its id.
        id: String,
        /// The version the caller saw.
        expected: u64,
    },
    /// Takes a unique value; refused while it is held and its time is not over (by [`WriteSet::at`]), also by the same
    /// holder: the conflict carries the holder, and the caller sees whether it is itself.
    Claim {
        /// What kind of value, for example `nhs-number`.
        scope: &'static str,
        /// The value (the store keeps an HMAC of it, not the text).
        value: String,
        /// Who holds it: returned to whoever is refused. At most [`crate::HOLDER_BYTES_MAX`] bytes; sealed at rest.
        holder: Vec<u8>,
        /// When the claim lapses by itself (idempotency keys, holds).
        until: Option<Instant>,
    },
    /// Gives a unique value back; no error when nobody holds it.
    Release {
        /// As in `Claim`.
        scope: &'static str,
        /// As in `Claim`.
        value: String,
    },
    /// Moves an exact counter; refused unless it is at least `floor` afterwards (also when it rises: a caller that may
    /// leave it lower gives a lower floor). Commutes, so hot counters never conflict.
    Add {
        /// Name of the balance, for example `stock/lot-7`.
        balance: String,
        /// By how much, in the balance's smallest unit.
        delta: i64,
        /// The lowest value allowed after it.
        floor: i64,
    },
    /// Appends double-entry lines; refused unless each unit's amounts sum to zero.
    Post(Vec<NewEntry>),
    /// Moves a named reader of the journal forward (reactions commit their effects with it).
    Advance {
        /// Name of the reader.
        cursor: String,
        /// Whose chain it reads, and how far it has read (inclusive).
        position: JournalPosition,
    },
    /// Adds index rows for a thing that is not a document (AuditEvent rows point into the journal). Idempotent.
    Index {
        /// Kind the rows are found under.
        kind: Kind,
        /// Key they carry.
        key: i64,
        /// The rows.
        index: IndexRows,
    },
    /// Gives a document other index rows. Its version, time and history stay as they are; nothing happens to one that has
    /// these rows already, is deleted or was erased.
    Reindex {
        /// Kind of the document.
        kind: Kind,
        /// Its id.
        id: String,
        /// The version that the rows are of.
        version: u64,
        /// As in [`Put::owner`].
        owner: String,
        /// How it is found from now on.
        index: IndexRows,
    },
    /// Destroys the owner's data key and deletes the index rows of all that it sealed: crypto-shredding.
    Erase {
        /// As in [`Put::owner`].
        owner: String,
    },
}

/// A document's next version.
#[derive(Debug, Clone)]
pub struct Put {
    /// Kind of the document.
    pub kind: Kind,
    /// Its id, unique within kind and shard.
    pub id: String,
    /// What the caller saw.
    pub expected: Expected,
    /// Whose data key seals it: a patient's id, or empty for the shard's own key. An id that never had a key gets one.
    pub owner: String,
    /// The body as the caller gave it; the store compresses and seals it.
    pub body: Vec<u8>,
    /// How it is found; replaces all earlier rows of the document.
    pub index: IndexRows,
}

/// What a put expects to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// No document and no tombstone: the put makes version 1.
    Absent,
    /// This very version (of a live document or a tombstone): the put makes the next.
    Version(u64),
}

impl Expected {
    /// The version that the put makes.
    pub const fn next(self) -> u64 {
        match self {
            Self::Absent => 1,
            Self::Version(version) => version + 1,
        }
    }
}

/// How a document is found: one list per index family.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexRows {
    /// Tokens, strings, uris, references: bytes that compare as the values do.
    pub terms: Vec<(Param, Vec<u8>)>,
    /// Dates and periods: `low` inclusive, `high` exclusive, microseconds UTC.
    pub spans: Vec<(Param, i64, i64)>,
    /// Numbers and quantities: order-preserving bytes of the value, then unit (`code\0system`, empty for none).
    pub quantities: Vec<(Param, Vec<u8>, Vec<u8>)>,
    /// Compartment rows: found by subject first.
    pub links: Vec<Link>,
}

/// A row of the compartment-first index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whose compartment: 16 bytes made from the subject's type and id.
    pub subject: [u8; 16],
    /// What, within it: 8 bytes made from parameter and value; all zero for "every document of this kind".
    pub code: [u8; 8],
    /// When, clinically (microseconds UTC); orders the rows.
    pub at: i64,
}

/// One line of a double-entry posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Account, for example `receivable/patient-7` or `stock/lot-7/ward-3`.
    pub account: String,
    /// Currency or unit; amounts sum to zero within it.
    pub unit: String,
    /// Signed amount in the unit's smallest part.
    pub amount: i64,
}

/// What a commit answers, after it is synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Where its journal entry stands, if it had one.
    pub journal: Option<JournalPosition>,
}
