//! galen-testkit.
