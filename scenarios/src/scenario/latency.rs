//! Bounds on latency, as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::During;
use crate::source::Located;
use crate::units::{Period, Positive};

/// Bounds on quantiles of the latency.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LatencySpec {
    /// Of which load.
    pub of: Located<String>,
    /// The median at most.
    pub p50: Option<Positive<Period>>,
    /// The 90th percentile at most.
    pub p90: Option<Positive<Period>>,
    /// The 95th percentile at most.
    pub p95: Option<Positive<Period>>,
    /// The 99th percentile at most.
    pub p99: Option<Positive<Period>>,
    /// The 99.9th percentile at most.
    #[serde(rename = "p99.9")]
    pub p999: Option<Positive<Period>>,
    /// In which part of the run.
    #[serde(default)]
    pub during: During,
}
