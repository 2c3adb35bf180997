//! The writer thread: drains the queue, applies many write sets in one transaction, syncs once, answers each.

use super::{
    SHARD, Shared,
    connect::fault,
    open::{connect_writer, data_version, read_meta, write_meta},
    rotate,
};
use crate::{ChainId, Committed, StoreError, chain::Head, prepared::Prepared, root::RootKey};
use crossbeam_channel::Receiver;
use lru::LruCache;
use rusqlite::{Connection, OptionalExtension};
use std::{
    num::NonZeroUsize,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::sync::oneshot;

/// Most write sets in one transaction.
pub(crate) const BATCH_SETS_MAX: usize = 512;
/// Most sealed bytes in one transaction, so that one sync stays short.
pub(crate) const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Owners whose row the writer remembers.
const OWNERS_REMEMBERED_MAX: usize = 65_536;
/// What is written to find out whether a disk that was full has room again: more than a last free page.
const PROBE_BYTES: usize = 64 * 1024;
/// How long the writer waits after a failed reopening before it answers the next request.
const REOPEN_PAUSE: Duration = Duration::from_millis(50);

/// What became of a write set that broke no rule.
pub(super) enum Answer {
    /// It is synced.
    Committed(Committed),
    /// Another process made the owner's key first, the root key changed, or what is replaced was re-indexed: prepare again.
    Stale,
}

/// What the writer is asked.
pub(super) enum Request {
    Write(Box<Prepared>, oneshot::Sender<Result<Answer, StoreError>>),
    Probe(oneshot::Sender<Result<(), StoreError>>),
    Rotate(RootKey, oneshot::Sender<Result<(), StoreError>>),
    Stop(oneshot::Sender<()>),
}

type Waiting = (Box<Prepared>, oneshot::Sender<Result<Answer, StoreError>>);

/// What the writer keeps in memory about the database; read anew when another process has written.
pub(super) struct State {
    pub(super) data_version: i64,
    pub(super) next_key: i64,
    pub(super) next_posting: i64,
    pub(super) next_owner: i64,
    pub(super) head: Head,
    /// Owner to key row and whether it was erased.
    pub(super) owners: LruCache<String, (i64, bool)>,
}

/// What must happen in memory once a batch is committed.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) keys: Vec<(i64, String, Arc<[u8]>)>,
    pub(super) erased: Vec<(i64, String)>,
}

/// The owner of the only connection that writes.
pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) connection: Option<Connection>,
    state: Option<State>,
}

