//! What is counted, in Prometheus' text form. Labels are routes and classes, never ids.

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::Arc;

/// Upper bounds of the latency buckets, in seconds: the SLO's 120 ms is one of them.
const LATENCY_BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.12, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Labels of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// Method.
    pub method: String,
    /// The route's pattern, not its path: `/fhir/{type}/{id}`.
    pub route: String,
    /// Class of the status: `2xx`.
    pub status: String,
}

/// Labels of a GraphQL operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct GraphLabels {
    /// The name of one that comes with Galen; the others are one.
    pub operation: &'static str,
    /// `done`, `in-part` or `refused`.
    pub outcome: &'static str,
}

/// Everything that is counted; cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<RequestLabels, Counter>,
    latency: Family<RequestLabels, Histogram>,
    graph: Family<GraphLabels, Counter>,
    /// Connections that are open.
    pub connections: Gauge,
    /// Connections refused because there were too many.
    pub connections_refused: Counter,
    /// Sign-ins refused.
    pub sign_ins_refused: Counter,
    /// Records opened by break-glass.
    pub break_glass_opened: Counter,
    /// Requests refused for being too many.
    pub rate_limited: Counter,
    /// Notifications of subscriptions that reached their endpoint.
    pub notifications_delivered: Counter,
    /// Tries of notifications that failed.
    pub notifications_failed: Counter,
    /// Notifications given up.
    pub notifications_dead: Counter,
    /// Messages to patients that a provider took.
    pub messages_sent: Counter,
    /// Tries of messages that failed.
    pub messages_failed: Counter,
    /// Messages given up: staff must look at them.
    pub messages_dead: Counter,
    /// Messages that should have gone out a while ago.
    pub messages_overdue: Gauge,
    /// Web sockets that are open.
    pub web_sockets: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("galen");
        let (messages_sent, messages_failed, messages_dead, messages_overdue) = messages(&mut registry);
        let requests = Family::<RequestLabels, Counter>::default();
        let latency =
            Family::<RequestLabels, Histogram>::new_with_constructor(|| Histogram::new(LATENCY_BUCKETS));
        let (connections, connections_refused) = (Gauge::default(), Counter::default());
        let (sign_ins_refused, break_glass_opened) = (Counter::default(), Counter::default());
        let rate_limited = Counter::default();
        let (notifications_delivered, notifications_failed) = (Counter::default(), Counter::default());
        let (notifications_dead, web_sockets) = (Counter::default(), Gauge::default());
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_seconds", "Time to answer", latency.clone());
        let graph = Family::<GraphLabels, Counter>::default();
        registry.register("graphql_operations", "GraphQL operations answered", graph.clone());
        registry.register("http_connections", "Open connections", connections.clone());
        registry.register(
            "http_connections_refused",
            "Connections refused at a cap",
            connections_refused.clone(),
        );
        registry.register("sign_ins_refused", "Sign-ins refused", sign_ins_refused.clone());
        registry.register("break_glass_opened", "Records opened by break-glass", break_glass_opened.clone());
        registry.register("rate_limited", "Requests refused for being too many", rate_limited.clone());
        let delivered = notifications_delivered.clone();
        registry.register("notifications_delivered", "Notifications that reached their endpoint", delivered);
        let failed = notifications_failed.clone();
        registry.register("notifications_failed", "Tries of notifications that failed", failed);
        registry.register("notifications_dead", "Notifications given up", notifications_dead.clone());
        registry.register("web_sockets", "Open web sockets", web_sockets.clone());
        Self {
            registry: Arc::new(registry),
            requests,
            latency,
            graph,
            connections,
            connections_refused,
            sign_ins_refused,
            break_glass_opened,
            rate_limited,
            notifications_delivered,
            notifications_failed,
            notifications_dead,
            messages_sent,
            messages_failed,
            messages_dead,
            messages_overdue,
            web_sockets,
        }
    }
}

/// What is counted of messages to patients.
fn messages(registry: &mut Registry) -> (Counter, Counter, Counter, Gauge) {
    let (sent, failed, dead) = (Counter::default(), Counter::default(), Counter::default());
    let overdue = Gauge::default();
    registry.register("messages_sent", "Messages to patients that a provider took", sent.clone());
    registry.register("messages_failed", "Tries of messages that failed", failed.clone());
    registry.register("messages_dead", "Messages given up", dead.clone());
    registry.register("messages_overdue", "Messages that should have gone out a while ago", overdue.clone());
    (sent, failed, dead, overdue)
}

impl Metrics {
    /// Counts an answered request.
    pub fn answered(&self, method: &str, route: &str, status: u16, seconds: f64) {
        let labels = RequestLabels {
            method: method.to_owned(),
            route: route.to_owned(),
            status: format!("{}xx", status / 100),
        };
        self.requests.get_or_create(&labels).inc();
        self.latency.get_or_create(&labels).observe(seconds);
    }

    /// Counts a GraphQL operation.
    pub fn graph_operation(&self, operation: &'static str, outcome: &'static str) {
        self.graph.get_or_create(&GraphLabels { operation, outcome }).inc();
    }

    /// All of it as Prometheus reads it.
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _infallible = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_route_and_class() {
        let metrics = Metrics::default();
        metrics.answered("GET", "/fhir/{type}/{id}", 200, 0.002);
        metrics.answered("GET", "/fhir/{type}/{id}", 204, 0.002);
        let text = metrics.render();
        let line = "galen_http_requests_total{method=\"GET\",route=\"/fhir/{type}/{id}\",status=\"2xx\"} 2";
        assert!(text.contains(line), "{text}");
    }
}
