//! A running system on either platform, with what the runner asks of it.

use std::time::{Duration, Instant};

use brunt_faults::{
    AutoscalerChange, Census, EdgeHandle, FaultTarget, NodeTarget, PlatformTarget, ProcessTarget,
    ReplicaSelector, TargetError,
};
use brunt_kubernetes::{ClusterRun, WatchGap};
use brunt_local::LocalSystem;
use brunt_scenarios::plan::EdgeFault;
use brunt_scenarios::timeline::{EdgeRecord, Gap, Moment, ScalerRecord};

/// A running system.
pub enum RunningSystem {
    /// As processes on this machine.
    Local(Box<LocalSystem>),
    /// On a cluster.
    Kubernetes(Box<ClusterRun>),
}

impl RunningSystem {
    /// Waits until every service is ready.
    pub async fn ready(&self) -> anyhow::Result<()> {
        match self {
            Self::Local(system) => Ok(system.ready().await?),
            Self::Kubernetes(system) => Ok(system.ready().await?),
        }
    }

    pub fn services(&self) -> usize {
        match self {
            Self::Local(system) => system.status().len(),
            Self::Kubernetes(system) => system.service_count(),
        }
    }

    /// The URL of a service's front, without a slash at the end.
    pub fn url(&self, service: &str) -> Option<String> {
        match self {
            Self::Local(system) => system.url(service),
            Self::Kubernetes(system) => system.url(service),
        }
    }

    /// Number and address of each replica, past any proxy.
    pub async fn replicas_of(&self, service: &str) -> Vec<(u32, String)> {
        match self {
            Self::Local(system) => system.replicas_of(service),
            Self::Kubernetes(system) => system.replica_urls(service).await,
        }
    }

    /// Counts of each proxied edge up to now.
    pub async fn edges(&self) -> Vec<EdgeRecord> {
        match self {
            Self::Local(system) => system.edges(),
            Self::Kubernetes(system) => system.edge_records().await,
        }
    }

    /// How many calls a replica has made to another service up to now. On this machine, where an
    /// edge has one proxy for all replicas, the calls of all of them.
    pub async fn calls(&self, caller: &str, replica: u32, callee: &str) -> u64 {
        match self {
            Self::Local(system) => {
                // A local edge is one proxy for all replicas of the caller, which does not tell
                // them apart: each of their circuit breakers is judged by the calls of all.
                let edges = system.edges();
                let ours =
                    |edge: &&EdgeRecord| edge.from.as_deref() == Some(caller) && edge.to == callee;
                edges.iter().find(ours).map_or(0, |edge| edge.requests)
            }
            Self::Kubernetes(system) => system.calls_of_replica(caller, replica, callee).await,
        }
    }

    /// Times in which changes to services were not observed; none on this machine.
    pub fn gaps(&self, origin: Instant) -> Vec<Gap> {
        // This machine's processes are watched by their parent, which misses nothing.
        let Self::Kubernetes(system) = self else {
            return vec![];
        };
        let moment = |then| Moment::between(origin, then);
        let gaps = system.gaps().into_iter();
        let gap = |WatchGap { from, to, what, kind }: WatchGap| Gap {
            from: moment(from),
            to: to.map(moment),
            what,
            kind,
        };
        gaps.map(gap).collect()
    }

    /// Whether the autoscalers of a cluster could decide, as they report it; those of this
    /// machine always can.
    pub async fn scalers(&self) -> Vec<ScalerRecord> {
        match self {
            Self::Local(_) => vec![],
            Self::Kubernetes(system) => system.autoscaler_records().await,
        }
    }

    /// Stops the system, with at most this much grace on this machine, or restores the cluster and
    /// disconnects. Returns what could not be restored.
    pub async fn shut_down(self, most: Option<Duration>) -> Vec<String> {
        match self {
            Self::Local(system) => system.stop_within(most.unwrap_or(Duration::MAX)).await,
            Self::Kubernetes(system) => system.teardown().await,
        }
    }
}

