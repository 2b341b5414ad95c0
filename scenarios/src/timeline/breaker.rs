//! What a circuit breaker was seen to do.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CheckId, Moment};

/// What a circuit breaker does with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BreakerState {
    /// It lets all of them through.
    Closed,
    /// It lets none through.
    Open,
    /// It lets a few through, on trial.
    HalfOpen,
    /// It is there and does nothing: disabled.
    Off,
}

/// What was read of one breaker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BreakerRecord {
    /// The check that it was read for.
    pub check: CheckId,
    /// The service whose breaker it is.
    #[serde(default)]
    pub caller: String,
    /// The service whose calls it guards.
    #[serde(default)]
    pub callee: String,
    /// The times that it spent in one state, by replica of the caller and by time.
    pub spans: Vec<BreakerSpan>,
    /// How often a state was read, of all replicas.
    pub readings: u64,
    /// Why it could not be read, the last time that it could not; `None` when each
    /// reading was answered.
    pub trouble: Option<String>,
}

impl BreakerRecord {
    /// The times that each replica's breaker spent in one state.
    pub fn by_replica(&self) -> BTreeMap<u32, Vec<&BreakerSpan>> {
        let mut replicas: BTreeMap<u32, Vec<&BreakerSpan>> = BTreeMap::new();
        for span in &self.spans {
            replicas.entry(span.replica).or_default().push(span);
        }
        replicas
    }
}

/// A time for which every reading of one replica's breaker said the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BreakerSpan {
    /// The number of the caller's replica, from 1.
    pub replica: u32,
    /// The state that each reading found.
    pub state: BreakerState,
    /// The moment of the first reading.
    pub from: Moment,
    /// The moment of the last reading.
    pub to: Moment,
    /// Calls, of all replicas, that came by on the way to the callee between the reading before it
    /// and its first one.
    pub before: u64,
    /// Calls, of all replicas, that came by between its first and its last reading.
    pub calls: u64,
}

impl fmt::Display for BreakerState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
            Self::Off => "off",
        })
    }
}
