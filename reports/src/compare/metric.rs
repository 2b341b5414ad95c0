//! What is compared, and when a difference counts.

use std::fmt;

use serde::Serialize;

use super::allowed::Allowed;
use super::side::WindowSum;
use crate::Judgement;
use crate::confidence::{self, CONFIDENCE};

// Differences of latency below this, in seconds, are too small to matter, whatever share of the
// latency they are.
const NOTICEABLE: f64 = 0.001;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Metric {
    /// The share of requests that were not good.
    Failures,
    /// The median of the latency.
    P50,
    /// Its 99th percentile.
    P99,
}

/// Between which values a difference lies, in the unit of [`Metric::difference`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DifferenceBounds {
    /// At least; held so that all comparisons together raise at most one false alarm in twenty.
    pub least: f64,
    /// At most, at 95 %.
    pub most: f64,
}

impl Metric {
    /// In the order of the table.
    pub const ALL: [Self; 3] = [Self::Failures, Self::P50, Self::P99];

    pub(super) fn of(self, sum: &WindowSum<'_>) -> Option<f64> {
        match self {
            Self::Failures => (sum.all > 0).then(|| 1.0 - sum.good as f64 / sum.all as f64),
            Self::P50 => sum.latency(0.5),
            Self::P99 => sum.latency(0.99),
        }
    }

    /// How much worse: points of a share, or a share of the latency before.
    pub(super) fn difference(self, before: Option<f64>, now: Option<f64>) -> Option<f64> {
        let (before, now) = (before?, now?);
        match self {
            Self::Failures => Some(now - before),
            // Latencies are counted in whole microseconds, from 1.
            Self::P50 | Self::P99 => Some(now / before.max(1e-6) - 1.0),
        }
    }

    pub(super) fn allowed(self, allowed: Allowed, before: Option<f64>) -> f64 {
        match self {
            Self::Failures => allowed.failures,
            Self::P50 | Self::P99 => {
                allowed.latency.max(before.map_or(0.0, |before| NOTICEABLE / before.max(1e-6)))
            }
        }
    }

    pub(super) fn bounds(
        self,
        drawn: &[(Self, Vec<f64>)],
        risk: f64,
        (base, new): (&WindowSum<'_>, &WindowSum<'_>),
    ) -> Option<DifferenceBounds> {
        let (_, drawn) = drawn.iter().find(|(metric, _)| *metric == self)?;
        let at = |share: f64| {
            drawn.get(((drawn.len() as f64 * share) as usize).min(drawn.len().checked_sub(1)?))
        };
        let (least, most) = (*at(risk)?, *at(CONFIDENCE)?);
        match self {
            // Windows without a failure, drawn again, have none either; what so few requests can
            // say is known all the same.
            Self::Failures => Some(DifferenceBounds { least, most: most.max(at_most(base, new)) }),
            Self::P50 | Self::P99 => Some(DifferenceBounds { least, most }),
        }
    }
}

// The upper bound of a difference of two shares, from the exact bounds of each (Newcombe,
// Statistics in Medicine 17, 1998).
fn at_most(base: &WindowSum<'_>, new: &WindowSum<'_>) -> f64 {
    let share = |sum: &WindowSum<'_>| 1.0 - sum.good as f64 / sum.all.max(1) as f64;
    let (before, now) = (share(base), share(new));
    let above = 1.0 - confidence::at_least(new.good, new.all) - now;
    let below = before - (1.0 - confidence::at_most(base.good, base.all));
    now - before + above.hypot(below)
}

impl DifferenceBounds {
    pub(super) fn judgement(self, allowed: f64) -> Judgement {
        if self.least > allowed {
            Judgement::Fail
        } else if self.most <= allowed {
            Judgement::Pass
        } else {
            Judgement::Inconclusive
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Failures => "failures",
            Self::P50 => "p50",
            Self::P99 => "p99",
        })
    }
}
