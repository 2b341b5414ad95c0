//! What a system and its services are on a cluster, where their names alone do not say it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::helper_pods::HelperPods;
use crate::source::Located;

/// Where a system is on a cluster.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SystemOnKubernetesSpec {
    /// The namespace of its services: the system's name unless given. `--namespace` comes first.
    /// A service may name another one for itself.
    pub namespace: Option<Located<String>>,
    /// What the pods that brunt itself adds get there. `--helper-config` takes its place.
    #[serde(default)]
    pub helpers: HelperPods,
}

/// What a service is on a cluster. What is given here is taken as it stands, and nothing else is
/// tried; without it, the workload is looked for by the service's name.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ServiceOnKubernetesSpec {
    /// The namespace that it is in, if that is not the system's.
    pub namespace: Option<Located<String>>,
    /// The kind of its workload: any unless given.
    pub kind: Option<WorkloadKind>,
    /// The name of its workload.
    pub name: Option<Located<String>>,
    /// Labels that the pods of its workload have.
    #[serde(default)]
    pub selector: BTreeMap<String, String>,
    /// The container of its pods that is the service; the others are sidecars.
    pub container: Option<Located<String>>,
    /// The Service by which it is called.
    pub service: Option<Located<String>>,
    /// The port of that Service, or without a Service of the container, by its name or number.
    pub port: Option<Located<String>>,
}

/// Kinds of workloads that a service can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum WorkloadKind {
    /// Replicas that are all alike.
    Deployment,
    /// Replicas with names of their own.
    StatefulSet,
    /// One replica on each node.
    DaemonSet,
    /// Replicas that are all alike, and no Deployment that replaces them.
    ReplicaSet,
    /// Replicas that are all alike, with the update strategies of Argo Rollouts.
    Rollout,
}