/// How a batch failed as a whole.
enum Failure {
    /// Nothing of it was written, and its members may fare better alone.
    RolledBack(StoreError),
    /// Nothing was written, or it is not known: no member may be tried again.
    Final(StoreError),
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, connection: Connection) -> Result<Self, StoreError> {
        connection.execute_batch("PRAGMA secure_delete = FAST").map_err(|e| fault(&e))?;
        Ok(Self { shared, connection: Some(connection), state: None })
    }

    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        while let Ok(first) = requests.recv() {
            let mut batch: Vec<Waiting> = Vec::new();
            let mut bytes = 0;
            let mut request = Some(first);
            let mut other = None;
            while let Some(next) = request.take() {
                match next {
                    Request::Write(set, answer) => {
                        bytes += set.bytes;
                        batch.push((set, answer));
                    }
                    special => {
                        other = Some(special);
                        break;
                    }
                }
                if batch.len() < BATCH_SETS_MAX && bytes < BATCH_BYTES_MAX {
                    request = requests.try_recv().ok();
                }
            }
            self.shared.restart.wait();
            self.write(batch);
            match other {
                Some(Request::Probe(answer)) => {
                    let _ = answer.send(self.probe());
                }
                Some(Request::Rotate(root, answer)) => {
                    let outcome = rotate::rotate(&mut self, root);
                    self.state = None;
                    let _ = answer.send(outcome);
                }
                Some(Request::Stop(answer)) => {
                    self.stop();
                    let _ = answer.send(());
                    return;
                }
                Some(Request::Write(..)) | None => {}
            }
        }
        self.stop();
    }

    fn stop(&mut self) {
        self.shared.closed.store(true, Ordering::Release);
        self.connection = None;
    }

    fn write(&mut self, batch: Vec<Waiting>) {
        if batch.is_empty() {
            return;
        }
        let sets: Vec<&Prepared> = batch.iter().map(|(set, _)| set.as_ref()).collect();
        match self.transact(&sets) {
            Ok(outcomes) => {
                for ((_, answer), outcome) in batch.into_iter().zip(outcomes) {
                    let _ = answer.send(outcome);
                }
            }
            Err(Failure::RolledBack(_)) if batch.len() > 1 => {
                for (set, answer) in batch {
                    let outcome = match self.transact(&[set.as_ref()]) {
                        Ok(mut outcomes) => outcomes.pop().unwrap_or(Err(unknown())),
                        Err(Failure::RolledBack(error) | Failure::Final(error)) => Err(error),
                    };
                    let _ = answer.send(outcome);
                }
            }
            Err(Failure::RolledBack(error) | Failure::Final(error)) => {
                for (_, answer) in batch {
                    let _ = answer.send(Err(error.again()));
                }
            }
        }
    }

    /// Applies the sets in one transaction. A set whose precondition fails gets its conflict, and the others go on.
    fn transact(&mut self, sets: &[&Prepared]) -> Result<Vec<Result<Answer, StoreError>>, Failure> {
        if let Err(error) = self.reopen() {
            std::thread::sleep(REOPEN_PAUSE);
            return Err(Failure::Final(error));
        }
        let Some(connection) = self.connection.as_ref() else { return Err(Failure::Final(unknown())) };
        let mut effects = Effects::default();
        let applied = begin(connection, &self.shared, &mut self.state)
            .and_then(|state| apply_all(connection, &self.shared, state, sets, &mut effects));
        let (outcomes, wrote) = match applied {
            Ok(applied) => applied,
            Err(error) => return Err(self.roll_back(error)),
        };
        if !wrote {
            let _ = connection.execute_batch("ROLLBACK");
            return Ok(outcomes);
        }
        if let Err(error) = connection.execute_batch("COMMIT") {
            let error = fault(&error);
            self.note(&error);
            // Whether a failed sync reached the disk is unknown, and the page cache may no longer tell the truth:
            // nobody is acknowledged, nothing is tried again, and the connection is replaced.
            self.state = None;
            if matches!(error, StoreError::DiskFull) {
                let _ = connection.execute_batch("ROLLBACK");
            } else {
                self.connection = None;
            }
            return Err(Failure::Final(error));
        }
        self.shared.committed.store(true, Ordering::Release);
        *self.shared.trouble.lock() = None;
        for (id, owner, wrapped) in effects.keys {
            let _ = self.shared.vault.learn(SHARD, Some(id), &owner, &wrapped);
        }
        for (id, owner) in effects.erased {
            self.shared.vault.forget(SHARD, &owner);
            self.shared.vault.forget_id(SHARD, id);
        }
        Ok(outcomes)
    }

    fn roll_back(&mut self, error: StoreError) -> Failure {
        self.state = None;
        if let Some(connection) = &self.connection
            && !connection.is_autocommit()
            && connection.execute_batch("ROLLBACK").is_err()
        {
            self.connection = None;
        }
        self.note(&error);
        match error {
            StoreError::Unavailable(_) | StoreError::WrongKey => {
                self.connection = None;
                Failure::Final(error)
            }
            StoreError::DiskFull | StoreError::ReadOnly(_) => Failure::Final(error),
            _ => Failure::RolledBack(error),
        }
    }

    fn note(&self, error: &StoreError) {
        tracing::warn!(error = %error, "a batch of writes failed");
        *self.shared.trouble.lock() = Some(error.to_string());
    }

    fn reopen(&mut self) -> Result<(), StoreError> {
        if self.connection.is_none() {
            let connection = connect_writer(&self.shared.path, &self.shared.vault.root(), false)?;
            connection.execute_batch("PRAGMA secure_delete = FAST").map_err(|e| fault(&e))?;
            self.state = None;
            self.connection = Some(connection);
        }
        Ok(())
    }

    /// Shows that a transaction can be begun and something small can be written and synced.
    fn probe(&mut self) -> Result<(), StoreError> {
        self.reopen()?;
        let Some(connection) = self.connection.as_ref() else { return Err(unknown()) };
        let trouble = self.shared.trouble.lock().clone();
        if trouble.is_none() {
            let begun = connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK").map_err(|e| fault(&e));
            return begun;
        }
        let written = connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(|e| fault(&e))
            .and_then(|()| write_meta(connection, "probe", &vec![0; PROBE_BYTES]))
            .and_then(|()| connection.execute_batch("COMMIT").map_err(|e| fault(&e)));
        match written {
            Ok(()) => *self.shared.trouble.lock() = None,
            Err(_) => {
                let _ = connection.execute_batch("ROLLBACK");
                self.connection = None;
            }
        }
        written
    }
}

