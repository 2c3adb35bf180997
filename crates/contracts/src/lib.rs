//! What domains say to each other: one file per domain, versioned structs. Ids only, never PHI.

pub mod directory;
pub mod exchange;
pub mod messaging;
pub mod registration;
pub mod scheduling;

#[cfg(test)]
mod golden;
