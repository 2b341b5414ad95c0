//! Whether a new version is worse than the previous one, by how much, and how sure that is.
//!
//! Requests of one moment are slow or fail together, so windows are the unit, not requests: bounds
//! come from a moving-block bootstrap over windows (Künsch, Annals of Statistics 17, 1989), and
//! with several runs a side, whole runs are drawn first.

mod allowed;
mod bootstrap;
mod metric;
mod part;
mod parts;
mod side;
mod text;

use brunt_scenarios::timeline::{Ending, LoadRecord, Schedule};
use serde::Serialize;

use crate::{Judgement, Report};
pub use allowed::Allowed;
use metric::DifferenceBounds;
pub use metric::Metric;
pub use part::RunPart;
pub(crate) use parts::{PartWindows, held_against};
pub use text::comparison_text;

use part::of_name;
use side::Side;

// The probability that any of the comparisons made at once calls something worse although
// nothing has changed.
const FALSE_ALARMS: f64 = 0.05;

/// Two versions side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// The scenario's name.
    pub name: String,
    /// How many runs of the version before.
    pub base_runs: usize,
    /// How many runs of the new version.
    pub new_runs: usize,
    /// Each metric of each load, in each part of the run.
    pub differences: Vec<Difference>,
}

/// One metric on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The load's name.
    pub load: String,
    /// The part of the run.
    pub part: RunPart,
    /// What is compared.
    pub metric: Metric,
    /// The previous version's value: a share, or seconds; `None` without a request.
    pub base: Option<f64>,
    /// The same of the new version.
    pub new: Option<f64>,
    /// How much worse at least and at most: points of the share, or a share of the latency before.
    pub bounds: Option<DifferenceBounds>,
    /// How much worse it may be.
    pub allowed: f64,
    /// Pass: not worse than allowed. Fail: worse. Inconclusive: the runs do not show which.
    pub judgement: Judgement,
    /// Why the runs do not show it.
    pub trouble: Option<String>,
}

/// Why two sides cannot be compared.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CompareError {
    /// A side without reports.
    #[error("there is no run to compare")]
    Nothing,
    /// Reports of different scenarios.
    #[error("“{0}” and “{1}” are different scenarios, which cannot be compared")]
    Different(String, String),
    /// No load in all of them.
    #[error("the runs have no load in common")]
    NoLoad,
}

impl Comparison {
    /// The worst judgement of all differences.
    pub fn judgement(&self) -> Judgement {
        let any = |judgement| self.differences.iter().any(|one| one.judgement == judgement);
        match (any(Judgement::Fail), any(Judgement::Inconclusive)) {
            (true, _) => Judgement::Fail,
            (false, true) => Judgement::Inconclusive,
            (false, false) => Judgement::Pass,
        }
    }
}

/// Compares runs of a new version with runs of the previous one, all of the same scenario. The
/// result is deterministic: the same runs give the same bounds.
///
/// # Errors
/// When there is nothing that could be compared.
pub fn compare(
    base: &[Report],
    new: &[Report],
    allowed: Allowed,
) -> Result<Comparison, CompareError> {
    let first = base.first().ok_or(CompareError::Nothing)?;
    // Two systems may have scenarios of the same name.
    let full_name = |report: &Report| format!("{}/{}", report.system, report.name);
    let other = base.iter().chain(new).find(|report| full_name(report) != full_name(first));
    if let Some(other) = other {
        return Err(CompareError::Different(full_name(first), full_name(other)));
    }
    if new.is_empty() {
        return Err(CompareError::Nothing);
    }
    let everywhere =
        |load: &&str| base.iter().chain(new).all(|report| of_name(report, load).is_some());
    let loads: Vec<&str> =
        first.timeline.loads.iter().map(|load| load.name.as_str()).filter(everywhere).collect();
    if loads.is_empty() {
        return Err(CompareError::NoLoad);
    }
    let parts = RunPart::of(base, new);
    let at_once = loads.len() * parts.len() * Metric::ALL.len();
    // Bonferroni: with a dozen comparisons at 5 % each, every second report would have a false
    // alarm.
    let risk = FALSE_ALARMS / at_once as f64;
    let each = loads.iter().flat_map(|load| parts.iter().map(move |part| (*load, *part)));
    let differences =
        each.flat_map(|(load, part)| differences(base, new, load, part, allowed, risk)).collect();
    let (base_runs, new_runs) = (base.len(), new.len());
    Ok(Comparison { name: first.name.clone(), base_runs, new_runs, differences })
}

fn differences(
    base: &[Report],
    new: &[Report],
    load: &str,
    part: RunPart,
    allowed: Allowed,
    risk: f64,
) -> Vec<Difference> {
    let records = |side: &'static str| move |report| (side, report, of_name(report, load));
    let missed =
        base.iter().map(records("before")).chain(new.iter().map(records("now"))).find_map(missed);
    let (base, new) = (Side::of(base, load, part), Side::of(new, load, part));
    let enough = base.is_enough() && new.is_enough();
    let trouble = missed.or_else(|| (!enough).then(|| "too short to say".to_owned()));
    let drawn = bootstrap::differences(&base, &new);
    let one = |metric: Metric| {
        let (before, now) = (metric.of(&base.sum()), metric.of(&new.sum()));
        let allowed = metric.allowed(allowed, before);
        let bounds = metric.bounds(&drawn, risk, (&base.sum(), &new.sum()));
        let judgement = match (bounds, &trouble) {
            (Some(bounds), None) => bounds.judgement(allowed),
            _ => Judgement::Inconclusive,
        };
        let (load, trouble) = (load.to_owned(), trouble.clone());
        Difference {
            load,
            part,
            metric,
            base: before,
            new: now,
            bounds,
            allowed,
            judgement,
            trouble,
        }
    };
    Metric::ALL.map(one).into()
}

fn missed((side, report, load): (&str, &Report, Option<&LoadRecord>)) -> Option<String> {
    if report.timeline.ending != Ending::Completed {
        return Some(format!("{side} a run did not go to its end"));
    }
    match &load?.schedule {
        Schedule::Kept => None,
        Schedule::Missed(_) => Some(format!("{side} the load generator missed its schedule")),
        Schedule::Failed(_) => Some(format!("{side} the load generator failed")),
    }
}
