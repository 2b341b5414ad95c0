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

impl RunSelector {
    pub(super) fn selects(&self, run: &str, expires: Option<Timestamp>) -> bool {
        match self {
            Self::Run(wanted) => run == wanted,
            Self::ExpiredOf(wanted) => run == wanted && is_past(expires),
            Self::Expired => is_past(expires),
            Self::All => true,
        }
    }

    /// Whether an object was added by one of these runs, by its own label and annotation.
    pub(super) fn selects_added(&self, added: &impl ResourceExt) -> bool {
        let run = added.labels().get(RUN).map_or("", String::as_str);
        self.selects(run, added.annotations().get(EXPIRES).and_then(|text| text.parse().ok()))
    }
}

fn is_past(expires: Option<Timestamp>) -> bool {
    expires.is_some_and(|expires| expires <= Timestamp::now())
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
