//! Prometheus' text format of metrics.

use std::fmt::{Result, Write};

use super::registry::{BUCKETS, Registry};
use super::series::Request;
use crate::config::Guard;
use crate::cut::cut;
use crate::telemetry;

impl Registry {
    /// With how many spans were sent and dropped, if they are sent anywhere.
    pub(super) fn text(&self, spans: Option<(u64, u64)>) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let written = self
            .write_state(&mut out)
            .and_then(|()| self.write_counters(&mut out))
            .and_then(|()| self.write_gauges(&mut out))
            .and_then(|()| self.write_summaries(&mut out))
            .and_then(|()| self.write_requests(&mut out))
            .and_then(|()| write_spans(spans, &mut out));
        debug_assert!(written.is_ok());
        out
    }

    fn write_state(&self, out: &mut String) -> Result {
        let service = self.service;
        writeln!(
            out,
            "# TYPE application_info gauge\napplication_info{{application=\"{service}\"}} 1"
        )?;
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
        let lost = telemetry::lost_lines();
        writeln!(out, "# TYPE log_lines_lost_total counter\nlog_lines_lost_total {lost}")?;
        let left_out = self.left_out;
        writeln!(out, "# TYPE metrics_left_out_total counter\nmetrics_left_out_total {left_out}")
    }

    fn write_counters(&self, out: &mut String) -> Result {
        // One TYPE line for each name; the map's order keeps a name's series together.
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

    fn write_gauges(&self, out: &mut String) -> Result {
        let mut last = None;
        for ((gauge, labels), value) in &self.gauges {
            if last != Some(*gauge) {
                writeln!(out, "# TYPE {} gauge", gauge.name())?;
                last = Some(*gauge);
            }
            writeln!(out, "{}{{{labels}}} {value}", gauge.name())?;
        }
        Ok(())
    }

    fn write_summaries(&self, out: &mut String) -> Result {
        let mut last = None;
        for ((summary, labels), total) in &self.summaries {
            let name = summary.name();
            if last != Some(*summary) {
                writeln!(out, "# TYPE {name} summary")?;
                last = Some(*summary);
            }
            writeln!(out, "{name}_count{{{labels}}} {}", total.count)?;
            writeln!(out, "{name}_sum{{{labels}}} {:.6}", total.seconds)?;
        }
        Ok(())
    }

    fn write_requests(&self, out: &mut String) -> Result {
        const NAME: &str = "http_server_requests_seconds";
        if !self.requests.is_empty() {
            writeln!(out, "# TYPE {NAME} histogram")?;
        }
        for (Request { method, uri, status }, timer) in &self.requests {
            let labels = format!(
                "method=\"{}\",uri=\"{}\",status=\"{status}\"",
                escaped(method),
                escaped(uri)
            );
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

fn write_spans(spans: Option<(u64, u64)>, out: &mut String) -> Result {
    let Some((sent, dropped)) = spans else { return Ok(()) };
    for (name, count) in
        [("otel_spans_exported_total", sent), ("otel_spans_dropped_total", dropped)]
    {
        writeln!(out, "# TYPE {name} counter\n{name} {count}")?;
    }
    Ok(())
}

/// The longest value of a label, in bytes.
const LABEL_BYTES: usize = 200;

/// Labels as they stand between the braces.
pub(super) fn labels(labels: &[(&str, &str)]) -> String {
    let labels: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    labels.join(",")
}

fn escaped(value: &str) -> String {
    // The format has three characters to escape. An event type comes from outside, and may have
    // any of them.
    cut(value, LABEL_BYTES).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Linux only: elsewhere there is no such line.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
