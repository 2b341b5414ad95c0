//! Counters, gauges and timers in Prometheus' text format.

mod text;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::config::{Config, Guard, Offsets};
use crate::trace::Tracer;

/// The counters that a service exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counter {
    /// Events that reached the log.
    EventsPublished,
    /// Events received, by `outcome`: applied, duplicate, ignored, dead.
    EventsReceived,
    /// Attempts of calls to other services, by `callee` and `outcome`.
    Calls,
    /// Calls that were sent a second time, by `callee`.
    CallRetries,
    /// Calls that a circuit breaker, by `name`, did not let through.
    NotPermitted,
    /// Requests that the gateway sent a second time.
    Retries,
    /// Requests that the gateway refused, by `reason`: rate, token.
    Refused,
    /// Changes of a mounted file, by `outcome`: applied, refused.
    ConfigReloads,
}

/// The gauges that a service exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gauge {
    /// 1 for the `state` in which the circuit breaker `name` is, 0 for the others.
    BreakerState,
    /// 1 if the mounted file is in force as it is, 0 if it was refused.
    ConfigReloaded,
}

/// The timers, which count as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Summary {
    /// Calls, by the circuit breaker's `name` and `kind`: successful,
    /// failed, ignored, not_permitted.
    BreakerCalls,
}

impl Counter {
    fn name(self) -> &'static str {
        match self {
            Self::EventsPublished => "events_published_total",
            Self::EventsReceived => "events_received_total",
            Self::Calls => "client_calls_total",
            Self::CallRetries => "client_retries_total",
            Self::NotPermitted => "resilience4j_circuitbreaker_not_permitted_calls_total",
            Self::Retries => "gateway_retries_total",
            Self::Refused => "gateway_refused_total",
            Self::ConfigReloads => "config_reloads_total",
        }
    }
}

impl Gauge {
    fn name(self) -> &'static str {
        match self {
            Self::BreakerState => "resilience4j_circuitbreaker_state",
            Self::ConfigReloaded => "config_last_reload_successful",
        }
    }
}

impl Summary {
    fn name(self) -> &'static str {
        match self {
            Self::BreakerCalls => "resilience4j_circuitbreaker_calls_seconds",
        }
    }
}

/// The upper bounds of the buckets of request times, in seconds.
// From one millisecond, which a read takes, to the deadline of a call with room to spare.
const BUCKETS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// One route's requests: the labels that Spring Boot gives them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// The HTTP method.
    pub method: String,
    /// The route, not the path: `/orders/{id}`.
    pub uri: String,
    /// The response's status.
    pub status: u16,
}

#[derive(Clone, Copy, Debug, Default)]
struct Timer {
    count: u64,
    seconds: f64,
    buckets: [u64; BUCKETS.len()],
}

#[derive(Clone, Copy, Debug, Default)]
struct Total {
    count: u64,
    seconds: f64,
}

/// A service's metrics. Clones share them.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    tracer: Tracer,
}

#[derive(Debug)]
struct Registry {
    service: &'static str,
    guards: Vec<(&'static str, Guard)>,
    started: Instant,
    counters: BTreeMap<(Counter, String), u64>,
    gauges: BTreeMap<(Gauge, String), f64>,
    summaries: BTreeMap<(Summary, String), Total>,
    requests: BTreeMap<Request, Timer>,
}

impl Metrics {
    /// Metrics with all counts at zero.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let registry = Registry {
            service: config.service,
            guards: vec![
                ("outbox", config.outbox),
                ("inbox", config.inbox),
                (
                    // Shown with the guards, as it is one: `latest` takes away what protects events
                    // of a pause.
                    "committedOffsets",
                    if config.offsets == Offsets::Committed { Guard::On } else { Guard::Off },
                ),
            ],
            started: Instant::now(),
            counters: BTreeMap::new(),
            gauges: BTreeMap::new(),
            summaries: BTreeMap::new(),
            requests: BTreeMap::new(),
        };
        let tracer = Tracer::new(config.service, config.traces.as_deref());
        Self { registry: Arc::new(Mutex::new(registry)), tracer }
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

    /// Adds 1 to a counter.
    pub fn add(&self, counter: Counter, labels: &[(&str, &str)]) {
        *self.registry().counters.entry((counter, text::labels(labels))).or_default() += 1;
    }

    /// Sets a gauge.
    pub fn set(&self, gauge: Gauge, labels: &[(&str, &str)], value: f64) {
        self.registry().gauges.insert((gauge, text::labels(labels)), value);
    }

    /// Counts a call and records its duration.
    pub fn observe(&self, summary: Summary, labels: &[(&str, &str)], took: Duration) {
        let mut registry = self.registry();
        let total = registry.summaries.entry((summary, text::labels(labels))).or_default();
        total.count += 1;
        total.seconds += took.as_secs_f64();
    }

    /// Counts a request and records its duration.
    pub fn record(&self, request: Request, took: Duration) {
        let mut registry = self.registry();
        let timer = registry.requests.entry(request).or_default();
        let seconds = took.as_secs_f64();
        timer.count += 1;
        timer.seconds += seconds;
        for (count, _) in
            // Cumulative, as Prometheus wants them: every bound that holds the value counts.
            timer.buckets.iter_mut().zip(BUCKETS).filter(|(_, bound)| seconds <= *bound)
        {
            *count += 1;
        }
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
    use crate::config::{Defaults, Env};

    #[test]
    fn metrics_are_written_in_prometheus_text_format() {
        let defaults = Defaults { service: "order", port: 0, data_dir: "data" };
        let metrics =
            Metrics::new(&Config::read(Env::from_pairs([("INBOX", "off")]), defaults).unwrap());
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
}
