//! What faults are injected into: processes on this machine, or workloads on a cluster.

mod census;
mod platform;
mod processes;

use std::future::Future;
use std::time::Duration;

use brunt_scenarios::plan::EdgeFault;

use crate::error::TargetError;

pub use census::{Census, Node, Replica};
pub use platform::{NoPlatform, NodeEffect, NodeTarget, PlatformTarget, ReplicaSelector};
pub use processes::{NoProcesses, ProcessTarget};

/// Identifies a fault that is in force between two services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdgeHandle(pub u64);

/// What a fault changes in an autoscaler; `None` leaves a value as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutoscalerChange {
    /// The fewest replicas that the autoscaler may ask for.
    pub min: Option<u32>,
    /// The most replicas that the autoscaler may ask for.
    pub max: Option<u32>,
    /// The processor utilization that it aims at, in percent of the request.
    pub target: Option<u32>,
}

impl From<(Option<u32>, Option<u32>, Option<u32>)> for AutoscalerChange {
    fn from((min, max, target): (Option<u32>, Option<u32>, Option<u32>)) -> Self {
        Self { min, max, target }
    }
}

/// What can be done to every system. All operations return as soon as they are in force; none waits
/// until the system is well again.
pub trait FaultTarget: Sync {
    /// The platform under this system, if it has one. A target that never has one returns `None` of
    /// the type [`NoPlatform`].
    fn platform(&self) -> Option<&(impl PlatformTarget + NodeTarget + ReplicaSelector)>;

    /// The processes of this system's replicas, if they can be frozen. A target where they never
    /// can returns `None` of the type [`NoProcesses`].
    fn processes(&self) -> Option<&impl ProcessTarget>;

    /// The service's replicas.
    fn census(&self, service: &str) -> impl Future<Output = Result<Census, TargetError>> + Send;

    /// Kills replicas and has each replaced at once; SIGKILL follows SIGTERM after `grace`, at once
    /// when it is zero. Returns how many were there to be killed.
    fn kill(
        &self,
        service: &str,
        replicas: &[u32],
        grace: Duration,
    ) -> impl Future<Output = Result<u64, TargetError>> + Send;

    /// Begins to take all replicas away, and lets none come back; SIGKILL follows SIGTERM after
    /// `grace`, or after the service's own. Returns how many there were.
    fn stop(
        &self,
        service: &str,
        grace: Option<Duration>,
    ) -> impl Future<Output = Result<u64, TargetError>> + Send;

    /// Waits until nothing of a service is left that was stopped with this grace. May be dropped
    /// at any time.
    fn until_stopped(
        &self,
        service: &str,
        grace: Option<Duration>,
    ) -> impl Future<Output = Result<(), TargetError>> + Send;

    /// Brings a stopped service back with as many replicas as are wanted. Does nothing when it
    /// is not stopped.
    fn start(&self, service: &str) -> impl Future<Output = Result<(), TargetError>> + Send;

    /// Sets how many replicas there should be.
    fn scale(
        &self,
        service: &str,
        replicas: u32,
    ) -> impl Future<Output = Result<(), TargetError>> + Send;

    /// Begins to replace every replica, within the limits of the service's strategy. Returns how
    /// many will be replaced.
    fn rollout(&self, service: &str) -> impl Future<Output = Result<u64, TargetError>> + Send;

    /// Gives the service's autoscaler other limits. Returns how many replicas it hit, or 1.
    fn change_autoscaler(
        &self,
        service: &str,
        change: AutoscalerChange,
    ) -> impl Future<Output = Result<u64, TargetError>> + Send;

    /// Gives the service's autoscaler its own limits back, where `change` has set others.
    fn restore_autoscaler(
        &self,
        service: &str,
        change: AutoscalerChange,
    ) -> impl Future<Output = Result<(), TargetError>> + Send;

    /// Sends a GET request to one replica directly, past any proxy. Returns the reply's status.
    fn get(
        &self,
        service: &str,
        replica: u32,
        path: &str,
    ) -> impl Future<Output = Result<u16, TargetError>> + Send;

    /// Injects a fault between two services; several add up.
    fn inject_edge_fault(
        &self,
        from: &str,
        to: &str,
        fault: EdgeFault,
    ) -> impl Future<Output = Result<EdgeHandle, TargetError>> + Send;

    /// Ends a fault between two services. Returns how many requests met it.
    fn recover_edge_fault(
        &self,
        from: &str,
        to: &str,
        handle: EdgeHandle,
    ) -> impl Future<Output = Result<u64, TargetError>> + Send;
}
