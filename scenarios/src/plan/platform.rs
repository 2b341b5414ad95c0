//! Faults that only a platform has.

use std::collections::BTreeMap;
use std::fmt;

use crate::scenario::{Pick, ProbeKind};

/// What is done to a service by way of its platform.
#[derive(Debug, Clone, PartialEq)]
pub enum PlatformFault {
    /// Replicas are evicted; a disruption budget may refuse.
    Evict(Pick),
    /// The service's container in replicas is told to end, and is started again in place.
    KillContainer(Pick),
    /// The workload is deleted, and applied again at the end.
    Remove,
    /// The version before comes back.
    RollBack,
    /// Environment variables are set.
    SetEnv {
        /// Names of variables and their values while the fault lasts.
        env: BTreeMap<String, String>,
        /// The containers that get them; none is named for the service's own.
        containers: Vec<String>,
    },
    /// Entries of a ConfigMap are set.
    SetConfig {
        /// The name of the ConfigMap.
        name: String,
        /// Keys of the ConfigMap and their values while the fault lasts.
        data: BTreeMap<String, String>,
    },
    /// The autoscaler has other limits or another aim.
    Autoscale {
        /// The fewest replicas.
        min: Option<u32>,
        /// The most replicas.
        max: Option<u32>,
        /// The aim, in percent of the processor that is requested.
        target: Option<u32>,
    },
    /// A probe asks for something else, or is gone.
    Probe {
        /// Which of the container's probes is changed.
        which: ProbeKind,
        /// What it asks for; `None` takes it away.
        path: Option<String>,
    },
    /// Processor and memory are used up.
    Stress {
        /// In which replicas.
        pick: Pick,
        /// How many threads keep a processor busy.
        cpu: u32,
        /// How much memory is held, in MiB.
        memory: u32,
    },
}

/// Which nodes a fault is injected into.
#[derive(Debug, Clone, PartialEq)]
pub enum NodePick {
    /// One by its name.
    Named(String),
    /// All of a zone.
    Zone(String),
    /// Those on which replicas of this service run.
    Of {
        /// The service whose replicas run on these nodes.
        service: String,
        /// How many of them.
        pick: Pick,
    },
    /// All of one zone in which a replica of this service runs.
    ZoneOf(String),
}

/// What is done to nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeFault {
    /// Nothing new is put there.
    Cordon,
    /// Besides, the system's replicas there are evicted.
    Drain,
    /// Besides, the system's replicas there are gone at once.
    Outage,
}

impl PlatformFault {
    /// Which replicas it is done to; `None` when it is the service as a whole.
    pub fn pick(&self) -> Option<Pick> {
        match self {
            Self::Evict(pick) | Self::KillContainer(pick) | Self::Stress { pick, .. } => {
                Some(*pick)
            }
            _ => None,
        }
    }

    /// Whether it may break processes and leaves them running, so that a liveness probe has
    /// something to restart.
    pub fn leaves_running(&self) -> bool {
        match self {
            Self::Probe { .. } | Self::Stress { .. } | Self::SetConfig { .. } => true,
            Self::Evict(_)
            | Self::KillContainer(_)
            | Self::Remove
            | Self::RollBack
            | Self::SetEnv { .. }
            | Self::Autoscale { .. } => false,
        }
    }

    /// Whether it happens at once, with nothing to undo when it ends.
    pub fn is_instant(&self) -> bool {
        matches!(self, Self::Evict(_) | Self::KillContainer(_) | Self::RollBack)
    }
}

impl fmt::Display for PlatformFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evict(pick) => write!(out, "evict {pick}"),
            Self::KillContainer(pick) => write!(out, "end the container of {pick}"),
            Self::Remove => out.write_str("delete the workload of"),
            Self::RollBack => out.write_str("roll back"),
            Self::SetEnv { env, containers } => {
                let each: Vec<String> =
                    env.iter().map(|(name, value)| format!("{name}={value}")).collect();
                write!(out, "set {} ", each.join(" "))?;
                match containers.as_slice() {
                    [] => out.write_str("for"),
                    _ => write!(out, "in the containers {} of", containers.join(", ")),
                }
            }
            Self::SetConfig { name, data } => {
                let keys: Vec<&str> = data.keys().map(String::as_str).collect();
                write!(out, "set {} in the ConfigMap {name} of", keys.join(", "))
            }
            Self::Autoscale { min, max, target } => {
                let part =
                    |name: &str, value: &Option<u32>| value.map(|value| format!(" {name} {value}"));
                let parts = [part("min", min), part("max", max), part("target", target)];
                let parts: String = parts.into_iter().flatten().collect();
                write!(out, "autoscaler{parts} for")
            }
            Self::Probe { which, path: Some(path) } => {
                write!(out, "{which:?} probe asks {path} of")
            }
            Self::Probe { which, path: None } => write!(out, "no {which:?} probe for"),
            Self::Stress { pick, cpu, memory } => {
                write!(out, "stress {cpu} threads, {memory} MiB in {pick}")
            }
        }
    }
}

impl fmt::Display for NodePick {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(out, "node {name}"),
            Self::Zone(zone) => write!(out, "zone {zone}"),
            Self::Of { service, pick: Pick::All } => write!(out, "all nodes of {service}"),
            Self::Of { service, pick } => write!(out, "{pick} the nodes of {service}"),
            Self::ZoneOf(service) => write!(out, "a zone of {service}"),
        }
    }
}

impl fmt::Display for NodeFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Cordon => "cordon",
            Self::Drain => "drain",
            Self::Outage => "outage of",
        })
    }
}
