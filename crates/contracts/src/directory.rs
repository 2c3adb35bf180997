//! What the directory tells the others.

use galen_kernel::Contract;
use serde::{Deserialize, Serialize};

/// An entry of the directory (organization, location, practitioner, role) was added or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DirectoryEntryChangedV1 {
    /// `Type/id` of the entry.
    pub entry: String,
    /// The version that the change made.
    pub version: u64,
}

impl Contract for DirectoryEntryChangedV1 {
    const NAME: &'static str = "directory.DirectoryEntryChangedV1";
    fn subject(&self) -> String {
        self.entry.clone()
    }
}
