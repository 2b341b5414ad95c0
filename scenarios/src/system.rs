//! A system as it is written: what it consists of, how each part starts, and where calls between
//! the parts go.

mod autoscaler;
mod callee_address;
mod helper_pods;
mod named_port;
mod on_kubernetes;
mod probe;
mod protocol;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub use autoscaler::Autoscaler;
pub use callee_address::{AddressVariables, CalleeAddress};
pub use helper_pods::{
    HelperPods, HelperResources, ImagePullSecret, TaintEffect, Toleration, TolerationOperator,
};
pub use named_port::NamedPort;
pub use on_kubernetes::{ServiceOnKubernetesSpec, SystemOnKubernetesSpec, WorkloadKind};
pub use probe::{ExecProbe, GrpcProbe, HttpGet, ProbeHeader, ProbeScheme, ProbeSpec, TcpSocket};
pub use protocol::Protocol;

use crate::source::Located;
use crate::units::{Period, Positive};

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
    /// The program and its arguments. `brunt` means this very program. Filled in are `${port}`, the
    /// port of 127.0.0.1 that the program must listen on, which is also in the environment as
    /// `PORT`; `${data}`, a folder that the system may write to; `${env.NAME}`, a variable of its
    /// environment; `${ports.NAME}`, one of its `ports`; and `${calls.NAME.host}`, `.port`, `.url`
    /// and `.ports.NAME` of the services that it calls.
    /// `$${` stands for the characters themselves. A service with neither `command` nor `url` runs
    /// on a cluster only.
    pub command: Option<Located<Vec<String>>>,
    /// A service that runs already: its URL, of any scheme, such as `https://bank.example` or
    /// `postgres://app@db.example/shop`. brunt neither starts it nor stops it; calls to it can be
    /// broken like all others.
    pub url: Option<Located<String>>,
    /// What it is on a cluster, where its name alone does not say it.
    pub kubernetes: Option<Located<ServiceOnKubernetesSpec>>,
    /// The folder to start in, relative to the system file; the system file's own unless given.
    pub dir: Option<String>,
    /// The port on which `brunt up` offers it.
    pub port: Option<Located<u16>>,
    /// Its further ports, by name. Each is filled in as `${ports.NAME}`, and callers find it as
    /// `${calls.SERVICE.ports.NAME}`. Faults on an edge hit all ports of the callee.
    #[serde(default)]
    pub ports: IndexMap<String, NamedPort>,
    /// What its callers speak with it. Unless given, that is found out for each connection:
    /// HTTP/1.1 by its first line, and all else passes byte by byte. A caller that waits for the
    /// server to speak first then waits for 50 ms.
    pub protocol: Option<Protocol>,
    /// Environment variables, filled in as `command` is. `${env.NAME}` is a variable of brunt's own
    /// environment here, which programs get as well.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Files that are written into `${data}` before a replica starts: path → text, both filled in
    /// as `command` is. Replicas that share a file get the same text.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// The services that it calls, and how it learns their address.
    #[serde(default)]
    pub calls: BTreeMap<String, CalleeAddress>,
    /// The services that must be ready before its replicas are started for the first time.
    #[serde(default)]
    pub depends_on: Vec<Located<String>>,
    /// How many replicas: 1 unless given, at most 1000.
    #[schemars(range(max = 1000))]
    pub replicas: Option<Located<u32>>,
    /// What decides how many replicas there are, once they run. Without one nothing does.
    pub autoscaler: Option<Located<Autoscaler>>,
    /// How a new version replaces the old one.
    #[serde(default)]
    pub strategy: RolloutStrategy,
    /// When a replica may be sent requests. Without one it may as soon as its process has started.
    pub readiness_probe: Option<ProbeSpec>,
    /// When a replica must be restarted. Without one it never is while it runs.
    pub liveness_probe: Option<ProbeSpec>,
    /// When a replica has started: until then, the other probes wait. One that fails as often as
    /// its `failureThreshold` says has the replica restarted.
    pub startup_probe: Option<ProbeSpec>,
    /// Time between SIGTERM and SIGKILL: 10s unless given.
    pub termination_grace_period: Option<Period>,
    /// How long a replica may take from its start until it listens: 10s unless given, or what its
    /// startup probe allows. Bounds are computed from it. Without a readiness probe, `recovers`
    /// asks for it.
    pub starts_within: Option<Positive<Period>>,
    /// What can be taken away for a proof, and how.
    #[serde(default)]
    pub guards: BTreeMap<String, Guard>,
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
