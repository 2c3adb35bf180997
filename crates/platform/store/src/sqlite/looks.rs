//! The second file: journal entries that come with no document (reads, searches, refusals), in a chain of their own.
//!
//! A commit makes every reader forget the pages it keeps. Were a read's entry written into the documents' file, each
//! read would cost all the others their cache, and most of a read's time would go into decrypting pages again.

use super::{
    SHARD, Shared,
    checkpoint::Restart,
    connect::fault,
    open::{connect_writer, data_version, read_meta, write_meta},
};
use crate::{ChainId, Committed, JournalPosition, StoreError, chain::Head, root::RootKey, vault::Vault};
use crossbeam_channel::{Receiver, Sender};
use rusqlite::{Connection, OptionalExtension, params};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool, atomic::Ordering},
    time::Duration,
};
use tokio::sync::oneshot;

/// The chain of this file; the documents' file has chain 0.
pub(crate) const CHAIN: ChainId = ChainId(1);
/// Most entries in one transaction.
const BATCH_ENTRIES_MAX: usize = 512;
/// What is written to find out whether a disk that was full has room again.
const PROBE_BYTES: usize = 64 * 1024;
/// How long the writer waits after a failed reopening before it answers the next request.
const REOPEN_PAUSE: Duration = Duration::from_millis(50);
/// The mark in the documents' file that says that this file belongs to it.
const MARK: &str = "looks";

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS journal (chain INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, hash BLOB NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (chain, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS journal_keeps_rows BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS journal_keeps_words BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
";

/// What the threads of an open store share of this file.
pub(super) struct Looks {
    /// Tells its thread-local connections from others.
    pub(super) serial: u64,
    pub(super) path: PathBuf,
    /// The file's key: derived from the shard's own secret, so that a new root key changes nothing here.
    pub(super) root: RootKey,
    /// Set by each commit, cleared by the checkpointer.
    pub(super) committed: AtomicBool,
    trouble: parking_lot::Mutex<bool>,
    /// Whether its log is being begun anew.
    pub(super) restart: Restart,
}

/// What the writer is asked.
pub(super) enum Request {
    /// An entry: when, and its sealed body.
    Append(i64, Vec<u8>, oneshot::Sender<Result<Committed, StoreError>>),
    Probe(oneshot::Sender<Result<(), StoreError>>),
    Stop(oneshot::Sender<()>),
}

/// Where the file lies that belongs to a documents' file.
pub(super) fn path_of(documents: &Path) -> PathBuf {
    documents.with_extension("looks.db")
}

/// Opens the file, or makes it when the store has none yet; refuses a store that has lost its.
pub(super) fn open(
    documents: &Connection,
    path: &Path,
    vault: &Vault,
    serial: u64,
) -> Result<(Looks, Connection), StoreError> {
    let path = path_of(path);
    let is_there = path.exists();
    let is_marked = read_meta(documents, MARK)?.is_some();
    if is_marked && !is_there {
        return Err(StoreError::Damaged(format!(
            "{} is missing: it holds the audit of what was read; put it back from the backup",
            path.display()
        )));
    }
    let root = RootKey::new(vault.file_secret(SHARD)?);
    let connection = connect_writer(&path, &root, !is_there).map_err(|error| match error {
        StoreError::WrongKey => {
            StoreError::Damaged(format!("{} does not belong to this store", path.display()))
        }
        other => other,
    })?;
    connection.execute_batch(TABLES).map_err(|e| fault(&e))?;
    if !is_marked {
        write_meta(documents, MARK, &[1])?;
    }
    let looks = Looks {
        serial,
        path,
        root,
        committed: AtomicBool::new(true),
        trouble: parking_lot::Mutex::new(false),
        restart: Restart::default(),
    };
    Ok((looks, connection))
}

/// Asks the writer to append, and waits until it is synced.
pub(super) async fn append(
    queue: &Sender<Request>,
    at: i64,
    sealed: Vec<u8>,
) -> Result<Committed, StoreError> {
    let (answer, answered) = oneshot::channel();
    queue.try_send(Request::Append(at, sealed, answer)).map_err(|e| match e {
        crossbeam_channel::TrySendError::Full(_) => {
            StoreError::Unavailable("too many journal entries are waiting".into())
        }
        crossbeam_channel::TrySendError::Disconnected(_) => {
            StoreError::Unavailable("the store is closed".into())
        }
    })?;
    answered.await.map_err(|_| StoreError::Unavailable("the store is closing".into()))?
}

/// The owner of the only connection that writes this file.
pub(super) struct Writer {
    shared: Arc<Shared>,
    connection: Option<Connection>,
    /// The newest entry, as long as no other process has written.
    head: Option<(i64, Head)>,
}

type Waiting = (i64, Vec<u8>, oneshot::Sender<Result<Committed, StoreError>>);

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, connection: Connection) -> Self {
        Self { shared, connection: Some(connection), head: None }
    }

    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        while let Ok(first) = requests.recv() {
            let mut batch: Vec<Waiting> = Vec::new();
            let mut request = Some(first);
            let mut other = None;
            while let Some(next) = request.take() {
                match next {
                    Request::Append(at, sealed, answer) => batch.push((at, sealed, answer)),
                    special => {
                        other = Some(special);
                        break;
                    }
                }
                if batch.len() < BATCH_ENTRIES_MAX {
                    request = requests.try_recv().ok();
                }
            }
            self.shared.looks.restart.wait();
            self.write(batch);
            match other {
                Some(Request::Probe(answer)) => {
                    let _ = answer.send(self.probe());
                }
                Some(Request::Stop(answer)) => {
                    self.connection = None;
                    let _ = answer.send(());
                    return;
                }
                Some(Request::Append(..)) | None => {}
            }
        }
    }

    fn write(&mut self, batch: Vec<Waiting>) {
        if batch.is_empty() {
            return;
        }
        match self.transact(&batch) {
            Ok(first) => {
                for ((_, _, answer), sequence) in batch.into_iter().zip(first..) {
                    let journal = Some(JournalPosition { chain: CHAIN, sequence });
                    let _ = answer.send(Ok(Committed { journal }));
                }
            }
            Err(error) => {
                for (_, _, answer) in batch {
                    let _ = answer.send(Err(error.again()));
                }
            }
        }
    }

    /// Appends all in one transaction; says the sequence of the first. Nobody is acknowledged unless all are synced.
    fn transact(&mut self, batch: &[Waiting]) -> Result<u64, StoreError> {
        if let Err(error) = self.reopen() {
            std::thread::sleep(REOPEN_PAUSE);
            return Err(error);
        }
        let Some(connection) = self.connection.as_ref() else { return Err(stopped()) };
        let appended = append_all(connection, &self.shared, self.head.take(), batch);
        let ended = appended
            .and_then(|done| connection.execute_batch("COMMIT").map(|()| done).map_err(|e| fault(&e)));
        match ended {
            Ok((first, version, head)) => {
                self.head = Some((version, head));
                self.shared.looks.committed.store(true, Ordering::Release);
                *self.shared.looks.trouble.lock() = false;
                Ok(first)
            }
            Err(error) => {
                tracing::warn!(error = %error, "a batch of journal entries failed");
                *self.shared.looks.trouble.lock() = true;
                // After a failed sync the page cache may no longer tell the truth: the connection is replaced.
                let rolled_back = connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
                if !rolled_back || !matches!(error, StoreError::DiskFull) {
                    self.connection = None;
                }
                Err(error)
            }
        }
    }

    fn reopen(&mut self) -> Result<(), StoreError> {
        if self.connection.is_none() {
            let looks = &self.shared.looks;
            self.connection = Some(connect_writer(&looks.path, &looks.root, false)?);
            self.head = None;
        }
        Ok(())
    }

    /// Shows that something small can be written, where the last commit failed.
    fn probe(&mut self) -> Result<(), StoreError> {
        if !*self.shared.looks.trouble.lock() {
            return Ok(());
        }
        self.reopen()?;
        let Some(connection) = self.connection.as_ref() else { return Err(stopped()) };
        connection
            .execute(
                "INSERT INTO probe (id, value) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET value = excluded.value",
                [vec![0; PROBE_BYTES]],
            )
            .map_err(|e| fault(&e))?;
        *self.shared.looks.trouble.lock() = false;
        Ok(())
    }
}

