//! What a load did, in windows.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Failure, JourneyRecord, SparseHistogram};

/// What one load did.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoadRecord {
    /// The load's name, as in the plan.
    pub name: String,
    /// Its windows, by time, each `window` seconds long; requests belong where they were
    /// meant to start.
    pub windows: Vec<Window>,
    /// The length of a window, in seconds.
    pub window: f64,
    /// Done − sent, over the whole run.
    pub service_time: SparseHistogram,
    /// Sent − intended: the generator's own lag, over the whole run.
    pub lag: SparseHistogram,
    /// Whether the schedule was kept.
    pub schedule: Schedule,
    /// What came of its journeys; empty when it makes the same request over and over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub journeys: Vec<JourneyRecord>,
    /// Keys of accepted commands, in order of their replies; not part of the JSON report.
    #[serde(skip)]
    pub accepted: Vec<String>,
    /// Requests that were sent and got no reply: the command may or may not have been accepted.
    pub unknown: u64,
}

/// One window of a load.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// When it starts, in seconds after the loads' start.
    pub start: f64,
    /// How many requests got a good reply.
    pub ok: u64,
    /// All others, by kind.
    #[schemars(with = "BTreeMap<String, u64>")]
    pub failed: BTreeMap<Failure, u64>,
    /// Done − intended, of every request that got a reply, and the waiting time of those
    /// that timed out.
    pub latency: SparseHistogram,
}

/// Whether a generator did what it was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "kept", content = "why")]
pub enum Schedule {
    /// Requests were sent when they were meant to be.
    Kept,
    /// No, and the figures say more of the generator than of the system.
    Missed(String),
}

impl Window {
    /// All that failed.
    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }
}
