//! Consistent, encrypted copies of a SQLite store, and putting one back.

use super::{
    Sqlite,
    connect::{connect, fault},
    looks,
    open::{file_name, make_directory, path_in},
    writer::Request,
};
use crate::{
    StoreError,
    root::{self, RootKey},
};
use rusqlite::OpenFlags;
use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tokio::sync::oneshot;

impl Sqlite {
    /// Copies the database as it is now, under the same key, into a new file (or into an existing directory).
    pub(crate) async fn backup(&self, target: &Path) -> Result<(), StoreError> {
        let target = if target.is_dir() { path_in(target, &self.shared.zone) } else { target.to_path_buf() };
        refuse_existing(&target)?;
        refuse_existing(&looks::path_of(&target))?;
        let shared = std::sync::Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || {
            // The documents' copy comes last: it is what makes a backup of the two.
            let (looks, documents) = (&shared.looks, &shared.path);
            copy_out(&looks.path, &looks.root, &looks::path_of(&target))?;
            copy_out(documents, &shared.vault.root(), &target)
        })
        .await
        .map_err(|e| StoreError::Other(format!("the backup stopped: {e}")))?
    }

    /// Asks the writer to take a new root key into use.
    pub(crate) async fn rotate_root_key(&self, new: [u8; 32]) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Request::Rotate(RootKey::new(new), answer))?;
        answered.await.map_err(|_| StoreError::Unavailable("the store is closing".into()))?
    }
}

fn copy_out(path: &Path, root: &RootKey, target: &Path) -> Result<(), StoreError> {
    let partial = beside(target);
    let _ = fs::remove_file(&partial);
    let source = connect(path, root, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let name = partial.to_str().ok_or(StoreError::Invalid("the backup's path is not UTF-8"))?;
    source.execute("VACUUM INTO ?1", [name]).map_err(|e| fault(&e))?;
    // The copy must open with the key before it may be called a backup.
    let copy = connect(&partial, root, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let verdict: String =
        copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(|e| fault(&e))?;
    drop(copy);
    if verdict != "ok" {
        return Err(StoreError::Damaged(format!("the copy does not check: {verdict}")));
    }
    finish(&partial, target)
}

/// Puts a backup where a store of `zone` would open it; refuses to overwrite a store. The root key is not part of a
/// backup: the store must be opened with the key that it was made under.
pub fn restore(backup: &Path, directory: &Path, zone: &str) -> Result<(), StoreError> {
    make_directory(directory)?;
    let target = path_in(directory, zone);
    refuse_existing(&target)?;
    for tail in ["-wal", "-shm"] {
        refuse_existing(&directory.join(file_name(zone) + tail))?;
    }
    let (looks_backup, looks_target) = (looks::path_of(backup), looks::path_of(&target));
    if looks_backup.exists() {
        refuse_existing(&looks_target)?;
        copy_in(&looks_backup, &looks_target)?;
    }
    copy_in(backup, &target)
}

fn copy_in(backup: &Path, target: &Path) -> Result<(), StoreError> {
    let partial = beside(target);
    fs::copy(backup, &partial).map_err(|e| broken(target, &e))?;
    finish(&partial, target)
}

fn finish(partial: &Path, target: &Path) -> Result<(), StoreError> {
    let done = fs::set_permissions(partial, fs::Permissions::from_mode(0o600))
        .and_then(|()| fs::File::open(partial)?.sync_all())
        .and_then(|()| fs::rename(partial, target));
    done.map_err(|e| broken(target, &e))?;
    root::sync_directory(target)
}

fn refuse_existing(path: &Path) -> Result<(), StoreError> {
    if path.exists() {
        return Err(StoreError::Other(format!("{} is there already and is not overwritten", path.display())));
    }
    Ok(())
}

fn beside(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn broken(path: &Path, error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull => StoreError::DiskFull,
        _ => StoreError::Other(format!("{}: {error}", path.display())),
    }
}
