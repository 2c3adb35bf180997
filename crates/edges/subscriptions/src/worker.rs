//! The work behind subscriptions: setting them up, delivering what waits, ending those whose time is over.

use crate::criteria::{Channel, Status, Wanted};
use crate::deliver::deliver;
use crate::lease::Lease;
use crate::queue::{self, Segment};
use crate::status;
use galen_kernel::{Fault, Instant, MICROS_PER_SECOND};
use galen_outbound::SendError;
use galen_service::House;
use galen_service::watched::{self, WATCHED_MICROS_MAX};
use galen_store::{Position, StoreError, WriteSet};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// How often the queues are looked at when nobody in this process queues something: other processes write too.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a subscription is set up: until every process knows what it watches.
const SETTLE_MICROS: i64 = 2 * WATCHED_MICROS_MAX;
/// Subscriptions that are delivered at the same time.
const DELIVERIES_MAX: usize = 32;
/// How often segments that nobody waits for are looked for.
const SWEEP_MICROS: i64 = 60 * MICROS_PER_SECOND;

type Done = (String, Result<Option<Instant>, Fault>);

/// One process's share in the work.
pub struct Worker {
    house: Arc<House>,
    lease: Arc<Lease>,
    places: Arc<Semaphore>,
    tasks: JoinSet<Done>,
    busy: BTreeSet<String>,
    due: HashMap<String, Instant>,
    sweep_at: Instant,
    swept: Option<Position>,
}

/// Works until `stop` says so.
pub async fn run(house: Arc<House>, mut stop: watch::Receiver<bool>) {
    let mut worker = Worker::new(&house);
    let mut news = house.watched.news();
    while !*stop.borrow() {
        if let Err(fault) = worker.look().await {
            tracing::warn!(context = fault.context(), "subscriptions wait after a fault");
        }
        tokio::select! {
            _ = news.changed() => {}
            Some(done) = worker.tasks.join_next() => worker.ended(done.ok()),
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
    if let Err(fault) = worker.stop().await {
        tracing::warn!(context = fault.context(), "the lease of deliveries could not be given back");
    }
}

impl Worker {
    /// Over this house.
    pub fn new(house: &Arc<House>) -> Self {
        Self {
            house: Arc::clone(house),
            lease: Arc::new(Lease::new(house.entropy.sixteen())),
            places: Arc::new(Semaphore::new(DELIVERIES_MAX)),
            tasks: JoinSet::new(),
            busy: BTreeSet::new(),
            due: HashMap::new(),
            sweep_at: Instant::from_micros(0),
            swept: None,
        }
    }

    /// Does all that is due now, and waits until it is done.
    pub async fn settle(&mut self) -> Result<(), Fault> {
        self.look().await?;
        while let Some(done) = self.tasks.join_next().await {
            self.ended(done.ok());
        }
        Ok(())
    }

    /// Stops: what is on its way is cut off and told again later, and another process need not wait for this one.
    pub async fn stop(mut self) -> Result<(), Fault> {
        self.tasks.shutdown().await;
        self.lease.give_back(&self.house).await
    }

    /// Begins what is due now.
    async fn look(&mut self) -> Result<(), Fault> {
        while let Some(done) = self.tasks.try_join_next() {
            self.ended(done.ok());
        }
        let now = self.house.clock.now();
        let mut live = BTreeSet::new();
        for stored in watched::live(&self.house, None).await? {
            let id = stored.document.id.clone();
            live.insert(id.clone());
            let Some(resource) = stored.resource()? else { continue };
            let read = Wanted::of(&resource, &self.house);
            match read {
                Err(rejection) => {
                    status::set(&self.house, &id, Status::Error, Some(&rejection.message)).await?;
                }
                Ok(wanted) if wanted.is_over(now) => {
                    status::set(&self.house, &id, Status::Off, None).await?;
                }
                Ok(_) if self.busy.contains(&id) => {}
                Ok(wanted) if wanted.status == Status::Requested => {
                    if now.since(stored.document.at) >= SETTLE_MICROS {
                        self.set_up(id, wanted);
                    }
                }
                Ok(wanted) => self.look_at(id, wanted, now).await?,
            }
        }
        if now >= self.sweep_at {
            self.sweep_at = now.plus_micros(SWEEP_MICROS);
            self.sweep(&live).await?;
        }
        Ok(())
    }

    /// Delivers one subscription's queue, if something waits in it.
    async fn look_at(&mut self, id: String, wanted: Wanted, now: Instant) -> Result<(), Fault> {
        let is_due = self.due.get(&id).is_none_or(|due| *due <= now);
        if !is_due || matches!(wanted.channel, Channel::WebSocket) {
            return Ok(());
        }
        if queue::waiting(&self.house.store, &id).await? <= 0 || !self.lease.take(&self.house).await? {
            return Ok(());
        }
        self.busy.insert(id.clone());
        let (house, lease, places) =
            (Arc::clone(&self.house), Arc::clone(&self.lease), Arc::clone(&self.places));
        self.tasks.spawn(async move {
            let _place = places.acquire_owned().await;
            let done = deliver(&house, &lease, &id, &wanted).await;
            (id, done)
        });
        Ok(())
    }

    /// Sets a subscription up: its endpoint must lead where it may be called.
    fn set_up(&mut self, id: String, wanted: Wanted) {
        self.busy.insert(id.clone());
        let (house, places) = (Arc::clone(&self.house), Arc::clone(&self.places));
        self.tasks.spawn(async move {
            let _place = places.acquire_owned().await;
            let checked = match &wanted.channel {
                Channel::RestHook { endpoint, .. } => house.outbound.check(endpoint).await,
                Channel::WebSocket => Ok(()),
            };
            let (status, error) = match checked {
                Ok(()) => (Status::Active, None),
                Err(error @ SendError::Closed) => (Status::Off, Some(error.to_string())),
                Err(error) => (Status::Error, Some(error.to_string())),
            };
            let done = status::set(&house, &id, status, error.as_deref()).await;
            (id, done.map(|()| None))
        });
    }

    fn ended(&mut self, done: Option<Done>) {
        // A task that was cut off has said nothing; what it was about is found again.
        let Some((id, outcome)) = done else {
            self.busy.clear();
            return;
        };
        self.busy.remove(&id);
        match outcome {
            Ok(Some(due)) => {
                self.due.insert(id, due);
            }
            Ok(None) => {
                self.due.remove(&id);
            }
            Err(fault) => {
                tracing::warn!(subscription = %id, context = fault.context(), "a delivery waits after a fault");
            }
        }
    }

    /// Clears away what waits for subscriptions that are off or gone.
    async fn sweep(&mut self, live: &BTreeSet<String>) -> Result<(), Fault> {
        let (segments, next) = queue::some_segments(&self.house.store, self.swept.take()).await?;
        self.swept = next;
        for stored in segments {
            if live.contains(&stored.segment.subscription) {
                continue;
            }
            let rest = Segment { notices: Vec::new(), ..stored.segment.clone() };
            let operations = stored.left(&rest)?;
            let at = self.house.clock.now();
            let set = WriteSet { shard: crate::owner::HOME, at, operations, journal: None };
            match self.house.store.commit(set).await {
                Ok(_) | Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
