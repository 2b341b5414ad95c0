//! Faults of the platform as they are written: only a cluster has what they break.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::one_or_many::OneOrMany;
use super::pick::Pick;
use crate::source::Located;

/// Evict replicas, as a drain does: a disruption budget may refuse.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EvictSpec {
    /// The service whose pods are evicted.
    pub service: Located<String>,
    /// How many of the replicas, or which share of them.
    pub pick: Option<Located<Pick>>,
}

/// End the service's container in replicas by SIGTERM, in place: the pod stays, and the container
/// is started again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KillContainerSpec {
    /// The service whose container is killed.
    pub service: Located<String>,
    /// How many of the replicas, or which share of them.
    pub pick: Option<Located<Pick>>,
}

/// Go back to the version before.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RollBackSpec {
    /// The service that goes back to the version before.
    pub service: Located<String>,
}

/// Set environment variables, which replaces every replica.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetEnvSpec {
    /// The service whose variables are set.
    pub service: Located<String>,
    /// Names of variables and their values while the fault lasts.
    pub env: BTreeMap<String, String>,
    /// The containers of its pods that get them: the service's own unless given.
    pub containers: Option<OneOrMany>,
}

/// Set entries of a ConfigMap.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetConfigSpec {
    /// The service that reads it.
    pub service: Located<String>,
    /// The ConfigMap's name.
    pub config_map: String,
    /// Keys of the ConfigMap and their values while the fault lasts.
    pub data: BTreeMap<String, String>,
}

/// Delete a service's workload, and apply it again when the fault ends.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RemoveSpec {
    /// The service whose workload is deleted.
    pub service: Located<String>,
}

/// Change the autoscaler of a service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AutoscaleSpec {
    /// The service whose autoscaler is changed.
    pub service: Located<String>,
    /// The fewest replicas.
    pub min: Option<u32>,
    /// The most replicas.
    pub max: Option<u32>,
    /// The processor's utilization that it aims at, in percent of what is requested.
    pub target: Option<u32>,
}

/// Which of a container's probes is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ProbeKind {
    /// When a replica may be sent requests.
    Readiness,
    /// When it must be restarted.
    Liveness,
    /// When the others begin.
    Startup,
}

/// Make a probe ask for another path, or take it away; either replaces every replica.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TamperProbeSpec {
    /// The service whose probe is changed.
    pub service: Located<String>,
    /// Which of the container's probes is changed.
    pub probe: ProbeKind,
    /// The path that it asks for; without one the probe is taken away.
    pub path: Option<String>,
}

/// Use up processor and memory within the replicas' own limits.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StressSpec {
    /// The service whose pods get the extra work.
    pub service: Located<String>,
    /// How many of the replicas, or which share of them.
    pub pick: Option<Located<Pick>>,
    /// So many busy threads, at most 1024.
    #[serde(default)]
    #[schemars(range(max = 1024))]
    pub cpu: u32,
    /// So much memory, in MiB; at most 1 TiB.
    #[serde(default)]
    #[schemars(range(max = 1_048_576))]
    pub memory: u32,
}

/// Nodes, by exactly one of these.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NodesSpec {
    /// One by its name.
    pub node: Option<String>,
    /// All in one zone (the label topology.kubernetes.io/zone).
    pub zone: Option<String>,
    /// Those on which replicas of this service run.
    pub of: Option<Located<String>>,
    /// With `of`: how many of them, drawn at random.
    pub pick: Option<Located<Pick>>,
    /// All of one zone in which a replica of this service runs, drawn at random.
    pub zone_of: Option<Located<String>>,
}
