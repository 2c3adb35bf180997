//! galen-service.
