//! Reads on PostgreSQL.

use super::{Postgres, connect::Connection};
use crate::{
    Balance, ChainId, Claim, Document, Entry, JournalPosition, JournalRow, Kind, Param, Scan, ShardExtent,
    ShardId, StoreError, Version,
    dialect::{Arg, Dialect},
    pages::{Explained, Row as ScanRow, ScanRows},
    plan::{self, Phase, Planner, Want},
    stored::Stored,
    vault::Vault,
};
use galen_kernel::Instant;
use std::collections::{HashMap, HashSet};
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};

const BY_IDS: &str = "SELECT d.key, d.kind, d.id, d.version, d.at, d.deleted, d.owner, d.body
    FROM unnest($1::int[], $2::text[]) WITH ORDINALITY AS n(kind, id, place)
    CROSS JOIN LATERAL (SELECT * FROM doc WHERE doc.kind = n.kind AND doc.id = n.id) d ORDER BY n.place";
const BY_ID: &str =
    "SELECT key, kind, id, version, at, deleted, owner, body FROM doc WHERE kind = $1 AND id = $2";
const HISTORY: &str = "SELECT h.key, d.kind, d.id, h.version, h.at, h.deleted, h.owner, h.body FROM doc d
    CROSS JOIN LATERAL (
        SELECT d.key, d.version, d.at, d.deleted, d.owner, d.body WHERE d.version < $3
        UNION ALL
        (SELECT key, version, at, deleted, owner, body FROM history
            WHERE history.key = d.key AND history.version < $3 ORDER BY version DESC LIMIT $4)
    ) h WHERE d.kind = $1 AND d.id = $2 ORDER BY h.version DESC LIMIT $4";
const HEADS: &str = "SELECT j.chain, j.seq, j.at, j.hash, j.body
    FROM generate_series(0, (SELECT coalesce(max(chain), -1) FROM journal)) AS c(chain)
    CROSS JOIN LATERAL (SELECT * FROM journal WHERE journal.chain = c.chain ORDER BY seq DESC LIMIT 1) j ORDER BY j.chain";

/// A row of `doc` whose columns from `first` on are kind, id, version, at, deleted, owner, body.
pub(super) fn stored_row(row: &Row, key: i64, first: usize) -> Stored {
    Stored {
        key,
        kind: Kind(u16::try_from(row.get::<_, i32>(first)).unwrap_or_default()),
        id: row.get(first + 1),
        version: row.get::<_, i64>(first + 2) as u64,
        at: row.get(first + 3),
        deleted: row.get::<_, i32>(first + 4) != 0,
        owner: row.get(first + 5),
        body: row.get(first + 6),
        opener: None,
    }
}

/// Gives each document the key that opens it, if that is in memory; the rest are the keys that are not.
pub(super) fn openers_at_hand(vault: &Vault, shard: ShardId, all: &mut [Stored]) -> HashSet<i64> {
    let mut missing: HashSet<i64> = HashSet::new();
    for stored in all.iter_mut().filter(|stored| stored.body.is_some()) {
        stored.opener = vault.of_id(shard, stored.owner);
        if stored.opener.is_none() {
            missing.insert(stored.owner);
        }
    }
    missing
}

/// Gives each document the key that opens it; those not in memory are read in one more round trip.
pub(super) async fn with_openers(
    connection: &Connection,
    vault: &Vault,
    shard: ShardId,
    mut all: Vec<Stored>,
) -> Result<Vec<Stored>, StoreError> {
    let missing = openers_at_hand(vault, shard, &mut all);
    if missing.is_empty() {
        return Ok(all);
    }
    let missing: Vec<i64> = missing.into_iter().collect();
    let rows = connection.query("SELECT id, owner, wrapped FROM key WHERE id = ANY($1)", &[&missing]).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let (id, owner, wrapped): (i64, String, Option<Vec<u8>>) = (row.get(0), row.get(1), row.get(2));
        let key = wrapped.map(|wrapped| vault.learn(shard, Some(id), &owner, &wrapped)).transpose()?;
        found.insert(id, key.map(|key| key.key));
    }
    for stored in all.iter_mut().filter(|stored| stored.body.is_some() && stored.opener.is_none()) {
        let key = found.get(&stored.owner).ok_or(StoreError::Damaged("a key row is missing".into()))?;
        stored.opener.clone_from(key);
    }
    Ok(all)
}

