//! What faults did and what was read of the system.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CheckId, Moment};

/// One application of a fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FaultRecord {
    /// What it was, in words.
    pub name: String,
    /// The services that it hit; for a fault between two services, caller and callee.
    pub services: Vec<String>,
    /// When it was applied.
    pub start: Moment,
    /// When it was undone; the same as `start` for one that is not undone.
    pub end: Moment,
    /// From when on all of it was in force, of one that lasts: a service that is stopped may take
    /// its time to end. `None` in reports of versions that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<Moment>,
    /// From when to when the plan has it, of one that lasts. Its length counts from `inForce`, so
    /// it may end later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<AskedTimes>,
    /// How much it hit: processes, or requests. A fault with none had no effect.
    pub effect: u64,
    /// Why it had no effect or could not be undone, in words.
    pub trouble: Option<String>,
}

/// When a fault was to begin and to end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AskedTimes {
    /// When it was to begin.
    pub start: Moment,
    /// When it was to end.
    pub end: Moment,
}

/// Requests, connections and bytes from one service to another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EdgeRecord {
    /// The caller; `None` for requests from outside.
    pub from: Option<String>,
    /// The service that is called.
    pub to: String,
    /// Requests that came.
    pub requests: u64,
    /// Requests that reached the callee.
    pub reached: u64,
    /// Requests that met a fault; and connections that did and whose requests are not seen.
    pub faulted: u64,
    /// Connections that callers opened.
    #[serde(default)]
    pub connections: u64,
    /// Those of them in whose bytes no requests are seen.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub opaque_connections: u64,
    /// Bytes that were sent to the callee.
    #[serde(default)]
    pub request_bytes: u64,
    /// Bytes that were sent to the caller.
    #[serde(default)]
    pub reply_bytes: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl EdgeRecord {
    /// Adds the counts of another one.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.reached += other.reached;
        self.faulted += other.faulted;
        self.connections += other.connections;
        self.opaque_connections += other.opaque_connections;
        self.request_bytes += other.request_bytes;
        self.reply_bytes += other.reply_bytes;
    }
}

/// What an autoscaler says of itself after the load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScalerRecord {
    /// The service that it scales.
    pub service: String,
    /// Why it cannot decide how many replicas there should be; `None` when it can.
    pub trouble: Option<String>,
}

/// A step and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepRecord {
    /// The step's name.
    pub name: String,
    /// When it was first tried.
    pub start: Moment,
    /// When the last try was answered.
    pub end: Moment,
    /// How often it was tried.
    pub tries: u32,
    /// The status of the last answer, if there was one.
    pub status: Option<u16>,
    /// What was wrong with the last answer; `None` when it was as expected.
    pub objection: Option<String>,
}

/// What was found for a ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerRecord {
    /// The check that it was read for.
    pub check: CheckId,
    /// Commands that were accepted.
    pub accepted: u64,
    /// Requests without a reply: each may have been accepted, or not.
    pub unknown: u64,
    /// Effects that were found.
    pub effects: u64,
    /// Accepted commands without any effect, at most ten of them.
    pub missing: KeySample,
    /// Accepted commands whose effect is not as it must be.
    pub unfinished: KeySample,
    /// What is wrong with the first effect that is not as it must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection: Option<String>,
    /// Commands with more than one effect.
    pub repeated: KeySample,
    /// Effects of no known command.
    pub unasked: KeySample,
    /// Why it is not known which effects there were before the load; `None` when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier_trouble: Option<String>,
    /// How long after load and faults it was read for the last time, in seconds.
    pub after: f64,
    /// Why it could not be read; `None` when it was.
    pub trouble: Option<String>,
}

/// How many keys, and some of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeySample {
    /// How many keys there are in all.
    pub count: u64,
    /// The first of them, at most ten.
    pub some: Vec<String>,
}

/// What was found for a conserved quantity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SumRecord {
    /// The check that it was read for.
    pub check: CheckId,
    /// What the quantity must be.
    pub wanted: f64,
    /// The terms, in the plan's order.
    pub terms: Vec<f64>,
    /// How long after load and faults it was read for the last time, in seconds.
    pub after: f64,
    /// Why it could not be read; `None` when it was.
    pub trouble: Option<String>,
}

/// A time in which what happened to services, or between them, was not seen, as when a watch had to
/// list everything again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// When it began.
    pub from: Moment,
    /// When it was over; `None` if it never was.
    pub to: Option<Moment>,
    /// What was not seen, and why.
    pub what: String,
    /// What it means for the verdict.
    #[serde(default, skip_serializing_if = "GapKind::is_unseen")]
    pub kind: GapKind,
}

/// What a gap means for what was measured.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum GapKind {
    /// Events may be late, or missing; requests went their way.
    #[default]
    Unseen,
    /// Requests may have gone past the proxy between two services, so that faults there did not
    /// meet them all.
    Bypassed,
    /// A proxy of brunt's own was lost while it stood between two services: failures may be its.
    ProxyLost,
}

impl GapKind {
    fn is_unseen(&self) -> bool {
        *self == Self::Unseen
    }
}

/// What was found when documents were held against one another: compensations against what was
/// canceled, a view against its sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgreementRecord {
    /// The check that it was read for.
    pub check: CheckId,
    /// How many keys had to be found.
    pub keys: u64,
    /// Keys that were not found, and where.
    pub missing: KeySample,
    /// Keys with what is not as it must be.
    pub different: KeySample,
    /// Keys that were found and should not be there.
    pub unasked: KeySample,
    /// How long after load and faults it was read for the last time, in seconds.
    pub after: f64,
    /// Why it could not be read; `None` when it was.
    pub trouble: Option<String>,
}
