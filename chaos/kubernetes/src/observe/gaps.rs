//! The times in which watches were blind.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use brunt_scenarios::timeline::GapKind;

/// A time in which a watch was blind: what happened in it was not seen, or not at its time.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchGap {
    /// When the watch broke.
    pub from: Instant,
    /// When it saw again; `None` if it does not yet.
    pub to: Option<Instant>,
    /// Which objects were not seen, and why.
    pub what: String,
    /// What it means for the verdict.
    pub kind: GapKind,
}

/// All gaps of a run's watches. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct WatchGaps(Arc<Mutex<Vec<WatchGap>>>);

impl WatchGaps {
    pub(super) fn all(&self) -> Vec<WatchGap> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A watch broke. One that is broken already has one gap, not two.
    pub(super) fn begin(&self, when: Instant, what: &str, why: &str) {
        let mut gaps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let goes_on = gaps.iter().any(|gap| gap.to.is_none() && gap.what.starts_with(what));
        if !goes_on {
            tracing::warn!(objects = what, why, "a watch is blind");
            let (what, kind) = (format!("{what}: {why}"), GapKind::Unseen);
            gaps.push(WatchGap { from: when, to: None, what, kind });
        }
    }

    /// A watch sees again.
    pub(super) fn end(&self, when: Instant, what: &str) {
        let mut gaps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for gap in gaps.iter_mut().filter(|gap| gap.to.is_none() && gap.what.starts_with(what)) {
            gap.to = Some(when);
        }
    }
}
