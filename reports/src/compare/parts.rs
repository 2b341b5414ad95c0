//! Two parts of one run, compared as two versions are.

use brunt_scenarios::timeline::Window;

use super::allowed::Allowed;
use super::bootstrap;
use super::metric::{DifferenceBounds, Metric};
use super::side::Side;
use crate::format;
use crate::verdict::Judgement;

/// Windows of one part, by run.
pub(crate) struct PartWindows<'w>(pub Vec<&'w [&'w Window]>);

/// How one part compares with the one before.
pub(crate) struct Held {
    /// Before, and now: a share, or seconds.
    figures: (Option<f64>, Option<f64>),
    bounds: Option<DifferenceBounds>,
    allowed: f64,
    /// Whether it is worse than allowed.
    pub judgement: Judgement,
}

impl PartWindows<'_> {
    fn side(&self) -> Side {
        let runs: Vec<Vec<&Window>> = self.0.iter().map(|run| run.to_vec()).collect();
        Side::of_runs(&runs)
    }

    /// The share of failures and the p99 in seconds; `None` without a reply.
    pub fn figures(&self) -> Option<(f64, f64)> {
        let side = self.side();
        let sum = side.sum();
        Some((Metric::Failures.of(&sum)?, Metric::P99.of(&sum)?))
    }
}

/// Holds one part against the one before, with windows as the unit.
pub(crate) fn held_against(
    base: &PartWindows<'_>,
    new: &PartWindows<'_>,
    metric: Metric,
    allowed: Allowed,
    risk: f64,
) -> Held {
    let (base, new) = (base.side(), new.side());
    let (before, now) = (base.sum(), new.sum());
    let figures = (metric.of(&before), metric.of(&now));
    let allowed = metric.allowed(allowed, figures.0);
    let enough = base.is_enough() && new.is_enough();
    let drawn = if enough { bootstrap::differences(&base, &new) } else { vec![] };
    let bounds = metric.bounds(&drawn, risk, (&before, &now));
    let judgement = bounds.map_or(Judgement::Inconclusive, |bounds| bounds.judgement(allowed));
    Held { figures, bounds, allowed, judgement }
}

impl Held {
    /// The figure now.
    pub fn measured(&self, metric: Metric) -> String {
        self.figures.1.map_or("no reply".to_owned(), |figure| written(metric, figure))
    }

    /// Both figures, and between which bounds the difference lies.
    pub fn evidence(&self, metric: Metric) -> String {
        let (Some(before), Some(now)) = self.figures else {
            return "One of both parts has no reply.".to_owned();
        };
        let figures = format!("{} before, {} then", written(metric, before), written(metric, now));
        let points = if metric == Metric::Failures { " points" } else { "%" };
        let percent = |share: f64| format!("{}{points}", format::three_digits(share * 100.0));
        match self.bounds {
            None => format!("{figures}; too few windows to tell it from chance."),
            Some(DifferenceBounds { least, most }) => format!(
                "{figures}: between {} and {} more (95% bounds); {} are allowed.",
                percent(least),
                percent(most),
                percent(self.allowed)
            ),
        }
    }
}

fn written(metric: Metric, figure: f64) -> String {
    match metric {
        Metric::Failures => format!("{}% failed", format::three_digits(figure * 100.0)),
        Metric::P50 | Metric::P99 => format::seconds(figure),
    }
}
