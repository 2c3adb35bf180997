//! A write set made ready on its caller's task: checked, compressed, sealed and compared with what it replaces, so
//! that a writer only moves bytes.

use crate::{
    Conflict, Expected, HOLDER_BYTES_MAX, IndexRows, Kind, NewEntry, Operation, Put, ShardId, StoreError,
    WriteSet,
    rows::Rows,
    seal::{BODY_BYTES_MAX, Seal, SealingKey},
    stored::Stored,
    vault::{OwnerKey, Vault},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Most operations in one write set: a transaction of the largest kind, with a few claims for each of its resources.
pub const OPERATIONS_MAX: usize = 200_000;
/// Most bytes of an id, an owner, a claimed value, or the name of a balance, an account or a cursor.
pub const NAME_BYTES_MAX: usize = 512;

/// A document's next version, ready to be written.
pub(crate) struct PreparedPut {
    pub(crate) kind: Kind,
    pub(crate) id: String,
    /// The version it replaces; `None` when it makes the document.
    pub(crate) expected: Option<u64>,
    pub(crate) version: u64,
    /// How what it replaces was sealed: the index rows to remove are of that sealing and no other.
    pub(crate) seal: Option<Seal>,
    /// Whether only the index rows change, and no version is made.
    pub(crate) in_place: bool,
    pub(crate) deleted: bool,
    pub(crate) owner: String,
    /// `None` for a tombstone.
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) added: Rows,
    pub(crate) removed: Rows,
}

pub(crate) struct PreparedClaim {
    pub(crate) scope: &'static str,
    pub(crate) value: String,
    pub(crate) name: [u8; 16],
    pub(crate) holder: Vec<u8>,
    pub(crate) until: Option<i64>,
}

/// An owner the set writes under, with the key it was sealed by.
pub(crate) struct PreparedOwner {
    pub(crate) owner: String,
    pub(crate) id: Option<i64>,
    pub(crate) wrapped: Arc<[u8]>,
}