fn append_all(
    connection: &Connection,
    shared: &Shared,
    known: Option<(i64, Head)>,
    batch: &[Waiting],
) -> Result<(u64, i64, Head), StoreError> {
    connection
        .prepare_cached("BEGIN IMMEDIATE")
        .and_then(|mut statement| statement.execute([]))
        .map_err(|e| fault(&e))?;
    let version = data_version(connection)?;
    let mut head = match known {
        Some((seen, head)) if seen == version => head,
        _ => newest(connection, shared)?,
    };
    let first = head.sequence + 1;
    let mut statement = connection
        .prepare_cached("INSERT INTO journal (chain, seq, at, hash, body) VALUES (?1, ?2, ?3, ?4, ?5)")
        .map_err(|e| fault(&e))?;
    for (at, sealed, _) in batch {
        head = head.next(*at, sealed);
        let sequence = i64::try_from(head.sequence).unwrap_or(i64::MAX);
        statement
            .execute(params![CHAIN.0, sequence, at, head.hash.as_slice(), sealed])
            .map_err(|e| fault(&e))?;
    }
    Ok((first, version, head))
}

fn newest(connection: &Connection, shared: &Shared) -> Result<Head, StoreError> {
    let row: Option<(i64, Vec<u8>)> = connection
        .query_row(
            "SELECT seq, hash FROM journal WHERE chain = ?1 ORDER BY seq DESC LIMIT 1",
            [CHAIN.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
        .map_err(|e| fault(&e))?;
    let Some((sequence, hash)) = row else { return Ok(Head::start(&shared.zone, SHARD, CHAIN)) };
    let damaged = || StoreError::Damaged("the newest journal entry does not parse".into());
    Ok(Head {
        chain: CHAIN,
        sequence: u64::try_from(sequence).map_err(|_| damaged())?,
        hash: hash.try_into().map_err(|_| damaged())?,
    })
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the writer stopped".into())
}
