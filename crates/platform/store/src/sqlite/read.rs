//! Reads: inline on the calling thread, each thread with its own connection. A hop to another thread costs more than
//! most reads do.

use super::{
    SHARD, Shared, Sqlite,
    connect::fault,
    threads::{File, forget, with_connection},
};
use crate::{
    Balance, ChainId, Claim, Document, Entry, JournalPosition, Kind, Param, Scan, StoreError, Version,
    dialect::{Arg, Dialect},
    pages::{Explained, Row, ScanRows},
    plan::{self, Phase, Plan, Planner, Want},
    seal::SealingKey,
    stored::Stored,
    vault::OwnerKey,
};
use galen_kernel::Instant;
use rusqlite::{
    Connection, OptionalExtension, ToSql, params, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// How often a read that met a file being re-keyed is tried again, and how long it waits between.
const REKEY_TRIES_MAX: u32 = 5_000;
const REKEY_PAUSE: Duration = Duration::from_millis(2);
/// Rows counted of each condition that could drive a scan.
const PROBE_ROWS_MAX: i64 = 256;

impl ToSql for Arg {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Small(n) => ToSqlOutput::from(*n),
            Self::Int(n) => ToSqlOutput::from(*n),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::BytesList(list) => {
                let hex = list.iter().map(|bytes| data_encoding::HEXUPPER.encode(bytes));
                ToSqlOutput::from(json_array(hex))
            }
            Self::TextList(list) => ToSqlOutput::from(json_array(list.iter().cloned())),
        })
    }
}

fn json_array(items: impl Iterator<Item = String>) -> String {
    serde_json::Value::Array(items.map(serde_json::Value::String).collect()).to_string()
}

const STORED: &str = "SELECT key, kind, id, version, at, deleted, owner, body FROM doc";

