//! One subscription's queue, from its head on until it is empty or its endpoint fails.

use crate::criteria::{Status, Wanted};
use crate::lease::Lease;
use crate::notify::{Told, tell};
use crate::owner::HOME;
use crate::queue::{DEAD_LETTERS_LISTED_MAX, DeadLetter, Notice, Segment, StoredLetter, StoredSegment};
use crate::status;
use galen_kernel::{Fault, Instant};
use galen_outbound::Backoff;
use galen_service::House;
use galen_store::{Operation, StoreError, WriteSet};
use std::time::Duration;

/// How notices are tried again: for about an hour.
const BACKOFF: Backoff =
    Backoff { first: Duration::from_secs(2), longest: Duration::from_secs(900), attempts_max: 12 };
/// Dead letters after which a subscription is turned off: nobody listens.
const DEAD_LETTERS_MAX: usize = 100;
const _: () = assert!(DEAD_LETTERS_MAX < DEAD_LETTERS_LISTED_MAX as usize);

/// What is to be written of a segment, so far.
struct Course<'c> {
    house: &'c House,
    subscription: &'c str,
    wanted: &'c Wanted,
    dead: Vec<Operation>,
}

/// How a segment ended.
enum Ended {
    /// All of it is told or given up.
    Through,
    /// Its first notice is tried again then.
    Waits(Instant),
    /// This process may not go on: another delivers, or the subscription is off.
    Stopped,
}

/// Delivers what waits; says when to come back, or `None` when nothing is left.
pub(crate) async fn deliver(
    house: &House,
    lease: &Lease,
    subscription: &str,
    wanted: &Wanted,
) -> Result<Option<Instant>, Fault> {
    loop {
        let Some(head) = StoredSegment::head(&house.store, subscription).await? else { return Ok(None) };
        let due = Instant::from_micros(head.segment.due);
        if due > house.clock.now() {
            return Ok(Some(due));
        }
        let mut course = Course { house, subscription, wanted, dead: Vec::new() };
        match course.run(lease, head).await? {
            Ended::Through => {}
            Ended::Waits(until) => return Ok(Some(until)),
            Ended::Stopped => return Ok(None),
        }
    }
}

impl Course<'_> {
    async fn run(&mut self, lease: &Lease, head: StoredSegment) -> Result<Ended, Fault> {
        let notices = &head.segment.notices;
        let mut trouble = None;
        for (at, notice) in notices.iter().enumerate() {
            if !lease.covers(self.house.clock.now()) {
                self.keep(&head, at, 0, 0).await?;
                return Ok(Ended::Stopped);
            }
            let failures = if at == 0 { head.segment.failures } else { 0 };
            match tell(self.house, self.subscription, self.wanted, notice).await? {
                Told::Sent => {
                    self.house.metrics.notifications_delivered.inc();
                    trouble = None;
                }
                Told::Nothing => {}
                Told::Withheld(reason) => {
                    self.give_up(notice, reason)?;
                    trouble = Some(reason.to_owned());
                }
                Told::Gone => {
                    self.keep(&head, at, 0, 0).await?;
                    let reason = "The endpoint says that it is gone: it was turned off";
                    status::set(self.house, self.subscription, Status::Off, Some(reason)).await?;
                    return Ok(Ended::Stopped);
                }
                Told::Failed(reason, asked) => {
                    self.house.metrics.notifications_failed.inc();
                    let failures = failures + 1;
                    let chance = u64::from_le_bytes(first_eight(self.house.entropy.sixteen()));
                    if let Some(wait) = BACKOFF.wait(failures, chance, asked) {
                        let wait = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
                        let until = self.house.clock.now().plus_micros(wait);
                        self.keep(&head, at, failures, until.micros()).await?;
                        status::set(self.house, self.subscription, Status::Error, Some(&reason)).await?;
                        return Ok(Ended::Waits(until));
                    }
                    self.give_up(notice, &reason)?;
                    trouble = Some(reason);
                }
            }
        }
        self.keep(&head, notices.len(), 0, 0).await?;
        self.fares(trouble).await
    }

    /// Writes what is left of a segment after its first `done`, with the letters that were given up.
    async fn keep(
        &mut self,
        head: &StoredSegment,
        done: usize,
        failures: u32,
        due: i64,
    ) -> Result<(), Fault> {
        let rest = head.segment.notices.get(done..).unwrap_or_default().to_vec();
        let rest = Segment { subscription: self.subscription.to_owned(), notices: rest, failures, due };
        if rest == head.segment {
            return Ok(());
        }
        let mut operations = head.left(&rest)?;
        operations.append(&mut self.dead);
        let set = WriteSet { shard: HOME, at: self.house.clock.now(), operations, journal: None };
        match self.house.store.commit(set).await {
            // Of a clash: another process delivers by now; what it finds is what is true.
            Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn give_up(&mut self, notice: &Notice, reason: &str) -> Result<(), Fault> {
        self.house.metrics.notifications_dead.inc();
        let letter = DeadLetter {
            subscription: self.subscription.to_owned(),
            notice: notice.clone(),
            reason: reason.to_owned(),
            at: self.house.clock.now().micros(),
        };
        self.dead.push(letter.add()?);
        Ok(())
    }

    /// Says how the subscription fares after a segment.
    async fn fares(&self, trouble: Option<String>) -> Result<Ended, Fault> {
        let Some(reason) = trouble else {
            status::set(self.house, self.subscription, Status::Active, None).await?;
            return Ok(Ended::Through);
        };
        let letters = StoredLetter::of_subscription(&self.house.store, self.subscription).await?;
        if letters.len() < DEAD_LETTERS_MAX {
            status::set(self.house, self.subscription, Status::Error, Some(&reason)).await?;
            return Ok(Ended::Through);
        }
        let reason = format!("{DEAD_LETTERS_MAX} notifications were given up: it was turned off");
        status::set(self.house, self.subscription, Status::Off, Some(&reason)).await?;
        Ok(Ended::Stopped)
    }
}

fn first_eight(chance: [u8; 16]) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(chance.get(..8).unwrap_or(&[0; 8]));
    out
}
