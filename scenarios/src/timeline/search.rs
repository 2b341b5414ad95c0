//! What a search for the highest rate saw.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SparseHistogram;

/// One step of a search: a rate that was tried for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RateRecord {
    /// Arrivals in a second.
    pub rate: f64,
    /// Latency from the intended start, in microseconds.
    pub latency: SparseHistogram,
    /// The share of requests that failed, from 0 to 1.
    pub errors: f64,
    /// Whether the limits held; `None` when the generator missed its schedule, so that this says
    /// nothing of the system.
    pub holds: Option<bool>,
}
