//! Whose changes are reverted, and what came of it.

use jiff::Timestamp;
use kube::ResourceExt;

use crate::client::labels::{EXPIRES, RUN};

/// The runs whose changes are reverted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunSelector {
    /// The run with this id.
    Run(String),
    /// Of the run with this id, what has used up its time: faults that should have ended by now.
    ExpiredOf(String),
    /// All runs that have used up their time.
    Expired,
    /// All runs, including those that are still going on.
    All,
}

/// The runs as of one moment. A revert decides by the time at which it began: of a run that expired
/// in the middle of it, the changes would be left and the watchdog be deleted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SelectedRuns<'a> {
    which: &'a RunSelector,
    now: Timestamp,
}

impl RunSelector {
    pub(crate) fn as_of(&self, now: Timestamp) -> SelectedRuns<'_> {
        SelectedRuns { which: self, now }
    }
}

impl SelectedRuns<'_> {
    pub(super) fn selects(self, run: &str, expires: Option<Timestamp>) -> bool {
        let is_past = expires.is_some_and(|expires| expires <= self.now);
        match self.which {
            RunSelector::Run(wanted) => run == wanted,
            RunSelector::ExpiredOf(wanted) => run == wanted && is_past,
            RunSelector::Expired => is_past,
            RunSelector::All => true,
        }
    }

    /// Whether an object was added by one of these runs, by its own label and annotation.
    pub(super) fn selects_added(self, added: &impl ResourceExt) -> bool {
        let run = added.labels().get(RUN).map_or("", String::as_str);
        self.selects(run, added.annotations().get(EXPIRES).and_then(|text| text.parse().ok()))
    }
}

/// What was reverted, and what was not. Each entry is a sentence that names the object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reverted {
    /// Objects that are as they were, and objects of runs that were deleted.
    pub done: Vec<String>,
    /// Values that somebody else has changed meanwhile, and that were left.
    pub drift: Vec<String>,
    /// What could not be reverted, and why.
    pub failed: Vec<String>,
}

impl Reverted {
    /// Whether everything is as it was before the runs.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.drift.is_empty() && self.failed.is_empty()
    }
}

/// Who asks for a revert, which decides what a missing right means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RevertedBy {
    /// Anyone, possibly with fewer rights than the run had.
    Anyone,
    /// The run itself: objects that it may not even list, it has not changed.
    OwnRun,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_expires_during_a_revert_has_not_expired_for_any_part_of_it() {
        let expires: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        let which = RunSelector::ExpiredOf("a".to_owned());
        let before = which.as_of("2026-01-31T11:59:59.9Z".parse().unwrap());
        assert!(!before.selects("a", Some(expires)));
        let behind = which.as_of(expires);
        assert!(behind.selects("a", Some(expires)) && !behind.selects("b", Some(expires)));
        assert!(!behind.selects("a", None), "what says no time goes on");
    }
}
