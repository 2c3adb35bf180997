//! Histories of many resources: versions by the time of their writing, merged over the shards.

use crate::reader::{Records, Stored};
use crate::{kind_of, type_of};
use futures_util::future::try_join_all;
use galen_fhir::ResourceType;
use galen_kernel::{Fault, Instant};
use galen_store::{ChangePosition, Changes, DocumentKey, ShardId};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Longest token that is looked at.
const TOKEN_CHARACTERS_MAX: usize = 1_024;

/// Which versions are asked for.
#[derive(Debug, Clone)]
pub struct ChangeRange {
    /// Of these types.
    pub types: Vec<ResourceType>,
    /// Written then or later.
    pub from: Instant,
    /// Written then or earlier.
    pub until: Instant,
    /// Whether the latest come first.
    pub newest_first: bool,
}

/// A version, and when the next took its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The version.
    pub stored: Stored,
    /// `None` for the current one.
    pub replaced: Option<Instant>,
}

impl Changed {
    /// Where it stands.
    pub fn place(&self) -> ChangePlace {
        let document = &self.stored.document;
        ChangePlace {
            at: document.at.micros(),
            shard: self.stored.shard.0,
            key: document.key.0,
            version: document.version,
        }
    }
}

/// Where a version stands among all: by time, then shard, then document, then number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangePlace {
    #[serde(rename = "a")]
    at: i64,
    #[serde(rename = "s")]
    shard: u8,
    #[serde(rename = "k")]
    key: i64,
    #[serde(rename = "v")]
    version: u64,
}

impl ChangePlace {
    fn compare(&self, other: &Self, newest_first: bool) -> Ordering {
        let directed = |order: Ordering| if newest_first { order.reverse() } else { order };
        directed(self.at.cmp(&other.at))
            .then(self.shard.cmp(&other.shard))
            .then_with(|| directed((self.key, self.version).cmp(&(other.key, other.version))))
    }

    /// Where a shard goes on after this: shards come one after the other within one instant.
    fn within(&self, shard: ShardId, newest_first: bool) -> ChangePosition {
        let at = Instant::from_micros(self.at);
        let (first, last) = if newest_first { (i64::MAX, i64::MIN) } else { (i64::MIN, i64::MAX) };
        let (key, version) = match shard.0.cmp(&self.shard) {
            Ordering::Less => (last, 0),
            Ordering::Equal => (self.key, self.version),
            Ordering::Greater => (first, 0),
        };
        ChangePosition { at, key: DocumentKey(key), version }
    }
}

/// How far a history was read: what a client carries back. Pages stay within what was there when the first was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryToken {
    /// When the first page was asked for, in microseconds.
    #[serde(rename = "u")]
    pub until: i64,
    /// How many there were then.
    #[serde(rename = "t")]
    pub total: Option<u64>,
    /// The last version that was looked at.
    #[serde(rename = "p")]
    pub place: ChangePlace,
}

impl HistoryToken {
    /// As text.
    pub fn seal(&self, records: &Records) -> Result<String, Fault> {
        let plain = serde_json::to_vec(self).map_err(|e| Fault::new("history token", e))?;
        Ok(data_encoding::BASE64URL_NOPAD.encode(&records.store().seal_token(&plain)?))
    }

    /// From text; `None` when it is not one of ours.
    pub fn parse(records: &Records, text: &str) -> Option<Self> {
        if text.len() > TOKEN_CHARACTERS_MAX {
            return None;
        }
        let sealed = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        serde_json::from_slice(&records.store().open_token(&sealed)?).ok()
    }
}

impl Records {
    /// Versions in a range, from `after` on, in its order. Policy is not asked: the caller shows what it may.
    pub async fn changes(
        &self,
        range: &ChangeRange,
        after: Option<&ChangePlace>,
        limit: u32,
    ) -> Result<Vec<Changed>, Fault> {
        let pages = (0..self.store().shards()).map(ShardId).map(|shard| async move {
            let asked = asked(range, after.map(|place| place.within(shard, range.newest_first)));
            let found = self.store().changes(shard, &asked, limit).await?;
            Ok::<_, Fault>(found.into_iter().map(move |one| (shard, one)))
        });
        let mut all: Vec<Changed> = try_join_all(pages)
            .await?
            .into_iter()
            .flatten()
            .filter_map(|(shard, one)| {
                let resource_type = type_of(one.document.kind)?;
                let stored = Stored { resource_type, shard, document: one.document };
                Some(Changed { stored, replaced: one.replaced })
            })
            .collect();
        all.sort_by(|a, b| a.place().compare(&b.place(), range.newest_first));
        all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(all)
    }

    /// How many versions there are in a range, counting no further than `most` in each shard.
    pub async fn count_changes(&self, range: &ChangeRange, most: u64) -> Result<u64, Fault> {
        let asked = asked(range, None);
        let counts =
            (0..self.store().shards()).map(|shard| self.store().count_changes(ShardId(shard), &asked, most));
        Ok(try_join_all(counts).await?.into_iter().sum())
    }
}

fn asked(range: &ChangeRange, after: Option<ChangePosition>) -> Changes {
    let ChangeRange { types, from, until, newest_first } = range;
    let kinds = types.iter().copied().map(kind_of).collect();
    Changes { kinds, from: *from, until: *until, newest_first: *newest_first, after }
}