/// A write set ready for a writer.
#[derive(Default)]
pub(crate) struct Prepared {
    pub(crate) shard: ShardId,
    pub(crate) at: i64,
    /// Of the root key that wrapped the owners' keys.
    pub(crate) generation: u64,
    pub(crate) owners: Vec<PreparedOwner>,
    pub(crate) puts: Vec<PreparedPut>,
    pub(crate) claims: Vec<PreparedClaim>,
    pub(crate) releases: Vec<(&'static str, [u8; 16])>,
    pub(crate) adds: Vec<(String, i64, i64)>,
    pub(crate) postings: Vec<Vec<NewEntry>>,
    pub(crate) advances: Vec<(String, crate::JournalPosition)>,
    pub(crate) indexes: Vec<(Kind, i64, Rows)>,
    pub(crate) erased: Vec<String>,
    pub(crate) journal: Option<Vec<u8>>,
    /// Its rough size, for the limits of a batch.
    pub(crate) bytes: usize,
}

/// The documents whose current version must be read before the set can be prepared.
pub(crate) fn replaced(set: &WriteSet) -> Vec<(Kind, String)> {
    let mut ids = Vec::new();
    for operation in &set.operations {
        match operation {
            Operation::Put(Put { kind, id, expected: Expected::Version(_), .. })
            | Operation::Delete { kind, id, .. }
            | Operation::Reindex { kind, id, .. } => ids.push((*kind, id.clone())),
            _ => {}
        }
    }
    ids
}

/// The owners whose keys must be known before the set can be prepared.
pub(crate) fn owners(set: &WriteSet) -> Vec<&str> {
    let mut owners: Vec<&str> = Vec::new();
    for operation in &set.operations {
        if let Operation::Put(Put { owner, .. }) | Operation::Reindex { owner, .. } = operation
            && !owner.is_empty()
            && !owners.contains(&owner.as_str())
        {
            owners.push(owner);
        }
    }
    owners
}

/// Refuses a journal entry that is longer than any body.
pub(crate) fn validate_journal(journal: &[u8]) -> Result<(), StoreError> {
    if journal.len() > BODY_BYTES_MAX {
        return Err(StoreError::Invalid("a journal entry is too long"));
    }
    Ok(())
}

/// Refuses what breaks the rules of the vocabulary.
pub(crate) fn validate(set: &WriteSet) -> Result<(), StoreError> {
    let invalid = |why| Err(StoreError::Invalid(why));
    if set.operations.len() > OPERATIONS_MAX {
        return invalid("too many operations");
    }
    if let Some(journal) = &set.journal {
        validate_journal(journal)?;
    }
    let mut touched = HashSet::new();
    for operation in &set.operations {
        let (family, scope, name): (u8, u64, &str) = match operation {
            Operation::Put(put) => {
                if put.body.len() > BODY_BYTES_MAX {
                    return invalid("a body is too long");
                }
                validate_name(&put.owner, true)?;
                (0, u64::from(put.kind.0), &put.id)
            }
            Operation::Delete { kind, id, .. } => (0, u64::from(kind.0), id),
            Operation::Reindex { kind, id, owner, .. } => {
                validate_name(owner, true)?;
                (0, u64::from(kind.0), id)
            }
            Operation::Claim { scope, value, holder, .. } => {
                if holder.len() > HOLDER_BYTES_MAX {
                    return invalid("a claim's holder is too long");
                }
                validate_name(scope, false)?;
                (1, fold(scope), value)
            }
            Operation::Release { scope, value } => (1, fold(scope), value),
            Operation::Add { balance, .. } => (2, 0, balance),
            Operation::Post(entries) => {
                validate_posting(entries)?;
                continue;
            }
            Operation::Advance { cursor, position } => (3, u64::from(position.chain.0), cursor),
            Operation::Index { .. } => continue,
            Operation::Erase { owner } => (4, 0, owner),
        };
        validate_name(name, false)?;
        if !touched.insert((family, scope, name)) {
            return invalid("two operations on one document, claim, balance, cursor or owner");
        }
    }
    Ok(())
}

fn fold(scope: &str) -> u64 {
    scope.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

fn validate_name(name: &str, empty_allowed: bool) -> Result<(), StoreError> {
    if name.len() > NAME_BYTES_MAX {
        return Err(StoreError::Invalid("a name is too long"));
    }
    if name.is_empty() && !empty_allowed {
        return Err(StoreError::Invalid("a name is empty"));
    }
    if name.starts_with('~') || name.contains('\0') {
        return Err(StoreError::Invalid("a name begins with a tilde or holds a NUL"));
    }
    Ok(())
}

fn validate_posting(entries: &[NewEntry]) -> Result<(), StoreError> {
    let mut sums: HashMap<&str, i128> = HashMap::new();
    for entry in entries {
        validate_name(&entry.account, false)?;
        validate_name(&entry.unit, true)?;
        *sums.entry(&entry.unit).or_default() += i128::from(entry.amount);
    }
    if sums.values().any(|sum| *sum != 0) {
        return Err(StoreError::Conflict(Conflict::Unbalanced));
    }
    Ok(())
}

/// Seals a validated set. `replaced` are the current versions of what it replaces, `keys` the keys of its owners.
pub(crate) fn prepare(
    vault: &Vault,
    set: WriteSet,
    replaced: &HashMap<(Kind, String), Stored>,
    keys: &HashMap<String, OwnerKey>,
) -> Result<Prepared, StoreError> {
    let shard = set.shard;
    let at = set.at.micros();
    let mut ready = Prepared { shard, at, generation: vault.generation(), ..Prepared::default() };
    for (owner, key) in keys {
        if !owner.is_empty() {
            let (owner, wrapped) = (owner.clone(), Arc::clone(&key.wrapped));
            ready.owners.push(PreparedOwner { owner, id: key.id, wrapped });
        }
    }
    for operation in set.operations {
        match operation {
            Operation::Put(put) => {
                let prepared = prepare_put(vault, shard, put, replaced, keys)?;
                ready.bytes += prepared.body.as_ref().map_or(0, Vec::len);
                ready.puts.push(prepared);
            }
            Operation::Delete { kind, id, expected } => {
                ready.puts.push(prepare_delete(vault, shard, kind, id, expected, replaced)?);
            }
            Operation::Reindex { kind, id, version, owner, index } => {
                let stored = standing(kind, &id, version, replaced)?;
                let prepared = prepare_reindex(vault, shard, stored, owner, index, keys)?;
                ready.bytes +=
                    prepared.iter().filter_map(|put| put.body.as_ref()).map(Vec::len).sum::<usize>();
                ready.puts.extend(prepared);
            }
            Operation::Claim { scope, value, holder, until } => {
                let name = vault.claim_name(shard, scope, &value)?;
                let holder = vault.seal_holder(shard, scope, &name, &holder)?;
                let until = until.map(galen_kernel::Instant::micros);
                ready.claims.push(PreparedClaim { scope, value, name, holder, until });
            }
            Operation::Release { scope, value } => {
                ready.releases.push((scope, vault.claim_name(shard, scope, &value)?));
            }
            Operation::Add { balance, delta, floor } => ready.adds.push((balance, delta, floor)),
            Operation::Post(entries) => ready.postings.push(entries),
            Operation::Advance { cursor, position } => ready.advances.push((cursor, position)),
            Operation::Index { kind, key, index } => ready.indexes.push((kind, key, Rows::new(index)?)),
            Operation::Erase { owner } => ready.erased.push(owner),
        }
    }
    if let Some(body) = set.journal {
        let sealed = vault.seal_journal(shard, at, &body)?;
        ready.bytes += sealed.len();
        ready.journal = Some(sealed);
    }
    Ok(ready)
}

fn prepare_put(
    vault: &Vault,
    shard: ShardId,
    put: Put,
    replaced: &HashMap<(Kind, String), Stored>,
    keys: &HashMap<String, OwnerKey>,
) -> Result<PreparedPut, StoreError> {
    let Put { kind, id, expected, owner, body, index } = put;
    let rows = Rows::new(index)?;
    let (old, seal, expected_version) = match expected {
        Expected::Absent => (Rows::default(), None, None),
        Expected::Version(version) => {
            let stored = standing(kind, &id, version, replaced)?;
            (stored.rows(vault, shard)?, stored.seal(), Some(version))
        }
    };
    let version = expected.next();
    let key = keys.get(&owner).ok_or(StoreError::Other("an owner's key is missing".into()))?;
    let sealed = seal_with_rows(&key.key, &vault.document_bound(shard, kind.0, &id, version), body, &rows)?;
    Ok(PreparedPut {
        added: rows.minus(&old),
        removed: old.minus(&rows),
        kind,
        id,
        expected: expected_version,
        version,
        seal,
        in_place: false,
        deleted: false,
        owner,
        body: Some(sealed),
    })
}

/// `None` when there is nothing to do.
fn prepare_reindex(
    vault: &Vault,
    shard: ShardId,
    stored: &Stored,
    owner: String,
    index: IndexRows,
    keys: &HashMap<String, OwnerKey>,
) -> Result<Option<PreparedPut>, StoreError> {
    let rows = Rows::new(index)?;
    let (document, old) = stored.clone().open_with_rows(vault, shard)?;
    let Some(body) = document.body.filter(|_| old != rows) else { return Ok(None) };
    let key = keys.get(&owner).ok_or(StoreError::Other("an owner's key is missing".into()))?;
    let bound = vault.document_bound(shard, stored.kind.0, &stored.id, stored.version);
    Ok(Some(PreparedPut {
        added: rows.minus(&old),
        removed: old.minus(&rows),
        kind: stored.kind,
        id: document.id,
        expected: Some(stored.version),
        version: stored.version,
        seal: stored.seal(),
        in_place: true,
        deleted: false,
        owner,
        body: Some(seal_with_rows(&key.key, &bound, body, &rows)?),
    }))
}

/// Seals a body with its index rows behind it, and their length at the end.
fn seal_with_rows(key: &SealingKey, bound: &[u8], body: Vec<u8>, rows: &Rows) -> Result<Vec<u8>, StoreError> {
    let mut plain = body;
    let before = plain.len();
    rows.encode(&mut plain);
    let length =
        u32::try_from(plain.len() - before).map_err(|_| StoreError::Invalid("too many index rows"))?;
    plain.extend_from_slice(&length.to_le_bytes());
    key.seal(bound, &plain)
}

fn prepare_delete(
    vault: &Vault,
    shard: ShardId,
    kind: Kind,
    id: String,
    expected: u64,
    replaced: &HashMap<(Kind, String), Stored>,
) -> Result<PreparedPut, StoreError> {
    let stored = standing(kind, &id, expected, replaced)?;
    let removed = stored.rows(vault, shard)?;
    Ok(PreparedPut {
        kind,
        id,
        expected: Some(expected),
        version: expected + 1,
        seal: stored.seal(),
        in_place: false,
        deleted: true,
        owner: String::new(),
        body: None,
        added: Rows::default(),
        removed,
    })
}

/// The version that is replaced. It was acknowledged before its successor could be asked for, so if what is committed
/// now is another one, the conflict is certain and the writer need not be troubled.
fn standing<'s>(
    kind: Kind,
    id: &str,
    version: u64,
    replaced: &'s HashMap<(Kind, String), Stored>,
) -> Result<&'s Stored, StoreError> {
    match replaced.get(&(kind, id.to_owned())) {
        Some(stored) if stored.version == version => Ok(stored),
        other => Err(StoreError::Conflict(Conflict::Version {
            kind,
            id: id.to_owned(),
            current: other.map(|stored| stored.version),
        })),
    }
}
