//! A system as it is written: what it consists of, how each part starts, and where calls between
//! the parts go.

mod autoscaler;
mod helper_pods;
mod on_kubernetes;
mod probe;
mod protocol;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub use autoscaler::Autoscaler;
pub use helper_pods::{
    HelperPods, HelperResources, ImagePullSecret, TaintEffect, Toleration, TolerationOperator,
};
pub use on_kubernetes::{ServiceOnKubernetesSpec, SystemOnKubernetesSpec, WorkloadKind};
pub use probe::{HttpGet, Probe};
pub use protocol::Protocol;

use crate::source::Located;
use crate::units::Period;

/// One system. The built-in ones and a user's own use the same format.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "System")]
pub struct SystemSpec {
    /// The version of this format: 1.
    pub version: Located<u32>,
    /// The system's name: letters, digits, `-`, `_` and `.`. Folders and namespaces are
    /// called by it.
    pub name: Located<String>,
    /// What it is, for people.
    pub about: Option<String>,
    /// Where its users come in.
    pub entry: Option<Located<String>>,
    /// Where it is on a cluster.
    #[serde(default)]
    pub kubernetes: SystemOnKubernetesSpec,
    /// Its services by their names, in the order in which they start. Names have letters, digits,
    /// `-`, `_` and `.`, as files and addresses are called by them.
    pub services: IndexMap<String, ServiceSpec>,
}

/// One service of a system file, as it is written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ServiceSpec {
    /// The program and its arguments. `brunt` means this very program. `${port}` and `${data}` are
    /// filled in; the port is also in the environment as `PORT`. A program must listen on
    /// 127.0.0.1 at that port. A service with neither `command` nor `url` runs on a cluster only.
    pub command: Option<Located<Vec<String>>>,
    /// A service that runs already, which brunt neither starts nor breaks: its URL.
    pub url: Option<Located<String>>,
    /// What it is on a cluster, where its name alone does not say it.
    pub kubernetes: Option<Located<ServiceOnKubernetesSpec>>,
    /// The folder to start in, relative to the system file; the system file's own unless given.
    pub dir: Option<String>,
    /// The port on which `brunt up` offers it.
    pub port: Option<Located<u16>>,
    /// What its callers speak with it. Unless given, that is found out for each connection:
    /// HTTP/1.1 by its first line, and all else passes byte by byte. A caller that waits for the
    /// server to speak first then waits for 50 ms.
    pub protocol: Option<Protocol>,
    /// Environment variables; `${port}` and `${data}` are filled in.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// The services that it calls, and how it learns their address.
    #[serde(default)]
    pub calls: BTreeMap<String, CalleeAddress>,
    /// The services that must be ready before its replicas are started for the first time.
    #[serde(default)]
    pub depends_on: Vec<Located<String>>,
    /// How many replicas: 1 unless given.
    pub replicas: Option<Located<u32>>,
    /// What decides how many replicas there are, once they run. Without one nothing does.
    pub autoscaler: Option<Located<Autoscaler>>,
    /// How a new version replaces the old one.
    #[serde(default)]
    pub strategy: RolloutStrategy,
    /// When a replica may be sent requests. Without one it may as soon as its process has started.
    pub readiness_probe: Option<Probe>,
    /// When a replica must be restarted. Without one it never is while it runs.
    pub liveness_probe: Option<Probe>,
    /// Time between SIGTERM and SIGKILL: 10s unless given.
    pub termination_grace_period: Option<Period>,
    /// How long a replica may take from its start until it listens: 10s unless given. Bounds are
    /// computed from it. Without a readiness probe, `recovers` asks for it.
    pub starts_within: Option<Period>,
    /// What can be taken away for a proof, and how.
    #[serde(default)]
    pub guards: BTreeMap<String, Guard>,
}

/// How a caller learns a callee's address.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CalleeAddress {
    /// The environment variable that gets the callee's URL, `http://127.0.0.1:PORT`. On a cluster,
    /// the manifests say where calls go, and none is needed.
    pub env: Option<String>,
}

/// How a new version replaces the old one, with Kubernetes' names and meaning.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RolloutStrategy {
    /// All old replicas go before a new one comes, or one after another.
    #[serde(default, rename = "type")]
    pub kind: StrategyKind,
    /// How many replicas there may be beyond the wanted number during a rollout: 1 unless given.
    pub max_surge: Option<u32>,
    /// How many replicas may be missing during a rollout: 0 unless given.
    pub max_unavailable: Option<u32>,
}

/// Kubernetes' two strategies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
pub enum StrategyKind {
    /// New replicas come before old ones go.
    #[default]
    RollingUpdate,
    /// Old replicas go before new ones come: for a store that only one process can open. Such a
    /// service has at most one replica.
    Recreate,
}

/// How a guard is taken away.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Guard {
    /// What it guards against, for the report.
    pub about: Option<String>,
    /// The environment that switches it off.
    pub env: BTreeMap<String, String>,
}
