//! Recovery and restarts in time, as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::TimeLimit;
use crate::source::Located;

/// A service is ready again in time.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RecoversSpec {
    /// The service that must be ready again.
    pub service: Located<String>,
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
