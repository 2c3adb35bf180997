//! A shard's writer: drains the queue and commits many write sets as one transaction. Several processes may write the
//! same shard; each has its own chain, held by an advisory lock for as long as its connection lives.

use super::{
    Answer, Shared,
    batch::{Failure, transact},
    connect::{Connection, Purpose},
    schema_name,
};
use crate::{ChainId, ShardId, StoreError, chain::Head, prepared::Prepared};
use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// Most write sets in one transaction.
const BATCH_SETS_MAX: usize = 512;
/// Most sealed bytes in one transaction.
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Most writers, over all processes, of one shard.
pub(super) const CHAINS_MAX: u16 = 4_096;
/// How often a batch is begun anew because another process got in between.
const TRIES_MAX: usize = 8;
/// Document keys taken from the sequence at a time.
pub(super) const KEYS_IN_BLOCK: i64 = 256;
const BACKOFF_MIN: Duration = Duration::from_millis(50);
const BACKOFF_MAX: Duration = Duration::from_secs(2);

/// What a writer is asked.
pub(super) enum Request {
    Write(Box<Prepared>, oneshot::Sender<Result<Answer, StoreError>>),
    Probe(oneshot::Sender<Result<(), StoreError>>),
    Stop(oneshot::Sender<()>),
}

pub(super) type Waiting = (Box<Prepared>, oneshot::Sender<Result<Answer, StoreError>>);

/// The writer's connection and what it holds there.
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) head: Head,
    /// Document keys not used yet.
    pub(super) keys: std::ops::Range<i64>,
}

pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    shard: ShardId,
    session: Option<Session>,
    held_back: VecDeque<Waiting>,
    backoff: Duration,
    retry_at: Option<Instant>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, shard: ShardId) -> Self {
        Self {
            shared,
            shard,
            session: None,
            held_back: VecDeque::new(),
            backoff: BACKOFF_MIN,
            retry_at: None,
        }
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
            while batch.len() < BATCH_SETS_MAX && bytes < BATCH_BYTES_MAX {
                let next = match self.held_back.pop_front() {
                    Some((set, answer)) => {
                        if let Some(request) = request.take() {
                            self.put_off(request, &mut other);
                        }
                        Some(Request::Write(set, answer))
                    }
                    None => request.take().or_else(|| requests.try_recv().ok()),
                };
                match next {
                    Some(Request::Write(set, answer)) => {
                        // An erasure locks the table and is rare: it goes alone.
                        if !set.erased.is_empty() && !batch.is_empty() {
                            self.held_back.push_front((set, answer));
                            break;
                        }
                        let alone = !set.erased.is_empty();
                        bytes += set.bytes;
                        batch.push((set, answer));
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
            Request::Write(set, answer) => self.held_back.push_back((set, answer)),
            special => *other = Some(special),
        }
    }

    async fn write(&mut self, batch: Vec<Waiting>) {
        if batch.is_empty() {
            return;
        }
        if let Err(error) = self.connect().await {
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
                    let outcome = match self.connect().await {
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
        let sets: Vec<&Prepared> = batch.iter().map(|(set, _)| set.as_ref()).collect();
        let mut tries = 0;
        loop {
            let Some(session) = self.session.as_mut() else { return Err(Failure::Unknown(lost())) };
            let outcome = transact(session, &self.shared, self.shard, &sets).await;
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

    async fn connect(&mut self) -> Result<(), StoreError> {
        if self.session.as_ref().is_some_and(|s| !s.connection.client.is_closed()) {
            return Ok(());
        }
        self.session = None;
        if self.retry_at.is_some_and(|at| Instant::now() < at) {
            return Err(StoreError::Unavailable("the database is away".into()));
        }
        match begin_session(&self.shared, self.shard).await {
            Ok(session) => {
                self.session = Some(session);
                self.backoff = BACKOFF_MIN;
                self.retry_at = None;
                Ok(())
            }
            Err(error) => {
                self.retry_at = Some(Instant::now() + self.backoff);
                self.backoff = (self.backoff * 2).min(BACKOFF_MAX);
                Err(error)
            }
        }
    }

    async fn probe(&mut self) -> Result<(), StoreError> {
        if self.shared.closed.load(Ordering::Acquire) {
            return Err(lost());
        }
        self.connect().await?;
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

/// Connects and takes the lowest chain that no living writer holds.
async fn begin_session(shared: &Shared, shard: ShardId) -> Result<Session, StoreError> {
    let schema = schema_name(&shared.zone, shard);
    let connection = shared.address.connect(&schema, Purpose::Write).await?;
    let lock = chain_lock(&schema);
    for chain in 0..CHAINS_MAX {
        let rows = connection
            .query("SELECT pg_try_advisory_lock($1::int, $2::int)", &[&lock, &i32::from(chain)])
            .await?;
        if rows.first().is_some_and(|row| row.get(0)) {
            let head = read_head(&connection, &shared.zone, shard, ChainId(chain)).await?;
            return Ok(Session { connection, head, keys: 0..0 });
        }
    }
    Err(StoreError::Unavailable("every chain of the shard has a writer".into()))
}

/// The first half of the name of a shard's chain locks.
pub(super) fn chain_lock(schema: &str) -> i32 {
    schema.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193)).cast_signed()
}

/// The newest entry of a chain.
pub(super) async fn read_head(
    connection: &Connection,
    zone: &str,
    shard: ShardId,
    chain: ChainId,
) -> Result<Head, StoreError> {
    let rows = connection
        .query(
            "SELECT seq, hash FROM journal WHERE chain = $1 ORDER BY seq DESC LIMIT 1",
            &[&i32::from(chain.0)],
        )
        .await?;
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
