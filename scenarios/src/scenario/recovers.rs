//! Recovery and restarts in time, as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::TimeLimit;
use crate::source::Located;

/// A service is ready again in time.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RecoversSpec {
    /// The service that must be ready again. It has a readiness probe, or its system file says
    /// `startsWithin`: then it is ready when it accepts connections.
    pub service: Located<String>,
    /// The service whose faults it recovers from: itself unless given. Faults between two services
    /// count for both.
    pub after: Option<Located<String>>,
    /// How soon after the fault's end.
    #[serde(default)]
    pub within: TimeLimit,
}

/// The liveness probe restarts a service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RestartsSpec {
    /// The service that its probe must restart.
    pub service: Located<String>,
    /// How soon after the fault.
    #[serde(default)]
    pub within: TimeLimit,
}
