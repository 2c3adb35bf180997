//! Opening and making the SQLite file.

use super::{
    QUEUE_SETS_MAX, SHARD, Shared, Sqlite, checkpoint,
    connect::{connect, fault, fault_at},
    looks, rotate,
    schema::{FORMAT, STEPS, TABLES},
    writer::Writer,
};
use crate::{
    KeySource, StoreError,
    root::{self, RootKey},
    vault::{PURPOSE_KEY, PURPOSE_OWNER, SHARD_KEY, Vault},
};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use std::{
    fs,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

static SERIAL: AtomicU64 = AtomicU64::new(1);
const FILE_MODE: u32 = 0o600;

impl Sqlite {
    /// Opens the file, or makes it when absent, and starts the writer and the checkpointer.
    pub(crate) fn open(directory: &Path, zone: &str, source: &KeySource) -> Result<Self, StoreError> {
        make_directory(directory)?;
        let path = directory.join(file_name(zone));
        let new = !path.exists();
        let (connection, root) = match open_file(&path, source, new) {
            Ok(opened) => opened,
            Err(StoreError::WrongKey) => finish_interrupted_rotation(&path, source)?,
            Err(error) => return Err(error),
        };
        let (connection, root) = rotate::resume(&path, source, connection, root)?;
        let vault = Arc::new(Vault::new(zone, root, 1)?);
        prepare_schema(&connection, &vault, zone)?;
        load_keys(&connection, &vault)?;
        let (looks, looks_connection) =
            looks::open(&connection, &path, &vault, SERIAL.fetch_add(1, Ordering::Relaxed))?;
        for file in [&path, &looks.path] {
            let _ = fs::set_permissions(file, fs::Permissions::from_mode(FILE_MODE));
        }
        let shared = Arc::new(Shared {
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            path,
            zone: zone.to_owned(),
            key: source.clone(),
            vault,
            committed: AtomicBool::new(true),
            rotating: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            file_generation: AtomicU64::new(0),
            trouble: parking_lot::Mutex::new(None),
            restart: checkpoint::Restart::default(),
            looks,
        });
        let (queue, requests) = crossbeam_channel::bounded(QUEUE_SETS_MAX);
        let (looks_queue, looks_requests) = crossbeam_channel::bounded(QUEUE_SETS_MAX);
        let writer = Writer::new(Arc::clone(&shared), connection)?;
        let looks_writer = looks::Writer::new(Arc::clone(&shared), looks_connection);
        let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(run)
                .map_err(|e| StoreError::Other(format!("a thread cannot be started: {e}")))
        };
        let threads = vec![
            spawn("store-writer", Box::new(move || writer.run(&requests)))?,
            spawn("store-looks", Box::new(move || looks_writer.run(&looks_requests)))?,
            spawn("store-checkpoint", {
                let shared = Arc::clone(&shared);
                Box::new(move || checkpoint::run(&shared))
            })?,
        ];
        Ok(Self { shared, queue, looks: looks_queue, threads: parking_lot::Mutex::new(threads) })
    }
}

/// The file of a zone's only shard.
pub(super) fn file_name(zone: &str) -> String {
    format!("{zone}-00.db")
}

pub(super) fn make_directory(directory: &Path) -> Result<(), StoreError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(|e| {
        StoreError::ReadOnly(format!("{}: {e}; give this user write permission there", directory.display()))
    })
}

fn open_file(path: &Path, source: &KeySource, new: bool) -> Result<(Connection, RootKey), StoreError> {
    let root = RootKey::load(source, new)?;
    let connection = connect_writer(path, &root, new)?;
    Ok((connection, root))
}

