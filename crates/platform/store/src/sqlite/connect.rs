//! Connections to the SQLite file: key, pragmas, and what its errors mean.

use crate::{StoreError, root::RootKey};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::{path::Path, sync::Once, time::Duration};
use zeroize::Zeroizing;

/// How long a connection waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Page cache of a connection. 8 MB made searches 3.4 times dearer than this.
const CACHE_KIB: u32 = 64 * 1024;
/// Page size: the database's unit of encryption.
pub(super) const PAGE_BYTES: u64 = 4_096;
/// Prepared statements kept per connection; scans have many shapes.
const STATEMENTS_CACHED_MAX: usize = 512;

/// The library makes itself ready within the first `open`, after it already tells other threads that it is: one of them
/// could set a key that nothing answers for yet. So the first connection is made alone.
static READY: Once = Once::new();

/// Opens a connection, which fails with `WrongKey` when the key does not open the file.
pub(super) fn connect(path: &Path, root: &RootKey, flags: OpenFlags) -> Result<Connection, StoreError> {
    READY.call_once(|| drop(Connection::open_in_memory()));
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|e| fault_at(path, &e))?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(|e| fault(&e))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED_MAX);
    // Plans must not depend on values: otherwise every new value has its statement prepared again, a tenth of a search.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|e| fault(&e))?;
    let key = root.file_key()?;
    // A wrong key is answered, not printed: the library would write to standard error. Pages are authenticated by
    // HMAC-SHA256, for which processors have instructions: 8% less CPU over the bench than the default, SHA-512. It is set
    // as the default because backups and re-keying make new files.
    let pragma = Zeroizing::new(format!(
        "PRAGMA cipher_log_level = NONE; PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256; PRAGMA key = \"{}\";",
        *key
    ));
    connection.execute_batch(&pragma).map_err(|e| fault(&e))?;
    let settings = format!(
        "PRAGMA cipher_memory_security = OFF; PRAGMA cache_size = -{CACHE_KIB}; PRAGMA temp_store = MEMORY;
         PRAGMA mmap_size = 0; PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;"
    );
    connection.execute_batch(&settings).map_err(|e| fault_at(path, &e))?;
    connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
        .map_err(|e| fault_at(path, &e))?;
    Ok(connection)
}

/// What an error of SQLite means to callers.
pub(super) fn fault(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::DiskFull,
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly(error.to_string()),
        Some(ErrorCode::NotADatabase) => StoreError::WrongKey,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Unavailable("another process is writing".into())
        }
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged(error.to_string()),
        Some(ErrorCode::SystemIoFailure) => {
            StoreError::Unavailable(format!("input or output failed: {error}"))
        }
        Some(ErrorCode::CannotOpen) => StoreError::Unavailable(error.to_string()),
        _ => StoreError::Other(error.to_string()),
    }
}

/// As `fault`, naming the file and what to do where that helps.
pub(super) fn fault_at(path: &Path, error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly(format!(
                "{} ({error}); give this user write permission to the directory and its files",
                path.display()
            ))
        }
        _ => fault(error),
    }
}
