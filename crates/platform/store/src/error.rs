//! Why a read or a commit did not happen.

use crate::Kind;
use galen_kernel::Fault;

/// A precondition of a write set did not hold; nothing of the set was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// The document is at another version (or exists, or does not).
    Version {
        /// Kind of the document.
        kind: Kind,
        /// Its id.
        id: String,
        /// The version that is there; `None` when there is none.
        current: Option<u64>,
    },
    /// Another holds the value.
    Claimed {
        /// Scope of the claim.
        scope: &'static str,
        /// The value.
        value: String,
        /// Who holds it.
        holder: Vec<u8>,
    },
    /// The balance would fall below its floor.
    BelowFloor {
        /// Name of the balance.
        balance: String,
        /// What it is now.
        current: i64,
    },
    /// The entries of a posting do not sum to zero.
    Unbalanced,
    /// The owner's data key was destroyed: nothing more can be written under it.
    Erased {
        /// The owner.
        owner: String,
    },
}

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A precondition did not hold.
    #[error("conflict")]
    Conflict(Conflict),
    /// The key does not open this database.
    #[error(
        "the key does not open this database; give the key it was made with (galen.key, GALEN_KEY or GALEN_KEY_COMMAND)"
    )]
    WrongKey,
    /// Written by a newer Galen.
    #[error(
        "the data directory was written by a newer version (format {found}, this program knows {known}); install that version or restore a backup"
    )]
    NewerFormat {
        /// Format of the data.
        found: u32,
        /// Newest format this program knows.
        known: u32,
    },
    /// The disk is full.
    #[error("the disk is full; free some space, writing resumes by itself")]
    DiskFull,
    /// Reads work, writes do not.
    #[error("the data directory cannot be written: {0}")]
    ReadOnly(String),
    /// The database is away or overloaded; trying again may work.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// What is stored does not open or does not parse: damaged or tampered with.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// The caller broke a rule of the vocabulary (two operations on one document, holder too long).
    #[error("invalid write set: {0}")]
    Invalid(&'static str),
    /// The scan would have to look at more documents than one search may.
    #[error("the search looks at too many documents")]
    TooCostly,
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// The same error for one more caller: a batch that fails answers all who wait in it.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::DiskFull => Self::DiskFull,
            Self::WrongKey => Self::WrongKey,
            Self::ReadOnly(why) => Self::ReadOnly(why.clone()),
            Self::Unavailable(why) => Self::Unavailable(why.clone()),
            Self::Damaged(why) => Self::Damaged(why.clone()),
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull | StoreError::ReadOnly(_) | StoreError::Unavailable(_) => {
                Self::unavailable("store", error)
            }
            other => Self::new("store", other),
        }
    }
}
