//! What happened, all on one clock: events, faults, and load in windows. Verdicts and reports are
//! made from nothing else.

mod breaker;
mod check_id;
mod event;
mod failure;
mod journey;
mod load;
mod observation;
mod search;
mod sparse_histogram;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use breaker::{BreakerRecord, BreakerSpan, BreakerState};
pub use check_id::CheckId;
pub use event::{Event, EventKind, RestartReason};
pub use failure::{Failure, InvalidFailure};
pub use journey::{CheckCount, JourneyRecord, StepFigures};
pub use load::{LoadRecord, Schedule, Window};
pub use observation::{
    AgreementRecord, AskedTimes, EdgeRecord, FaultRecord, Gap, GapKind, KeySample, LedgerRecord,
    ScalerRecord, StepRecord, SumRecord,
};
pub use search::RateRecord;
pub use sparse_histogram::{LONGEST, SparseHistogram, histogram};

/// Seconds after the loads' start; negative before it.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Moment(pub f64);

impl Moment {
    /// From the loads' start to another instant.
    pub fn between(start: std::time::Instant, then: std::time::Instant) -> Self {
        match then.checked_duration_since(start) {
            Some(after) => Self(after.as_secs_f64()),
            // The difference to a later `Instant` is zero, so it is taken the other way round.
            None => Self(-start.duration_since(then).as_secs_f64()),
        }
    }
}

/// Everything that happened in a run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// When the run was over.
    pub ended: Moment,
    /// How it ended.
    pub ending: Ending,
    /// What each load did.
    pub loads: Vec<LoadRecord>,
    /// What happened to services, by time.
    pub events: Vec<Event>,
    /// What each fault did, by time; one record for each time it was applied.
    pub faults: Vec<FaultRecord>,
    /// Requests between services.
    pub edges: Vec<EdgeRecord>,
    /// What each step was answered.
    pub steps: Vec<StepRecord>,
    /// What was read for each ledger check, by the check's place in the plan.
    pub ledgers: Vec<LedgerRecord>,
    /// What was read for each conservation check, by the check's place in the plan.
    pub sums: Vec<SumRecord>,
    /// Times in which what happened to services was not seen.
    #[serde(default)]
    pub gaps: Vec<Gap>,
    /// What was read for each breaker check, by the check's place in the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breakers: Vec<BreakerRecord>,
    /// What the autoscalers say of themselves that checks are about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scalers: Vec<ScalerRecord>,
    /// What was read for each check that holds documents against one another, by the check's place
    /// in the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agreements: Vec<AgreementRecord>,
    /// What each step of a search for the highest rate saw, in order; empty when nothing
    /// was searched for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<RateRecord>,
    /// What could not be put back, in words; empty when all was.
    pub left_behind: Vec<String>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "how", content = "why")]
pub enum Ending {
    /// All of the plan was carried out.
    Completed,
    /// By a stop condition.
    Aborted(String),
    /// By a signal.
    Interrupted,
    /// The system did not come up, or its load could not be made.
    NotStarted(String),
    /// A request of the setup was not answered as expected.
    NotSetUp(String),
    /// Something that should have put load on did not, or what it recorded is lost.
    LoadIncomplete(String),
}

impl Timeline {
    /// One in which nothing has happened yet.
    pub fn empty(ending: Ending) -> Self {
        Self {
            ended: Moment(0.0),
            ending,
            loads: vec![],
            events: vec![],
            faults: vec![],
            edges: vec![],
            steps: vec![],
            ledgers: vec![],
            sums: vec![],
            gaps: vec![],
            breakers: vec![],
            scalers: vec![],
            agreements: vec![],
            rates: vec![],
            left_behind: vec![],
        }
    }
}
