//! Each thread's own connections to the files of the stores that it reads.

use super::{
    Shared,
    connect::{connect, fault},
};
use crate::{StoreError, root::RootKey};
use rusqlite::{Connection, OpenFlags};
use std::{
    cell::RefCell,
    sync::{Arc, Weak},
};

struct Reader {
    serial: u64,
    generation: u64,
    store: Weak<Shared>,
    connection: Connection,
}

thread_local! {
    static READERS: RefCell<Vec<Reader>> = const { RefCell::new(Vec::new()) };
}

/// One of a store's files, as a thread's connections are opened to it.
pub(super) struct File<'s> {
    serial: u64,
    generation: u64,
    path: &'s std::path::Path,
    shared: &'s Arc<Shared>,
}

impl<'s> File<'s> {
    pub(super) fn of_documents(shared: &'s Arc<Shared>) -> Self {
        Self { serial: shared.serial, generation: shared.vault.generation(), path: &shared.path, shared }
    }

    pub(super) fn of_looks(shared: &'s Arc<Shared>) -> Self {
        Self { serial: shared.looks.serial, generation: 0, path: &shared.looks.path, shared }
    }

    fn root(&self) -> RootKey {
        if self.serial == self.shared.serial {
            self.shared.vault.root()
        } else {
            self.shared.looks.root.clone()
        }
    }
}

/// This thread's connection to a file, opened when there is none or the file has another key since.
fn reader<'a>(file: &File<'_>, readers: &'a mut Vec<Reader>) -> Result<&'a Connection, StoreError> {
    let File { serial, generation, .. } = *file;
    let place = readers.iter().position(|r| r.serial == serial && r.generation == generation);
    let place = match place {
        Some(place) => place,
        None => {
            // Stores that were dropped leave their connections behind on threads they used.
            readers.retain(|r| r.serial != serial && r.store.strong_count() > 0);
            let connection = connect(file.path, &file.root(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            connection.execute_batch("PRAGMA query_only = ON").map_err(|e| fault(&e))?;
            let store = Arc::downgrade(file.shared);
            readers.push(Reader { serial, generation, store, connection });
            readers.len() - 1
        }
    };
    let reader = readers.get(place).ok_or(StoreError::Other("a connection vanished".into()))?;
    Ok(&reader.connection)
}

/// Runs a read on this thread's connection to a file.
pub(super) fn with_connection<T>(
    file: &File<'_>,
    read: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    READERS.with_borrow_mut(|readers| read(reader(file, readers)?))
}

/// Closes this thread's connections to a store.
pub(super) fn forget(shared: &Shared) {
    let own = [shared.serial, shared.looks.serial];
    READERS.with_borrow_mut(|readers| readers.retain(|reader| !own.contains(&reader.serial)));
}
