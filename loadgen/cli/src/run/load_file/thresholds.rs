//! The thresholds of a load file, held against what was measured.

use std::time::Duration;

use brunt_loadgen::LoadOutcome;
use brunt_reports::windows_without_lag;
use brunt_scenarios::plan::{Load, LoadPlan, LoadTotals, Threshold, Work};
use brunt_scenarios::timeline::{SparseHistogram, StepFigures, Window};

use crate::limits::{LimitResult, Measurement, sums};

// Each threshold of each load and of each step, in the file's order.
pub(super) fn judge(plan: &LoadPlan, outcomes: &[LoadOutcome]) -> Vec<LimitResult> {
    plan.loads.iter().zip(outcomes).flat_map(|(load, outcome)| of_load(load, outcome)).collect()
}

fn of_load(load: &Load, outcome: &LoadOutcome) -> Vec<LimitResult> {
    let lasted = outcome.elapsed.min(load.lasts).saturating_sub(load.warm_up);
    let counted = LoadMeasurements::of_windows(&outcome.record.windows, lasted);
    let best = windows_without_lag(&outcome.record);
    let best = best.map(|windows| LoadMeasurements::of_windows(&windows, lasted));
    let whole = load.thresholds.iter().map(|one| result(&load.name, *one, &counted, best.as_ref()));
    let mut results: Vec<LimitResult> = whole.collect();
    let Work::Journeys(journeys) = &load.work else { return results };
    for (journey, record) in journeys.iter().zip(&outcome.record.journeys) {
        for (step, figures) in journey.steps.iter().zip(&record.steps) {
            let name = format!("{}, {}", journey.name, step.name);
            let counted = LoadMeasurements::of_step(figures, &figures.latency, lasted);
            // From when it was sent: that is without the time that it was sent late.
            let best = outcome.record.was_late();
            let best =
                best.then(|| LoadMeasurements::of_step(figures, &figures.service_time, lasted));
            let result = |one: &Threshold| result(&name, *one, &counted, best.as_ref());
            results.extend(step.thresholds.iter().map(result));
        }
    }
    results
}

/// What a threshold is held against.
struct LoadMeasurements {
    sums: LoadTotals,
    latency: SparseHistogram,
}

impl LoadMeasurements {
    fn of_windows(windows: &[Window], lasted: Duration) -> Self {
        let (ok, failed, latency) = sums(windows);
        Self { sums: LoadTotals { ok, failed, lasted }, latency }
    }

    fn of_step(figures: &StepFigures, latency: &SparseHistogram, lasted: Duration) -> Self {
        let sums = LoadTotals { ok: figures.ok, failed: figures.failures(), lasted };
        Self { sums, latency: latency.clone() }
    }

    /// A threshold without a request to measure does not hold.
    fn judge(&self, threshold: Threshold) -> Measurement {
        match threshold.judge(self.sums, |quantile| self.latency.quantile(quantile)) {
            Some((holds, measured)) => (Some(holds), measured),
            None => (None, "no request".to_owned()),
        }
    }
}

fn result(
    name: &str,
    threshold: Threshold,
    counted: &LoadMeasurements,
    best: Option<&LoadMeasurements>,
) -> LimitResult {
    let best = best.map(|best| best.judge(threshold));
    LimitResult::settled(format!("{name}: {threshold}"), counted.judge(threshold), best)
}
