//! A horizontal pod autoscaler, with Kubernetes' parameter names and meaning.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::units::{Cpu, Period};

/// As many replicas as keep the processor's utilization near an aim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Autoscaler {
    /// The fewest replicas: 1 unless given.
    #[serde(default = "one")]
    pub min_replicas: u32,
    /// The most replicas.
    pub max_replicas: u32,
    /// The utilization that it aims at, in percent of what is requested: 80 unless given.
    #[serde(default = "eighty")]
    pub average_utilization: u32,
    /// How much processor time each replica requests, such as `200m`.
    pub cpu_request: Cpu,
    /// How often it looks, and how often it may add replicas: 15s unless given, as in Kubernetes.
    /// It looks at what was used since it looked last.
    #[serde(default = "fifteen_seconds")]
    pub sync_period: Period,
    /// How long fewer replicas must have been enough before any is taken away: 300s unless given,
    /// as in Kubernetes.
    #[serde(default = "five_minutes")]
    pub stabilization_window: Period,
}

fn one() -> u32 {
    1
}

fn eighty() -> u32 {
    80
}

fn fifteen_seconds() -> Period {
    Period(std::time::Duration::from_secs(15))
}

fn five_minutes() -> Period {
    Period(std::time::Duration::from_secs(300))
}
