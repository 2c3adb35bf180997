//! galen-testkit.

pub mod postgres;
