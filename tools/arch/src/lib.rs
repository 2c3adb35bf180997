//! galen-arch.
