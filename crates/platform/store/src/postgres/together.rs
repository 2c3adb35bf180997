//! The same scan of several shards, which lie in one database, by one statement.

use super::{
    Postgres,
    read::{arguments, choose_driver, openers_at_hand, sort_value, stored_row, with_openers},
    schema_name,
};
use crate::{
    Scan, ShardId, StoreError,
    pages::{Row as ScanRow, Together},
    plan,
    stored::Stored,
};

/// Where a document's columns begin: after the scan's place, the key and the sort value.
const DOCUMENT_FIRST: usize = 3;

impl Postgres {
    /// At most `limit` rows of each of these scans, which differ by shard and place alone; with `newest`, the greatest key
    /// of each shard besides.
    pub(crate) async fn scan_together(
        &self,
        scans: &[(ShardId, &Scan)],
        limit: i64,
        newest: bool,
    ) -> Result<Together, StoreError> {
        let Some((_, first)) = scans.first() else {
            return Ok(Together { rows: Vec::new(), newest: Vec::new() });
        };
        let schemas: Vec<String> =
            scans.iter().map(|(shard, _)| schema_name(&self.shared.zone, *shard)).collect();
        let arms: Vec<(&str, &Scan)> =
            schemas.iter().map(String::as_str).zip(scans.iter().map(|(_, scan)| *scan)).collect();
        let plan = plan::together(&arms, choose_driver(first), limit, newest);
        let rows = self.whole.lease().await?.query(&plan.sql, &arguments(&plan.args)).await?;
        let mut found: Vec<(Vec<(i64, Option<Vec<u8>>)>, Vec<Stored>)> = vec![<_>::default(); scans.len()];
        let mut keys = vec![0; if newest { scans.len() } else { 0 }];
        for row in &rows {
            let (arm, key): (i32, i64) = (row.get(0), row.get(1));
            let arm = usize::try_from(arm).unwrap_or_default();
            if row.get::<_, Option<i32>>(DOCUMENT_FIRST).is_none() {
                keys.get_mut(arm).into_iter().for_each(|newest| *newest = key);
            } else if let Some((places, documents)) = found.get_mut(arm) {
                places.push((key, sort_value(row, 2)));
                documents.push(stored_row(row, key, DOCUMENT_FIRST));
            }
        }
        let mut rows = Vec::with_capacity(scans.len());
        for ((shard, _), (places, documents)) in scans.iter().zip(found) {
            let mut documents = self.opened(*shard, documents).await?.into_iter();
            let row = |(key, value)| ScanRow::new(key, value, documents.next());
            rows.push(places.into_iter().map(row).collect());
        }
        Ok(Together { rows, newest: keys })
    }

    async fn opened(&self, shard: ShardId, mut all: Vec<Stored>) -> Result<Vec<Stored>, StoreError> {
        if openers_at_hand(&self.shared.vault, shard, &mut all).is_empty() {
            return Ok(all);
        }
        let lease = self.shard(shard)?.pool.lease().await?;
        with_openers(&lease, &self.shared.vault, shard, all).await
    }
}
