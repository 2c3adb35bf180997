//! Which process delivers: one at a time, or order would be lost. The others take over when it is gone.

use crate::owner::HOME;
use galen_kernel::{Fault, Instant, MICROS_PER_SECOND};
use galen_service::House;
use galen_store::{Operation, StoreError, WriteSet};
use std::sync::atomic::{AtomicI64, Ordering};

/// How long a lease holds: as long as nothing is delivered after its holder was killed.
const LEASE_MICROS: i64 = 20 * MICROS_PER_SECOND;
/// What must be left of it to begin a notification: longer than one may take.
const MARGIN_MICROS: i64 = 11 * MICROS_PER_SECOND;
const SCOPE: &str = "worker";
const NAME: &str = "subscriptions-deliver";

/// A process's share in the delivery.
#[derive(Debug)]
pub(crate) struct Lease {
    holder: [u8; 16],
    until: AtomicI64,
}

impl Lease {
    /// Nothing held yet; `holder` names this process.
    pub(crate) const fn new(holder: [u8; 16]) -> Self {
        Self { holder, until: AtomicI64::new(0) }
    }

    /// Whether a notification may begin.
    pub(crate) fn covers(&self, now: Instant) -> bool {
        self.until.load(Ordering::SeqCst) >= now.micros() + MARGIN_MICROS
    }

    /// Takes or renews the lease; whether it is this process's now.
    pub(crate) async fn take(&self, house: &House) -> Result<bool, Fault> {
        let now = house.clock.now();
        if self.until.load(Ordering::SeqCst) >= now.micros() + MARGIN_MICROS + LEASE_MICROS / 4 {
            return Ok(true);
        }
        let held = house.store.claim(HOME, SCOPE, NAME, now).await?;
        match held {
            Some(claim) if claim.holder == self.holder => {
                self.commit(house, now, vec![release()]).await?;
            }
            Some(_) => {
                self.until.store(0, Ordering::SeqCst);
                return Ok(false);
            }
            None => {}
        }
        let until = now.plus_micros(LEASE_MICROS);
        let claim = Operation::Claim {
            scope: SCOPE,
            value: NAME.to_owned(),
            holder: self.holder.to_vec(),
            until: Some(until),
        };
        let is_own = self.commit(house, now, vec![claim]).await?;
        self.until.store(if is_own { until.micros() } else { 0 }, Ordering::SeqCst);
        Ok(is_own)
    }

    /// Gives it back, so that another need not wait.
    pub(crate) async fn give_back(&self, house: &House) -> Result<(), Fault> {
        if self.until.swap(0, Ordering::SeqCst) > house.clock.now().micros() {
            self.commit(house, house.clock.now(), vec![release()]).await?;
        }
        Ok(())
    }

    async fn commit(&self, house: &House, at: Instant, operations: Vec<Operation>) -> Result<bool, Fault> {
        match house.store.commit(WriteSet { shard: HOME, at, operations, journal: None }).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn release() -> Operation {
    Operation::Release { scope: SCOPE, value: NAME.to_owned() }
}
