//! The same scan in several shards.

use super::{Split, limit_of};
use crate::{
    Document, Order, Page, Scan, ShardId, Store, StoreError, pages,
    pages::Together,
    plan::{self, Want},
    postgres::Postgres,
    store::Backend,
};
use futures_util::future::try_join_all;

/// Pages of the same scan in several shards.
#[derive(Debug, Clone)]
pub struct Pages {
    /// Of each scan, in the order given.
    pub pages: Vec<Page>,
    /// The greatest key in the shard of each scan when the pages were read, if asked for.
    pub newest: Vec<i64>,
}

impl Store {
    /// The first page of a scan in every shard.
    pub async fn scan_everywhere(&self, scan: &Scan) -> Result<Vec<Document>, StoreError> {
        let scans: Vec<_> = (0..self.shards()).map(|shard| (ShardId(shard), scan.clone())).collect();
        let pages = self.scan_together(&scans, false).await?.pages;
        Ok(pages.into_iter().flat_map(|page| page.documents).collect())
    }

    /// Pages of scans that differ by shard, `until` and `after` alone. Where shards share a database one statement asks
    /// them all. With `newest`, the pages hold nothing that is newer than the keys given with them: these pin what follows.
    pub async fn scan_together(&self, scans: &[(ShardId, Scan)], newest: bool) -> Result<Pages, StoreError> {
        for (shard, scan) in scans {
            self.check_shard(*shard)?;
            plan::validate(scan, Want::Documents)?;
        }
        if let Backend::Postgres(engine) = self.engine()
            && let Some(splits) = scans.iter().map(|(_, scan)| at_once(scan)).collect::<Option<Vec<_>>>()
        {
            return self.in_one_statement(engine, scans, splits, newest).await;
        }
        let mut pinned = Vec::new();
        if newest {
            let extents = self.extents(None).await?;
            pinned = scans
                .iter()
                .map(|(shard, _)| extents.get(usize::from(shard.0)).map_or(0, |e| e.newest))
                .collect();
        }
        let pages = try_join_all(scans.iter().enumerate().map(|(place, (shard, scan))| {
            let until = pinned.get(place).copied().or(scan.until);
            async move { self.scan(*shard, &Scan { until, ..scan.clone() }).await }
        }));
        Ok(Pages { pages: pages.await?, newest: pinned })
    }

    async fn in_one_statement(
        &self,
        engine: &Postgres,
        scans: &[(ShardId, Scan)],
        splits: Vec<Split>,
        newest: bool,
    ) -> Result<Pages, StoreError> {
        let limit = scans.iter().map(|(_, scan)| limit_of(scan)).max().unwrap_or_default();
        let fetched = splits.iter().map(|split| split.fetched(limit)).max().unwrap_or_default();
        let arms: Vec<(ShardId, &Scan)> =
            scans.iter().zip(&splits).map(|((shard, _), split)| (*shard, &split.narrowed)).collect();
        let Together { rows, newest } =
            engine.apart().scan_together(&arms, fetched as i64 + 1, newest).await?;
        let mut pages = Vec::with_capacity(scans.len());
        for (place, (((shard, _), mut split), first)) in scans.iter().zip(splits).zip(rows).enumerate() {
            // What follows is read at a later moment.
            split.narrowed.until = newest.get(place).copied().or(split.narrowed.until);
            let mut rows = self.tested(*shard, split, first, limit).await?;
            let next = pages::cut(&mut rows, limit);
            pages.push(self.opened(*shard, rows, next)?);
        }
        Ok(Pages { pages, newest })
    }
}

/// The scan, parted, if nothing must be asked of its shard before.
fn at_once(scan: &Scan) -> Option<Split> {
    if plan::has_missing(&scan.order) || !scan.then.is_empty() {
        return None;
    }
    let (split, ranges) = Split::of(scan);
    match scan.order {
        _ if ranges.is_empty() => Some(split),
        Order::Linked { .. } => Some(split.with_ranges(ranges)),
        // Nothing but ranges could lead, so nothing narrows.
        _ if plan::drivers(&split.narrowed).is_empty() => Some(split.by_indexes(scan)),
        _ => None,
    }
}
