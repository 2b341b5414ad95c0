//! Prometheus' text exposition format, version 0.0.4.

use std::fmt::Write;

use brunt_loadgen::LoadOutcome;
use brunt_scenarios::timeline::Schedule;

use super::latency::{latency, sum};
use crate::output::estimate;

const QUANTILES: [f64; 5] = [0.5, 0.75, 0.9, 0.99, 0.999];

const REQUESTS: &str = "brunt_load_requests_total";
const LATENCY: &str = "brunt_load_latency_seconds";
const KEPT: &str = "brunt_load_schedule_kept";

/// The counts, latency and schedule of all loads. A metric's lines stand together, as the
/// format wants it.
pub(crate) fn prometheus(outcomes: &[LoadOutcome]) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut text, outcomes);
    text
}

fn write_all(text: &mut String, outcomes: &[LoadOutcome]) -> std::fmt::Result {
    let named = || outcomes.iter().map(|outcome| (escaped(&outcome.record.name), outcome));
    head(text, REQUESTS, "counter", "Requests by outcome: ok, or why they failed.")?;
    for (load, outcome) in named() {
        writeln!(text, "{REQUESTS}{{load=\"{load}\",outcome=\"ok\"}} {}", outcome.totals.ok)?;
        for (kind, count) in &outcome.totals.failed {
            let kind = escaped(&kind.to_string());
            writeln!(text, "{REQUESTS}{{load=\"{load}\",outcome=\"{kind}\"}} {count}")?;
        }
    }
    head(
        text,
        LATENCY,
        "summary",
        "Time from the intended start of requests to the end of their replies.",
    )?;
    named().try_for_each(|(load, outcome)| summary(text, outcome, &load))?;
    head(
        text,
        KEPT,
        "gauge",
        "1 when the generator kept its schedule, 0 when the figures are invalid.",
    )?;
    named().try_for_each(|(load, outcome)| {
        let kept = u8::from(outcome.record.schedule == Schedule::Kept);
        writeln!(text, "{KEPT}{{load=\"{load}\"}} {kept}")
    })
}

/// A summary. One of no values has no quantiles.
fn summary(text: &mut String, outcome: &LoadOutcome, load: &str) -> std::fmt::Result {
    // Quantiles of windows cannot be added up, so all latencies are one histogram here.
    let counts = latency(outcome);
    for quantile in QUANTILES {
        let Some(found) = estimate(&counts, quantile) else { continue };
        let seconds = found.value as f64 / 1e6;
        writeln!(text, "{LATENCY}{{load=\"{load}\",quantile=\"{quantile}\"}} {seconds}")?;
    }
    writeln!(text, "{LATENCY}_sum{{load=\"{load}\"}} {}", sum(&counts))?;
    writeln!(text, "{LATENCY}_count{{load=\"{load}\"}} {}", counts.len())
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) -> std::fmt::Result {
    writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

/// A label's value with the format's escapes.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
