//! The thresholds of a load file, held against what came of its loads.

use std::time::Duration;

use brunt_scenarios::plan::{Load, LoadPlan, LoadTotals, Threshold, Work};
use brunt_scenarios::timeline::{SparseHistogram, StepFigures};

use crate::limit::Claim;
use brunt_loadgen::LoadOutcome;

/// Each threshold of each load and of each step, in the file's order.
pub(super) fn of(plan: &LoadPlan, outcomes: &[LoadOutcome]) -> Vec<Claim> {
    plan.loads.iter().zip(outcomes).flat_map(|(load, outcome)| of_load(load, outcome)).collect()
}

fn of_load(load: &Load, outcome: &LoadOutcome) -> Vec<Claim> {
    let lasted = outcome.elapsed.min(load.lasts).saturating_sub(load.warm_up);
    let windows = &outcome.record.windows;
    let latency =
        SparseHistogram::of(&SparseHistogram::merge(windows.iter().map(|window| &window.latency)));
    let failed = windows.iter().map(brunt_scenarios::timeline::Window::failures).sum();
    let sums = LoadTotals { ok: windows.iter().map(|window| window.ok).sum(), failed, lasted };
    let whole = load.thresholds.iter().map(|one| claim(&load.name, *one, sums, &latency));
    let Work::Journeys(journeys) = &load.work else { return whole.collect() };
    let mut claims: Vec<Claim> = whole.collect();
    for (journey, record) in journeys.iter().zip(&outcome.record.journeys) {
        for (step, figures) in journey.steps.iter().zip(&record.steps) {
            let name = format!("{}, {}", journey.name, step.name);
            claims.extend(step.thresholds.iter().map(|one| of_step(&name, *one, figures, lasted)));
        }
    }
    claims
}

fn of_step(name: &str, threshold: Threshold, figures: &StepFigures, lasted: Duration) -> Claim {
    let sums = LoadTotals { ok: figures.ok, failed: figures.failures(), lasted };
    claim(name, threshold, sums, &figures.latency)
}

/// One without a request to measure does not hold.
fn claim(name: &str, threshold: Threshold, sums: LoadTotals, latency: &SparseHistogram) -> Claim {
    let judged = threshold.judge(sums, |quantile| latency.quantile(quantile));
    let (holds, measured) = judged.unwrap_or((false, "no request".to_owned()));
    Claim { claim: format!("{name}: {threshold}"), measured, holds }
}