fn begin<'a>(
    connection: &Connection,
    shared: &Shared,
    state: &'a mut Option<State>,
) -> Result<&'a mut State, StoreError> {
    connection
        .prepare_cached("BEGIN IMMEDIATE")
        .and_then(|mut statement| statement.execute([]))
        .map_err(|e| fault(&e))?;
    let version = data_version(connection)?;
    match state.take() {
        Some(current) if current.data_version == version => Ok(state.insert(current)),
        _ => Ok(state.insert(load(connection, shared, version)?)),
    }
}

fn load(connection: &Connection, shared: &Shared, data_version: i64) -> Result<State, StoreError> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(|e| fault(&e));
    let newest: Option<(i64, Vec<u8>)> = connection
        .query_row("SELECT seq, hash FROM journal WHERE chain = 0 ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
        .map_err(|e| fault(&e))?;
    let damaged = || StoreError::Damaged("the newest journal entry does not parse".into());
    let head = match newest {
        None => Head::start(&shared.zone, SHARD, ChainId(0)),
        Some((sequence, hash)) => Head {
            chain: ChainId(0),
            sequence: u64::try_from(sequence).map_err(|_| damaged())?,
            hash: hash.try_into().map_err(|_| damaged())?,
        },
    };
    let posting =
        read_meta(connection, "posting")?.and_then(|b| Some(i64::from_be_bytes(b.try_into().ok()?)));
    Ok(State {
        data_version,
        next_key: number("SELECT coalesce(max(key), 0) + 1 FROM doc")?,
        next_posting: posting.unwrap_or(0) + 1,
        next_owner: number("SELECT max(id) + 1 FROM key")?,
        head,
        owners: LruCache::new(NonZeroUsize::new(OWNERS_REMEMBERED_MAX).unwrap_or(NonZeroUsize::MIN)),
    })
}

type Outcomes = (Vec<Result<Answer, StoreError>>, bool);

fn apply_all(
    connection: &Connection,
    shared: &Shared,
    state: &mut State,
    sets: &[&Prepared],
    effects: &mut Effects,
) -> Result<Outcomes, StoreError> {
    let mut outcomes = Vec::with_capacity(sets.len());
    let mut wrote = false;
    let posting = state.next_posting;
    for set in sets {
        let outcome = match super::check::check(connection, shared, state, set) {
            Ok(Some(checked)) => {
                wrote = true;
                let journal = super::apply::apply(connection, shared, state, set, checked, effects)?;
                Ok(Answer::Committed(Committed { journal }))
            }
            Ok(None) => Ok(Answer::Stale),
            Err(error @ (StoreError::Conflict(_) | StoreError::Invalid(_))) => Err(error),
            Err(error) => return Err(error),
        };
        outcomes.push(outcome);
    }
    if state.next_posting != posting {
        write_meta(connection, "posting", &(state.next_posting - 1).to_be_bytes())?;
    }
    Ok((outcomes, wrote))
}

fn unknown() -> StoreError {
    StoreError::Unavailable("the writer stopped".into())
}
