//! galen-tests.
