//! Faults, checked: one kind, services and edges that exist, the times at which each happens.

use std::fmt;
use std::num::NonZeroU64;
use std::time::Duration;

use super::platform::{NodeFault, NodePick, PlatformFault};
use crate::scenario::{EdgeDirection, Pick, ReplicaFilter};
use crate::units::Spread;

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

/// What happens to requests between two services.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EdgeFault {
    /// Replies come later.
    Latency {
        /// By a duration drawn from this.
        delay: Spread,
        /// Those of which replicas.
        pick: Pick,
    },
    /// The callee is not asked: a status answers in its place, for this share (0 to 1)
    /// of the requests.
    Abort {
        /// The HTTP status of the replies, from 100 to 599.
        status: u16,
        /// The share of calls that meet it, from 0 to 1.
        share: f64,
    },
    /// Connections are reset before the callee is reached.
    Cut,
    /// New connections are refused; those that are open already are kept.
    Refuse,
    /// The callee does its work, and this share (0 to 1) of its replies is lost: the
    /// connection is reset.
    LostReply {
        /// The share of calls that meet it, from 0 to 1.
        share: f64,
    },
    /// Replies begin in time, and their bodies come later by a duration drawn from this.
    SlowReply(Spread),
    /// Replies or requests pass at this rate at most.
    Bandwidth {
        /// Which of them.
        direction: EdgeDirection,
        /// Heads included, over all connections of the edge together.
        bytes_per_second: NonZeroU64,
    },
    /// Requests are taken, and neither a reply nor an end comes until the fault ends.
    HalfOpen,
    /// This share (0 to 1) of the requests reaches the callee twice.
    Duplicate {
        /// The share of calls that meet it, from 0 to 1.
        share: f64,
    },
}

impl Fault {
    /// Whether processes on one machine lack what it breaks.
    pub fn needs_a_cluster(&self) -> bool {
        let by_platform = match &self.kind {
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
                let how = if grace.is_zero() { "kill -9" } else { "kill" };
                write!(out, "{how} {pick} {}", services.join(", "))
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

impl EdgeFault {
    /// Whether it hits single requests or replies, and not whole connections or bytes.
    pub fn needs_requests(&self) -> bool {
        match self {
            Self::Abort { .. }
            | Self::LostReply { .. }
            | Self::SlowReply(_)
            | Self::Duplicate { .. } => true,
            Self::Latency { .. }
            | Self::Cut
            | Self::Refuse
            | Self::Bandwidth { .. }
            | Self::HalfOpen => false,
        }
    }
}

impl fmt::Display for EdgeFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency { delay, pick: Pick::All } => write!(out, "latency {delay}"),
            Self::Latency { delay, pick } => write!(out, "latency {delay} of {pick} the replicas"),
            Self::Abort { status, share } => write!(out, "abort {}% with {status}", share * 100.0),
            Self::Cut => out.write_str("cut"),
            Self::Refuse => out.write_str("refuse"),
            Self::LostReply { share } => write!(out, "lose {}% of the replies", share * 100.0),
            Self::SlowReply(delay) => write!(out, "slow replies by {delay}"),
            Self::Bandwidth { direction, bytes_per_second } => {
                let limited = match direction {
                    EdgeDirection::Request => "requests",
                    EdgeDirection::Reply => "replies",
                };
                write!(out, "limit {limited} to {bytes_per_second} bytes/s")
            }
            Self::HalfOpen => out.write_str("half-open"),
            Self::Duplicate { share } => {
                write!(out, "duplicate {}% of the requests", share * 100.0)
            }
        }
    }
}
