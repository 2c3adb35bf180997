//! galen-telemetry.
