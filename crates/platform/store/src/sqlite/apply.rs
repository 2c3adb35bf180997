//! The changes of a write set whose preconditions hold.

use super::{
    SHARD, Shared,
    check::Checked,
    connect::fault,
    read,
    writer::{Effects, State},
};
use crate::{
    JournalPosition, Kind, StoreError,
    prepared::{Prepared, PreparedPut},
    rows::Rows,
    vault::SHARD_KEY,
};
use rusqlite::{Connection, Params, params};
use std::collections::HashMap;

/// Runs a cached statement and says how many rows it changed.
fn run(connection: &Connection, sql: &str, params: impl Params) -> Result<usize, StoreError> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute(params)).map_err(|e| fault(&e))
}

/// Writes the set; returns where its journal entry stands.
pub(super) fn apply(
    connection: &Connection,
    shared: &Shared,
    state: &mut State,
    set: &Prepared,
    checked: Checked,
    effects: &mut Effects,
) -> Result<Option<JournalPosition>, StoreError> {
    let owners = apply_owners(connection, state, set, effects)?;
    for (put, key) in set.puts.iter().zip(checked.keys) {
        let owner = owners.get(put.owner.as_str()).copied().unwrap_or(SHARD_KEY);
        apply_put(connection, state, set.at, put, key, owner)?;
    }
    for claim in &set.claims {
        run(
            connection,
            "INSERT INTO claim (scope, value, holder, until) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (scope, value) DO UPDATE SET holder = excluded.holder, until = excluded.until",
            params![claim.scope, claim.name.as_slice(), claim.holder, claim.until],
        )?;
    }
    for (scope, name) in &set.releases {
        run(
            connection,
            "DELETE FROM claim WHERE scope = ?1 AND value = ?2",
            params![scope, name.as_slice()],
        )?;
    }
    for ((name, _, _), value) in set.adds.iter().zip(checked.balances) {
        run(
            connection,
            "INSERT INTO balance (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, value],
        )?;
    }
    apply_postings(connection, state, set)?;
    for (name, position) in &set.advances {
        run(
            connection,
            "INSERT INTO cursor (name, chain, seq) VALUES (?1, ?2, ?3)
             ON CONFLICT (name, chain) DO UPDATE SET seq = max(seq, excluded.seq)",
            params![name, position.chain.0, position.sequence as i64],
        )?;
    }
    for (kind, key, rows) in &set.indexes {
        add_rows(connection, *kind, *key, rows, true)?;
    }
    for owner in &set.erased {
        erase(connection, shared, state, owner, effects)?;
    }
    let Some(sealed) = &set.journal else { return Ok(None) };
    let head = state.head.next(set.at, sealed);
    run(
        connection,
        "INSERT INTO journal (chain, seq, at, hash, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![head.chain.0, head.sequence as i64, set.at, head.hash.as_slice(), sealed],
    )?;
    state.head = head;
    Ok(Some(JournalPosition { chain: head.chain, sequence: head.sequence }))
}

/// The key rows of the set's owners, made where they are new.
fn apply_owners<'a>(
    connection: &Connection,
    state: &mut State,
    set: &'a Prepared,
    effects: &mut Effects,
) -> Result<HashMap<&'a str, i64>, StoreError> {
    let mut ids = HashMap::with_capacity(set.owners.len());
    for owner in &set.owners {
        let known = state.owners.get(&owner.owner).map(|(id, _)| *id);
        let id = match known {
            Some(id) => id,
            None => {
                let id = state.next_owner;
                run(
                    connection,
                    "INSERT INTO key (id, owner, wrapped, erased) VALUES (?1, ?2, ?3, 0)",
                    params![id, owner.owner, &*owner.wrapped],
                )?;
                state.next_owner += 1;
                state.owners.put(owner.owner.clone(), (id, false));
                id
            }
        };
        if owner.id.is_none() {
            effects.keys.push((id, owner.owner.clone(), std::sync::Arc::clone(&owner.wrapped)));
        }
        ids.insert(owner.owner.as_str(), id);
    }
    Ok(ids)
}

fn apply_put(
    connection: &Connection,
    state: &mut State,
    at: i64,
    put: &PreparedPut,
    replaced: Option<i64>,
    owner: i64,
) -> Result<(), StoreError> {
    let key = match replaced {
        Some(key) if put.in_place => {
            let sql = "UPDATE doc SET owner = ?2, body = ?3 WHERE key = ?1";
            run(connection, sql, params![key, owner, put.body])?;
            key
        }
        Some(key) => {
            run(
                connection,
                "INSERT INTO history (key, version, at, deleted, owner, body, kind)
                 SELECT key, version, at, deleted, owner, body, kind FROM doc WHERE key = ?1",
                [key],
            )?;
            run(
                connection,
                "UPDATE doc SET version = ?2, at = ?3, deleted = ?4, owner = ?5, body = ?6 WHERE key = ?1",
                params![key, put.version as i64, at, put.deleted, owner, put.body],
            )?;
            key
        }
        None => {
            let key = state.next_key;
            run(
                connection,
                "INSERT INTO doc (key, kind, id, version, at, deleted, owner, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![key, put.kind.0, put.id, put.version as i64, at, put.deleted, owner, put.body],
            )?;
            state.next_key += 1;
            key
        }
    };
    remove_rows(connection, put.kind, key, &put.removed)?;
    add_rows(connection, put.kind, key, &put.added, false)
}

