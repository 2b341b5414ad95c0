//! What came of a siege, and the exit code for it.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::{Failure, Schedule, SparseHistogram};
use brunt_scenarios::units::Percent;

use super::Figures;
use super::settings::Settings;
use crate::limit::Claim;
use brunt_loadgen::{LoadOutcome, Totals};

/// What came of a siege.
#[derive(Debug, Clone)]
pub struct Summary {
    /// `None` when no load was asked for.
    pub findings: Option<Findings>,
    /// How it ended, where there are no findings: a search for the highest rate, a load file.
    pub ended: Option<Exit>,
}

/// What came of a load.
#[derive(Debug, Clone)]
pub struct Findings {
    /// Siege's figures.
    pub figures: Figures,
    /// The load's sums.
    pub totals: Totals,
    /// Requests without a reply: their kinds, told apart by how exactly each came about.
    pub causes: BTreeMap<(Failure, &'static str), u64>,
    /// Done − intended, in microseconds.
    pub latency: SparseHistogram,
    /// Sent − intended, in microseconds.
    pub lag: SparseHistogram,
    /// Whether the schedule was kept.
    pub schedule: Schedule,
    /// The least share of good replies that was asked for.
    pub fail_below: Option<Percent>,
    /// What `--slo` claims, and whether it holds.
    pub claims: Vec<Claim>,
}

/// Exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All is well.
    Fine = 0,
    /// Fewer good replies than asked for.
    Below = 1,
    /// The command line or the URLs are wrong.
    Wrong = 2,
    /// No data, or data that says nothing of the server.
    Inconclusive = 3,
    /// Ended early by a load file's `abortWhen`.
    Aborted = 4,
}

impl Summary {
    pub(super) fn nothing() -> Self {
        Self { findings: None, ended: None }
    }

    pub(super) fn of(outcome: &LoadOutcome, settings: &Settings) -> Self {
        let windows = outcome.record.windows.iter().map(|window| &window.latency);
        let slo = settings.slo.as_ref();
        Self {
            ended: None,
            findings: Some(Findings {
                figures: Figures::new(
                    &outcome.totals,
                    outcome.elapsed.saturating_sub(settings.warm_up),
                ),
                latency: SparseHistogram::of(&SparseHistogram::merge(windows)),
                lag: outcome.record.lag.clone(),
                schedule: outcome.record.schedule.clone(),
                totals: outcome.totals.clone(),
                causes: outcome.causes.clone(),
                fail_below: settings.fail_below,
                claims: slo.map(|slo| slo.judge(&outcome.record, 0.0)).unwrap_or_default(),
            }),
        }
    }

    /// The exit code. Figures that say nothing come before figures that are bad; a server that
    /// never replied is bad when a threshold was set, and no data when not.
    pub fn exit(&self) -> Exit {
        let Some(result) = &self.findings else {
            return self.ended.unwrap_or(Exit::Fine);
        };
        let claims = result.claimed();
        let below = (!claims.is_empty()).then(|| claims.iter().any(|claim| !claim.holds));
        match (&result.schedule, below) {
            _ if result.totals.requests() == 0 => Exit::Inconclusive,
            (Schedule::Missed(_), _) => Exit::Inconclusive,
            (Schedule::Kept, Some(true)) => Exit::Below,
            (Schedule::Kept, None) if result.totals.replies == 0 => Exit::Inconclusive,
            (Schedule::Kept, _) => Exit::Fine,
        }
    }
}

impl Findings {
    /// All that was claimed: by `--slo`, and by `--fail-below`.
    pub fn claimed(&self) -> Vec<Claim> {
        let good = self.fail_below.map(|least| Claim {
            claim: format!("good replies ≥ {least}"),
            measured: format!("{:.3} %", 100.0 * self.good()),
            holds: self.good() >= least.fraction(),
        });
        self.claims.iter().cloned().chain(good).collect()
    }

    /// The share of all requests that got a good reply (2xx or 3xx), from 0 to 1.
    pub fn good(&self) -> f64 {
        self.totals.ok as f64 / self.totals.requests().max(1) as f64
    }
}
