//! How a run on a cluster is made.

use std::time::Duration;

use crate::client::connect::ClusterTarget;
use crate::client::object::ChangeMode;

/// How a run is made.
#[derive(Debug, Clone)]
pub struct ClusterRunOptions {
    /// Which cluster and namespace.
    pub target: ClusterTarget,
    /// The run's id, as a part of object names: small letters, digits and hyphens.
    pub run: String,
    /// How long the run may take. [`REVERT_MARGIN`](crate::REVERT_MARGIN) later, whoever comes by puts
    /// its changes back.
    pub max_duration: Duration,
    /// What puts things back if this process cannot.
    pub watchdog: Watchdog,
    /// Whether anything is changed.
    pub mode: ChangeMode,
    /// Whether nodes may be changed too, which are the whole cluster's.
    pub changes_nodes: bool,
    /// An image of brunt for what the run adds; the system's own unless given, if that is brunt's.
    pub image: Option<String>,
    /// The calls between services, caller and callee, that the run breaks or counts.
    pub edges: Vec<(String, String)>,
    /// How long connections between services may take to end that were there before what breaks
    /// or counts them.
    pub drain_timeout: Duration,
    /// Services whose autoscalers must have come to rest before the load begins.
    pub settled_autoscalers: Vec<String>,
}

/// What puts things back if this process cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watchdog {
    /// A Job, from this image; from the system's own if it is brunt's, unless one is named.
    Job(Option<String>),
    /// Nothing but `brunt revert`, by hand.
    None,
}
