//! The work behind messaging: what is due is attempted, what was cut off is taken up again, what is late is counted.

mod attempt;
mod file;
mod gateway;
mod outlet;
mod scene;
mod smtp;

pub use file::FileOutlet;
pub use gateway::{Credentials, Format, Gateway};
pub use outlet::{CalendarPart, Customs, Messaging, Outlet, Parcel};
pub use smtp::{Security, Smtp, SmtpSettings};

pub(crate) use outlet::{fingerprint, messaging};
pub(crate) use scene::site;

use crate::queries;
use galen_kernel::{Fault, Instant, MICROS_PER_MINUTE};
use galen_service::House;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// How often the queue is looked at when nobody in this process queues something.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Attempts at the same time.
const ATTEMPTS_AT_ONCE_MAX: usize = 16;
/// Messages that this process has in hand, at work or waiting for their turn.
const IN_HAND_MAX: usize = 256;
/// How often overdue messages are counted.
const COUNT_MICROS: i64 = MICROS_PER_MINUTE;
/// How long a message rests after a fault: one that always fails must not be looked at every second.
const FAULT_MICROS: i64 = MICROS_PER_MINUTE;
/// How long attempts on their way may end when the process stops; what does not is taken up after its lease.
const STOP_TIME_MAX: Duration = Duration::from_secs(5);

type Done = (String, Result<(), Fault>);

/// One process's share in the work. Several may work at once: an attempt begins with a commit that only one can make.
pub struct Worker {
    house: Arc<House>,
    places: Arc<Semaphore>,
    tasks: JoinSet<Done>,
    busy: BTreeSet<String>,
    rests: HashMap<String, Instant>,
    count_at: Instant,
}

/// Works until `stop` says so.
pub async fn run(house: Arc<House>, mut stop: watch::Receiver<bool>) {
    let mut worker = Worker::new(&house);
    let mut news = house.watched.news();
    while !*stop.borrow() {
        if let Err(fault) = worker.look().await {
            tracing::warn!(context = fault.context(), "messages wait after a fault");
        }
        tokio::select! {
            _ = news.changed() => {}
            Some(done) = worker.tasks.join_next() => worker.ended(done.ok()),
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
    worker.stop().await;
}

impl Worker {
    /// Over this house.
    pub fn new(house: &Arc<House>) -> Self {
        Self {
            house: Arc::clone(house),
            places: Arc::new(Semaphore::new(ATTEMPTS_AT_ONCE_MAX)),
            tasks: JoinSet::new(),
            busy: BTreeSet::new(),
            rests: HashMap::new(),
            count_at: Instant::from_micros(0),
        }
    }

    /// Does all that is due now, and waits until it is done.
    pub async fn settle(&mut self) -> Result<(), Fault> {
        while self.look().await? > 0 {
            while let Some(done) = self.tasks.join_next().await {
                self.ended(done.ok());
            }
        }
        Ok(())
    }

    /// Lets what is on its way end, for a while.
    pub async fn stop(mut self) {
        let ending = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_TIME_MAX, ending).await.is_err() {
            self.tasks.shutdown().await;
        }
    }

    /// Begins what is due now; how many attempts that are.
    async fn look(&mut self) -> Result<usize, Fault> {
        while let Some(done) = self.tasks.try_join_next() {
            self.ended(done.ok());
        }
        let now = self.house.clock.now();
        if now >= self.count_at {
            self.count_at = now.plus_micros(COUNT_MICROS);
            let overdue = queries::overdue(&self.house, now).await?;
            self.house.metrics.messages_overdue.set(i64::try_from(overdue).unwrap_or(i64::MAX));
            if overdue > 0 {
                tracing::warn!(overdue, "messages to patients should have gone out a while ago");
            }
        }
        self.rests.retain(|_, until| *until > now);
        let mut begun = 0;
        for stored in queries::due(&self.house, now).await? {
            if self.rests.contains_key(&stored.id) {
                continue;
            }
            if self.busy.len() < IN_HAND_MAX && self.busy.insert(stored.id.clone()) {
                self.begin(stored.id);
                begun += 1;
            }
        }
        Ok(begun)
    }

    fn begin(&mut self, id: String) {
        let (house, places) = (Arc::clone(&self.house), Arc::clone(&self.places));
        self.tasks.spawn(async move {
            let _place = places.acquire_owned().await;
            let done = attempt::attempt(&house, &id).await;
            (id, done)
        });
    }

    fn ended(&mut self, done: Option<Done>) {
        // A task that was cut off has said nothing; what it was about is found again after its lease.
        let Some((id, outcome)) = done else {
            self.busy.clear();
            return;
        };
        self.busy.remove(&id);
        if let Err(fault) = outcome {
            tracing::warn!(message = %id, context = fault.context(), "a message waits after a fault");
            self.rests.insert(id, self.house.clock.now().plus_micros(FAULT_MICROS));
        }
    }
}
