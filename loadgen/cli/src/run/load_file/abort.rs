//! A load file's `abortWhen`.

use std::time::{Duration, Instant};

use brunt_loadgen::{AbortWatch, RunningLoads, Totals};
use brunt_scenarios::plan::LoadPlan;

/// Between two looks at the share of errors. A look in which nothing was answered decides nothing,
/// so slow servers need some time between two.
const INTERVAL: Duration = Duration::from_millis(250);

/// Ends all loads when too many of their requests fail.
pub(super) struct AbortCheck {
    watch: Option<AbortWatch>,
    next: Instant,
    /// Why the loads were ended early, if they were.
    pub reason: Option<String>,
}

impl AbortCheck {
    pub fn new(plan: &LoadPlan) -> Self {
        Self { watch: plan.abort_when.map(AbortWatch::new), next: Instant::now(), reason: None }
    }

    /// Looks at the totals, if that is due. Call it often.
    pub fn check(&mut self, running: &RunningLoads) {
        let (Some(watch), now) = (&mut self.watch, Instant::now()) else { return };
        if now < self.next || self.reason.is_some() {
            return;
        }
        self.next = now + INTERVAL;
        let snapshot = running.snapshot();
        let sum = |of: fn(&Totals) -> u64| snapshot.loads.iter().map(|load| of(&load.totals)).sum();
        self.reason = watch.look(now, sum(|totals| totals.ok), sum(Totals::failures));
        if self.reason.is_some() {
            running.stop();
        }
    }
}
