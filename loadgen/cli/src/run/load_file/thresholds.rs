//! The thresholds of a load file, held against what was measured.

use std::time::Duration;

use brunt_loadgen::LoadOutcome;
use brunt_scenarios::plan::{Load, LoadPlan, LoadTotals, Threshold, Work};
use brunt_scenarios::timeline::{SparseHistogram, StepFigures};

use crate::limits::LimitResult;

// Each threshold of each load and of each step, in the file's order.
pub(super) fn judge(plan: &LoadPlan, outcomes: &[LoadOutcome]) -> Vec<LimitResult> {
    plan.loads.iter().zip(outcomes).flat_map(|(load, outcome)| of_load(load, outcome)).collect()
}

fn of_load(load: &Load, outcome: &LoadOutcome) -> Vec<LimitResult> {
    let lasted = outcome.elapsed.min(load.lasts).saturating_sub(load.warm_up);
    let windows = &outcome.record.windows;
    let latency =
        SparseHistogram::of(&SparseHistogram::merge(windows.iter().map(|window| &window.latency)));
    let failed = windows.iter().map(brunt_scenarios::timeline::Window::failures).sum();
    let sums = LoadTotals { ok: windows.iter().map(|window| window.ok).sum(), failed, lasted };
    let whole = load.thresholds.iter().map(|one| result(&load.name, *one, sums, &latency));
    let Work::Journeys(journeys) = &load.work else { return whole.collect() };
    let mut results: Vec<LimitResult> = whole.collect();
    for (journey, record) in journeys.iter().zip(&outcome.record.journeys) {
        for (step, figures) in journey.steps.iter().zip(&record.steps) {
            let name = format!("{}, {}", journey.name, step.name);
            results.extend(step.thresholds.iter().map(|one| of_step(&name, *one, figures, lasted)));
        }
    }
    results
}

fn of_step(
    name: &str,
    threshold: Threshold,
    figures: &StepFigures,
    lasted: Duration,
) -> LimitResult {
    let sums = LoadTotals { ok: figures.ok, failed: figures.failures(), lasted };
    result(name, threshold, sums, &figures.latency)
}

/// A threshold without a request to measure does not hold.
fn result(
    name: &str,
    threshold: Threshold,
    sums: LoadTotals,
    latency: &SparseHistogram,
) -> LimitResult {
    let judged = threshold.judge(sums, |quantile| latency.quantile(quantile));
    let (holds, measured) = judged.unwrap_or((false, "no request".to_owned()));
    LimitResult { limit: format!("{name}: {threshold}"), measured, holds }
}