impl Sqlite {
    /// Runs a read on this thread's connection. While the file is re-keyed, reads wait rather than fail.
    pub(super) fn read<T>(
        &self,
        read: impl Fn(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut tries = 0;
        loop {
            // Asked before the attempt: a rotation that ends while a connection is being opened must count as seen.
            let began = self.shared.vault.generation();
            let was_rotating = self.shared.rotating.load(Ordering::Acquire);
            let outcome = with_connection(&File::of_documents(&self.shared), &read);
            let rekeyed = was_rotating
                || self.shared.rotating.load(Ordering::Acquire)
                || began != self.shared.vault.generation();
            match outcome {
                Err(StoreError::WrongKey | StoreError::Damaged(_) | StoreError::ReadOnly(_))
                    if rekeyed && tries < REKEY_TRIES_MAX =>
                {
                    tries += 1;
                    self.forget_connection();
                    std::thread::sleep(REKEY_PAUSE);
                }
                outcome => return outcome,
            }
        }
    }

    /// Closes this thread's connections.
    pub(super) fn forget_connection(&self) {
        forget(&self.shared);
    }

    pub(super) fn load_owner_key(&self, owner: &str) -> Result<Option<OwnerKey>, StoreError> {
        let row: Option<(i64, Option<Vec<u8>>)> = self.read(|connection| {
            connection
                .prepare_cached("SELECT id, wrapped FROM key WHERE owner = ?1")
                .and_then(|mut s| s.query_row([owner], |r| Ok((r.get(0)?, r.get(1)?))).optional())
                .map_err(|e| fault(&e))
        })?;
        match row {
            None => Ok(None),
            Some((id, Some(wrapped))) => self.shared.vault.learn(SHARD, Some(id), owner, &wrapped).map(Some),
            Some((_, None)) => Err(StoreError::Conflict(crate::Conflict::Erased { owner: owner.to_owned() })),
        }
    }

    pub(super) fn stored_many(&self, ids: &[(Kind, String)]) -> Result<Vec<Stored>, StoreError> {
        self.read(|connection| {
            let mut found = Vec::with_capacity(ids.len());
            for (kind, id) in ids {
                found.extend(current(connection, &self.shared, *kind, id)?);
            }
            Ok(found)
        })
    }

    pub(crate) fn get(&self, kind: Kind, id: &str) -> Result<Option<Document>, StoreError> {
        let stored = self.read(|connection| current(connection, &self.shared, kind, id))?;
        stored.map(|stored| stored.open(&self.shared.vault, SHARD)).transpose()
    }

    pub(crate) fn get_many(&self, ids: &[(Kind, String)]) -> Result<Vec<Document>, StoreError> {
        let stored = self.stored_many(ids)?;
        stored.into_iter().map(|stored| stored.open(&self.shared.vault, SHARD)).collect()
    }

    pub(crate) fn versions(&self, ids: &[(Kind, String)]) -> Result<Vec<Option<Version>>, StoreError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT version, deleted FROM doc WHERE kind = ?1 AND id = ?2")
                .map_err(|e| fault(&e))?;
            ids.iter()
                .map(|(kind, id)| {
                    let version = |r: &rusqlite::Row<'_>| {
                        Ok(Version { version: r.get::<_, i64>(0)? as u64, deleted: r.get(1)? })
                    };
                    statement.query_row(params![kind.0, id], version).optional().map_err(|e| fault(&e))
                })
                .collect()
        })
    }

    /// Versions, newest first, below `before`.
    pub(crate) fn history(
        &self,
        kind: Kind,
        id: &str,
        before: u64,
        limit: u32,
    ) -> Result<Vec<Document>, StoreError> {
        let before = i64::try_from(before).unwrap_or(i64::MAX);
        let stored = self.read(|connection| {
            let Some(newest) = current(connection, &self.shared, kind, id)? else { return Ok(Vec::new()) };
            let key = newest.key;
            let mut found = Vec::new();
            if limit > 0 && (newest.version as i64) < before {
                found.push(newest);
            }
            let mut statement = connection
                .prepare_cached(
                    "SELECT key, ?1, ?2, version, at, deleted, owner, body FROM history
                     WHERE key = ?3 AND version < ?4 ORDER BY version DESC LIMIT ?5",
                )
                .map_err(|e| fault(&e))?;
            let rest = i64::from(limit) - found.len() as i64;
            let rows = statement
                .query_map(params![kind.0, id, key, before, rest], |row| stored_row(row, 0))
                .map_err(|e| fault(&e))?;
            for row in rows {
                found.push(with_opener(connection, &self.shared, row.map_err(|e| fault(&e))?)?);
            }
            Ok(found)
        })?;
        stored.into_iter().map(|stored| stored.open(&self.shared.vault, SHARD)).collect()
    }

    pub(crate) fn scan_rows(
        &self,
        scan: &Scan,
        want: Want,
        phase: Phase,
        limit: i64,
    ) -> Result<ScanRows, StoreError> {
        self.read(|connection| {
            let driver = choose_driver(connection, scan)?;
            let plan = Planner::new(scan, Dialect::Sqlite, want, driver).plan(phase, limit);
            let mut statement = connection.prepare_cached(&plan.sql).map_err(|e| fault(&e))?;
            let mut rows = statement.query(params_from_iter(&plan.args)).map_err(|e| fault(&e))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next().map_err(|e| fault(&e))? {
                let key = row.get(0).map_err(|e| fault(&e))?;
                let value = match row.get_ref(1).map_err(|e| fault(&e))? {
                    ValueRef::Null | ValueRef::Real(_) => None,
                    ValueRef::Integer(n) => Some(plan::integer_bytes(n)),
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes.to_vec()),
                };
                let stored = match want {
                    Want::Documents => {
                        let mut stored = stored_row(row, 1).map_err(|e| fault(&e))?;
                        stored.key = key;
                        Some(with_opener(connection, &self.shared, stored)?)
                    }
                    Want::Keys | Want::Count => None,
                };
                found.push(Row::new(key, value, stored));
            }
            Ok(found)
        })
    }

    /// How many rows the most selective condition yields, as far as they are counted; `None` without such a condition.
    pub(crate) fn selectivity(&self, scan: &Scan, limit: i64) -> Result<Option<i64>, StoreError> {
        self.read(|connection| {
            let mut least = None;
            for condition in plan::drivers(scan) {
                let count = probe(connection, scan, condition, limit)?;
                least = Some(least.map_or(count, |l: i64| l.min(count)));
            }
            Ok(least)
        })
    }

    pub(crate) fn count(&self, scan: &Scan, most: i64) -> Result<i64, StoreError> {
        self.read(|connection| {
            let driver = choose_driver(connection, scan)?;
            let plan = Planner::new(scan, Dialect::Sqlite, Want::Count, driver).plan(Phase::Valued, most);
            number(connection, &plan)
        })
    }

    /// The greatest key given so far.
    pub(crate) fn newest(&self) -> Result<i64, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT coalesce(max(key), 0) FROM doc")
                .and_then(|mut s| s.query_row([], |row| row.get(0)))
                .map_err(|e| fault(&e))
        })
    }

    /// How the scan would be run: its statement, and how many rows each condition that could lead yields.
    pub(crate) fn explain(&self, scan: &Scan, most: i64) -> Result<Explained, StoreError> {
        self.read(|connection| {
            let driver = choose_driver(connection, scan)?;
            let plan = Planner::new(scan, Dialect::Sqlite, Want::Documents, driver).plan(Phase::Valued, most);
            let mut conditions = Vec::new();
            for condition in plan::drivers(scan) {
                conditions.push((condition, probe(connection, scan, condition, most)?));
            }
            Ok(Explained { driver, conditions, statement: plan.sql })
        })
    }

    pub(crate) fn claim(
        &self,
        scope: &'static str,
        value: &str,
        now: Instant,
    ) -> Result<Option<Claim>, StoreError> {
        let name = self.shared.vault.claim_name(SHARD, scope, value)?;
        let held: Option<(Vec<u8>, Option<i64>)> = self.read(|connection| {
            connection
                .prepare_cached("SELECT holder, until FROM claim WHERE scope = ?1 AND value = ?2")
                .and_then(|mut s| {
                    s.query_row(params![scope, name.as_slice()], |r| Ok((r.get(0)?, r.get(1)?))).optional()
                })
                .map_err(|e| fault(&e))
        })?;
        let Some((holder, until)) = held.filter(|(_, until)| until.is_none_or(|u| u > now.micros())) else {
            return Ok(None);
        };
        let holder = self.shared.vault.open_holder(SHARD, scope, &name, &holder)?;
        Ok(Some(Claim { holder, until: until.map(Instant::from_micros) }))
    }

    /// The least value of a parameter that is greater than `after`.
    pub(crate) fn next_term(
        &self,
        kind: Kind,
        param: Param,
        after: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        const NEXT: &str = "SELECT value FROM term WHERE kind = ?1 AND param = ?2 AND value > ?3
            ORDER BY value LIMIT 1";
        self.read(|connection| {
            connection
                .prepare_cached(NEXT)
                .and_then(|mut s| s.query_row(params![kind.0, param.0, after], |r| r.get(0)).optional())
                .map_err(|e| fault(&e))
        })
    }

    pub(crate) fn balance(&self, balance: &str) -> Result<Balance, StoreError> {
        let value: Option<i64> = self.read(|connection| {
            connection
                .prepare_cached("SELECT value FROM balance WHERE name = ?1")
                .and_then(|mut s| s.query_row([balance], |r| r.get(0)).optional())
                .map_err(|e| fault(&e))
        })?;
        Ok(Balance(value.unwrap_or(0)))
    }

    pub(crate) fn entries(&self, account: &str, after: i64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached(
                    "SELECT posting, unit, amount, at FROM entry WHERE account = ?1 AND posting > ?2
                     ORDER BY posting, line LIMIT ?3",
                )
                .map_err(|e| fault(&e))?;
            let rows = statement.query_map(params![account, after, limit], |r| {
                Ok(Entry {
                    posting: r.get(0)?,
                    account: account.to_owned(),
                    unit: r.get(1)?,
                    amount: r.get(2)?,
                    at: Instant::from_micros(r.get(3)?),
                })
            });
            rows.and_then(Iterator::collect).map_err(|e| fault(&e))
        })
    }

    pub(crate) fn cursor(&self, cursor: &str) -> Result<Vec<JournalPosition>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT chain, seq FROM cursor WHERE name = ?1 ORDER BY chain")
                .and_then(|mut s| {
                    let place = |r: &rusqlite::Row<'_>| {
                        Ok(JournalPosition {
                            chain: ChainId(r.get(0)?),
                            sequence: r.get::<_, i64>(1)? as u64,
                        })
                    };
                    s.query_map([cursor], place)?.collect()
                })
                .map_err(|e| fault(&e))
        })
    }
}

