//! Writers: each drains a queue and commits many groups of write sets as one transaction. Every shard has one, and there
//! is one for groups that span shards, which stand or fall together. Several processes may write the same shard; each
//! writer has its own chain there, held by an advisory lock for as long as its connection lives.

use super::{
    Answer, Shared,
    batch::{Failure, transact},
    connect::{Connection, Purpose},
    schema_name,
};
use crate::{ChainId, ShardId, StoreError, chain::Head, prepared::Prepared};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// Most groups of write sets in one transaction.
const BATCH_GROUPS_MAX: usize = 512;
/// Most sealed bytes in one transaction.
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Most writers, over all processes, of one shard.
const CHAINS_MAX: u16 = 4_096;
/// How often a batch is begun anew because another process got in between.
const TRIES_MAX: usize = 8;
/// Document keys taken from the sequence at a time.
pub(super) const KEYS_IN_BLOCK: i64 = 256;
const BACKOFF_MIN: Duration = Duration::from_millis(50);
const BACKOFF_MAX: Duration = Duration::from_secs(2);

/// What a writer is asked.
pub(super) enum Request {
    /// Sets to different shards, written together or not at all.
    Write(Vec<Prepared>, oneshot::Sender<Result<Answer, StoreError>>),
    Probe(oneshot::Sender<Result<(), StoreError>>),
    Stop(oneshot::Sender<()>),
}

type Waiting = (Vec<Prepared>, oneshot::Sender<Result<Answer, StoreError>>);

/// The writer's connection and what it holds there.
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) holds: BTreeMap<ShardId, Hold>,
    /// Whether the connection's search path must be set for each shard.
    wanders: bool,
}

/// What a writer holds of a shard.
pub(super) struct Hold {
    pub(super) head: Head,
    /// Document keys not used yet.
    pub(super) keys: std::ops::Range<i64>,
}

impl Session {
    /// The statement that turns the connection to a shard for the rest of the transaction.
    pub(super) fn path(&self, shared: &Shared, shard: ShardId) -> String {
        if !self.wanders {
            return String::new();
        }
        format!("SET LOCAL search_path = {}", schema_name(&shared.zone, shard))
    }
}

pub(super) struct Writer {
    shared: Arc<Shared>,
    /// The shard it writes; `None` writes groups that span several.
    home: Option<ShardId>,
    session: Option<Session>,
    held_back: VecDeque<Waiting>,
    backoff: Duration,
    retry_at: Option<Instant>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, home: Option<ShardId>) -> Self {
        Self { shared, home, session: None, held_back: VecDeque::new(), backoff: BACKOFF_MIN, retry_at: None }
    }

    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        loop {
            let first =
                if self.held_back.is_empty() { requests.recv().await } else { requests.try_recv().ok() };
            if first.is_none() && self.held_back.is_empty() {
                return;
            }
            let mut batch: Vec<Waiting> = Vec::new();
            let mut bytes = 0;
            let mut other = None;
            let mut request = first;
            while batch.len() < BATCH_GROUPS_MAX && bytes < BATCH_BYTES_MAX {
                let next = match self.held_back.pop_front() {
                    Some((group, answer)) => {
                        if let Some(request) = request.take() {
                            self.put_off(request, &mut other);
                        }
                        Some(Request::Write(group, answer))
                    }
                    None => request.take().or_else(|| requests.try_recv().ok()),
                };
                match next {
                    Some(Request::Write(group, answer)) => {
                        // An erasure locks the table and is rare: it goes alone.
                        let alone = group.iter().any(|set| !set.erased.is_empty());
                        if alone && !batch.is_empty() {
                            self.held_back.push_front((group, answer));
                            break;
                        }
                        bytes += group.iter().map(|set| set.bytes).sum::<usize>();
                        batch.push((group, answer));
                        if alone {
                            break;
                        }
                    }
                    Some(special) => {
                        other = Some(special);
                        break;
                    }
                    None => break,
                }
                if other.is_some() {
                    break;
                }
            }
            self.write(batch).await;
            match other {
                Some(Request::Probe(answer)) => {
                    let _ = answer.send(self.probe().await);
                }
                Some(Request::Stop(answer)) => {
                    while !self.held_back.is_empty() {
                        let rest = self.held_back.drain(..).collect();
                        self.write(rest).await;
                    }
                    self.session = None;
                    let _ = answer.send(());
                    return;
                }
                Some(Request::Write(..)) | None => {}
            }
        }
    }

    /// A request read from the queue while older ones were held back waits behind them.
    fn put_off(&mut self, request: Request, other: &mut Option<Request>) {
        match request {
            Request::Write(group, answer) => self.held_back.push_back((group, answer)),
            special => *other = Some(special),
        }
    }

    async fn write(&mut self, batch: Vec<Waiting>) {
        if batch.is_empty() {
            return;
        }
        if let Err(error) = self.connect(&batch).await {
            for (_, answer) in batch {
                let _ = answer.send(Err(error.again()));
            }
            return;
        }
        match self.attempt(&batch).await {
            Ok(outcomes) => {
                for (waiting, outcome) in batch.into_iter().zip(outcomes) {
                    match outcome {
                        Some(outcome) => drop(waiting.1.send(outcome)),
                        None => self.held_back.push_back(waiting),
                    }
                }
            }
            Err(Failure::RolledBack(_) | Failure::Again(_)) if batch.len() > 1 => {
                for waiting in batch {
                    let one = [waiting];
                    let outcome = match self.connect(&one).await {
                        Ok(()) => self.attempt(&one).await,
                        Err(error) => Err(Failure::Unknown(error)),
                    };
                    let [(_, answer)] = one;
                    let outcome = match outcome {
                        Ok(mut outcomes) => outcomes.pop().flatten().unwrap_or_else(|| Err(lost())),
                        Err(failure) => Err(failure.into_error()),
                    };
                    let _ = answer.send(outcome);
                }
            }
            Err(failure) => {
                let error = failure.into_error();
                for (_, answer) in batch {
                    let _ = answer.send(Err(error.again()));
                }
            }
        }
    }

    /// Runs the batch, again and again while other processes get in between.
    async fn attempt(
        &mut self,
        batch: &[Waiting],
    ) -> Result<Vec<Option<Result<Answer, StoreError>>>, Failure> {
        let groups: Vec<&[Prepared]> = batch.iter().map(|(group, _)| group.as_slice()).collect();
        let mut tries = 0;
        loop {
            let Some(session) = self.session.as_mut() else { return Err(Failure::Unknown(lost())) };
            let outcome = transact(session, &self.shared, &groups).await;
            match outcome {
                Err(Failure::Again(_)) if tries < TRIES_MAX => tries += 1,
                Err(Failure::Unknown(error)) => {
                    tracing::warn!(error = %error, "a batch of writes has an unknown outcome");
                    self.session = None;
                    return Err(Failure::Unknown(error));
                }
                outcome => return outcome,
            }
        }
    }

    /// Makes sure of a connection that holds a chain of every shard that the batch writes.
    async fn connect(&mut self, batch: &[Waiting]) -> Result<(), StoreError> {
        if self.session.as_ref().is_none_or(|s| s.connection.client.is_closed()) {
            self.session = None;
            if self.retry_at.is_some_and(|at| Instant::now() < at) {
                return Err(StoreError::Unavailable("the database is away".into()));
            }
            match begin_session(&self.shared, self.home).await {
                Ok(session) => {
                    self.session = Some(session);
                    self.backoff = BACKOFF_MIN;
                    self.retry_at = None;
                }
                Err(error) => {
                    self.retry_at = Some(Instant::now() + self.backoff);
                    self.backoff = (self.backoff * 2).min(BACKOFF_MAX);
                    return Err(error);
                }
            }
        }
        let shards: BTreeSet<ShardId> =
            batch.iter().flat_map(|(group, _)| group).map(|set| set.shard).collect();
        let Some(session) = self.session.as_mut() else { return Err(lost()) };
        for shard in shards {
            hold(session, &self.shared, shard).await?;
        }
        Ok(())
    }

    async fn probe(&mut self) -> Result<(), StoreError> {
        if self.shared.closed.load(Ordering::Acquire) {
            return Err(lost());
        }
        self.connect(&[]).await?;
        let Some(session) = &self.session else { return Err(lost()) };
        let answered = session.connection.query("SELECT pg_is_in_recovery()", &[]).await;
        match answered {
            Ok(rows) if rows.first().is_some_and(|row| row.get::<_, bool>(0)) => {
                Err(StoreError::ReadOnly("the database is a standby".into()))
            }
            Ok(_) => Ok(()),
            Err(error) => {
                self.session = None;
                Err(error)
            }
        }
    }
}

