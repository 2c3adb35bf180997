//! The preconditions of a write set, read inside the writer's transaction: what they say cannot change before commit.

use super::{SHARD, Shared, connect::fault, writer::State};
use crate::{
    Conflict, StoreError,
    prepared::{Prepared, PreparedClaim, PreparedOwner},
    seal::{HEADER_BYTES, seal_of},
};
use rusqlite::{Connection, OptionalExtension, params};

/// What the check found out and the application needs.
pub(super) struct Checked {
    /// Of each put: the key of the document it replaces.
    pub(super) keys: Vec<Option<i64>>,
    /// Of each add: the new value.
    pub(super) balances: Vec<i64>,
}

/// `None` when an owner's key is not the one the set was sealed under, or a document was sealed anew (re-indexed) since
/// the set was prepared.
pub(super) fn check(
    connection: &Connection,
    shared: &Shared,
    state: &mut State,
    set: &Prepared,
) -> Result<Option<Checked>, StoreError> {
    for owner in &set.owners {
        if !owner_stands(connection, shared, state, set, owner)? {
            return Ok(None);
        }
    }
    let mut keys = Vec::with_capacity(set.puts.len());
    for put in &set.puts {
        let current: Option<(i64, i64, Option<Vec<u8>>)> = connection
            .prepare_cached("SELECT key, version, substr(body, 1, ?3) FROM doc WHERE kind = ?1 AND id = ?2")
            .and_then(|mut s| {
                s.query_row(params![put.kind.0, put.id, HEADER_BYTES as i64], |r| {
                    Ok((r.get(0)?, r.get(1)?, r.get(2)?))
                })
                .optional()
            })
            .map_err(|e| fault(&e))?;
        let version = current.as_ref().map(|(_, version, _)| *version as u64);
        if version != put.expected {
            return Err(StoreError::Conflict(Conflict::Version {
                kind: put.kind,
                id: put.id.clone(),
                current: version,
            }));
        }
        let seal = current.as_ref().and_then(|(.., header)| header.as_deref()).and_then(seal_of);
        if seal != put.seal {
            return Ok(None);
        }
        keys.push(current.map(|(key, ..)| key));
    }
    for claim in &set.claims {
        check_claim(connection, shared, set.at, claim)?;
    }
    let mut balances = Vec::with_capacity(set.adds.len());
    for (name, delta, floor) in &set.adds {
        let current: Option<i64> = connection
            .prepare_cached("SELECT value FROM balance WHERE name = ?1")
            .and_then(|mut s| s.query_row([name], |r| r.get(0)).optional())
            .map_err(|e| fault(&e))?;
        let current = current.unwrap_or(0);
        let next = current.checked_add(*delta).ok_or(StoreError::Invalid("a balance would overflow"))?;
        if next < *floor {
            return Err(StoreError::Conflict(Conflict::BelowFloor { balance: name.clone(), current }));
        }
        balances.push(next);
    }
    Ok(Some(Checked { keys, balances }))
}

fn check_claim(
    connection: &Connection,
    shared: &Shared,
    at: i64,
    claim: &PreparedClaim,
) -> Result<(), StoreError> {
    let held: Option<(Vec<u8>, Option<i64>)> = connection
        .prepare_cached("SELECT holder, until FROM claim WHERE scope = ?1 AND value = ?2")
        .and_then(|mut s| {
            s.query_row(params![claim.scope, claim.name.as_slice()], |r| Ok((r.get(0)?, r.get(1)?)))
                .optional()
        })
        .map_err(|e| fault(&e))?;
    match held {
        Some((holder, until)) if until.is_none_or(|until| until > at) => {
            Err(StoreError::Conflict(Conflict::Claimed {
                scope: claim.scope,
                value: claim.value.clone(),
                holder: shared.vault.open_holder(SHARD, claim.scope, &claim.name, &holder)?,
            }))
        }
        _ => Ok(()),
    }
}

/// Whether the key the set was sealed under is the owner's; a conflict when the owner was erased.
fn owner_stands(
    connection: &Connection,
    shared: &Shared,
    state: &mut State,
    set: &Prepared,
    owner: &PreparedOwner,
) -> Result<bool, StoreError> {
    let erased = || StoreError::Conflict(Conflict::Erased { owner: owner.owner.clone() });
    if let (Some(id), Some((known, gone))) = (owner.id, state.owners.get(&owner.owner)) {
        return if *gone { Err(erased()) } else { Ok(*known == id) };
    }
    let row: Option<(i64, Option<Vec<u8>>, bool)> = connection
        .prepare_cached("SELECT id, wrapped, erased FROM key WHERE owner = ?1")
        .and_then(|mut s| s.query_row([&owner.owner], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).optional())
        .map_err(|e| fault(&e))?;
    let stands = match row {
        Some((id, _, true)) => {
            state.owners.put(owner.owner.clone(), (id, true));
            return Err(erased());
        }
        Some((id, wrapped, false)) => {
            state.owners.put(owner.owner.clone(), (id, false));
            match owner.id {
                Some(known) => known == id,
                None => wrapped.as_deref() == Some(&*owner.wrapped),
            }
        }
        // A key wrapped by a root that has since been replaced could never be unwrapped again.
        None => owner.id.is_none() && set.generation == shared.vault.generation(),
    };
    if !stands {
        shared.vault.forget(SHARD, &owner.owner);
    }
    Ok(stands)
}
