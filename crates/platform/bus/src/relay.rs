//! The in-process relay: reads each shard's journal behind every subscriber's cursor and hands the events over.

use futures_util::future::BoxFuture;
use galen_kernel::{Envelope, Fault, Instant};
use galen_store::{JournalPosition, JournalRow, Operation, ShardId, Store, WriteSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// Journal entries read at a time.
const ENTRIES_READ_AT_ONCE: u32 = 500;
/// How often the journal is looked at when nobody in this process wakes the bus: other processes write too.
const POLL_EVERY: Duration = Duration::from_secs(1);
/// Waits after a handler failed: doubled each time up to the longest.
const RETRY_FIRST: Duration = Duration::from_millis(250);
/// Longest wait between tries.
const RETRY_LONGEST: Duration = Duration::from_secs(30);
/// Tries before an event is set aside, so that one bad event cannot stop the others for ever.
const TRIES_MAX: u32 = 8;
/// How long an inbox remembers a delivery: far longer than any relay lags.
const INBOX_KEEPS_MICROS: i64 = 30 * galen_kernel::MICROS_PER_DAY;

/// One event on its way to one subscriber.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Unique: shard, chain, sequence and place within the entry.
    pub id: String,
    /// The shard whose journal it comes from.
    pub shard: ShardId,
    /// When it was committed.
    pub at: Instant,
    /// The event.
    pub envelope: Envelope,
}

/// What a subscriber does with a delivery.
pub type Handler = Arc<dyn Fn(Delivery) -> BoxFuture<'static, Result<(), Fault>> + Send + Sync>;
/// Reads the events out of a journal entry.
pub type Reader = fn(&[u8]) -> Vec<Envelope>;

/// Who wants which events.
#[derive(Clone)]
pub struct Subscription {
    /// Names its cursor; never reused for another purpose.
    pub name: &'static str,
    /// Contract names, for example `registration.PatientRegisteredV1`.
    pub events: &'static [&'static str],
    /// What it does.
    pub handler: Handler,
}

/// The bus of one process.
pub struct Bus {
    store: Store,
    reader: Reader,
    subscriptions: Vec<Subscription>,
    woken: Arc<Notify>,
}

/// The claim that makes a delivery's effects happen once: commit it with them.
pub fn inbox_claim(subscriber: &str, delivery: &Delivery) -> Operation {
    Operation::Claim {
        scope: "inbox",
        value: format!("{subscriber}/{}", delivery.id),
        holder: Vec::new(),
        until: Some(delivery.at.plus_micros(INBOX_KEEPS_MICROS)),
    }
}

impl Bus {
    /// Over `store`; `reader` knows how journal entries carry events.
    pub fn new(store: Store, reader: Reader, subscriptions: Vec<Subscription>) -> Self {
        Self { store, reader, subscriptions, woken: Arc::new(Notify::new()) }
    }

    /// Tells the relay that something was committed.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    /// Relays until `stop` says so.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let mut wait = RETRY_FIRST;
        while !*stop.borrow() {
            match self.relay_once().await {
                Ok(()) => {
                    wait = RETRY_FIRST;
                    tokio::select! {
                        () = self.woken.notified() => {}
                        () = tokio::time::sleep(POLL_EVERY) => {}
                        _ = stop.changed() => {}
                    }
                }
                Err(fault) => {
                    tracing::warn!(context = fault.context(), "relay waits after a fault");
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        _ = stop.changed() => {}
                    }
                    wait = (wait * 2).min(RETRY_LONGEST);
                }
            }
        }
    }

    /// Delivers all that every subscriber has not had yet. For tests and for a drain at shut-down, too.
    pub async fn relay_once(&self) -> Result<(), Fault> {
        for subscription in &self.subscriptions {
            for shard in (0..self.store.shards()).map(ShardId) {
                self.relay_shard(subscription, shard).await?;
            }
        }
        Ok(())
    }

    async fn relay_shard(&self, subscription: &Subscription, shard: ShardId) -> Result<(), Fault> {
        let read = self.store.cursor(shard, subscription.name).await?;
        for head in self.store.journal_heads(shard).await? {
            let chain = head.position.chain;
            if self.store.is_of_notes(chain) {
                continue;
            }
            let start = JournalPosition { chain, sequence: 0 };
            let mut at = read.iter().copied().find(|p| p.chain == chain).unwrap_or(start);
            while at.sequence < head.position.sequence {
                let rows = self.store.journal(shard, at, ENTRIES_READ_AT_ONCE).await?;
                let Some(last) = rows.last() else { break };
                for row in &rows {
                    self.deliver(subscription, shard, row).await?;
                }
                at = last.position;
                let operations =
                    vec![Operation::Advance { cursor: subscription.name.to_owned(), position: at }];
                self.store.commit(WriteSet { shard, at: last.at, operations, journal: None }).await?;
            }
        }
        Ok(())
    }

    async fn deliver(
        &self,
        subscription: &Subscription,
        shard: ShardId,
        row: &JournalRow,
    ) -> Result<(), Fault> {
        let Some(body) = &row.body else { return Ok(()) };
        for (place, envelope) in (self.reader)(body).into_iter().enumerate() {
            if !subscription.events.contains(&envelope.name.as_str()) {
                continue;
            }
            let id = format!("{}-{}-{}-{place}", shard.0, row.position.chain.0, row.position.sequence);
            let delivery = Delivery { id, shard, at: row.at, envelope };
            self.hand_over(subscription, delivery).await?;
        }
        Ok(())
    }

    async fn hand_over(&self, subscription: &Subscription, delivery: Delivery) -> Result<(), Fault> {
        let mut wait = RETRY_FIRST;
        for attempt in 1..=TRIES_MAX {
            match (subscription.handler)(delivery.clone()).await {
                Ok(()) => return Ok(()),
                // A fault that passes by itself stops the relay (and is tried for ever); another one is the event's own.
                Err(fault) if fault.is_unavailable() => return Err(fault),
                Err(fault) if attempt == TRIES_MAX => {
                    tracing::error!(
                        subscriber = subscription.name,
                        event = delivery.envelope.name,
                        delivery = delivery.id,
                        context = fault.context(),
                        "event set aside after its handler failed"
                    );
                }
                Err(_) => {
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(RETRY_LONGEST);
                }
            }
        }
        self.set_aside(subscription, &delivery).await
    }

    /// Remembers an event that its subscriber could not handle, where an operator finds it.
    async fn set_aside(&self, subscription: &Subscription, delivery: &Delivery) -> Result<(), Fault> {
        let operations = vec![Operation::Claim {
            scope: "dead-letter",
            value: format!("{}/{}", subscription.name, delivery.id),
            holder: delivery.envelope.name.as_bytes().to_vec(),
            until: None,
        }];
        let set = WriteSet { shard: delivery.shard, at: delivery.at, operations, journal: None };
        match self.store.commit(set).await {
            Ok(_) | Err(galen_store::StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