async fn begin_session(shared: &Shared, home: Option<ShardId>) -> Result<Session, StoreError> {
    // Statements are prepared against any shard's tables: all are alike.
    let schema = schema_name(&shared.zone, home.unwrap_or(ShardId(0)));
    let connection = shared.address.connect(&schema, Purpose::Write).await?;
    let mut session = Session { connection, holds: BTreeMap::new(), wanders: home.is_none() };
    if let Some(shard) = home {
        hold(&mut session, shared, shard).await?;
    }
    Ok(session)
}

/// Takes the lowest chain of the shard that no living writer holds, unless the session has one.
async fn hold(session: &mut Session, shared: &Shared, shard: ShardId) -> Result<(), StoreError> {
    if session.holds.contains_key(&shard) {
        return Ok(());
    }
    let schema = schema_name(&shared.zone, shard);
    let lock = chain_lock(&schema);
    for chain in 0..CHAINS_MAX {
        let rows = session
            .connection
            .query("SELECT pg_try_advisory_lock($1::int, $2::int)", &[&lock, &i32::from(chain)])
            .await?;
        if rows.first().is_some_and(|row| row.get(0)) {
            let head = read_head(&session.connection, &shared.zone, shard, ChainId(chain)).await?;
            session.holds.insert(shard, Hold { head, keys: 0..0 });
            return Ok(());
        }
    }
    Err(StoreError::Unavailable("every chain of the shard has a writer".into()))
}

/// The first half of the name of a shard's chain locks.
fn chain_lock(schema: &str) -> i32 {
    schema.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193)).cast_signed()
}

/// The newest entry of a chain.
async fn read_head(
    connection: &Connection,
    zone: &str,
    shard: ShardId,
    chain: ChainId,
) -> Result<Head, StoreError> {
    let schema = schema_name(zone, shard);
    let sql = format!("SELECT seq, hash FROM {schema}.journal WHERE chain = $1 ORDER BY seq DESC LIMIT 1");
    let rows = connection.query(&sql, &[&i32::from(chain.0)]).await?;
    let Some(row) = rows.first() else { return Ok(Head::start(zone, shard, chain)) };
    let damaged = || StoreError::Damaged("the newest journal entry does not parse".into());
    Ok(Head {
        chain,
        sequence: u64::try_from(row.get::<_, i64>(0)).map_err(|_| damaged())?,
        hash: row.get::<_, Vec<u8>>(1).try_into().map_err(|_| damaged())?,
    })
}

pub(super) fn lost() -> StoreError {
    StoreError::Unavailable("the writer stopped".into())
}
