//! What came of a load's journeys, step by step.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Failure, SparseHistogram};

/// What came of one journey.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JourneyRecord {
    /// The journey's name, as in the plan.
    pub name: String,
    /// How often all of its steps were good.
    pub ok: u64,
    /// How often one was not.
    pub failed: u64,
    /// How often the load ended before it did.
    pub unfinished: u64,
    /// The whole, thinking included: done − intended, of those that were good and of those that the
    /// end cut short.
    pub latency: SparseHistogram,
    /// Done − sent, of the same.
    pub service_time: SparseHistogram,
    /// Sent − intended, of the same.
    pub lag: SparseHistogram,
    /// Its steps, in order.
    pub steps: Vec<StepFigures>,
}

/// What came of one step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepFigures {
    /// The step's name, as in the plan.
    pub name: String,
    /// How many times the step got a good reply.
    pub ok: u64,
    /// All others, by kind.
    #[schemars(with = "BTreeMap<String, u64>")]
    pub failed: BTreeMap<Failure, u64>,
    /// How often it was not made because a step before it had failed.
    pub skipped: u64,
    /// Done − intended, of every request that got a reply, and the waiting time of those that did
    /// not in time.
    pub latency: SparseHistogram,
    /// Done − sent, of all requests.
    pub service_time: SparseHistogram,
    /// Sent − intended, of all requests.
    pub lag: SparseHistogram,
    /// What was checked of replies.
    pub checks: Vec<CheckCount>,
}

/// How often a check passed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckCount {
    /// What was checked.
    pub name: String,
    /// How often it was so.
    pub passed: u64,
    /// How often it was not.
    pub failed: u64,
}

impl StepFigures {
    /// All that failed.
    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }
}
