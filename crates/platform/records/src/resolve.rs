//! Finding resources by condition: chains, conditional references, `ifNoneExist`, the journal's index.

use crate::encode;
use crate::reader::{Records, journal_key};
use crate::rows::journal_rows;
use crate::search::unseen;
use crate::sight::Sight;
use galen_fhir::Resource;
use galen_fhir::search::{Clause, SearchQuery, Total};
use galen_kernel::{Fault, Instant, Rejection, RejectionKind};
use galen_store::{Condition, JournalPosition, Match, Operation, Param, ShardId, TermMatch, WriteSet};

/// How many matches a condition is followed to: two say "more than one".
pub const MATCHES_RESOLVED_MAX: u32 = 2;
/// Most resources at the far end of a chain.
const CHAIN_TARGETS_MAX: u32 = 500;
/// Name of the cursor by which journal entries become searchable.
const INDEX_CURSOR: &str = "audit-index";
/// Journal entries indexed in one commit.
const INDEX_BATCH: u32 = 250;
/// Journal entries that one search is willing to index first.
const INDEX_ENTRIES_PER_SEARCH_MAX: usize = 100_000;

impl Records {
    /// The condition of a chained clause: the ids at the far end are looked up first, within the caller's sight.
    pub(crate) async fn chained(
        &self,
        clause: &Clause,
        sight: &Sight,
        now: Instant,
    ) -> Result<Result<Condition, Rejection>, Fault> {
        let mut any = Vec::new();
        for chain in &clause.chain {
            let query = SearchQuery {
                resource_type: chain.target,
                clauses: vec![chain.clause.clone()],
                sort: Vec::new(),
                includes: Vec::new(),
                revincludes: Vec::new(),
                count: Some(CHAIN_TARGETS_MAX),
                total: Total::None,
                count_only: false,
                ignored: Vec::new(),
            };
            // A type that the caller may not see has no matches; if none of the chain's types is visible, that is a refusal.
            if sight.of(chain.target).is_none() {
                if clause.chain.len() == 1 {
                    return Ok(Err(unseen(chain.target)));
                }
                continue;
            }
            let found = match Box::pin(self.search(&query, sight, None, now)).await? {
                Ok(found) => found,
                Err(rejection) => return Ok(Err(rejection)),
            };
            if found.next.is_some() {
                return Ok(Err(too_many(clause.param.code)));
            }
            any.extend(found.rows.iter().map(|row| {
                let term = encode::uri(&row.stored.reference());
                Match::Term(Param(clause.param.id.0), TermMatch::Equals(term))
            }));
        }
        Ok(Ok(Condition::Any(any)))
    }

    /// Makes journal entries searchable up to now. They are indexed when somebody asks, not when they are written:
    /// most are never searched for, and writing them must stay cheap.
    pub(crate) async fn index_journal(&self) -> Result<Result<(), Rejection>, Fault> {
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
                        return Ok(Err(catching_up()));
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
        Ok(Ok(()))
    }

    async fn index_batch(
        &self,
        shard: ShardId,
        after: JournalPosition,
    ) -> Result<(JournalPosition, usize), Fault> {
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

fn too_many(param: &str) -> Rejection {
    Rejection::new(
        RejectionKind::Malformed,
        "too-costly",
        format!("The chained search on '{param}' matches more than {CHAIN_TARGETS_MAX} resources"),
    )
    .next("Narrow the condition at the end of the chain")
}

fn catching_up() -> Rejection {
    Rejection::new(
        RejectionKind::TooManyRequests,
        "audit-index-behind",
        "The audit index is being brought up to date; no result is shown until it is complete",
    )
    .next("Try again in a few seconds")
}
