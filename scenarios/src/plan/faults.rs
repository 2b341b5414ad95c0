//! Faults, checked: one kind, services and edges that exist, the times at which each happens.

use std::fmt;
use std::time::Duration;

use super::edge_fault::EdgeFault;
use super::platform::{NodeFault, NodePick, PlatformFault};
use crate::scenario::{Pick, ReplicaFilter};

/// A fault and its times.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What is done.
    pub kind: FaultKind,
    /// When, each after the loads' start; more than one for a repeated fault.
    pub at: Vec<Duration>,
    /// For how long, each time; `None` for one that happens at once and is not undone.
    pub lasts: Option<Duration>,
    /// Among which replicas it picks.
    pub only: ReplicaFilter,
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultKind {
    /// Kill replicas, each replaced at once.
    Kill {
        /// Whose; with several and `Pick::One`, one is drawn each time.
        services: Vec<String>,
        /// How many of the replicas, or which share of them.
        pick: Pick,
        /// From SIGTERM to SIGKILL; zero is SIGKILL at once.
        grace: Duration,
    },
    /// Take a service down.
    Stop {
        /// The service that is stopped, with all of its replicas.
        service: String,
        /// From SIGTERM to SIGKILL; the service's own if `None`, and zero is SIGKILL at once.
        grace: Option<Duration>,
    },
    /// Freeze replicas (SIGSTOP), so that they hold connections and answer nothing.
    Pause {
        /// The service whose replicas are frozen.
        service: String,
        /// How many of the replicas, or which share of them.
        pick: Pick,
    },
    /// Set the number of replicas.
    Scale {
        /// Of which service.
        service: String,
        /// The number of replicas while the fault lasts.
        replicas: u32,
    },
    /// Replace every replica.
    Rollout {
        /// Of which service.
        service: String,
    },
    /// Make one replica a zombie.
    MakeZombie {
        /// Of which service.
        service: String,
        /// The path to GET on it.
        path: String,
    },
    /// Break the connection between two services.
    Edge {
        /// The service whose calls are affected.
        from: String,
        /// The service that is called.
        to: String,
        /// What happens to the calls between them.
        fault: EdgeFault,
    },
    /// Do something to a service that only a platform can.
    Platform {
        /// The service that the fault is injected into.
        service: String,
        /// What the platform does to it.
        fault: PlatformFault,
    },
    /// Do something to the nodes under the system.
    Nodes {
        /// The nodes that the fault is injected into.
        which: NodePick,
        /// What happens to these nodes.
        fault: NodeFault,
    },
}

impl Fault {
    /// Whether processes on one machine lack what it breaks.
    pub fn needs_a_cluster(&self) -> bool {
        let by_platform = match &self.kind {
            // Processes have an autoscaler of brunt's own, whose limits can be changed as well.
            FaultKind::Platform { fault, .. } => !matches!(fault, PlatformFault::Autoscale { .. }),
            FaultKind::Nodes { .. } => true,
            _ => false,
        };
        by_platform || !self.only.is_any()
    }

    /// When it ends for the last time; for one that is not undone, when it last happens.
    pub fn last_end(&self) -> Option<Duration> {
        self.at.iter().max().map(|at| *at + self.lasts.unwrap_or_default())
    }
}

impl FaultKind {
    /// The services that it hits.
    pub fn services(&self) -> Vec<&str> {
        match self {
            Self::Kill { services, .. } => services.iter().map(String::as_str).collect(),
            Self::Stop { service, .. }
            | Self::Pause { service, .. }
            | Self::Scale { service, .. }
            | Self::Rollout { service }
            | Self::MakeZombie { service, .. }
            | Self::Platform { service, .. } => vec![service],
            Self::Nodes {
                which: NodePick::Of { service, .. } | NodePick::ZoneOf(service), ..
            } => {
                vec![service]
            }
            Self::Edge { .. } | Self::Nodes { .. } => vec![],
        }
    }

    /// Whether it is done to replicas that are picked.
    pub fn picks(&self) -> bool {
        match self {
            Self::Kill { .. } | Self::Pause { .. } | Self::MakeZombie { .. } => true,
            Self::Platform { fault, .. } => fault.pick().is_some(),
            _ => false,
        }
    }

    /// Whether it breaks processes and leaves them running, so that a liveness probe has something
    /// to restart. A broken way to another service is not the process's own fault.
    pub fn leaves_running(&self) -> bool {
        match self {
            Self::Pause { .. } | Self::MakeZombie { .. } => true,
            Self::Platform { fault, .. } => fault.leaves_running(),
            Self::Kill { .. }
            | Self::Stop { .. }
            | Self::Scale { .. }
            | Self::Rollout { .. }
            | Self::Edge { .. }
            | Self::Nodes { .. } => false,
        }
    }

    /// The services that it concerns: those whose processes it touches, or both ends of
    /// a broken connection.
    pub fn touches(&self) -> Vec<&str> {
        match self {
            Self::Edge { from, to, .. } => vec![from, to],
            other => other.services(),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill { services, pick, grace } => {
                let services = services.join(", ");
                match (grace.is_zero(), pick) {
                    // The 9 of `kill -9` and a number behind it would be read as one.
                    (true, Pick::Number(_) | Pick::Share(_)) => {
                        write!(out, "kill {pick} {services} by SIGKILL")
                    }
                    (true, Pick::One | Pick::All) => write!(out, "kill -9 {pick} {services}"),
                    (false, _) => write!(out, "kill {pick} {services}"),
                }
            }
            Self::Stop { service, .. } => write!(out, "stop {service}"),
            Self::Pause { service, .. } => write!(out, "pause {service}"),
            Self::Scale { service, replicas } => write!(out, "scale {service} to {replicas}"),
            Self::Rollout { service } => write!(out, "roll out {service}"),
            Self::MakeZombie { service, .. } => write!(out, "make a zombie of {service}"),
            Self::Edge { from, to, fault } => write!(out, "{fault} {from} → {to}"),
            Self::Platform { service, fault } => write!(out, "{fault} {service}"),
            Self::Nodes { which, fault } => write!(out, "{fault} {which}"),
        }
    }
}
