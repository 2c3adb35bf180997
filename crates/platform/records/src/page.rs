//! Where a page of a search ended, across types and shards, as text that a client carries back.

use galen_fhir::ResourceType;
use galen_kernel::Fault;
use galen_store::{Position, ShardId, Store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest token that is looked at.
const TOKEN_CHARACTERS_MAX: usize = 16_384;

/// One type in one shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lane {
    pub(crate) resource_type: ResourceType,
    pub(crate) shard: ShardId,
}

impl Lane {
    fn number(self) -> u32 {
        u32::from(self.resource_type.number()) << 8 | u32::from(self.shard.0)
    }
}

/// How far each lane was read. Sealed when written out: sort values may be PHI and must not stand in a URL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageToken {
    /// Lanes that may have more, and where each goes on.
    #[serde(rename = "l")]
    lanes: BTreeMap<u32, Option<Position>>,
    /// The newest document of each shard when the search began: later ones stay out.
    #[serde(rename = "n")]
    pins: BTreeMap<u8, i64>,
    /// How many match, counted when the search began.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<u64>,
}

impl PageToken {
    /// The beginning of a search over these lanes, as of these newest documents.
    pub(crate) fn start(lanes: impl IntoIterator<Item = Lane>, pins: BTreeMap<u8, i64>) -> Self {
        let lanes = lanes.into_iter().map(|lane| (lane.number(), None)).collect();
        Self { lanes, pins, total: None }
    }

    /// Where a lane goes on (`None`: at its beginning), if it may have more.
    pub(crate) fn open(&self, lane: Lane) -> Option<&Option<Position>> {
        self.lanes.get(&lane.number())
    }

    /// The newest document of a shard that belongs to this search.
    pub(crate) fn pin(&self, shard: ShardId) -> Option<i64> {
        self.pins.get(&shard.0).copied()
    }

    /// Whether it is known which documents belong to this search.
    pub(crate) fn is_pinned(&self) -> bool {
        !self.pins.is_empty()
    }

    /// These newest documents of shards belong to this search, later ones not.
    pub(crate) fn pin_to(&mut self, newest: impl Iterator<Item = (u8, i64)>) {
        self.pins.extend(newest);
    }

    /// A lane goes on after `position`.
    pub(crate) fn advance(&mut self, lane: Lane, position: Position) {
        self.lanes.insert(lane.number(), Some(position));
    }

    /// A lane has no more.
    pub(crate) fn finish(&mut self, lane: Lane) {
        self.lanes.remove(&lane.number());
    }

    /// Whether every lane is read to its end.
    pub(crate) fn is_done(&self) -> bool {
        self.lanes.is_empty()
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