fn choose_driver(connection: &Connection, scan: &Scan) -> Result<Option<usize>, StoreError> {
    let candidates = plan::drivers(scan);
    let rank = |n: &usize| scan.all.get(*n).map_or(9, plan::rank);
    match candidates.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(*only)),
        many if many.iter().any(|n| rank(n) <= 1) => Ok(many.iter().copied().min_by_key(rank)),
        many => {
            // Without statistics: count a little of each, take the shortest.
            let mut best = None;
            for n in many {
                let count = probe(connection, scan, *n, PROBE_ROWS_MAX)?;
                if best.is_none_or(|(least, _)| count < least) {
                    best = Some((count, *n));
                }
            }
            Ok(best.map(|(_, n)| n))
        }
    }
}

fn probe(connection: &Connection, scan: &Scan, condition: usize, limit: i64) -> Result<i64, StoreError> {
    match plan::probe(scan, Dialect::Sqlite, condition, limit) {
        Some(plan) => number(connection, &plan),
        None => Ok(i64::MAX),
    }
}

fn number(connection: &Connection, plan: &Plan) -> Result<i64, StoreError> {
    connection
        .prepare_cached(&plan.sql)
        .and_then(|mut s| s.query_row(params_from_iter(&plan.args), |r| r.get(0)))
        .map_err(|e| fault(&e))
}

