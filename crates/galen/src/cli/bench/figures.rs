//! Figures and how they are shown.

use crate::cli::say;
use serde::Serialize;

/// One measured thing.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// Requests in all, or what they were about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<usize>,
    /// Median time to answer, ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median: Option<f64>,
    /// 95th percentile of the time to answer, ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    /// 99th percentile of the time to answer, ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
    /// Processor time of the server (and database) for each request, ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processor: Option<f64>,
    /// Answers that were not successes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<usize>,
}

impl Figure {
    /// A value with a unit.
    pub fn plain(name: &str, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            value,
            unit,
            requests: None,
            median: None,
            p95: None,
            p99: None,
            processor: None,
            failed: None,
        }
    }

    /// So many in so many seconds.
    #[allow(clippy::cast_precision_loss)] // figures for people
    pub fn rate(name: &str, count: usize, seconds: f64) -> Self {
        Self { requests: Some(count), ..Self::plain(name, count as f64 / seconds.max(0.001), "/s") }
    }

    /// So many things in so many seconds, by requests that took these microseconds.
    pub fn timed(name: &str, things: usize, seconds: f64, mut micros: Vec<u32>, failed: usize) -> Self {
        micros.sort_unstable();
        let at = |percent: usize| {
            let place = (micros.len() * percent / 100).min(micros.len().saturating_sub(1));
            micros.get(place).map(|m| f64::from(*m) / 1_000.0)
        };
        let (median, p95, p99) = (at(50), at(95), at(99));
        Self { median, p95, p99, failed: Some(failed), ..Self::rate(name, things, seconds) }
    }

    /// The processor time that went into it.
    #[allow(clippy::cast_precision_loss)] // figures for people
    pub fn spend(&mut self, seconds: f64) {
        self.processor = self.requests.map(|count| seconds * 1_000.0 / (count.max(1)) as f64);
    }
}

/// Prints a table.
pub fn print(figures: &[Figure]) {
    say(format_args!(
        "{:<46} {:>12} {:>5} {:>10} {:>10} {:>10} {:>12} {:>7}",
        "", "value", "", "median ms", "p95 ms", "p99 ms", "cpu ms each", "failed"
    ));
    let cell = |value: Option<f64>| value.map_or(String::new(), |v| format!("{v:.3}"));
    for figure in figures {
        say(format_args!(
            "{:<46} {:>12.1} {:>5} {:>10} {:>10} {:>10} {:>12} {:>7}",
            figure.name,
            figure.value,
            figure.unit,
            cell(figure.median),
            cell(figure.p95),
            cell(figure.p99),
            cell(figure.processor),
            figure.failed.map_or(String::new(), |n| n.to_string()),
        ));
    }
}