pub(super) async fn stored_many(
    connection: &Connection,
    vault: &Vault,
    shard: ShardId,
    ids: &[(Kind, String)],
) -> Result<Vec<Stored>, StoreError> {
    let kinds: Vec<i32> = ids.iter().map(|(kind, _)| i32::from(kind.0)).collect();
    let names: Vec<&str> = ids.iter().map(|(_, id)| id.as_str()).collect();
    let rows = connection.query(BY_IDS, &[&kinds, &names]).await?;
    let all = rows.iter().map(|row| stored_row(row, row.get(0), 1)).collect();
    with_openers(connection, vault, shard, all).await
}

/// The current documents that a key sealed, for the writer that destroys it.
pub(super) async fn owned_by(
    connection: &Connection,
    vault: &Vault,
    shard: ShardId,
    id: i64,
) -> Result<Vec<Stored>, StoreError> {
    let sql = "SELECT key, kind, id, version, at, deleted, owner, body FROM doc WHERE owner = $1 AND body IS NOT NULL";
    let rows = connection.query(sql, &[&id]).await?;
    let all = rows.iter().map(|row| stored_row(row, row.get(0), 1)).collect();
    with_openers(connection, vault, shard, all).await
}

impl Postgres {
    fn open_all(&self, shard: ShardId, all: Vec<Stored>) -> Result<Vec<Document>, StoreError> {
        all.into_iter().map(|stored| stored.open(&self.shared.vault, shard)).collect()
    }

    pub(crate) async fn get(
        &self,
        shard: ShardId,
        kind: Kind,
        id: &str,
    ) -> Result<Option<Document>, StoreError> {
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query(BY_ID, &[&i32::from(kind.0), &id]).await?;
        let all = rows.iter().map(|row| stored_row(row, row.get(0), 1)).collect();
        let all = with_openers(&lease, &self.shared.vault, shard, all).await?;
        Ok(self.open_all(shard, all)?.pop())
    }

    pub(crate) async fn get_many(
        &self,
        shard: ShardId,
        ids: &[(Kind, String)],
    ) -> Result<Vec<Document>, StoreError> {
        let all = self.stored_many(shard, ids).await?;
        self.open_all(shard, all)
    }

    pub(crate) async fn versions(
        &self,
        shard: ShardId,
        ids: &[(Kind, String)],
    ) -> Result<Vec<Option<Version>>, StoreError> {
        let kinds: Vec<i32> = ids.iter().map(|(kind, _)| i32::from(kind.0)).collect();
        let names: Vec<&str> = ids.iter().map(|(_, id)| id.as_str()).collect();
        let sql = "SELECT d.version, d.deleted FROM unnest($1::int[], $2::text[]) WITH ORDINALITY AS n(kind, id, place)
            LEFT JOIN doc d ON d.kind = n.kind AND d.id = n.id ORDER BY n.place";
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query(sql, &[&kinds, &names]).await?;
        let version = |row: &Row| {
            let version: Option<i64> = row.get(0);
            version.map(|v| Version { version: v as u64, deleted: row.get::<_, i32>(1) != 0 })
        };
        Ok(rows.iter().map(version).collect())
    }

    pub(crate) async fn history(
        &self,
        shard: ShardId,
        kind: Kind,
        id: &str,
        before: u64,
        limit: u32,
    ) -> Result<Vec<Document>, StoreError> {
        let before = i64::try_from(before).unwrap_or(i64::MAX);
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query(HISTORY, &[&i32::from(kind.0), &id, &before, &i64::from(limit)]).await?;
        let all = rows.iter().map(|row| stored_row(row, row.get(0), 1)).collect();
        let all = with_openers(&lease, &self.shared.vault, shard, all).await?;
        self.open_all(shard, all)
    }

    pub(crate) async fn scan_rows(
        &self,
        shard: ShardId,
        scan: &Scan,
        want: Want,
        phase: Phase,
        limit: i64,
    ) -> Result<ScanRows, StoreError> {
        let plan = Planner::new(scan, Dialect::Postgres, want, choose_driver(scan)).plan(phase, limit);
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query(&plan.sql, &arguments(&plan.args)).await?;
        let mut places = Vec::with_capacity(rows.len());
        let mut documents = Vec::new();
        for row in &rows {
            let key: i64 = row.get(0);
            places.push((key, sort_value(row, 1)));
            if want == Want::Documents {
                documents.push(stored_row(row, key, 2));
            }
        }
        let documents = with_openers(&lease, &self.shared.vault, shard, documents).await?;
        let mut documents = documents.into_iter();
        let row = |(key, value)| ScanRow::new(key, value, documents.next());
        Ok(places.into_iter().map(row).collect())
    }