/// A connection for writing, with the log turned on.
pub(super) fn connect_writer(path: &Path, root: &RootKey, new: bool) -> Result<Connection, StoreError> {
    let create = if new { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
    let connection = connect(path, root, OpenFlags::SQLITE_OPEN_READ_WRITE | create)?;
    if connection.is_readonly(rusqlite::MAIN_DB).unwrap_or(false) {
        return Err(StoreError::ReadOnly(format!(
            "{}; give this user write permission to the directory and its files",
            path.display()
        )));
    }
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(|e| fault_at(path, &e))?;
    if mode != "wal" {
        return Err(StoreError::Other("the file system does not support a write-ahead log".into()));
    }
    Ok(connection)
}

/// The file does not open with the key file's key: a rotation may have stopped just before replacing the key file.
fn finish_interrupted_rotation(path: &Path, source: &KeySource) -> Result<(Connection, RootKey), StoreError> {
    let KeySource::File(key_path) = source else { return Err(StoreError::WrongKey) };
    let next = root::next_path(key_path);
    if !next.exists() {
        return Err(StoreError::WrongKey);
    }
    let opened = open_file(path, &KeySource::File(next.clone()), false)?;
    rotate::install_key_file(&next, key_path)?;
    Ok(opened)
}

fn prepare_schema(connection: &Connection, vault: &Vault, zone: &str) -> Result<(), StoreError> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(|e| fault(&e))?;
    let outcome = prepare_within(connection, vault, zone);
    let end = if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = connection.execute_batch(end).map_err(|e| fault(&e));
    outcome.and(ended)
}

fn prepare_within(connection: &Connection, vault: &Vault, zone: &str) -> Result<(), StoreError> {
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'meta'", [], |row| row.get(0))
        .map_err(|e| fault(&e))?;
    if tables == 0 {
        connection.execute_batch(TABLES).map_err(|e| fault(&e))?;
        write_meta(connection, "format", &FORMAT.to_be_bytes())?;
        write_meta(connection, "zone", zone.as_bytes())?;
        write_meta(connection, "shard", &[SHARD.0])?;
        write_meta(connection, "check", &vault.key_check(&vault.root())?)?;
        for (id, owner) in [(SHARD_KEY, ""), (PURPOSE_KEY, PURPOSE_OWNER)] {
            let wrapped = vault.fresh_wrapped(SHARD, owner)?;
            connection
                .execute(
                    "INSERT INTO key (id, owner, wrapped, erased) VALUES (?1, ?2, ?3, 0)",
                    params![id, owner, wrapped],
                )
                .map_err(|e| fault(&e))?;
        }
        return Ok(());
    }
    let format = read_meta(connection, "format")?.and_then(|b| Some(u32::from_be_bytes(b.try_into().ok()?)));
    match format {
        Some(found) if found > FORMAT => return Err(StoreError::NewerFormat { found, known: FORMAT }),
        Some(_) => {}
        None => return Err(StoreError::Damaged("the format of the data is missing".into())),
    }
    if read_meta(connection, "zone")?.as_deref() != Some(zone.as_bytes()) {
        return Err(StoreError::Invalid("the file belongs to another zone"));
    }
    let check = read_meta(connection, "check")?.unwrap_or_default();
    vault.check(&check)?;
    bring_up(connection, format.unwrap_or(FORMAT))
}

/// Brings the tables of an older format up to this one, within the transaction that opens the file.
fn bring_up(connection: &Connection, found: u32) -> Result<(), StoreError> {
    if found == FORMAT {
        return Ok(());
    }
    let done = usize::try_from(found).unwrap_or(0).saturating_sub(1);
    for step in STEPS.iter().skip(done) {
        connection.execute_batch(step).map_err(|e| fault(&e))?;
    }
    write_meta(connection, "format", &FORMAT.to_be_bytes())
}

fn load_keys(connection: &Connection, vault: &Vault) -> Result<(), StoreError> {
    let wrapped = |id: i64| {
        connection
            .query_row("SELECT wrapped FROM key WHERE id = ?1", [id], |row| row.get::<_, Vec<u8>>(0))
            .map_err(|e| fault(&e))
    };
    vault.learn_secrets(SHARD, &wrapped(PURPOSE_KEY)?)?;
    vault.learn(SHARD, Some(SHARD_KEY), "", &wrapped(SHARD_KEY)?)?;
    Ok(())
}

/// Changes whenever another connection has committed: another process may write the same file.
pub(super) fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    connection
        .prepare_cached("PRAGMA data_version")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(|e| fault(&e))
}

pub(super) fn read_meta(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    connection
        .query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))
        .optional()
        .map_err(|e| fault(&e))
}

pub(super) fn write_meta(connection: &Connection, name: &str, value: &[u8]) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .and_then(|mut statement| statement.execute(params![name, value]))
        .map(|_| ())
        .map_err(|e| fault(&e))
}

/// Where a copy of the store would lie in a directory.
pub(super) fn path_in(directory: &Path, zone: &str) -> PathBuf {
    directory.join(file_name(zone))
}
