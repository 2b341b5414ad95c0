//! Counters, gauges and timers in Prometheus' text format.

mod registry;
mod series;
mod text;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::config::Guard;
use crate::trace::Tracer;
use registry::Registry;

pub use series::{Counter, Gauge, Request, Summary};

/// A service's metrics. Clones share them.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    tracer: Tracer,
}

impl Metrics {
    /// Metrics with all counts at zero. `traces` is where spans are sent, such as
    /// `http://localhost:4318`; nowhere if none.
    #[must_use]
    pub fn new(service: &'static str, traces: Option<&str>) -> Self {
        let registry = Arc::new(Mutex::new(Registry::new(service)));
        Self { registry, tracer: Tracer::new(service, traces) }
    }

    /// Shows a protection that not every service has.
    pub fn show_guard(&self, name: &'static str, guard: Guard) {
        let guards = &mut self.registry().guards;
        match guards.iter_mut().find(|(known, _)| *known == name) {
            // A service may show a guard again; the last value counts.
            Some(known) => known.1 = guard,
            None => guards.push((name, guard)),
        }
    }

    /// Adds 1 to the series of a counter that has these labels.
    pub fn add(&self, counter: Counter, labels: &[(&str, &str)]) {
        self.registry().add(counter, text::labels(labels));
    }

    /// Sets the series of a gauge that has these labels.
    pub fn set(&self, gauge: Gauge, labels: &[(&str, &str)], value: f64) {
        self.registry().set(gauge, text::labels(labels), value);
    }

    /// Counts a call and records its duration.
    pub fn observe(&self, summary: Summary, labels: &[(&str, &str)], took: Duration) {
        self.registry().observe(summary, text::labels(labels), took);
    }

    /// Counts a request and records its duration.
    pub fn record(&self, request: Request, took: Duration) {
        self.registry().record(request, took);
    }

    /// All metrics in Prometheus' text format.
    #[must_use]
    pub fn text(&self) -> String {
        self.registry().text(self.tracer.counts())
    }

    /// What makes the service's spans.
    #[must_use]
    pub fn tracer(&self) -> &Tracer {
        &self.tracer
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Defaults, Env};

    #[test]
    fn metrics_are_written_in_prometheus_text_format() {
        let defaults = Defaults { service: "order", port: 0, data_dir: "data" };
        let metrics =
            Config::read(Env::from_pairs([("INBOX", "off")]), defaults).unwrap().metrics();
        metrics.add(Counter::EventsReceived, &[("eventType", "Ordered"), ("outcome", "applied")]);
        let request = Request { method: "GET".into(), uri: "/orders/{id}".into(), status: 200 };
        metrics.record(request, Duration::from_millis(20));
        let varying = ["process_uptime_seconds ", "process_resident_memory_bytes "];
        let text = metrics.text();
        let fixed: Vec<_> = text
            .lines()
            .filter(|line| !varying.iter().any(|name| line.starts_with(name)))
            .collect();
        insta::assert_snapshot!(fixed.join("\n"));
    }
    #[test]
    fn labels_from_outside_take_bounded_memory_and_what_is_left_out_is_counted() {
        let metrics = Metrics::new("order", None);
        let long = "주문".repeat(10_000);
        for number in 0..3_000 {
            let event_type = format!("{number}{long}");
            metrics.add(Counter::EventsReceived, &[("eventType", &event_type)]);
            let request = Request { method: "GET".into(), uri: format!("/{number}"), status: 200 };
            metrics.record(request, Duration::ZERO);
        }
        // A series that is there goes on.
        let request = Request { method: "GET".into(), uri: "/7".into(), status: 200 };
        metrics.record(request, Duration::ZERO);
        let text = metrics.text();
        let series = |name: &str| text.lines().filter(|line| line.starts_with(name)).count();
        assert_eq!(series("events_received_total{"), 2_000);
        assert_eq!(series("http_server_requests_seconds_count{"), 2_000);
        assert!(text.contains("metrics_left_out_total 2000\n"), "1,000 of each kind");
        let seventh = r#"http_server_requests_seconds_count{method="GET",uri="/7",status="200"} 2"#;
        assert!(text.contains(seventh));
        assert!(text.lines().all(|line| line.len() < 400), "long labels are cut");
    }
}
