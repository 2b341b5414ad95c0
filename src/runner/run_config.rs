//! What a run is given.

use brunt_scenarios::plan::Plan;

use crate::files::Planned;
use crate::progress::RunProgress;
use crate::target::Platform;

/// What a run is given.
pub struct RunConfig<'a> {
    /// What is carried out: a scenario's plan, or the same without a guard.
    pub plan: &'a Plan,
    /// The files that the plan comes from: load workers make their loads of them.
    pub planned: &'a Planned,
    /// Where the system runs, or is started.
    pub platform: Platform,
    /// Where the load comes from on a cluster.
    pub load_workers: LoadPlacement,
    /// The seed of everything random in the run: the same seed picks the same replicas.
    pub seed: u64,
    /// What shows the run while it goes on.
    pub progress: RunProgress,
}

/// Where the load on a cluster's system comes from.
#[derive(Debug, Clone)]
pub struct LoadPlacement {
    /// `None` leaves it to the runner: from the cluster when the system has no address on this
    /// machine and an image for workers is known, otherwise from this process.
    pub origin: Option<LoadOrigin>,
    /// How many workers share the load in the cluster.
    pub count: u32,
    /// The workers' image. Unless given, it is this process's own in a pod, else that of the
    /// system's own services.
    pub image: Option<String>,
}

/// Where load comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadOrigin {
    /// From this process.
    ThisProcess,
    /// From workers in the cluster.
    Cluster,
}
