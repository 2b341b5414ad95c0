//! The parts of a run that are compared by themselves: what a fault does must not hide what happens
//! without one.

use std::fmt;

use brunt_scenarios::plan::During;
use brunt_scenarios::timeline::Window;
use serde::Serialize;

use super::of_name;
use crate::Report;
use crate::judge::part::windows;

/// A part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// All of it.
    Run,
    /// While no fault is in force.
    Calm,
    /// While one is.
    Faults,
}

impl Part {
    /// Those that these runs have.
    pub(super) fn of(base: &[Report], new: &[Report]) -> &'static [Self] {
        let faulty = base.iter().chain(new).any(|report| !report.timeline.faults.is_empty());
        if faulty { &[Self::Calm, Self::Faults] } else { &[Self::Run] }
    }

    /// A load's windows in this part.
    pub(super) fn windows<'r>(self, report: &'r Report, load: &str) -> Vec<&'r Window> {
        let Some(record) = of_name(report, load) else {
            return vec![];
        };
        let of = |during| windows(&report.timeline, record, during);
        match self {
            Self::Run => of(During::Run),
            Self::Faults => of(During::Faults),
            Self::Calm => {
                let faulty = of(During::Faults);
                let calm =
                    |window: &&Window| !faulty.iter().any(|other| std::ptr::eq(*other, *window));
                of(During::Run).into_iter().filter(calm).collect()
            }
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Run => "",
            Self::Calm => " without a fault",
            Self::Faults => " during the faults",
        })
    }
}
