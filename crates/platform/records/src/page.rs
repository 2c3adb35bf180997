//! Where a page of a search ended, across shards, as text that a client carries back.

use galen_kernel::Fault;
use galen_store::{Position, ShardId, Store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest token that is looked at.
const TOKEN_CHARACTERS_MAX: usize = 8_192;

/// How far each shard was read. Sealed when written out: sort values may be PHI and must not stand in a URL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageToken {
    #[serde(rename = "s")]
    shards: BTreeMap<u8, Option<Position>>,
}

impl PageToken {
    /// The beginning of a search over `shards` shards.
    pub fn start(shards: u8) -> Self {
        Self { shards: (0..shards).map(|shard| (shard, None)).collect() }
    }

    /// The shards that may have more, and where each goes on.
    pub(crate) fn open(&self) -> impl Iterator<Item = (ShardId, Option<&Position>)> {
        self.shards.iter().map(|(shard, position)| (ShardId(*shard), position.as_ref()))
    }

    /// A shard goes on after `position`.
    pub(crate) fn advance(&mut self, shard: ShardId, position: Position) {
        self.shards.insert(shard.0, Some(position));
    }

    /// A shard has no more.
    pub(crate) fn finish(&mut self, shard: ShardId) {
        self.shards.remove(&shard.0);
    }

    /// Whether every shard is read to its end.
    pub(crate) fn is_done(&self) -> bool {
        self.shards.is_empty()
    }

    /// As text.
    pub fn seal(&self, store: &Store) -> Result<String, Fault> {
        let plain = serde_json::to_vec(self).map_err(|e| Fault::new("page token", e))?;
        Ok(data_encoding::BASE64URL_NOPAD.encode(&store.seal_token(&plain)?))
    }

    /// From text; `None` when it is not one of ours.
    pub fn parse(store: &Store, text: &str) -> Option<Self> {
        if text.len() > TOKEN_CHARACTERS_MAX {
            return None;
        }
        let sealed = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        serde_json::from_slice(&store.open_token(&sealed)?).ok()
    }
}
