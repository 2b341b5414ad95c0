//! Counters and timers in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::config::{Config, Guard, Offsets};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counter {
    /// Events that reached the log.
    EventsPublished,
    /// Events received, by `outcome`: applied, duplicate, ignored, dead.
    EventsReceived,
    /// Calls to other services, by `callee` and `outcome`.
    Calls,
    /// Requests that the gateway sent a second time.
    Retries,
}

impl Counter {
    fn name(self) -> &'static str {
        match self {
            Self::EventsPublished => "events_published_total",
            Self::EventsReceived => "events_received_total",
            Self::Calls => "client_calls_total",
            Self::Retries => "gateway_retries_total",
        }
    }
}

/// The upper bounds of the buckets of request times, in seconds.
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

/// A service's metrics. Clones share them.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Mutex<Registry>>);

#[derive(Debug)]
struct Registry {
    service: &'static str,
    guards: Vec<(&'static str, Guard)>,
    started: Instant,
    counters: BTreeMap<(Counter, String), u64>,
    requests: BTreeMap<Request, Timer>,
}

impl Metrics {
    /// No counts yet.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self(Arc::new(Mutex::new(Registry {
            service: config.service,
            guards: vec![
                ("outbox", config.outbox),
                ("inbox", config.inbox),
                (
                    "committedOffsets",
                    if config.offsets == Offsets::Committed { Guard::On } else { Guard::Off },
                ),
            ],
            started: Instant::now(),
            counters: BTreeMap::new(),
            requests: BTreeMap::new(),
        })))
    }

    /// Shows a protection that only one service has.
    pub fn show_guard(&self, name: &'static str, guard: Guard) {
        self.registry().guards.push((name, guard));
    }

    /// Counts one.
    pub fn add(&self, counter: Counter, labels: &[(&str, &str)]) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        *self.registry().counters.entry((counter, labels.join(","))).or_default() += 1;
    }

    /// Counts a request and its time.
    pub fn record(&self, request: Request, took: Duration) {
        let mut registry = self.registry();
        let timer = registry.requests.entry(request).or_default();
        let seconds = took.as_secs_f64();
        timer.count += 1;
        timer.seconds += seconds;
        for (count, _) in timer.buckets.iter_mut().zip(BUCKETS).filter(|(_, bound)| seconds <= *bound) {
            *count += 1;
        }
    }

    /// All of it as text.
    #[must_use]
    pub fn text(&self) -> String {
        let registry = self.registry();
        let mut out = String::new();
        // Writing to a String cannot fail.
        let written = registry
            .write_state(&mut out)
            .and_then(|()| registry.write_counters(&mut out))
            .and_then(|()| registry.write_requests(&mut out));
        debug_assert!(written.is_ok());
        out
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry {
    fn write_state(&self, out: &mut String) -> std::fmt::Result {
        let service = self.service;
        writeln!(out, "# TYPE application_info gauge\napplication_info{{application=\"{service}\"}} 1")?;
        let up = self.started.elapsed().as_secs_f64();
        writeln!(out, "# TYPE process_uptime_seconds gauge\nprocess_uptime_seconds {up:.3}")?;
        writeln!(out, "# TYPE guard_enabled gauge")?;
        for (name, guard) in &self.guards {
            writeln!(out, "guard_enabled{{guard=\"{name}\"}} {}", u8::from(*guard == Guard::On))?;
        }
        if let Some(bytes) = resident_bytes() {
            writeln!(
                out,
                "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes {bytes}"
            )?;
        }
        Ok(())
    }

    fn write_counters(&self, out: &mut String) -> std::fmt::Result {
        let mut last = None;
        for ((counter, labels), count) in &self.counters {
            if last != Some(*counter) {
                writeln!(out, "# TYPE {} counter", counter.name())?;
                last = Some(*counter);
            }
            writeln!(out, "{}{{{labels}}} {count}", counter.name())?;
        }
        Ok(())
    }

    fn write_requests(&self, out: &mut String) -> std::fmt::Result {
        const NAME: &str = "http_server_requests_seconds";
        if !self.requests.is_empty() {
            writeln!(out, "# TYPE {NAME} histogram")?;
        }
        for (Request { method, uri, status }, timer) in &self.requests {
            let labels =
                format!("method=\"{}\",uri=\"{}\",status=\"{status}\"", escaped(method), escaped(uri));
            for (bound, count) in BUCKETS.iter().zip(timer.buckets) {
                writeln!(out, "{NAME}_bucket{{{labels},le=\"{bound}\"}} {count}")?;
            }
            writeln!(out, "{NAME}_bucket{{{labels},le=\"+Inf\"}} {}", timer.count)?;
            writeln!(out, "{NAME}_count{{{labels}}} {}", timer.count)?;
            writeln!(out, "{NAME}_sum{{{labels}}} {:.6}", timer.seconds)?;
        }
        Ok(())
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Linux only: elsewhere there is no such line.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Defaults, Env};

    #[test]
    fn text_is_what_prometheus_reads() {
        let defaults = Defaults { service: "order", port: 0, data_dir: "data" };
        let metrics = Metrics::new(&Config::read(Env::from_pairs([("INBOX", "off")]), defaults).unwrap());
        metrics.add(Counter::EventsReceived, &[("eventType", "Ordered"), ("outcome", "applied")]);
        let request = Request { method: "GET".into(), uri: "/orders/{id}".into(), status: 200 };
        metrics.record(request, Duration::from_millis(20));
        let varying = ["process_uptime_seconds ", "process_resident_memory_bytes "];
        let text = metrics.text();
        let fixed: Vec<_> =
            text.lines().filter(|line| !varying.iter().any(|name| line.starts_with(name))).collect();
        insta::assert_snapshot!(fixed.join("\n"));
    }
}
