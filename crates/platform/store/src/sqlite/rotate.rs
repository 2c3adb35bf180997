//! A new root key for a SQLite store.
//!
//! Steps, each of which may be the last before a crash:
//! 1. the new key is written beside the key file as `<key>.new`;
//! 2. one transaction wraps all data keys under it and keeps the new root, sealed under the *old* key, in `meta`;
//! 3. `PRAGMA rekey` encrypts the file under it (a transaction of its own);
//! 4. the sealed root leaves `meta`, and the key file is replaced by a rename.
//!
//! After a crash the old key opens the file up to step 3 and finds the new one in `meta`; from then on only the new
//! key opens it, which is found in `<key>.new`.

use super::{
    SHARD, Shared,
    connect::fault,
    open::{read_meta, write_meta},
    writer::Writer,
};
use crate::{
    KeySource, StoreError,
    root::{self, RootKey},
};
use rusqlite::{Connection, params};
use std::{fs, path::Path, sync::atomic::Ordering};
use zeroize::Zeroizing;

const BOUND: &[u8] = b"galen root key rotation";
const META: &str = "rotation";

/// Takes a new root key into use, between two batches.
pub(super) fn rotate(writer: &mut Writer, next: RootKey) -> Result<(), StoreError> {
    let shared = std::sync::Arc::clone(&writer.shared);
    let Some(connection) = writer.connection.take() else {
        return Err(StoreError::Unavailable("the writer has no connection".into()));
    };
    if let KeySource::File(path) = &shared.key {
        let beside = root::next_path(path);
        let _ = fs::remove_file(&beside);
        next.write(&beside)?;
    }
    let before = wrap_all(&connection, &shared, &next)?;
    shared.rotating.store(true, Ordering::Release);
    let outcome = rekey(&connection, &next);
    if let Err(error) = outcome {
        shared.rotating.store(false, Ordering::Release);
        put_back(&connection, &before)?;
        return Err(error);
    }
    shared.vault.replace_root(next)?;
    shared.file_generation.store(shared.vault.generation(), Ordering::Release);
    shared.rotating.store(false, Ordering::Release);
    forget_rotation(&connection)?;
    if let KeySource::File(path) = &shared.key {
        install_key_file(&root::next_path(path), path)?;
    }
    Ok(())
}

/// Replaces the key file by the one beside it.
pub(super) fn install_key_file(next: &Path, path: &Path) -> Result<(), StoreError> {
    fs::rename(next, path).map_err(|e| {
        StoreError::Other(format!("{} cannot take the place of {}: {e}", next.display(), path.display()))
    })?;
    root::sync_directory(path)
}

/// Finishes a rotation that stopped between its steps.
pub(super) fn resume(
    path: &Path,
    source: &KeySource,
    connection: Connection,
    root: RootKey,
) -> Result<(Connection, RootKey), StoreError> {
    let has_meta: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'meta'", [], |row| row.get(0))
        .map_err(|e| fault(&e))?;
    if has_meta == 0 {
        return Ok((connection, root));
    }
    let Some(sealed) = read_meta(&connection, META)? else { return Ok((connection, root)) };
    let opened = root.wrapping()?.open_short(BOUND, &sealed).map(Zeroizing::new);
    let next = match opened {
        Ok(bytes) => {
            let bytes = <[u8; 32]>::try_from(bytes.as_slice());
            let next = bytes.map_err(|_| StoreError::Damaged("an interrupted rotation".into()))?;
            let next = RootKey::new(next);
            rekey(&connection, &next)?;
            next
        }
        // Already under the new key: only the last step is missing.
        Err(_) => root,
    };
    forget_rotation(&connection)?;
    drop(connection);
    if let KeySource::File(key_path) = source {
        let beside = root::next_path(key_path);
        if beside.exists() {
            install_key_file(&beside, key_path)?;
        }
    }
    Ok((super::open::connect_writer(path, &next, false)?, next))
}

struct Before {
    check: Vec<u8>,
    wrapped: Vec<(i64, Vec<u8>)>,
}