    pub(crate) async fn selectivity(
        &self,
        shard: ShardId,
        scan: &Scan,
        limit: i64,
    ) -> Result<Option<i64>, StoreError> {
        let lease = self.shard(shard)?.pool.lease().await?;
        let mut least: Option<i64> = None;
        for condition in plan::drivers(scan) {
            if let Some(plan) = plan::probe(scan, Dialect::Postgres, condition, limit) {
                let rows = lease.query(&plan.sql, &arguments(&plan.args)).await?;
                let count = rows.first().map_or(i64::MAX, |row| row.get(0));
                least = Some(least.map_or(count, |l| l.min(count)));
            }
        }
        Ok(least)
    }

    pub(crate) async fn count(&self, shard: ShardId, scan: &Scan, most: i64) -> Result<i64, StoreError> {
        let driver = choose_driver(scan);
        let plan = Planner::new(scan, Dialect::Postgres, Want::Count, driver).plan(Phase::Valued, most);
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query(&plan.sql, &arguments(&plan.args)).await?;
        Ok(rows.first().map_or(0, |row| row.get(0)))
    }

    /// The greatest key given so far.
    /// All shards lie in one database, so one statement asks them all.
    pub(crate) async fn extents(&self, subject: Option<[u8; 16]>) -> Result<Vec<ShardExtent>, StoreError> {
        let lease = self.whole.lease().await?;
        let row = match subject {
            None => lease.query(&self.extents.newest, &[]).await?,
            Some(subject) => lease.query(&self.extents.of_subject, &[&subject.as_slice()]).await?,
        };
        let row = row.first().ok_or(StoreError::Invalid("no shards"))?;
        let extent = |at: usize| ShardExtent {
            newest: row.get(at),
            holds: subject.is_none() || row.get(self.shards.len() + at),
        };
        Ok((0..self.shards.len()).map(extent).collect())
    }

    /// How the scan would be run: its statement, and how many rows each condition that could lead yields.
    pub(crate) async fn explain(
        &self,
        shard: ShardId,
        scan: &Scan,
        most: i64,
    ) -> Result<Explained, StoreError> {
        let driver = choose_driver(scan);
        let plan = Planner::new(scan, Dialect::Postgres, Want::Documents, driver).plan(Phase::Valued, most);
        let lease = self.shard(shard)?.pool.lease().await?;
        let mut conditions = Vec::new();
        for condition in plan::drivers(scan) {
            if let Some(plan) = plan::probe(scan, Dialect::Postgres, condition, most) {
                let rows = lease.query(&plan.sql, &arguments(&plan.args)).await?;
                conditions.push((condition, rows.first().map_or(0, |row| row.get(0))));
            }
        }
        Ok(Explained { driver, conditions, statement: plan.sql })
    }

