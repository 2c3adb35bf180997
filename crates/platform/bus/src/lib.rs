//! galen-bus.