/// Step 2. Returns what was there before, to put it back when step 3 fails.
fn wrap_all(connection: &Connection, shared: &Shared, next: &RootKey) -> Result<Before, StoreError> {
    let vault = &shared.vault;
    let wrapping = next.wrapping()?;
    let rows: Vec<(i64, String, Vec<u8>)> = connection
        .prepare("SELECT id, owner, wrapped FROM key WHERE wrapped IS NOT NULL")
        .and_then(|mut s| s.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect())
        .map_err(|e| fault(&e))?;
    let mut rewrapped = Vec::with_capacity(rows.len());
    for (id, owner, wrapped) in &rows {
        rewrapped.push((*id, vault.rewrap(&wrapping, SHARD, owner, wrapped)?));
    }
    let before = Before {
        check: read_meta(connection, "check")?.unwrap_or_default(),
        wrapped: rows.into_iter().map(|(id, _, wrapped)| (id, wrapped)).collect(),
    };
    let sealed = vault.root().wrapping()?.seal_short(BOUND, next.bytes())?;
    within(connection, || {
        write_wrapped(connection, &rewrapped)?;
        write_meta(connection, "check", &vault.key_check(next)?)?;
        write_meta(connection, META, &sealed)
    })?;
    Ok(before)
}

fn put_back(connection: &Connection, before: &Before) -> Result<(), StoreError> {
    within(connection, || {
        write_wrapped(connection, &before.wrapped)?;
        write_meta(connection, "check", &before.check)?;
        connection.execute("DELETE FROM meta WHERE name = ?1", [META]).map(|_| ()).map_err(|e| fault(&e))
    })
}

fn write_wrapped(connection: &Connection, rows: &[(i64, Vec<u8>)]) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare("UPDATE key SET wrapped = ?2 WHERE id = ?1").map_err(|e| fault(&e))?;
    for (id, wrapped) in rows {
        statement.execute(params![id, wrapped]).map_err(|e| fault(&e))?;
    }
    Ok(())
}

fn within(connection: &Connection, work: impl Fn() -> Result<(), StoreError>) -> Result<(), StoreError> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(|e| fault(&e))?;
    let done = work().and_then(|()| connection.execute_batch("COMMIT").map_err(|e| fault(&e)));
    if done.is_err() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    done
}

fn rekey(connection: &Connection, next: &RootKey) -> Result<(), StoreError> {
    let key = next.file_key()?;
    let pragma = Zeroizing::new(format!("PRAGMA rekey = \"{}\";", *key));
    connection.execute_batch(&pragma).map_err(|e| fault(&e))
}

fn forget_rotation(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("DELETE FROM meta WHERE name = ?1", [META]).map(|_| ()).map_err(|e| fault(&e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::{Sqlite, open::connect_writer};

    /// Stops a rotation after its transaction, or after the file was encrypted anew, and opens the store again.
    async fn given_a_rotation_that_stopped(after_rekey: bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("galen.key");
        let source = KeySource::File(path.clone());
        let store = Sqlite::open(folder.path(), "uk1", &source).unwrap();
        let shared = std::sync::Arc::clone(&store.shared);
        store.close().await;
        drop(store);
        let next = RootKey::new([7; 32]);
        next.write(&root::next_path(&path)).unwrap();
        let connection = connect_writer(&shared.path, &shared.vault.root(), false).unwrap();
        wrap_all(&connection, &shared, &next).unwrap();
        if after_rekey {
            rekey(&connection, &next).unwrap();
        }
        drop(connection);
        for _ in 0..2 {
            let store = Sqlite::open(folder.path(), "uk1", &source).unwrap();
            assert_eq!(store.vault().root().bytes(), &[7; 32]);
            assert!(!root::next_path(&path).exists());
            // A writer that still works when the process ends does so with a cipher that is torn down.
            store.close().await;
        }
        assert_eq!(fs::read_to_string(&path).unwrap().trim(), "07".repeat(32));
    }

    #[tokio::test]
    async fn given_a_rotation_stopped_after_wrapping_when_opened_then_it_is_finished() {
        given_a_rotation_that_stopped(false).await;
    }

    #[tokio::test]
    async fn given_a_rotation_stopped_before_the_key_file_when_opened_then_it_is_finished() {
        given_a_rotation_that_stopped(true).await;
    }
}
