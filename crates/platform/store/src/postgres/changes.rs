//! Changes on PostgreSQL: each kind's newest keys are read from the indexes and merged, then the versions joined.

use super::{Postgres, read};
use crate::{ChangedVersion, Changes, ShardId, StoreError, changes::Bounds};
use galen_kernel::Instant;
use tokio_postgres::types::ToSql;

/// A key of `doc` (no version) stands for its current version.
const PAGE: &str = "WITH c AS (
        SELECT l.at, l.key, l.version FROM unnest($1::int[]) AS k(kind) CROSS JOIN LATERAL (
            (SELECT at, key, NULL::bigint AS version FROM doc WHERE doc.kind = k.kind AND deleted = 0
                AND at >= $2 AND at <= $3 AND (at ~ $4 OR key ~ $5 OR (key = $5 AND doc.version ~ $6))
                ORDER BY at ^, key ^ LIMIT $7)
            UNION ALL
            (SELECT at, key, NULL::bigint AS version FROM doc WHERE doc.kind = k.kind AND deleted = 1
                AND at >= $2 AND at <= $3 AND (at ~ $4 OR key ~ $5 OR (key = $5 AND doc.version ~ $6))
                ORDER BY at ^, key ^ LIMIT $7)
            UNION ALL
            (SELECT at, key, version FROM history WHERE history.kind = k.kind
                AND at >= $2 AND at <= $3 AND (at ~ $4 OR key ~ $5 OR (key = $5 AND history.version ~ $6))
                ORDER BY at ^, key ^, version ^ LIMIT $7)
        ) l ORDER BY l.at ^, l.key ^, l.version ^ NULLS @ LIMIT $7)
    SELECT c.key, d.kind, d.id, coalesce(c.version, d.version), c.at,
        CASE WHEN c.version IS NULL THEN d.deleted ELSE h.deleted END,
        CASE WHEN c.version IS NULL THEN d.owner ELSE h.owner END,
        CASE WHEN c.version IS NULL THEN d.body ELSE h.body END,
        CASE WHEN c.version IS NULL THEN NULL ELSE
            coalesce((SELECT n.at FROM history n WHERE n.key = c.key AND n.version = c.version + 1), d.at) END
    FROM c JOIN doc d ON d.key = c.key LEFT JOIN history h ON h.key = c.key AND h.version = c.version
    ORDER BY c.at ^, c.key ^, c.version ^ NULLS @";
const COUNT: &str = "SELECT count(*) FROM (
        SELECT 1 FROM doc WHERE kind = ANY($1) AND deleted = 0 AND at >= $2 AND at <= $3
        UNION ALL SELECT 1 FROM doc WHERE kind = ANY($1) AND deleted = 1 AND at >= $2 AND at <= $3
        UNION ALL SELECT 1 FROM history WHERE kind = ANY($1) AND at >= $2 AND at <= $3
        LIMIT $4) AS c";

impl Postgres {
    pub(crate) async fn changes(
        &self,
        shard: ShardId,
        asked: &Changes,
        limit: u32,
    ) -> Result<Vec<ChangedVersion>, StoreError> {
        let Bounds { from, until, at, key, version } = asked.bounds();
        let sql = PAGE
            .replace('~', if asked.newest_first { "<" } else { ">" })
            .replace('^', asked.direction())
            .replace('@', if asked.newest_first { "FIRST" } else { "LAST" });
        let (kinds, limit) = (numbers(asked), i64::from(limit));
        let args: [&(dyn ToSql + Sync); 7] = [&kinds, &from, &until, &at, &key, &version, &limit];
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query(&sql, &args).await?;
        let replaced: Vec<Option<i64>> = rows.iter().map(|row| row.get(8)).collect();
        let all = rows.iter().map(|row| read::stored_row(row, row.get(0), 1)).collect();
        let all = read::with_openers(&lease, self.vault(), shard, all).await?;
        let open = |(stored, replaced): (crate::stored::Stored, Option<i64>)| {
            let document = stored.open(self.vault(), shard)?;
            Ok(ChangedVersion { document, replaced: replaced.map(Instant::from_micros) })
        };
        all.into_iter().zip(replaced).map(open).collect()
    }

    pub(crate) async fn count_changes(
        &self,
        shard: ShardId,
        asked: &Changes,
        most: i64,
    ) -> Result<i64, StoreError> {
        let Bounds { from, until, .. } = asked.bounds();
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query(COUNT, &[&numbers(asked), &from, &until, &most]).await?;
        Ok(rows.first().map_or(0, |row| row.get(0)))
    }
}

fn numbers(asked: &Changes) -> Vec<i32> {
    asked.kinds.iter().map(|kind| i32::from(kind.0)).collect()
}