fn apply_postings(connection: &Connection, state: &mut State, set: &Prepared) -> Result<(), StoreError> {
    for posting in &set.postings {
        for (line, entry) in posting.iter().enumerate() {
            run(
                connection,
                "INSERT INTO entry (account, posting, line, unit, amount, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![entry.account, state.next_posting, line as i64, entry.unit, entry.amount, set.at],
            )?;
        }
        state.next_posting += 1;
    }
    Ok(())
}

fn add_rows(
    connection: &Connection,
    kind: Kind,
    key: i64,
    rows: &Rows,
    repeatable: bool,
) -> Result<(), StoreError> {
    let tail = if repeatable { " ON CONFLICT DO NOTHING" } else { "" };
    let insert = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
        if repeatable {
            run(connection, &format!("{sql}{tail}"), params)
        } else {
            run(connection, sql, params)
        }
    };
    for row in &rows.terms {
        insert(
            "INSERT INTO term (kind, param, value, key, edge) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![kind.0, row.param, row.value, key, row.edge],
        )?;
    }
    for row in &rows.spans {
        insert(
            "INSERT INTO span (kind, param, low, high, key, edge) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![kind.0, row.param, row.low, row.high, key, row.edge],
        )?;
    }
    for row in &rows.quantities {
        insert(
            "INSERT INTO quantity (kind, param, value, unit, key, edge) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![kind.0, row.param, row.value, row.unit, key, row.edge],
        )?;
    }
    for row in &rows.links {
        insert(
            "INSERT INTO link (subject, kind, code, at, key) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![row.subject.as_slice(), kind.0, row.code.as_slice(), row.at, key],
        )?;
    }
    Ok(())
}

fn remove_rows(connection: &Connection, kind: Kind, key: i64, rows: &Rows) -> Result<(), StoreError> {
    for row in &rows.terms {
        run(
            connection,
            "DELETE FROM term WHERE kind = ?1 AND param = ?2 AND value = ?3 AND key = ?4",
            params![kind.0, row.param, row.value, key],
        )?;
    }
    for row in &rows.spans {
        run(
            connection,
            "DELETE FROM span WHERE kind = ?1 AND param = ?2 AND low = ?3 AND high = ?4 AND key = ?5",
            params![kind.0, row.param, row.low, row.high, key],
        )?;
    }
    for row in &rows.quantities {
        run(
            connection,
            "DELETE FROM quantity WHERE kind = ?1 AND param = ?2 AND value = ?3 AND unit = ?4 AND key = ?5",
            params![kind.0, row.param, row.value, row.unit, key],
        )?;
    }
    for row in &rows.links {
        run(
            connection,
            "DELETE FROM link WHERE subject = ?1 AND kind = ?2 AND code = ?3 AND at = ?4 AND key = ?5",
            params![row.subject.as_slice(), kind.0, row.code.as_slice(), row.at, key],
        )?;
    }
    Ok(())
}

/// Destroys an owner's key. Finding what it sealed walks all documents: erasure is rare, and an index by owner would
/// cost every create a page.
fn erase(
    connection: &Connection,
    shared: &Shared,
    state: &mut State,
    owner: &str,
    effects: &mut Effects,
) -> Result<(), StoreError> {
    let Some(id) = read::key_number(connection, owner)? else {
        // Nothing was ever sealed under it, and nothing shall be.
        let id = state.next_owner;
        run(
            connection,
            "INSERT INTO key (id, owner, wrapped, erased) VALUES (?1, ?2, NULL, 1)",
            params![id, owner],
        )?;
        state.next_owner += 1;
        state.owners.put(owner.to_owned(), (id, true));
        effects.erased.push((id, owner.to_owned()));
        return Ok(());
    };
    for stored in read::owned_by(connection, shared, id)? {
        let rows = stored.rows(&shared.vault, SHARD)?;
        remove_rows(connection, stored.kind, stored.key, &rows)?;
    }
    run(connection, "UPDATE doc SET body = NULL WHERE owner = ?1", [id])?;
    run(connection, "UPDATE history SET body = NULL WHERE owner = ?1", [id])?;
    run(connection, "UPDATE key SET wrapped = NULL, erased = 1 WHERE id = ?1", [id])?;
    state.owners.put(owner.to_owned(), (id, true));
    effects.erased.push((id, owner.to_owned()));
    Ok(())
}
