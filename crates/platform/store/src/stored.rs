//! A document as the database returns it, and its opening.

use crate::{
    Document, DocumentKey, Kind, ShardId, StoreError,
    rows::Rows,
    seal::{Seal, SealingKey, seal_of},
    vault::Vault,
};
use galen_kernel::Instant;
use std::sync::Arc;

/// A row of `doc` or `history`.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) kind: Kind,
    pub(crate) key: i64,
    pub(crate) id: String,
    pub(crate) version: u64,
    pub(crate) at: i64,
    pub(crate) deleted: bool,
    pub(crate) owner: i64,
    pub(crate) body: Option<Vec<u8>>,
    /// The key of its owner; `None` when that was erased.
    pub(crate) opener: Option<Arc<SealingKey>>,
}

impl Stored {
    /// Opens it.
    pub(crate) fn open(mut self, vault: &Vault, shard: ShardId) -> Result<Document, StoreError> {
        let plain = self.take_plain(vault, shard)?;
        let body = plain.map(|plain| split(plain).map(|(body, _)| body)).transpose()?;
        Ok(self.document(body))
    }

    /// Opens it together with the index rows that were written with it; none for a tombstone and for what was erased.
    pub(crate) fn open_with_rows(
        mut self,
        vault: &Vault,
        shard: ShardId,
    ) -> Result<(Document, Rows), StoreError> {
        let (body, rows) = match self.take_plain(vault, shard)? {
            Some(plain) => {
                let (body, rows) = split(plain)?;
                (Some(body), Rows::decode(&rows)?)
            }
            None => (None, Rows::default()),
        };
        Ok((self.document(body), rows))
    }

    /// The index rows that were written with it.
    pub(crate) fn rows(&self, vault: &Vault, shard: ShardId) -> Result<Rows, StoreError> {
        self.clone().open_with_rows(vault, shard).map(|(_, rows)| rows)
    }

    /// How it is sealed; none for a tombstone and for what was erased.
    pub(crate) fn seal(&self) -> Option<Seal> {
        self.body.as_deref().and_then(seal_of)
    }

    fn document(self, body: Option<Vec<u8>>) -> Document {
        Document {
            kind: self.kind,
            key: DocumentKey(self.key),
            id: self.id,
            version: self.version,
            at: Instant::from_micros(self.at),
            deleted: self.deleted,
            body,
        }
    }

    fn take_plain(&mut self, vault: &Vault, shard: ShardId) -> Result<Option<Vec<u8>>, StoreError> {
        let (Some(body), Some(key)) = (self.body.take(), self.opener.take()) else {
            return Ok(None);
        };
        let bound = vault.document_bound(shard, self.kind.0, &self.id, self.version);
        key.open(&bound, body).map(Some)
    }
}

/// Parts body and index rows: the last four bytes say how many belong to the rows.
fn split(mut plain: Vec<u8>) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
    let damaged = || StoreError::Damaged("a document's envelope does not parse".into());
    let (rest, length) = plain.split_last_chunk::<4>().ok_or_else(damaged)?;
    let length = u32::from_le_bytes(*length) as usize;
    let start = rest.len().checked_sub(length).ok_or_else(damaged)?;
    let rows = rest.get(start..).unwrap_or_default().to_vec();
    plain.truncate(start);
    Ok((plain, rows))
}
