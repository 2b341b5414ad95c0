//! What claims are judged by.

use std::time::Duration;

use brunt_scenarios::plan::{CheckId, During, Load, Plan};
use brunt_scenarios::timeline::{LoadRecord, Timeline, Window};

use super::part;
use super::share::Share;
use crate::verdict::Finding;

/// A run, and the check of its plan that is judged.
#[derive(Clone, Copy)]
pub(crate) struct JudgedRun<'r> {
    pub plan: &'r Plan,
    pub timeline: &'r Timeline,
    /// The check that is judged: records of the timeline say by it what they were read for.
    pub check: CheckId,
}

/// How a claim is judged.
pub(crate) trait Judge {
    /// What the run shows of it, with at least one finding.
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding>;

    /// The shares of requests that it is about. Several runs are judged by their sum; a claim
    /// without any must hold in each run.
    fn shares<'p>(&'p self, _plan: &'p Plan) -> Vec<Share<'p>> {
        vec![]
    }
}

impl<'r> JudgedRun<'r> {
    pub fn load(&self, name: &str) -> Option<&'r LoadRecord> {
        self.timeline.loads.iter().find(|record| record.name == name)
    }

    pub fn planned(&self, name: &str) -> Option<&'r Load> {
        self.plan.loads.iter().find(|load| load.name == name)
    }

    /// The windows of a load in a part of the run; none without a record of it.
    pub fn windows(&self, load: &str, during: During) -> Vec<&'r Window> {
        let record = self.load(load);
        record.map(|record| part::windows(self.timeline, record, during)).unwrap_or_default()
    }

    /// The longest that one of a load's requests is waited for.
    pub fn timeout(&self, load: &str) -> Duration {
        self.planned(load).map(Load::timeout).unwrap_or_default()
    }
}
