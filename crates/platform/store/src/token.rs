//! Short texts that leave the store sealed and come back: page tokens, whose sort values may be PHI.

use crate::{ShardId, Store, StoreError};

/// What binds a sealed token, so that it opens as nothing else.
const SCOPE: &str = "page-token";

impl Store {
    /// Seals a token: nobody outside can read or alter it, every process of the zone can open it.
    pub fn seal_token(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.vault().seal_holder(ShardId(0), SCOPE, &[0; 16], plain)
    }

    /// Opens a token; `None` when it is not one of ours.
    pub fn open_token(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        self.vault().open_holder(ShardId(0), SCOPE, &[0; 16], sealed).ok()
    }
}
