//! Seeing what runs: JSON logs, traces by OTLP when configured, Prometheus metrics. Ids only; never PHI.

mod collector;
mod logs;
mod metrics;

pub use logs::{LogFormat, LogGuard, start};
pub use metrics::Metrics;
