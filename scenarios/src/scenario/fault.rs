//! Faults as they are written: when, for how long, and exactly one kind.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::edge::{
    AbortSpec, CutSpec, DuplicateSpec, HalfOpenSpec, LatencyFaultSpec, LostReplySpec, RefuseSpec,
    SlowReplySpec,
};
use super::one_or_many::OneOrMany;
use super::platform::{
    AutoscaleSpec, EvictSpec, KillContainerSpec, NodesSpec, RemoveSpec, RollBackSpec,
    SetConfigSpec, SetEnvSpec, StressSpec, TamperProbeSpec,
};
use super::replica_filter::ReplicaFilter;
use crate::source::Located;
use crate::units::{Percent, Period};

/// A fault: a time and exactly one kind.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FaultSpec {
    /// When, after the load's start.
    pub at: Located<Period>,
    /// For how long, for faults that last. Undoing it is implied.
    #[serde(rename = "for")]
    pub lasts: Option<Located<Period>>,
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
    /// Delay every reply between two services.
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
    /// Take requests and say nothing, neither a reply nor an end, until the fault ends.
    pub half_open: Option<HalfOpenSpec>,
    /// Send requests to the callee twice.
    pub duplicate: Option<DuplicateSpec>,
}

/// Which of a service's replicas.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Pick {
    /// One, drawn at random; with several services, one replica of one of them.
    #[default]
    One,
    /// So many, drawn at random; all if there are not more.
    Number(u32),
    /// Such a share of those that run, rounded up, drawn at random.
    Share(Percent),
    /// All of them.
    All,
}

impl Pick {
    /// How many of so many are meant.
    #[must_use]
    pub fn of(self, there: usize) -> usize {
        match self {
            Self::All => there,
            Self::One => there.min(1),
            Self::Number(number) => there.min(number as usize),
            // A share of a share of binary fractions must not become one replica more.
            Self::Share(share) => (share.fraction() * there as f64 - 1e-9).ceil() as usize,
        }
    }
}

impl FromStr for Pick {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "one" => Ok(Self::One),
            "all" => Ok(Self::All),
            _ => match (text.parse(), text.parse()) {
                (Ok(number), _) if number > 0 => Ok(Self::Number(number)),
                (_, Ok(share)) => Ok(Self::Share(share)),
                _ => Err(format!("`{text}` is not a choice of replicas: write one, all, 2 or 50%")),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Pick {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Pick {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Pick".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Which of a service's replicas.",
            "oneOf": [
                {"type": "string", "pattern": "^(one|all|[1-9][0-9]*|[0-9.]+ ?%)$", "examples": ["one", "all", "50%"]},
                {"type": "integer", "minimum": 1}
            ]
        })
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One => out.write_str("one of"),
            Self::Number(number) => write!(out, "{number} of"),
            Self::Share(share) => write!(out, "{share} of"),
            Self::All => out.write_str("all of"),
        }
    }
}

/// Kills replicas; each is replaced at once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KillSpec {
    /// Whose. With several, `pick: one` draws a service each time.
    pub service: OneOrMany,
    /// How many of the replicas, or which share of them.
    #[serde(default)]
    pub pick: Pick,
    /// Time between SIGTERM and SIGKILL; 0s, the default, is SIGKILL at once.
    #[serde(default)]
    pub grace: Period,
}

/// Take a service down.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StopSpec {
    /// The service that is stopped, with all of its replicas.
    pub service: Located<String>,
}

/// Freezes replicas (SIGSTOP), so that they hold connections and answer nothing.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PauseSpec {
    /// The service whose replicas are frozen.
    pub service: Located<String>,
    /// How many of the replicas, or which share of them.
    #[serde(default)]
    pub pick: Pick,
}

/// Set the number of replicas.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ScaleSpec {
    /// Of which service.
    pub service: Located<String>,
    /// The number of replicas while the fault lasts.
    pub replicas: u32,
}

/// Replace every replica.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RolloutSpec {
    /// Of which service.
    pub service: Located<String>,
}

/// Make a zombie.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ZombieSpec {
    /// Of a replica of which service.
    pub service: Located<String>,
    /// The path to GET on it.
    #[serde(default = "make_zombie_path")]
    pub path: String,
}

fn make_zombie_path() -> String {
    "/makeZombie".to_owned()
}
