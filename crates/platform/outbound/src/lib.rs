//! Calls to others' servers: where they may go, how long they may take, when they are tried again.
//!
//! Invariants: nothing is sent to an address of this machine, of its network or of a cloud's inside unless an operator
//! allowed that very host and port; the address that was checked is the one that is connected to; redirects are never
//! followed; every answer has a limit of time and of bytes. Not here: what is sent, and to whom it may be told.

mod address;
mod backoff;
mod client;
mod destination;
mod resolver;

pub use address::is_public;
pub use backoff::{Backoff, RETRY_AFTER_MAX, is_passing, retry_after};
pub use client::{Answer, CONNECT_TIME_MAX, Outbound, Patience, SendError};
pub use destination::{Destination, DestinationError, Rules, URL_BYTES_MAX};
