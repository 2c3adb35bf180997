//! The journal as evidence: what an audit entry says, its AuditEvent view, Merkle checkpoints, verification.
//!
//! Invariants: one entry per operation, written in the operation's own commit; entries are never changed or deleted
//! (there is no code that could); what a checkpoint has seen cannot be cut off, replaced or forked unnoticed.

pub mod checkpoint;
pub mod entry;
pub mod event;
pub mod merkle;
pub mod retention;
pub mod verify;

pub use checkpoint::{Checkpoint, Checkpointer};
pub use entry::{AuditEntry, Interaction, JournalBody, Outcome};
pub use verify::{Fault as AuditFault, Report, verify};
