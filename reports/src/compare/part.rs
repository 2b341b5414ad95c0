//! The parts of a run that are compared separately: the effect of a fault must not hide a
//! difference without one.

use std::fmt;

use brunt_scenarios::plan::During;
use brunt_scenarios::timeline::{LoadRecord, Window};
use serde::Serialize;

use crate::Report;
use crate::judge::part::windows;

/// A part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum RunPart {
    /// The whole run, where it has no faults.
    Run,
    /// Windows in which no fault is in force.
    Calm,
    /// Windows in which a fault is in force.
    Faults,
}

impl RunPart {
    /// The parts that these runs have.
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

impl fmt::Display for RunPart {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Run => "",
            Self::Calm => " without a fault",
            Self::Faults => " during the faults",
        })
    }
}

/// A report's load of this name.
pub(super) fn of_name<'r>(report: &'r Report, name: &str) -> Option<&'r LoadRecord> {
    report.timeline.loads.iter().find(|load| load.name == name)
}
