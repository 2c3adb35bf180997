//! What changed: the versions of all documents of some kinds, in the order of their writing.

use crate::{Document, DocumentKey, Kind};
use galen_kernel::Instant;

/// Which versions are asked for. Times are [`crate::WriteSet::at`]; both ends belong to the range.
#[derive(Debug, Clone)]
pub struct Changes {
    /// Of these kinds.
    pub kinds: Vec<Kind>,
    /// Written then or later.
    pub from: Instant,
    /// Written then or earlier.
    pub until: Instant,
    /// Whether the latest come first.
    pub newest_first: bool,
    /// Only what comes after this one in that order.
    pub after: Option<ChangePosition>,
}

/// Where a version stands among all versions of its shard: by time, then by document, then by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangePosition {
    /// When it was written.
    pub at: Instant,
    /// Its document.
    pub key: DocumentKey,
    /// Its number.
    pub version: u64,
}

/// A version as a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedVersion {
    /// The version; a tombstone has no body.
    pub document: Document,
    /// When the next version took its place; `None` for the current one.
    pub replaced: Option<Instant>,
}

impl ChangedVersion {
    /// Where it stands.
    pub fn position(&self) -> ChangePosition {
        ChangePosition { at: self.document.at, key: self.document.key, version: self.document.version }
    }
}

impl Changes {
    /// The range of times still to be read, and the position as the three numbers that statements compare with.
    pub(crate) fn bounds(&self) -> Bounds {
        let (from, until) = (self.from.micros(), self.until.micros());
        let Some(after) = self.after else {
            let beyond = if self.newest_first { i64::MAX } else { i64::MIN };
            return Bounds { from, until, at: beyond, key: 0, version: 0 };
        };
        let at = after.at.micros();
        let (from, until) = if self.newest_first { (from, until.min(at)) } else { (from.max(at), until) };
        Bounds { from, until, at, key: after.key.0, version: after.version as i64 }
    }

    /// `<` or `>`: how what comes later compares with what was read.
    pub(crate) fn sign(&self) -> char {
        if self.newest_first { '<' } else { '>' }
    }

    /// `DESC` or `ASC`.
    pub(crate) fn direction(&self) -> &'static str {
        if self.newest_first { "DESC" } else { "ASC" }
    }
}

/// See [`Changes::bounds`].
pub(crate) struct Bounds {
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) at: i64,
    pub(crate) key: i64,
    pub(crate) version: i64,
}
