//! galen-records.
