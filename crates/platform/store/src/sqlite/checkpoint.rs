//! Moves the write-ahead log into the file in the background, so that no commit has to wait for it.

use super::{
    Shared,
    connect::{PAGE_BYTES, connect},
};
use crate::root::RootKey;
use rusqlite::{Connection, OpenFlags};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How often the log is looked at.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(100);
/// From this size on it is moved, without blocking anybody.
const LOG_BYTES_MOVED: u64 = 16 * 1024 * 1024;
/// From this size on the next commit is made to begin the log anew. Truncating it would stall commits for a second.
const LOG_BYTES_RESTARTED: u64 = 64 * 1024 * 1024;
/// How long a restart may wait for the writer's batch and for readers before it is put off.
const RESTART_WAIT: Duration = Duration::from_millis(200);
/// How long a writer waits for a restart: under a steady load it would otherwise never find the file free, and the log
/// would grow without end.
const RESTART_ENDS_WITHIN: Duration = Duration::from_millis(400);
/// How often the writer looks whether it has ended.
const RESTART_LOOKED_AT_EVERY: Duration = Duration::from_millis(2);

/// Whether a file's log is being begun anew: its writer holds back meanwhile.
#[derive(Default)]
pub(super) struct Restart(AtomicBool);

impl Restart {
    /// Called by the writer before each batch.
    pub(super) fn wait(&self) {
        let mut waited = Duration::ZERO;
        while self.0.load(Ordering::Acquire) && waited < RESTART_ENDS_WITHIN {
            std::thread::sleep(RESTART_LOOKED_AT_EVERY);
            waited += RESTART_LOOKED_AT_EVERY;
        }
    }
}

/// Runs until the store is closed.
pub(super) fn run(shared: &Arc<Shared>) {
    let mut connection: Option<(u64, Connection)> = None;
    let mut looks: Option<Connection> = None;
    while !shared.closed.load(Ordering::Acquire) {
        std::thread::park_timeout(CHECKPOINT_EVERY);
        if shared.looks.committed.swap(false, Ordering::AcqRel) {
            looks = looks
                .or_else(|| open(&shared.looks.path, &shared.looks.root))
                .filter(|c| move_log(c, &shared.looks.restart).is_ok());
        }
        if !shared.committed.swap(false, Ordering::AcqRel) || shared.rotating.load(Ordering::Acquire) {
            continue;
        }
        let generation = shared.vault.generation();
        if connection.as_ref().is_none_or(|(opened, _)| *opened != generation) {
            connection = open(&shared.path, &shared.vault.root()).map(|c| (generation, c));
        }
        if let Some((_, open)) = &connection
            && move_log(open, &shared.restart).is_err()
        {
            connection = None;
        }
    }
}

fn open(path: &Path, root: &RootKey) -> Option<Connection> {
    let opened = connect(path, root, OpenFlags::SQLITE_OPEN_READ_WRITE).ok()?;
    opened.busy_timeout(RESTART_WAIT).ok()?;
    Some(opened)
}

fn move_log(connection: &Connection, restart: &Restart) -> rusqlite::Result<()> {
    let mode = |name: &str| {
        connection.query_row(&format!("PRAGMA wal_checkpoint({name})"), [], |row| {
            Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })
    };
    let (frames, moved) = mode("NOOP")?;
    let bytes = |frames: i64| u64::try_from(frames).unwrap_or(0) * PAGE_BYTES;
    if bytes(frames - moved) >= LOG_BYTES_MOVED {
        mode("PASSIVE")?;
    }
    if bytes(frames) >= LOG_BYTES_RESTARTED {
        restart.0.store(true, Ordering::Release);
        let restarted = mode("RESTART");
        restart.0.store(false, Ordering::Release);
        restarted?;
    }
    Ok(())
}
