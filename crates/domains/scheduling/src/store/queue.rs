//! A clinic's queue of one day.

use super::QUEUE;
use crate::events::QueueEvent;
use crate::model::Queue;
use galen_kernel::{Fault, Instant, MICROS_PER_DAY};
use galen_records::Change;
use galen_service::House;
use galen_store::{Expected, IndexRows, Operation, Put, ShardId};

/// What of a token is claimed in the database: that nobody has it already.
const TOKEN_SCOPE: &str = "queue-token";
/// How long a claimed token is remembered.
const TOKEN_DAYS: i64 = 2;

/// A clinic's queue of one day as it was read.
#[derive(Debug, Clone)]
pub struct QueueDay {
    clinic: String,
    id: String,
    shard: ShardId,
    /// `None`: nobody has had a token yet.
    version: Option<u64>,
    /// The queue.
    pub queue: Queue,
}

/// A clinic's queue of a local day (`2026-11-27`).
pub async fn queue_day(house: &House, clinic: &str, day: &str) -> Result<QueueDay, Fault> {
    let shard = house.records.shard_of(clinic);
    let id = format!("{clinic}.{day}");
    let found = house.store.get(shard, QUEUE, &id).await?;
    let version = found.as_ref().map(|document| document.version);
    let queue = match found.and_then(|document| document.body) {
        Some(body) => serde_json::from_slice(&body).map_err(|e| Fault::new("read queue", e))?,
        None => Queue::default(),
    };
    Ok(QueueDay { clinic: clinic.to_owned(), id, shard, version, queue })
}

impl QueueDay {
    /// For the audit.
    pub fn entity(&self) -> String {
        format!("Location/{}", self.clinic)
    }

    /// Writes the queue, and claims the token that is new: the database gives none twice.
    pub fn write(
        self,
        queue: &Queue,
        events: &[QueueEvent],
        now: Instant,
        change: &mut Change,
    ) -> Result<(), Fault> {
        for event in events {
            if let QueueEvent::Issued(ticket) = event {
                let value = format!("{}.{}", self.id, ticket.number);
                let until = Some(now.plus_micros(TOKEN_DAYS * MICROS_PER_DAY));
                let claim = Operation::Claim { scope: TOKEN_SCOPE, value, holder: Vec::new(), until };
                change.push(self.shard, claim);
            }
        }
        let body = serde_json::to_vec(queue).map_err(|e| Fault::new("write queue", e))?;
        let put = Put {
            kind: QUEUE,
            id: self.id,
            expected: self.version.map_or(Expected::Absent, Expected::Version),
            owner: String::new(),
            body,
            index: IndexRows::default(),
        };
        change.push(self.shard, Operation::Put(put));
        Ok(())
    }
}
