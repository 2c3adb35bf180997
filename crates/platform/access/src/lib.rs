//! galen-access.
