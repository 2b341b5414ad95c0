//! The options of a run on a cluster.

use std::time::Duration;

use brunt_scenarios::plan::{Fault, FaultKind, PlatformFault};

use crate::client::connect::ClusterTarget;
use crate::client::object::ChangeMode;

/// The options of a run on a cluster.
#[derive(Debug, Clone)]
pub struct ClusterRunOptions {
    /// The cluster and the namespace of the system.
    pub target: ClusterTarget,
    /// The run's id. It is a part of object names: lower-case letters, digits and hyphens.
    pub run: String,
    /// How long the run may take. [`REVERT_MARGIN`](crate::REVERT_MARGIN) later, the watchdog and
    /// `brunt revert` restore its changes.
    pub max_duration: Duration,
    /// What reverts the run if this process is killed.
    pub watchdog: Watchdog,
    /// Whether changes are made, or only checked by the API server.
    pub mode: ChangeMode,
    /// Whether nodes may be changed too. They belong to the whole cluster, and the watchdog needs
    /// rights on them.
    pub changes_nodes: bool,
    /// An image of brunt for edge proxies, load workers and ephemeral containers; `None` takes
    /// this process's own in a pod, else the system's own, if that is brunt's.
    pub image: Option<String>,
    /// The calls between services that the run breaks or counts, as caller and callee. Each callee
    /// gets an edge proxy.
    pub edges: Vec<(String, String)>,
    /// How long connections may take to end that are older than an edge proxy.
    pub drain_timeout: Duration,
    /// The faults that the run will inject. It is refused if one of them would destroy what nobody
    /// could bring back; in a dry run the fault alone says so.
    pub faults: Vec<Fault>,
    /// Services whose autoscalers must have scaled in from earlier loads before the load begins.
    pub settled_autoscalers: Vec<String>,
}

impl ClusterRunOptions {
    /// Whether a fault deletes a workload, to make it again.
    pub(crate) fn removes_workloads(&self) -> bool {
        let removes = |kind: &FaultKind| {
            matches!(kind, FaultKind::Platform { fault: PlatformFault::Remove, .. })
        };
        self.faults.iter().any(|fault| removes(&fault.kind))
    }
}

/// What reverts a run whose process is killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watchdog {
    /// A Job from this image; `None` takes this process's own in a pod, else the system's own, if
    /// that is brunt's.
    Job(Option<String>),
    /// Nothing but `brunt revert`, by hand.
    None,
}
