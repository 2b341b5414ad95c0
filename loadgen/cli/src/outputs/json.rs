//! All figures of all loads as one JSON document.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::{Failure, JourneyRecord, SparseHistogram, StepFigures};
use serde_json::{Value, json};

use crate::Told;
use crate::interval::estimate;
use brunt_loadgen::LoadOutcome;

/// An object for each load, with its journeys and their steps. Times are in seconds.
pub(crate) fn json(told: &Told<'_>) -> String {
    let claims = told.claims.iter();
    let claims = claims.map(
        |claim| json!({"claim": claim.claim, "measured": claim.measured, "holds": claim.holds}),
    );
    let all = json!({
        "what": told.what,
        "how": told.how,
        "exit": told.exit as u8,
        "loads": told.outcomes.iter().map(load).collect::<Vec<_>>(),
        "claims": claims.collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}

fn load(outcome: &LoadOutcome) -> Value {
    let record = &outcome.record;
    let all = SparseHistogram::of(&SparseHistogram::merge(
        record.windows.iter().map(|window| &window.latency),
    ));
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
        "latency": latency(&all),
        "lag": latency(&record.lag),
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
        "latency": latency(&journey.latency),
        "steps": journey.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn step(step: &StepFigures) -> Value {
    json!({
        "name": step.name,
        "ok": step.ok,
        "failed": failed(&step.failed),
        "skipped": step.skipped,
        "latency": latency(&step.latency),
        "checks": step.checks,
    })
}

fn failed(failed: &BTreeMap<Failure, u64>) -> Value {
    failed.iter().map(|(kind, count)| (kind.to_string(), Value::from(*count))).collect()
}

fn latency(counts: &SparseHistogram) -> Value {
    let quantile = |quantile| estimate(counts, quantile).map(|found| found.value as f64 / 1e6);
    json!({
        "p50": quantile(0.5), "p75": quantile(0.75), "p90": quantile(0.9), "p99": quantile(0.99),
        "p99.9": quantile(0.999), "max": counts.longest().map(|longest| longest as f64 / 1e6),
    })
}
