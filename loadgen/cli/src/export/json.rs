//! All figures of all loads as one JSON document.

use std::collections::BTreeMap;

use brunt_loadgen::LoadOutcome;
use brunt_scenarios::timeline::{Failure, JourneyRecord, SparseHistogram, StepFigures};
use serde_json::{Value, json};

use super::latency::latency;
use crate::output::{LoadOutput, quantiles_json};

/// An object for each load, with its journeys and their steps. Times are in seconds.
pub(crate) fn json(output: &LoadOutput<'_>) -> String {
    let claims = output.limit_results.iter().map(
        |result| json!({"claim": result.limit, "measured": result.measured, "holds": result.holds}),
    );
    let all = json!({
        "what": output.what,
        "how": output.how,
        "exit": output.exit as u8,
        "loads": output.outcomes.iter().map(load).collect::<Vec<_>>(),
        "claims": claims.collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}

fn load(outcome: &LoadOutcome) -> Value {
    let record = &outcome.record;
    let causes = outcome
        .causes
        .iter()
        .map(|((kind, cause), count)| json!({"kind": kind, "cause": cause, "count": count}));
    json!({
        "name": record.name,
        "elapsed": outcome.elapsed.as_secs_f64(),
        "ok": outcome.totals.ok,
        "failed": failed(&outcome.totals.failed),
        "causes": causes.collect::<Vec<_>>(),
        "bytes": outcome.totals.bytes,
        "latency": latencies(&latency(outcome)),
        "lag": latencies(&record.lag),
        "schedule": record.schedule,
        "journeys": record.journeys.iter().map(journey).collect::<Vec<_>>(),
    })
}

fn journey(journey: &JourneyRecord) -> Value {
    json!({
        "name": journey.name,
        "ok": journey.ok,
        "failed": journey.failed,
        "unfinished": journey.unfinished,
        "latency": latencies(&journey.latency),
        "steps": journey.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn step(step: &StepFigures) -> Value {
    json!({
        "name": step.name,
        "ok": step.ok,
        "failed": failed(&step.failed),
        "skipped": step.skipped,
        "latency": latencies(&step.latency),
        "checks": step.checks,
    })
}

fn failed(failed: &BTreeMap<Failure, u64>) -> Value {
    failed.iter().map(|(kind, count)| (kind.to_string(), Value::from(*count))).collect()
}

/// Quantiles and the longest, in seconds.
fn latencies(counts: &SparseHistogram) -> Value {
    let mut all = quantiles_json(counts);
    all["max"] = counts.longest().map(|longest| longest as f64 / 1e6).into();
    all
}
