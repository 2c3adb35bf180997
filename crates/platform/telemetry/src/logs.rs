//! Logs and traces: one start, one guard that flushes at the end.

use crate::collector::Collector;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for collectors.
    Json,
    /// For people at a terminal.
    Text,
}

/// Flushes traces when dropped.
pub struct LogGuard(Option<SdkTracerProvider>);

impl Drop for LogGuard {
    fn drop(&mut self) {
        if let Some(provider) = self.0.take() {
            // At the end of the process nobody is left to tell.
            let _ignored = provider.shutdown();
        }
    }
}

/// Starts logging to standard error at `level` (a filter such as `info` or `galen=debug`), and tracing to `otlp`
/// (`http://host:4318/v1/traces`) when given. Call it once, inside the runtime.
pub fn start(format: LogFormat, level: &str, otlp: Option<&str>) -> Result<LogGuard, String> {
    let filter = EnvFilter::try_new(level).map_err(|e| format!("log level: {e}"))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let lines = match format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Text => lines.compact().boxed(),
    };
    let provider = otlp.map(provider).transpose()?;
    let traces = provider.as_ref().map(|p| tracing_opentelemetry::layer().with_tracer(p.tracer("galen")));
    tracing_subscriber::registry()
        .with(filter)
        .with(traces)
        .with(lines)
        .try_init()
        .map_err(|e| e.to_string())?;
    Ok(LogGuard(provider))
}

fn provider(endpoint: &str) -> Result<SdkTracerProvider, String> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Collector::new()?)
        .with_endpoint(endpoint)
        .build()
        .map_err(|e| format!("OTLP endpoint: {e}"))?;
    let resource = Resource::builder().with_service_name("galen").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}