/// A row whose columns from `first` on are key, kind, id, version, at, deleted, owner, body.
pub(super) fn stored_row(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<Stored> {
    Ok(Stored {
        key: row.get::<_, Option<i64>>(first).unwrap_or(None).unwrap_or(0),
        kind: Kind(row.get(first + 1)?),
        id: row.get(first + 2)?,
        version: row.get::<_, i64>(first + 3)? as u64,
        at: row.get(first + 4)?,
        deleted: row.get(first + 5)?,
        owner: row.get(first + 6)?,
        body: row.get(first + 7)?,
        opener: None,
    })
}

fn current(
    connection: &Connection,
    shared: &Shared,
    kind: Kind,
    id: &str,
) -> Result<Option<Stored>, StoreError> {
    const BY_ID: &str =
        "SELECT key, kind, id, version, at, deleted, owner, body FROM doc WHERE kind = ?1 AND id = ?2";
    let stored = connection
        .prepare_cached(BY_ID)
        .and_then(|mut s| s.query_row(params![kind.0, id], |row| stored_row(row, 0)).optional())
        .map_err(|e| fault(&e))?;
    stored.map(|stored| with_opener(connection, shared, stored)).transpose()
}

pub(super) fn with_opener(
    connection: &Connection,
    shared: &Shared,
    mut stored: Stored,
) -> Result<Stored, StoreError> {
    if stored.body.is_some() {
        stored.opener = opener(connection, shared, stored.owner)?;
    }
    Ok(stored)
}

/// The key with this number; `None` when it was destroyed.
fn opener(connection: &Connection, shared: &Shared, id: i64) -> Result<Option<Arc<SealingKey>>, StoreError> {
    if let Some(key) = shared.vault.of_id(SHARD, id) {
        return Ok(Some(key));
    }
    let row: Option<(String, Option<Vec<u8>>)> = connection
        .prepare_cached("SELECT owner, wrapped FROM key WHERE id = ?1")
        .and_then(|mut s| s.query_row([id], |r| Ok((r.get(0)?, r.get(1)?))).optional())
        .map_err(|e| fault(&e))?;
    match row {
        None => Err(StoreError::Damaged("a document's key row is missing".into())),
        Some((_, None)) => Ok(None),
        Some((owner, Some(wrapped))) => Ok(Some(shared.vault.learn(SHARD, Some(id), &owner, &wrapped)?.key)),
    }
}

/// The number of an owner's key.
pub(super) fn key_number(connection: &Connection, owner: &str) -> Result<Option<i64>, StoreError> {
    connection
        .query_row("SELECT id FROM key WHERE owner = ?1", [owner], |row| row.get(0))
        .optional()
        .map_err(|e| fault(&e))
}

/// The current documents that a key sealed, for the writer that destroys it.
pub(super) fn owned_by(connection: &Connection, shared: &Shared, id: i64) -> Result<Vec<Stored>, StoreError> {
    let mut statement = connection
        .prepare(&format!("{STORED} WHERE owner = ?1 AND body IS NOT NULL"))
        .map_err(|e| fault(&e))?;
    let rows = statement.query_map([id], |row| stored_row(row, 0)).map_err(|e| fault(&e))?;
    rows.map(|row| with_opener(connection, shared, row.map_err(|e| fault(&e))?)).collect()
}