    pub(crate) async fn claim(
        &self,
        shard: ShardId,
        scope: &'static str,
        value: &str,
        now: Instant,
    ) -> Result<Option<Claim>, StoreError> {
        let name = self.shared.vault.claim_name(shard, scope, value)?;
        let lease = self.shard(shard)?.pool.lease().await?;
        let sql = "SELECT holder, until FROM claim WHERE scope = $1 AND value = $2";
        let rows = lease.query(sql, &[&scope, &name.as_slice()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let until: Option<i64> = row.get(1);
        if until.is_some_and(|until| until <= now.micros()) {
            return Ok(None);
        }
        let holder = self.shared.vault.open_holder(shard, scope, &name, row.get(0))?;
        Ok(Some(Claim { holder, until: until.map(Instant::from_micros) }))
    }

    /// The least value of a parameter that is greater than `after`.
    pub(crate) async fn next_term(
        &self,
        shard: ShardId,
        kind: Kind,
        param: Param,
        after: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        const NEXT: &str = "SELECT value FROM term WHERE kind = $1 AND param = $2 AND value > $3
            ORDER BY value LIMIT 1";
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query(NEXT, &[&i32::from(kind.0), &i32::from(param.0), &after]).await?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    pub(crate) async fn balance(&self, shard: ShardId, balance: &str) -> Result<Balance, StoreError> {
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query("SELECT value FROM balance WHERE name = $1", &[&balance]).await?;
        Ok(Balance(rows.first().map_or(0, |row| row.get(0))))
    }

    pub(crate) async fn entries(
        &self,
        shard: ShardId,
        account: &str,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT posting, unit, amount, at FROM entry WHERE account = $1 AND posting > $2
            ORDER BY posting, line LIMIT $3";
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query(sql, &[&account, &after, &i64::from(limit)]).await?;
        let entry = |row: &Row| Entry {
            posting: row.get(0),
            account: account.to_owned(),
            unit: row.get(1),
            amount: row.get(2),
            at: Instant::from_micros(row.get(3)),
        };
        Ok(rows.iter().map(entry).collect())
    }

    async fn journal_rows(
        &self,
        shard: ShardId,
        sql: &str,
        args: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<JournalRow>, StoreError> {
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query(sql, args).await?;
        let open = |row: &Row| {
            let (at, sealed): (i64, Vec<u8>) = (row.get(2), row.get(4));
            let chain = ChainId(u16::try_from(row.get::<_, i32>(0)).unwrap_or_default());
            JournalRow {
                position: JournalPosition { chain, sequence: row.get::<_, i64>(1) as u64 },
                at: Instant::from_micros(at),
                hash: row.get::<_, Vec<u8>>(3).try_into().unwrap_or([0; 32]),
                body: self.shared.vault.open_journal(shard, at, &sealed),
                sealed,
            }
        };
        Ok(rows.iter().map(open).collect())
    }

    pub(crate) async fn journal_heads(&self, shard: ShardId) -> Result<Vec<JournalRow>, StoreError> {
        self.journal_rows(shard, HEADS, &[]).await
    }

    pub(crate) async fn journal(
        &self,
        shard: ShardId,
        after: JournalPosition,
        limit: u32,
    ) -> Result<Vec<JournalRow>, StoreError> {
        let sql = "SELECT chain, seq, at, hash, body FROM journal WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let args: [&(dyn ToSql + Sync); 3] =
            [&i32::from(after.chain.0), &(after.sequence as i64), &i64::from(limit)];
        self.journal_rows(shard, sql, &args).await
    }

    pub(crate) async fn journal_hashes(
        &self,
        shard: ShardId,
        after: JournalPosition,
        limit: u32,
    ) -> Result<Vec<[u8; 32]>, StoreError> {
        let sql = "SELECT hash FROM journal WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let args: [&(dyn ToSql + Sync); 3] =
            [&i32::from(after.chain.0), &(after.sequence as i64), &i64::from(limit)];
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows = lease.query(sql, &args).await?;
        Ok(rows.iter().map(|row| row.get::<_, Vec<u8>>(0).try_into().unwrap_or([0; 32])).collect())
    }

    pub(crate) async fn journal_entries(
        &self,
        shard: ShardId,
        places: &[JournalPosition],
    ) -> Result<Vec<JournalRow>, StoreError> {
        let chains: Vec<i32> = places.iter().map(|place| i32::from(place.chain.0)).collect();
        let sequences: Vec<i64> = places.iter().map(|place| place.sequence as i64).collect();
        let sql = "SELECT j.chain, j.seq, j.at, j.hash, j.body
            FROM unnest($1::int[], $2::bigint[]) WITH ORDINALITY AS n(chain, seq, place)
            CROSS JOIN LATERAL (SELECT * FROM journal WHERE journal.chain = n.chain AND journal.seq = n.seq) j
            ORDER BY n.place";
        self.journal_rows(shard, sql, &[&chains, &sequences]).await
    }

    pub(crate) async fn cursor(
        &self,
        shard: ShardId,
        cursor: &str,
    ) -> Result<Vec<JournalPosition>, StoreError> {
        let lease = self.shard(shard)?.pool.lease().await?;
        let rows =
            lease.query("SELECT chain, seq FROM cursor WHERE name = $1 ORDER BY chain", &[&cursor]).await?;
        let place = |row: &Row| JournalPosition {
            chain: ChainId(u16::try_from(row.get::<_, i32>(0)).unwrap_or_default()),
            sequence: row.get::<_, i64>(1) as u64,
        };
        Ok(rows.iter().map(place).collect())
    }
}

pub(super) fn arguments(args: &[Arg]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|arg| -> &(dyn ToSql + Sync) { arg }).collect()
}

/// PostgreSQL has statistics, so the driver only shapes the text.
pub(super) fn choose_driver(scan: &Scan) -> Option<usize> {
    plan::drivers(scan).into_iter().min_by_key(|n| scan.all.get(*n).map_or(9, plan::rank))
}

/// The value of the scan's order, in the column `at`.
pub(super) fn sort_value(row: &Row, at: usize) -> Option<Vec<u8>> {
    match row.columns().get(at).map(|column| column.type_().clone()) {
        Some(Type::INT8) => row.get::<_, Option<i64>>(at).map(plan::integer_bytes),
        Some(Type::BYTEA) => row.get(at),
        _ => row.get::<_, Option<String>>(at).map(String::into_bytes),
    }
}