impl FaultTarget for RunningSystem {
    fn platform(&self) -> Option<&(impl PlatformTarget + NodeTarget + ReplicaSelector)> {
        match self {
            Self::Local(_) => None,
            Self::Kubernetes(system) => Some(&**system),
        }
    }

    fn processes(&self) -> Option<&impl ProcessTarget> {
        match self {
            Self::Local(system) => Some(&**system),
            Self::Kubernetes(_) => None,
        }
    }

    async fn census(&self, service: &str) -> Result<Census, TargetError> {
        match self {
            Self::Local(system) => system.census(service).await,
            Self::Kubernetes(system) => system.census(service).await,
        }
    }

    async fn kill(
        &self,
        service: &str,
        replicas: &[u32],
        grace: Duration,
    ) -> Result<u64, TargetError> {
        match self {
            Self::Local(system) => system.kill(service, replicas, grace).await,
            Self::Kubernetes(system) => system.kill(service, replicas, grace).await,
        }
    }

    async fn stop(&self, service: &str, grace: Option<Duration>) -> Result<u64, TargetError> {
        match self {
            Self::Local(system) => FaultTarget::stop(&**system, service, grace).await,
            Self::Kubernetes(system) => FaultTarget::stop(&**system, service, grace).await,
        }
    }

    async fn until_stopped(
        &self,
        service: &str,
        grace: Option<Duration>,
    ) -> Result<(), TargetError> {
        match self {
            Self::Local(system) => system.until_stopped(service, grace).await,
            Self::Kubernetes(system) => system.until_stopped(service, grace).await,
        }
    }

    async fn start(&self, service: &str) -> Result<(), TargetError> {
        match self {
            Self::Local(system) => system.start(service).await,
            Self::Kubernetes(system) => system.start(service).await,
        }
    }

    async fn scale(&self, service: &str, replicas: u32) -> Result<(), TargetError> {
        match self {
            Self::Local(system) => system.scale(service, replicas).await,
            Self::Kubernetes(system) => system.scale(service, replicas).await,
        }
    }

    async fn rollout(&self, service: &str) -> Result<u64, TargetError> {
        match self {
            Self::Local(system) => system.rollout(service).await,
            Self::Kubernetes(system) => system.rollout(service).await,
        }
    }

    async fn get(&self, service: &str, replica: u32, path: &str) -> Result<u16, TargetError> {
        match self {
            Self::Local(system) => system.get(service, replica, path).await,
            Self::Kubernetes(system) => system.get(service, replica, path).await,
        }
    }

    async fn inject_edge_fault(
        &self,
        from: &str,
        to: &str,
        fault: EdgeFault,
    ) -> Result<EdgeHandle, TargetError> {
        match self {
            Self::Local(system) => system.inject_edge_fault(from, to, fault).await,
            Self::Kubernetes(system) => system.inject_edge_fault(from, to, fault).await,
        }
    }

    async fn recover_edge_fault(
        &self,
        from: &str,
        to: &str,
        handle: EdgeHandle,
    ) -> Result<u64, TargetError> {
        match self {
            Self::Local(system) => system.recover_edge_fault(from, to, handle).await,
            Self::Kubernetes(system) => system.recover_edge_fault(from, to, handle).await,
        }
    }

    async fn change_autoscaler(
        &self,
        service: &str,
        change: AutoscalerChange,
    ) -> Result<u64, TargetError> {
        match self {
            Self::Local(system) => system.change_autoscaler(service, change).await,
            Self::Kubernetes(system) => system.change_autoscaler(service, change).await,
        }
    }

    async fn restore_autoscaler(
        &self,
        service: &str,
        change: AutoscalerChange,
    ) -> Result<(), TargetError> {
        match self {
            Self::Local(system) => system.restore_autoscaler(service, change).await,
            Self::Kubernetes(system) => system.restore_autoscaler(service, change).await,
        }
    }
}
