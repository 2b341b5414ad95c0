//! What claims need of a run.

use std::time::Duration;

use serde_json::Value;

// The claims import this file, so it imports none of them: that would tie them all into one circle.
use super::{Canceled, Compensation, Effects, ViewSource};
use crate::plan::json_texts::json_texts;
use crate::plan::{During, JsonPath, KeyedCollection, Quantile, RequestTarget};
use crate::units::Percent;

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
    pub breaker: Option<BreakerReading<'c>>,
    /// What is read once load and faults are over.
    pub reading: Option<Reading<'c>>,
    /// What the run must give it, so that it can be decided.
    pub evidence: Vec<Evidence<'c>>,
}

/// What a run must give a claim, so that it can be decided. Whether a plan will is
/// known before it runs.
#[derive(Debug, Clone)]
pub enum Evidence<'c> {
    /// Enough requests to show a share of good ones at the judge's confidence.
    Share {
        /// The load that makes the requests.
        of: &'c str,
        /// The share, above 0 and below 1.
        share: f64,
        /// The part of the run that counts.
        during: During,
        /// What is shown with it, as a sentence.
        shows: String,
    },
    /// Enough requests to show that little is spent of an objective's error budget.
    ErrorBudget {
        /// The load that makes the requests.
        of: &'c str,
        /// The objective, as a share from 0 to below 1.
        target: f64,
        /// The window of the objective.
        window: Duration,
        /// The share of the window's budget that may be spent.
        spends: Percent,
    },
    /// Time after the faults that hit a service.
    TimeAfterFaults {
        /// The service that faults hit.
        service: &'c str,
        /// How much time after each fault.
        within: Duration,
        /// Whether only those faults count that leave a broken process running.
        leaving_it_running: bool,
    },
}

impl<'c> Evidence<'c> {
    /// Enough requests of a load to show a share of good ones. None are enough for 100 %, which is
    /// a claim about the run and needs no confidence.
    pub fn of_share(of: &'c str, at_least: Percent, during: During, shows: String) -> Vec<Self> {
        let below_all = at_least < Percent::ALL;
        let share = at_least.fraction();
        below_all.then_some(Self::Share { of, share, during, shows }).into_iter().collect()
    }
}

/// A limit on a quantile of a load's latency.
#[derive(Debug, Clone, Copy)]
pub struct LatencyLimit<'c> {
    /// The load whose requests are measured.
    pub of: &'c str,
    /// The share of requests that must be as fast.
    pub quantile: Quantile,
    /// The longest that it may be.
    pub at_most: Duration,
}

/// A circuit breaker whose state a caller shows in its metrics.
#[derive(Debug, Clone, Copy)]
pub struct BreakerReading<'c> {
    /// The service that has the breaker.
    pub caller: &'c str,
    /// The service that the breaker protects from calls.
    pub callee: &'c str,
    /// The breaker's name in the caller's metrics.
    pub name: &'c str,
    /// The path of these metrics, from the slash on.
    pub metrics: &'c str,
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
    Sum {
        /// Where the numbers are.
        terms: &'c [(RequestTarget, JsonPath)],
        /// What they must add up to: a number, or `${name}` of a saved one.
        equals: &'c str,
        /// How long after load and faults it may take until they do.
        within: Duration,
    },
    /// Documents that are held against one another.
    CrossCheck(CrossCheck<'c>),
}

/// Documents that are held against one another.
#[derive(Debug, Clone, Copy)]
pub enum CrossCheck<'c> {
    /// Compensations against what was canceled.
    Saga {
        /// What was canceled.
        canceled: &'c Canceled,
        /// What must then be true, in each of these places.
        compensated: &'c [Compensation],
        /// How long after load and faults it may take.
        within: Duration,
    },
    /// A view against its sources.
    View {
        /// The view's rows.
        of: &'c KeyedCollection,
        /// What the view is made from.
        sources: &'c [ViewSource],
        /// How long after load and faults the view may take to show it.
        within: Duration,
    },
}

impl CrossCheck<'_> {
    /// How long after load and faults they may take to agree.
    pub fn within(self) -> Duration {
        match self {
            Self::Saga { within, .. } | Self::View { within, .. } => within,
        }
    }
}

impl<'c> Reading<'c> {
    /// The texts in it that may have `${names}` to fill in.
    pub fn texts(self) -> Vec<&'c str> {
        match self {
            Self::Ledger { effects, .. } => {
                let mut texts = vec![effects.rows.target.path.as_str()];
                of_conditions(&effects.json, &mut texts);
                texts
            }
            Self::Sum { terms, equals, .. } => {
                let paths = terms.iter().map(|(target, _)| target.path.as_str());
                paths.chain([equals]).collect()
            }
            Self::CrossCheck(CrossCheck::Saga { canceled, compensated, .. }) => {
                let canceled = match canceled {
                    Canceled::By(_) => None,
                    Canceled::Found(rows) => Some(rows),
                };
                let rows = canceled.into_iter().chain(compensated.iter().map(|one| &one.rows));
                let mut texts: Vec<_> = rows.map(|rows| rows.target.path.as_str()).collect();
                let conditions = compensated.iter().filter_map(|one| one.json.as_deref());
                conditions.for_each(|json| of_conditions(json, &mut texts));
                texts
            }
            Self::CrossCheck(CrossCheck::View { of, sources, .. }) => {
                let sources = sources.iter().map(|one| &one.rows);
                let rows = std::iter::once(of).chain(sources);
                rows.map(|rows| rows.target.path.as_str()).collect()
            }
        }
    }
}

/// The texts in the values that documents must have.
fn of_conditions<'c>(json: &'c [(JsonPath, Value)], texts: &mut Vec<&'c str>) {
    json.iter().for_each(|(_, value)| json_texts(value, &mut |text| texts.push(text)));
}
