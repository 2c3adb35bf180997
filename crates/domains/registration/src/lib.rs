//! galen-registration.
