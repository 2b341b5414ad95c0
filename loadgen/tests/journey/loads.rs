//! Loads as they are written, run to their end.

use std::collections::BTreeMap;
use std::time::Instant;

use brunt_loadgen::{Bound, Job, JobContext, LoadOutcome, Portion, Transport, start};
use brunt_scenarios::Source;
use brunt_scenarios::plan::{Arrival, LoadPlan};
use brunt_scenarios::scenario::LoadFile;
use brunt_scenarios::timeline::{JourneyRecord, StepFigures};

use crate::shop::Shop;

/// The first load of a file whose base is the shop.
pub fn job(shop: &Shop, text: &str) -> Job {
    let source = Source::new("test.yaml", format!("version: 1\nbase: {}\n{text}", shop.url()));
    let written: LoadFile = source.parse().unwrap_or_else(|wrong| panic!("{wrong}"));
    let plan = LoadPlan::check(&written, &source).unwrap_or_else(|wrong| panic!("{}", wrong[0]));
    let setting = JobContext {
        url: &|base| Some(base.to_owned()),
        values: &BTreeMap::new(),
        transport: &Transport::default(),
        portion: Portion::WHOLE,
    };
    Job::from_plan(&plan.loads[0], &setting).unwrap()
}

/// One user, and so many journeys of these steps.
pub fn times(shop: &Shop, journeys: u64, steps: &str) -> LoadOutcome {
    let text = format!(
        "load: [{{name: test, closed: {{users: 1}}, for: 60s, journeys: [{{name: all, steps: \
         [{steps}]}}]}}]"
    );
    run(Job { bound: Bound::Repetitions(journeys), ..job(shop, &text) })
}

/// One journey of these steps.
pub fn once(shop: &Shop, steps: &str) -> LoadOutcome {
    times(shop, 1, steps)
}

/// Runs a job to its end on two threads.
pub fn run(job: Job) -> LoadOutcome {
    let is_open = matches!(job.arrival, Arrival::Open { .. });
    let outcome = start(vec![job], Instant::now(), 2).unwrap().outcomes().pop().unwrap();
    adds_up(&outcome, is_open);
    outcome
}

/// Steps, windows and sums count the same requests.
fn adds_up(outcome: &LoadOutcome, is_open: bool) {
    if outcome.record.journeys.is_empty() {
        return;
    }
    let steps = || outcome.record.journeys.iter().flat_map(|journey| &journey.steps);
    assert_eq!(steps().map(|step| step.ok).sum::<u64>(), outcome.totals.ok);
    let failed: u64 = steps().map(StepFigures::failures).sum();
    assert!(failed == outcome.totals.failures() || is_open && failed < outcome.totals.failures());
    for step in steps() {
        assert_eq!(step.lag.len(), step.ok + step.failures(), "{step:#?}");
        assert_eq!(step.service_time.len(), step.lag.len(), "{step:#?}");
    }
    for journey in &outcome.record.journeys {
        assert_eq!(journey.latency.len(), journey.ok + journey.unfinished, "{journey:#?}");
    }
}

/// The only journey.
pub fn journey(outcome: &LoadOutcome) -> &JourneyRecord {
    &outcome.record.journeys[0]
}

/// What came of a step, in short: good, failures by kind, skipped.
pub fn step(outcome: &LoadOutcome, number: usize) -> String {
    let step = &journey(outcome).steps[number];
    let failed: Vec<String> =
        step.failed.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    format!("{} ok, [{}], {} skipped", step.ok, failed.join(", "), step.skipped)
}

/// What was checked in a step.
pub fn checks(outcome: &LoadOutcome, number: usize) -> Vec<String> {
    let checks = journey(outcome).steps[number].checks.iter();
    checks
        .map(|check| format!("{}: {} of {}", check.name, check.passed, check.passed + check.failed))
        .collect()
}
