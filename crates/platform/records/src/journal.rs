//! Making journal entries searchable: their index rows are written when somebody asks, not when the entries are.

use crate::reader::{Records, journal_key};
use crate::rows::journal_rows;
use crate::stop::Stop;
use galen_fhir::Resource;
use galen_kernel::{Rejection, RejectionKind};
use galen_store::{JournalPosition, Operation, ShardId, WriteSet};

/// Name of the cursor by which journal entries become searchable.
const INDEX_CURSOR: &str = "audit-index";
/// Journal entries indexed in one commit.
const INDEX_BATCH: u32 = 250;
/// Journal entries that one search is willing to index first.
const INDEX_ENTRIES_PER_SEARCH_MAX: usize = 100_000;

impl Records {
    /// Makes journal entries searchable up to now. They are indexed when somebody asks, not when they are written:
    /// most are never searched for, and writing them must stay cheap.
    pub(crate) async fn index_journal(&self) -> Result<(), Stop> {
        let mut budget = INDEX_ENTRIES_PER_SEARCH_MAX;
        for shard in (0..self.store().shards()).map(ShardId) {
            let read = self.store().cursor(shard, INDEX_CURSOR).await?;
            for head in self.store().journal_heads(shard).await? {
                let chain = head.position.chain;
                let mut at = read
                    .iter()
                    .copied()
                    .find(|p| p.chain == chain)
                    .unwrap_or(JournalPosition { chain, sequence: 0 });
                while at.sequence < head.position.sequence {
                    if budget == 0 {
                        return Err(catching_up().into());
                    }
                    let (last, count) = self.index_batch(shard, at).await?;
                    if count == 0 {
                        break;
                    }
                    at = last;
                    budget = budget.saturating_sub(count);
                }
            }
        }
        Ok(())
    }

    async fn index_batch(
        &self,
        shard: ShardId,
        after: JournalPosition,
    ) -> Result<(JournalPosition, usize), Stop> {
        let Some(view) = &self.journal_view else { return Ok((after, 0)) };
        let rows = self.store().journal(shard, after, INDEX_BATCH).await?;
        let Some(last) = rows.last().map(|row| row.position) else { return Ok((after, 0)) };
        let mut operations = Vec::with_capacity(rows.len() + 1);
        for row in &rows {
            let Some(resource) = view.resource(shard, row).and_then(|json| Resource::from_json(json).ok())
            else {
                continue;
            };
            operations.push(Operation::Index {
                kind: crate::kind_of(resource.resource_type()),
                key: journal_key(row.position),
                index: journal_rows(&resource, row.at),
            });
        }
        operations.push(Operation::Advance { cursor: INDEX_CURSOR.to_owned(), position: last });
        let at = rows.last().map(|row| row.at).unwrap_or_default();
        self.store().commit(WriteSet { shard, at, operations, journal: None }).await?;
        Ok((last, rows.len()))
    }
}

fn catching_up() -> Rejection {
    Rejection::new(
        RejectionKind::TooManyRequests,
        "audit-index-behind",
        "The audit index is being brought up to date; no result is shown until it is complete",
    )
    .next("Try again in a few seconds")
}
