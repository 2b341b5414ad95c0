//! How a command ended: a load's figures and its exit code.

use std::collections::BTreeMap;

use brunt_loadgen::{LoadOutcome, Totals};
use brunt_reports::Exit;
use brunt_scenarios::timeline::{Failure, Schedule, SparseHistogram};
use brunt_scenarios::units::Percent;

use super::siege_figures::SiegeFigures;
use crate::args::Settings;
use crate::limits::LimitResult;

/// How a command ended.
#[derive(Debug, Clone)]
pub struct CommandResult {
    /// The figures of the load that the options ask for, or of a single request; `None` of a
    /// search, a load file, and what needs no server.
    pub summary: Option<LoadSummary>,
    exit: Exit,
}

/// The figures of one load.
#[derive(Debug, Clone)]
pub struct LoadSummary {
    /// By siege's definitions.
    pub figures: SiegeFigures,
    /// The sums that they are made from, with failures by kind.
    pub totals: Totals,
    /// Requests without a reply by kind, and by what happened to them within it.
    pub causes: BTreeMap<(Failure, &'static str), u64>,
    /// From the intended start of each request to the end of its reply, in microseconds.
    pub latency: SparseHistogram,
    /// From the intended start of each request to when it was sent, in microseconds.
    pub lag: SparseHistogram,
    /// Whether the generator was on time, so that the figures say something of the server.
    pub schedule: Schedule,
    /// The least share of good replies, if `--fail-below` names one.
    pub fail_below: Option<Percent>,
    /// The limits of `--slo`, in the order in which they were written.
    pub slo_results: Vec<LimitResult>,
}

impl CommandResult {
    /// Of a command that leaves no summary.
    pub(crate) fn of_exit(exit: Exit) -> Self {
        Self { summary: None, exit }
    }

    /// Of a load, or of a single request.
    pub(crate) fn of_summary(summary: LoadSummary) -> Self {
        Self { exit: summary.exit(), summary: Some(summary) }
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        self.exit
    }
}

impl LoadSummary {
    /// From what was measured of a load, and what the settings ask of it.
    pub(crate) fn new(outcome: &LoadOutcome, settings: &Settings) -> Self {
        let windows = outcome.record.windows.iter().map(|window| &window.latency);
        let slo = settings.slo.as_ref();
        // The warm-up is made and not counted, so rates are over the time after it.
        let counted = outcome.elapsed.saturating_sub(settings.warm_up);
        Self {
            figures: SiegeFigures::new(&outcome.totals, counted),
            latency: SparseHistogram::of(&SparseHistogram::merge(windows)),
            lag: outcome.record.lag.clone(),
            schedule: outcome.record.schedule.clone(),
            totals: outcome.totals.clone(),
            causes: outcome.causes.clone(),
            fail_below: settings.fail_below,
            slo_results: slo.map(|slo| slo.judge(&outcome.record, 0.0)).unwrap_or_default(),
        }
    }

    /// The exit code. Figures that say nothing come before figures that are bad; a server that
    /// never replied is bad when a threshold was set, and no data when not.
    pub(crate) fn exit(&self) -> Exit {
        let results = self.limit_results();
        let fails = (!results.is_empty()).then(|| results.iter().any(|result| !result.holds));
        match (&self.schedule, fails) {
            _ if self.totals.requests() == 0 => Exit::Inconclusive,
            (Schedule::Missed(_) | Schedule::Failed(_), _) => Exit::Inconclusive,
            (Schedule::Kept, Some(true)) => Exit::Fail,
            (Schedule::Kept, None) if self.totals.replies == 0 => Exit::Inconclusive,
            (Schedule::Kept, _) => Exit::Pass,
        }
    }

    /// Everything that had to hold: the limits of `--slo`, then that of `--fail-below`.
    pub fn limit_results(&self) -> Vec<LimitResult> {
        let good = self.fail_below.map(|least| LimitResult {
            limit: format!("good replies ≥ {least}"),
            measured: format!("{:.3} %", 100.0 * self.good()),
            holds: self.good() >= least.fraction(),
        });
        self.slo_results.iter().cloned().chain(good).collect()
    }

    /// The share of all requests that got a good reply (2xx or 3xx), from 0 to 1.
    pub fn good(&self) -> f64 {
        self.totals.ok as f64 / self.totals.requests().max(1) as f64
    }
}
