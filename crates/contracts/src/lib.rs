//! galen-contracts.
