//! Write sets to several shards in one transaction. It takes a free chain of each shard for its own time only.

use super::{
    Postgres,
    batch::{Failure, decide_one, take_keys},
    connect::{Connection, Purpose},
    schema_name,
    writer::{CHAINS_MAX, Session, chain_lock, lost, read_head},
};
use crate::{
    ChainId, Committed, ShardId, StoreError, WriteSet,
    chain::Head,
    prepared::{self, Prepared},
};

/// How often it is begun anew because another transaction got in between.
const TRIES_MAX: usize = 8;

impl Postgres {
    pub(crate) async fn commit_spanning(&self, mut sets: Vec<WriteSet>) -> Result<Committed, StoreError> {
        if sets.len() == 1
            && let Some(only) = sets.pop()
        {
            return self.commit(only).await;
        }
        if sets.iter().any(|set| set.operations.iter().any(|o| matches!(o, crate::Operation::Erase { .. }))) {
            return Err(StoreError::Invalid("an erasure cannot span shards"));
        }
        let mut shards: Vec<ShardId> = sets.iter().map(|set| set.shard).collect();
        shards.sort_unstable();
        shards.dedup();
        if shards.len() != sets.len() {
            return Err(StoreError::Invalid("two spanning sets go to one shard"));
        }
        let mut held = self.spanning.lock().await;
        let mut last = lost();
        for _ in 0..TRIES_MAX {
            if self.shared.closed.load(std::sync::atomic::Ordering::Acquire) {
                return Err(StoreError::Unavailable("the store is closed".into()));
            }
            let mut ready = Vec::with_capacity(sets.len());
            for set in &sets {
                prepared::validate(set)?;
                ready.push(self.prepare(set.clone()).await?);
            }
            let connection = match held.take().filter(|open| !open.client.is_closed()) {
                Some(open) => open,
                None => self.shared.address.connect("", Purpose::Write).await?,
            };
            let (connection, outcome) = self.span(connection, &ready).await;
            match outcome {
                Ok(Some(committed)) => {
                    *held = Some(connection);
                    return Ok(committed);
                }
                Ok(None) => last = StoreError::Unavailable("what is replaced keeps changing".into()),
                Err(Failure::Again(error)) => last = error,
                // The connection is dropped, and with it whatever the server had not committed.
                Err(failure) => return Err(failure.into_error()),
            }
            let _ = connection.run("ROLLBACK").await;
            *held = Some(connection);
        }
        Err(last)
    }

    /// One attempt. `None` when a key changed.
    async fn span(
        &self,
        connection: Connection,
        sets: &[Prepared],
    ) -> (Connection, Result<Option<Committed>, Failure>) {
        // Locks are taken in the order of shards, so that two of these cannot wait for each other.
        let mut order: Vec<usize> = (0..sets.len()).collect();
        order.sort_by_key(|n| sets.get(*n).map(|set| set.shard));
        if let Err(error) = connection.run("BEGIN").await {
            return (connection, Err(Failure::Unknown(error)));
        }
        let mut session =
            Session { connection, head: Head::start(&self.shared.zone, ShardId(0), ChainId(0)), keys: 0..0 };
        let mut first = Committed { journal: None };
        for n in order {
            let Some(set) = sets.get(n) else { continue };
            match self.span_shard(&mut session, set).await {
                Ok(Some(committed)) if n == 0 => first = committed,
                Ok(Some(_)) => {}
                Ok(None) => return (session.connection, Ok(None)),
                Err(failure) => return (session.connection, Err(failure)),
            }
        }
        let committed = session.connection.run("COMMIT").await;
        (session.connection, committed.map(|()| Some(first)).map_err(Failure::Unknown))
    }

    async fn span_shard(&self, session: &mut Session, set: &Prepared) -> Result<Option<Committed>, Failure> {
        let schema = schema_name(&self.shared.zone, set.shard);
        session
            .connection
            .run(&format!("SET LOCAL search_path = {schema}"))
            .await
            .map_err(Failure::Unknown)?;
        session.head = match set.journal {
            Some(_) => self.take_chain(session, &schema, set.shard).await?,
            None => session.head,
        };
        // Numbers of another shard are not this one's.
        session.keys = 0..0;
        take_keys(session, &[set]).await?;
        decide_one(session, &self.shared, set.shard, set).await
    }

    /// The lowest chain that nobody holds, until the transaction ends.
    async fn take_chain(&self, session: &Session, schema: &str, shard: ShardId) -> Result<Head, Failure> {
        let lock = chain_lock(schema);
        for chain in 0..CHAINS_MAX {
            let sql = "SELECT pg_try_advisory_xact_lock($1::int, $2::int)";
            let rows =
                session.connection.query(sql, &[&lock, &i32::from(chain)]).await.map_err(Failure::Unknown)?;
            if rows.first().is_some_and(|row| row.get(0)) {
                let head = read_head(&session.connection, &self.shared.zone, shard, ChainId(chain)).await;
                return head.map_err(Failure::Unknown);
            }
        }
        Err(Failure::RolledBack(StoreError::Unavailable("every chain of the shard has a writer".into())))
    }
}
