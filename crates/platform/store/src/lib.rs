//! galen-store.
