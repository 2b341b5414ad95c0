//! Probes, with Kubernetes' parameter names, defaults and meaning.

use schemars::JsonSchema;
use serde::Deserialize;

/// A probe over HTTP: a status from 200 to 399 in time is a success.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Probe {
    /// What to ask for.
    pub http_get: HttpGet,
    /// Seconds from the start to the first probe: 0 unless given.
    #[serde(default)]
    pub initial_delay_seconds: u32,
    /// Seconds between probes: 10 unless given.
    #[serde(default = "ten")]
    pub period_seconds: u32,
    /// Seconds until a probe without an answer has failed: 1 unless given.
    #[serde(default = "one")]
    pub timeout_seconds: u32,
    /// Successes in a row that make it healthy again: 1 unless given.
    #[serde(default = "one")]
    pub success_threshold: u32,
    /// Failures in a row that make it unhealthy: 3 unless given.
    #[serde(default = "three")]
    pub failure_threshold: u32,
}

/// The HTTP GET that a probe sends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HttpGet {
    /// The path that is asked for, from the slash on.
    pub path: String,
}

fn one() -> u32 {
    1
}

fn three() -> u32 {
    3
}

fn ten() -> u32 {
    10
}
