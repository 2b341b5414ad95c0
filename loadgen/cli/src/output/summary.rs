//! How a command ended: a load's figures and its exit code.

use std::collections::BTreeMap;

use brunt_loadgen::{LoadOutcome, Totals};
use brunt_reports::{Exit, windows_without_lag};
use brunt_scenarios::timeline::{Failure, Schedule, SparseHistogram};
use brunt_scenarios::units::Percent;

use super::siege_figures::SiegeFigures;
use crate::args::Settings;
use crate::limits::{self, LimitResult, sums};

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
    /// Everything that had to hold: the limits of `--slo`, in the order in which they were written,
    /// then that of `--fail-below`.
    pub limit_results: Vec<LimitResult>,
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
        let slo = settings.slo.as_ref().map(|slo| slo.judge(&outcome.record)).unwrap_or_default();
        let best = windows_without_lag(&outcome.record).map(|windows| {
            let (ok, failed, _) = sums(&windows);
            (ok, ok + failed)
        });
        let good = (outcome.totals.ok, outcome.totals.requests());
        let good = settings.fail_below.map(|least| good_replies(least, good, best));
        // The warm-up is made and not counted, so rates are over the time after it.
        let counted = outcome.elapsed.saturating_sub(settings.warm_up);
        Self {
            figures: SiegeFigures::new(&outcome.totals, counted),
            latency: SparseHistogram::of(&SparseHistogram::merge(windows)),
            lag: outcome.record.lag.clone(),
            schedule: outcome.record.schedule.clone(),
            totals: outcome.totals.clone(),
            causes: outcome.causes.clone(),
            limit_results: slo.into_iter().chain(good).collect(),
        }
    }

    /// The exit code. Without a request there is nothing to judge; a server that never replied is
    /// bad when a limit was set, and no data when not.
    pub(crate) fn exit(&self) -> Exit {
        match self.totals.requests() {
            0 => Exit::Inconclusive,
            _ => limits::exit(&[&self.schedule], &self.limit_results, self.totals.replies),
        }
    }

    /// The share of all requests that got a good reply (2xx or 3xx), from 0 to 1.
    pub fn good(&self) -> f64 {
        self.totals.ok as f64 / self.totals.requests().max(1) as f64
    }
}

/// The limit of `--fail-below`. Good replies among all requests, as they were counted, and as they
/// may have been without the generator's own lag.
pub(crate) fn good_replies(
    least: Percent,
    counted: (u64, u64),
    best: Option<(u64, u64)>,
) -> LimitResult {
    let measure = |(ok, all): (u64, u64)| {
        let share = ok as f64 / all.max(1) as f64;
        (Some(share >= least.fraction()), format!("{:.3} %", 100.0 * share))
    };
    let limit = format!("good replies ≥ {least}");
    LimitResult::settled(limit, measure(counted), best.map(measure))
}
