//! Changes on SQLite: each kind's newest keys are read from the covering indexes and merged, then the versions fetched.

use super::{SHARD, Shared, Sqlite, connect::fault, read};
use crate::{ChangedVersion, Changes, StoreError, changes::Bounds, stored::Stored};
use galen_kernel::Instant;
use rusqlite::{Connection, params};

/// The three places where versions of a kind are found by time. A key of `doc` stands for its current version.
const PLACES: [(&str, &str, &str); 3] = [
    ("doc INDEXED BY doc_updated", "deleted = 0", "NULL"),
    ("doc INDEXED BY doc_deleted", "deleted = 1", "NULL"),
    ("history INDEXED BY history_changed", "1", "version"),
];
const CURRENT: &str =
    "SELECT key, kind, id, version, at, deleted, owner, body, NULL FROM doc WHERE key = ?1 AND ?2 IS NULL";
const EARLIER: &str = "SELECT h.key, d.kind, d.id, h.version, h.at, h.deleted, h.owner, h.body,
    coalesce((SELECT n.at FROM history n WHERE n.key = h.key AND n.version = h.version + 1), d.at)
    FROM history h JOIN doc d ON d.key = h.key WHERE h.key = ?1 AND h.version = ?2";

/// Time, document, and version where it is not the current one.
type Place = (i64, i64, Option<i64>);

impl Sqlite {
    pub(crate) fn changes(&self, asked: &Changes, limit: u32) -> Result<Vec<ChangedVersion>, StoreError> {
        let found = self.read(|connection| {
            // Keys and versions are two looks; a write between them must not show.
            in_snapshot(connection, || {
                let mut places = places(connection, asked, limit)?;
                places.sort_unstable_by_key(|(at, key, version)| (*at, *key, version.unwrap_or(i64::MAX)));
                if asked.newest_first {
                    places.reverse();
                }
                places.truncate(limit as usize);
                places
                    .into_iter()
                    .map(|place| version(connection, &self.shared, place))
                    .collect::<Result<Vec<_>, _>>()
            })
        })?;
        let open = |(stored, replaced): (Stored, Option<i64>)| {
            let document = stored.open(&self.shared.vault, SHARD)?;
            Ok(ChangedVersion { document, replaced: replaced.map(Instant::from_micros) })
        };
        found.into_iter().map(open).collect()
    }

    pub(crate) fn count_changes(&self, asked: &Changes, most: i64) -> Result<i64, StoreError> {
        let Bounds { from, until, .. } = asked.bounds();
        self.read(|connection| {
            let mut total = 0i64;
            for kind in &asked.kinds {
                for (table, condition, _) in PLACES {
                    let sql = format!(
                        "SELECT count(*) FROM (SELECT 1 FROM {table}
                         WHERE kind = ?1 AND {condition} AND at >= ?2 AND at <= ?3 LIMIT ?4)"
                    );
                    let count: i64 = connection
                        .prepare_cached(&sql)
                        .and_then(|mut s| {
                            s.query_row(params![kind.0, from, until, most - total], |r| r.get(0))
                        })
                        .map_err(|e| fault(&e))?;
                    total += count;
                }
            }
            Ok(total)
        })
    }
}

fn in_snapshot<T>(
    connection: &Connection,
    read: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.execute_batch("BEGIN").map_err(|e| fault(&e))?;
    let outcome = read();
    connection.execute_batch("ROLLBACK").map_err(|e| fault(&e))?;
    outcome
}

/// At most `limit` of each kind and place: the page is among them.
fn places(connection: &Connection, asked: &Changes, limit: u32) -> Result<Vec<Place>, StoreError> {
    let Bounds { from, until, at, key, version } = asked.bounds();
    let (sign, direction) = (asked.sign(), asked.direction());
    let mut found = Vec::new();
    for (table, condition, number) in PLACES {
        let last = if number == "NULL" { String::new() } else { format!(", version {direction}") };
        let sql = format!(
            "SELECT at, key, {number} FROM {table} WHERE kind = ?1 AND {condition} AND at >= ?2 AND at <= ?3
             AND (at {sign} ?4 OR key {sign} ?5 OR (key = ?5 AND version {sign} ?6))
             ORDER BY at {direction}, key {direction}{last} LIMIT ?7"
        );
        let mut statement = connection.prepare_cached(&sql).map_err(|e| fault(&e))?;
        for kind in &asked.kinds {
            let rows = statement
                .query_map(params![kind.0, from, until, at, key, version, limit], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .map_err(|e| fault(&e))?;
            for row in rows {
                found.push(row.map_err(|e| fault(&e))?);
            }
        }
    }
    Ok(found)
}

fn version(
    connection: &Connection,
    shared: &Shared,
    (_, key, version): Place,
) -> Result<(Stored, Option<i64>), StoreError> {
    let sql = if version.is_some() { EARLIER } else { CURRENT };
    let (stored, replaced) = connection
        .prepare_cached(sql)
        .and_then(|mut s| {
            s.query_row(params![key, version], |row| Ok((read::stored_row(row, 0)?, row.get(8)?)))
        })
        .map_err(|e| fault(&e))?;
    Ok((read::with_opener(connection, shared, stored)?, replaced))
}
