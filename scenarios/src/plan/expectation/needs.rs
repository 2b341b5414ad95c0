//! What claims need of a run.

use std::time::Duration;

use super::{Breaker, Canceled, Conserved, Effects, Saga, View};

/// What a claim rests on besides the load's figures. The runner reads what is asked for here, and
/// the judge knows by it what a run that lacks something can no longer show.
#[derive(Debug, Clone, Default)]
pub struct Needs<'c> {
    /// It is measured from the times of events, so it says little when some were not seen.
    pub events: bool,
    /// The calls from one service to another, which are counted: caller and callee.
    pub edge: Option<(&'c str, &'c str)>,
    /// The loads whose requests must have been sent when they were meant to be.
    pub schedules: Vec<&'c str>,
    /// The service whose autoscaler must have settled before the load starts.
    pub autoscaler: Option<&'c str>,
    /// The circuit breaker whose state is read while the load lasts.
    pub breaker: Option<&'c Breaker>,
    /// What is read once load and faults are over.
    pub reading: Option<Reading<'c>>,
}

/// What is read of a system once load and faults are over, until it is as it must be.
#[derive(Debug, Clone, Copy)]
pub enum Reading<'c> {
    /// The effects of a load's accepted commands.
    Ledger {
        /// The load that made the commands.
        of: &'c str,
        /// Where their effects are.
        effects: &'c Effects,
        /// How long after load and faults they may take.
        within: Duration,
    },
    /// Numbers that add up.
    Sum(&'c Conserved),
    /// Documents that are held against one another.
    CrossCheck(CrossCheck<'c>),
}

/// Documents that are held against one another.
#[derive(Debug, Clone, Copy)]
pub enum CrossCheck<'c> {
    /// Compensations against what was canceled.
    Saga(&'c Saga),
    /// A view against its sources.
    View(&'c View),
}

impl CrossCheck<'_> {
    /// How long after load and faults they may take to agree.
    pub fn within(self) -> Duration {
        match self {
            Self::Saga(saga) => saga.within,
            Self::View(view) => view.within,
        }
    }
}

impl<'c> Reading<'c> {
    /// The texts in it that may have `${names}` to fill in.
    pub fn texts(self) -> Vec<&'c str> {
        match self {
            Self::Ledger { effects, .. } => vec![&effects.rows.target.path],
            Self::Sum(sum) => {
                let paths = sum.terms.iter().map(|(target, _)| target.path.as_str());
                paths.chain([sum.equals.as_str()]).collect()
            }
            Self::CrossCheck(CrossCheck::Saga(saga)) => {
                let canceled = match &saga.canceled {
                    Canceled::By(_) => None,
                    Canceled::Found(rows) => Some(rows),
                };
                let rows = saga.compensated.iter().map(|one| &one.rows);
                canceled.into_iter().chain(rows).map(|rows| rows.target.path.as_str()).collect()
            }
            Self::CrossCheck(CrossCheck::View(view)) => {
                let sources = view.sources.iter().map(|one| &one.rows);
                let rows = std::iter::once(&view.of).chain(sources);
                rows.map(|rows| rows.target.path.as_str()).collect()
            }
        }
    }
}
