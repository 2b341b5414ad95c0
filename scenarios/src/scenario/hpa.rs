//! An autoscaler's work, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::TimeLimit;
use crate::source::Located;

/// An autoscaler brings enough replicas in time, and does not flap.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HpaSpec {
    /// Of which service.
    pub service: Located<String>,
    /// How many replicas must be ready at some time.
    pub reaches: Located<u32>,
    /// How long after the loads' start: `auto`, the default, is computed from the autoscaler
    /// and the probes.
    #[serde(default)]
    pub within: TimeLimit,
    /// The load after whose end it must come back to the fewest replicas, within its window
    /// and three looks.
    pub returns_after: Option<Located<String>>,
}
