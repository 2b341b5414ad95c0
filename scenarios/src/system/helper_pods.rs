//! What the pods that brunt itself adds to a cluster need there, with Kubernetes' names.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the pods that runs add to a cluster get: the watchdog, edge proxies and load workers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HelperPods {
    /// Labels, such as those that a policy asks for. brunt's own labels stay.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations, such as one that keeps a sidecar from being injected.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// Labels of the nodes on which they may be.
    #[serde(default)]
    pub node_selector: BTreeMap<String, String>,
    /// Taints of nodes on which they may be all the same.
    #[serde(default)]
    pub tolerations: Vec<Toleration>,
    /// Secrets of the namespace by which their image can be pulled.
    #[serde(default)]
    pub image_pull_secrets: Vec<ImagePullSecret>,
    /// The account under which they run. The watchdog needs the rights of
    /// `manifests/components/controller`, and for faults of nodes those of `components/nodes`; it
    /// then gets no account of its own. The others do not use it.
    pub service_account: Option<String>,
    /// What their containers request and may use, in place of brunt's own figures.
    #[serde(default)]
    pub resources: HelperResources,
}

/// Requests and limits of containers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HelperResources {
    /// Resource → what is requested, such as `cpu: 50m`.
    #[serde(default)]
    pub requests: BTreeMap<String, String>,
    /// Resource → the most that may be used, such as `memory: 256Mi`.
    #[serde(default)]
    pub limits: BTreeMap<String, String>,
}

/// A taint that is tolerated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Toleration {
    /// The taint's key: any unless given, with the operator `Exists`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether the value counts: `Equal` unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<TolerationOperator>,
    /// The taint's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The taint's effect: any unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<TaintEffect>,
}

/// Whether a taint's value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TolerationOperator {
    /// It must be the same.
    Equal,
    /// Any will do.
    Exists,
}

/// What a taint does to pods that do not tolerate it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TaintEffect {
    /// New ones are put elsewhere.
    NoSchedule,
    /// New ones are put elsewhere if there is room.
    PreferNoSchedule,
    /// Those that are there must go, too.
    NoExecute,
}

/// A secret by which an image can be pulled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImagePullSecret {
    /// The secret's name.
    pub name: String,
}
