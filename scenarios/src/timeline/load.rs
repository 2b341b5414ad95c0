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
    /// The generator's own lag, over the whole run: sent − intended, without the wait for a
    /// connection that the server kept busy, and any time in flight in which the
    /// generator did not run.
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

/// Own lag of this length, once, may have decided what was found, in microseconds.
const LONG_LAG: u64 = 100_000;

impl LoadRecord {
    /// Whether the generator was late often enough, or once for long enough, that its own lag may
    /// have decided what was found.
    pub fn was_late(&self) -> bool {
        let once = self.lag.longest().is_some_and(|longest| longest >= LONG_LAG);
        once || matches!(self.schedule, Schedule::Missed(_))
    }
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
    /// Done − sent of the same requests, without the time in which the generator did not run.
    /// `None` where that is `latency` to a millisecond.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_sent: Option<SparseHistogram>,
    /// How many requests were sent in it, whenever they were meant to be; `None` when that is as
    /// many as were meant for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// Those among the failed that were in flight while the generator did not run for a while. It
    /// may be why they failed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, u64>")]
    pub stalled: BTreeMap<Failure, u64>,
}

/// Whether a generator did what it was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "kept", content = "why")]
pub enum Schedule {
    /// Requests were sent when they were meant to be.
    Kept,
    /// No, and the figures say more of the generator than of the system.
    Missed(String),
    /// The generator lacked something, such as descriptors, or a part of it ended: requests failed
    /// because of that, or are missing.
    Failed(String),
}

impl Schedule {
    /// Why it was not kept; `None` if it was.
    pub fn objection(&self) -> Option<&str> {
        match self {
            Self::Kept => None,
            Self::Missed(why) | Self::Failed(why) => Some(why),
        }
    }
}

impl Window {
    /// All that failed.
    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }

    /// All that were meant to be sent in it.
    pub fn requests(&self) -> u64 {
        self.ok + self.failures()
    }

    /// How many were sent in it.
    pub fn sent(&self) -> u64 {
        self.sent.unwrap_or_else(|| self.requests())
    }

    /// The most favourable figures that are possible without the generator's own lag: latencies
    /// from when requests were sent, and good replies where the generator may be
    /// why there was none.
    #[must_use]
    pub fn without_lag(&self) -> Self {
        let mut failed = self.failed.clone();
        let unfinished = failed.remove(&Failure::Unfinished).unwrap_or(0);
        let mut excused = unfinished;
        for (kind, stalled) in self.stalled.iter().filter(|(kind, _)| **kind != Failure::Unfinished)
        {
            let count = failed.entry(*kind).or_default();
            excused += (*count).min(*stalled);
            *count = count.saturating_sub(*stalled);
        }
        failed.retain(|_, count| *count > 0);
        Self {
            start: self.start,
            ok: self.ok + excused,
            failed,
            latency: self.from_sent.clone().unwrap_or_else(|| self.latency.clone()),
            from_sent: None,
            sent: self.sent,
            stalled: BTreeMap::new(),
        }
    }
}
