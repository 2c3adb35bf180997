//! Publish and subscribe: the journal is the outbox and the truth; the bus only delivers, at least once.
//!
//! A subscriber has a name and a durable cursor per shard and chain. Its effects commit together with an inbox claim
//! on the delivery, so that handling twice has the effect of once. In-process now; a broker would implement the same.

mod relay;

pub use relay::{Bus, Delivery, Handler, Subscription, inbox_claim};
