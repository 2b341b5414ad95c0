//! Faults as they are written: when, for how long, and exactly one kind.

use schemars::JsonSchema;
use serde::Deserialize;

use super::byte_fault::{
    BandwidthSpec, CorruptSpec, LatencyFaultSpec, LimitDataSpec, SliceSpec, SlowCloseSpec,
};
use super::edge::{
    AbortSpec, CutSpec, DuplicateSpec, HalfOpenSpec, LostReplySpec, RefuseSpec, SlowReplySpec,
};
use super::one_or_many::OneOrMany;
use super::pick::Pick;
use super::platform::{
    AutoscaleSpec, EvictSpec, KillContainerSpec, NodesSpec, RemoveSpec, RollBackSpec,
    SetConfigSpec, SetEnvSpec, StressSpec, TamperProbeSpec,
};
use super::replica_filter::ReplicaFilter;
use crate::source::Located;
use crate::units::{Period, Positive};

/// A fault: a time and exactly one kind.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FaultSpec {
    /// When, after the load's start.
    pub at: Located<Period>,
    /// For how long, for faults that last. Undoing it is implied.
    #[serde(rename = "for")]
    pub lasts: Option<Located<Positive<Period>>>,
    /// Do it again after each such period.
    pub every: Option<Located<Period>>,
    /// Repeat until then: the load's end unless given.
    pub until: Option<Located<Period>>,
    /// On Kubernetes, for faults that pick replicas: only those of which this is true.
    #[serde(rename = "where")]
    pub only: Option<ReplicaFilter>,
    /// Kill replicas; each is replaced at once, as a deleted pod is.
    pub kill: Option<KillSpec>,
    /// Take all replicas of a service down, and bring them back when the fault ends.
    pub stop: Option<StopSpec>,
    /// Freeze replicas (SIGSTOP) until the fault ends.
    pub pause: Option<PauseSpec>,
    /// Set the number of replicas, until the fault ends if it has a length.
    pub scale: Option<ScaleSpec>,
    /// Replace every replica by a new one, as a new version would be.
    pub rollout: Option<RolloutSpec>,
    /// Tell one replica to become a zombie: alive, and no longer healthy.
    pub make_zombie: Option<ZombieSpec>,
    /// Delay replies or requests between two services.
    pub latency: Option<LatencyFaultSpec>,
    /// Answer in the callee's place with a status.
    pub abort: Option<AbortSpec>,
    /// Cut the connection between two services.
    pub cut: Option<CutSpec>,
    /// Refuse new connections between two services, until the fault ends; open ones are kept.
    pub refuse: Option<RefuseSpec>,
    /// Let the callee do its work and then lose the reply.
    pub lost_reply: Option<LostReplySpec>,
    /// On Kubernetes: evict replicas, as a drain does.
    pub evict: Option<EvictSpec>,
    /// On Kubernetes: end the container of replicas by SIGTERM; it is started again in place.
    pub kill_container: Option<KillContainerSpec>,
    /// On Kubernetes: delete a service's workload, and apply it again when the fault ends.
    pub remove: Option<RemoveSpec>,
    /// On Kubernetes: go back to the version before, until the run's end.
    pub roll_back: Option<RollBackSpec>,
    /// On Kubernetes: set environment variables, until the fault ends.
    pub set_env: Option<SetEnvSpec>,
    /// On Kubernetes: set entries of a ConfigMap, until the fault ends.
    pub set_config: Option<SetConfigSpec>,
    /// Change the limits or the aim of an autoscaler, until the fault ends.
    pub autoscale: Option<AutoscaleSpec>,
    /// On Kubernetes: make a probe ask for something else, or take it away, until the fault ends.
    pub tamper_probe: Option<TamperProbeSpec>,
    /// On Kubernetes: use up processor and memory within replicas, until the fault ends.
    pub stress: Option<StressSpec>,
    /// On Kubernetes: put nothing new on nodes, until the fault ends.
    pub cordon: Option<NodesSpec>,
    /// On Kubernetes: cordon nodes and evict the system's replicas there, as long as
    /// budgets let it.
    pub drain: Option<NodesSpec>,
    /// On Kubernetes: cordon nodes and kill the system's replicas there at once, as if the
    /// nodes were lost.
    pub outage: Option<NodesSpec>,
    /// Let replies begin in time and their bodies come late.
    pub slow_reply: Option<SlowReplySpec>,
    /// Let replies or requests pass at a limited rate only, until the fault ends.
    pub bandwidth: Option<BandwidthSpec>,
    /// Take requests and say nothing, neither a reply nor an end, until the fault ends.
    pub half_open: Option<HalfOpenSpec>,
    /// Send requests to the callee twice.
    pub duplicate: Option<DuplicateSpec>,
    /// Let the end of connections come later than their last bytes.
    pub slow_close: Option<SlowCloseSpec>,
    /// Close connections once so many bytes have passed.
    pub limit_data: Option<LimitDataSpec>,
    /// Let bytes come in small pieces, with pauses between them.
    pub slice: Option<SliceSpec>,
    /// Turn over one bit of some bytes.
    pub corrupt: Option<CorruptSpec>,
}

/// Kills replicas; each is replaced at once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KillSpec {
    /// The service whose replicas are killed. With several services, `pick: one` draws one
    /// of them each time.
    pub service: OneOrMany,
    /// How many of the replicas, or which share of them.
    pub pick: Option<Located<Pick>>,
    /// Time between SIGTERM and SIGKILL; 0s, the default, is SIGKILL at once.
    #[serde(default)]
    pub grace: Period,
}

/// Take down all replicas of a service until the fault ends.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StopSpec {
    /// The service that is stopped, with all of its replicas.
    pub service: Located<String>,
    /// Time between SIGTERM and SIGKILL: the service's own unless given; 0s is SIGKILL at once.
    pub grace: Option<Period>,
}

/// Freezes replicas (SIGSTOP), so that they hold connections and answer nothing.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PauseSpec {
    /// The service whose replicas are frozen.
    pub service: Located<String>,
    /// How many of the replicas, or which share of them.
    pub pick: Option<Located<Pick>>,
}

/// Set the number of replicas of a service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ScaleSpec {
    /// The service that is scaled.
    pub service: Located<String>,
    /// The number of replicas while the fault lasts, at most 1000.
    #[schemars(range(max = 1000))]
    pub replicas: Located<u32>,
}

/// Replace every replica of a service, as a new version would be rolled out.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RolloutSpec {
    /// The service that is rolled out.
    pub service: Located<String>,
}

/// Make a replica a zombie: it lives on, and its health checks fail from then on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ZombieSpec {
    /// The service of which one replica is asked to turn into a zombie.
    pub service: Located<String>,
    /// The path that makes it one, on `GET`: `/makeZombie` unless given.
    #[serde(default = "make_zombie_path")]
    pub path: String,
}

fn make_zombie_path() -> String {
    "/makeZombie".to_owned()
}
