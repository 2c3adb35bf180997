//! galen-directory.
