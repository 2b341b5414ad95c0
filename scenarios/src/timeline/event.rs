//! What happened to services.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Moment;

/// Something that happened to a service, or to one replica of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// When it was seen, in seconds after the loads' start.
    pub at: Moment,
    /// The service that it happened to.
    pub service: String,
    /// The replica, numbered from 1 over the whole run; `None` when the service as a
    /// whole is meant.
    pub replica: Option<u32>,
    /// What happened to the replica or to the service.
    pub what: EventKind,
}

/// What can happen to a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum EventKind {
    /// A replica's process was started.
    Started,
    /// A replica may be sent requests.
    Ready,
    /// A replica accepts connections. Said only of services on this machine that have no readiness
    /// probe: they are ready as soon as their process exists, which says little.
    Listening,
    /// A replica may no longer be sent requests.
    NotReady,
    /// The liveness probe has failed as often as it may.
    Unhealthy,
    /// A replica's process is gone.
    Exited {
        /// How, in words: `exit 0`, `signal 9`.
        how: String,
    },
    /// A replica is started again in place of one that is gone.
    Restarting {
        /// What made the platform restart it.
        reason: RestartReason,
    },
    /// A replica was frozen.
    Paused,
    /// A replica goes on.
    Resumed,
    /// The wanted number of replicas changed.
    Scaled {
        /// How many replicas are wanted from now on.
        replicas: u32,
    },
    /// A rollout began.
    RolloutStarted,
    /// A rollout is done: only new replicas, all ready.
    RolloutDone,
}

/// Why a replica is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RestartReason {
    /// A fault killed it.
    Fault,
    /// Its liveness probe failed.
    Liveness,
    /// It ended by itself.
    Crash,
}

impl fmt::Display for EventKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started => out.write_str("started"),
            Self::Ready => out.write_str("ready"),
            Self::Listening => out.write_str("accepts connections"),
            Self::NotReady => out.write_str("not ready"),
            Self::Unhealthy => out.write_str("liveness probe failed"),
            Self::Exited { how } => write!(out, "gone ({how})"),
            Self::Restarting { reason: RestartReason::Fault } => {
                out.write_str("restarted after a fault")
            }
            Self::Restarting { reason: RestartReason::Liveness } => {
                out.write_str("restarted by its liveness probe")
            }
            Self::Restarting { reason: RestartReason::Crash } => {
                out.write_str("restarted after it ended")
            }
            Self::Paused => out.write_str("frozen"),
            Self::Resumed => out.write_str("thawed"),
            Self::Scaled { replicas } => write!(out, "scaled to {replicas}"),
            Self::RolloutStarted => out.write_str("rollout began"),
            Self::RolloutDone => out.write_str("rollout done"),
        }
    }
}
