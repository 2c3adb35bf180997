//! galen-audit.
