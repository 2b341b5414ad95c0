//! What faults are done to: processes on this machine, or workloads in a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::time::Duration;

use brunt_scenarios::plan::{EdgeFault, NodeFault, NodePick, Only, PlatformFault, Rollout};

use crate::TargetError;

/// The replicas of a service at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// How many there should be.
    pub wanted: u32,
    /// Those that run and are not on their way out.
    pub replicas: Vec<Replica>,
    /// How a new version replaces the old one.
    pub rollout: Rollout,
}

/// One running replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replica {
    /// Its number, unique among the service's replicas over the whole run.
    pub number: u32,
    /// Whether it is sent requests.
    pub ready: bool,
}

/// A node, and what runs on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// The zone that it is in, if it is in one.
    pub zone: Option<String>,
    /// Services and numbers of the replicas there.
    pub replicas: Vec<(String, u32)>,
}

/// Names a fault that is set between two services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdgeHandle(pub u64);

impl Census {
    /// How many are sent requests.
    pub fn ready(&self) -> u32 {
        self.replicas.iter().map(|replica| u32::from(replica.ready)).sum()
    }

    /// How many of the wanted ones are not sent requests.
    pub fn away(&self) -> u32 {
        self.wanted.saturating_sub(self.ready())
    }
}

/// What can be done to a system. All operations return as soon as they are in force; none waits
/// until the system is well again.
pub trait Target: Sync {
    /// The service's replicas.
    fn census(&self, service: &str) -> impl Future<Output = Result<Census, TargetError>> + Send;

    /// Kills replicas and has each replaced at once; SIGKILL follows SIGTERM after `grace`, at once
    /// when it is zero. Says how many were there to be killed.
    fn kill(
        &self,
        service: &str,
        replicas: &[u32],
        grace: Duration,
    ) -> impl Future<Output = Result<u64, TargetError>> + Send;

    /// Takes all replicas away, with the service's own grace, and lets none come back. Says how
    /// many there were.
    fn stop(&self, service: &str) -> impl Future<Output = Result<u64, TargetError>> + Send;

    /// Brings a stopped service back with as many replicas as are wanted. Does nothing when it
    /// is not stopped.
    fn start(&self, service: &str) -> impl Future<Output = Result<(), TargetError>> + Send;

    /// Freezes replicas. Says how many were there to be frozen.
    fn pause(
        &self,
        service: &str,
        replicas: &[u32],
    ) -> impl Future<Output = Result<u64, TargetError>> + Send;

    /// Lets frozen replicas go on; those that have gone meanwhile are passed over.
    fn resume(
        &self,
        service: &str,
        replicas: &[u32],
    ) -> impl Future<Output = Result<(), TargetError>> + Send;

    /// Sets how many replicas there should be.
    fn scale(
        &self,
        service: &str,
        replicas: u32,
    ) -> impl Future<Output = Result<(), TargetError>> + Send;

    /// Begins to replace every replica, within the limits of the service's strategy. Says how many
    /// will be replaced.
    fn rollout(&self, service: &str) -> impl Future<Output = Result<u64, TargetError>> + Send;

    /// Asks one replica directly, past any proxy. Returns the status of its reply.
    fn get(
        &self,
        service: &str,
        replica: u32,
        path: &str,
    ) -> impl Future<Output = Result<u16, TargetError>> + Send;

    /// Sets a fault between two services; several add up.
    fn break_edge(
        &self,
        from: &str,
        to: &str,
        fault: EdgeFault,
    ) -> impl Future<Output = Result<EdgeHandle, TargetError>> + Send;

    /// Lifts a fault between two services. Says how many requests met it.
    fn mend_edge(
        &self,
        from: &str,
        to: &str,
        handle: EdgeHandle,
    ) -> impl Future<Output = Result<u64, TargetError>> + Send;

    /// Does something to a service, or to these replicas of it, that only a platform can. Says how
    /// many replicas it hit.
    fn inflict(
        &self,
        service: &str,
        fault: &PlatformFault,
        replicas: &[u32],
    ) -> impl Future<Output = Result<u64, TargetError>> + Send {
        let _ = replicas;
        std::future::ready(Err(TargetError::on_kubernetes(&format!("{fault} {service}"))))
    }

    /// Undoes what [`Target::inflict`] did.
    fn lift(
        &self,
        service: &str,
        fault: &PlatformFault,
    ) -> impl Future<Output = Result<(), TargetError>> + Send {
        std::future::ready(Err(TargetError::on_kubernetes(&format!("{fault} {service}"))))
    }

    /// The numbers of a service's replicas of which something is true that only a platform knows.
    fn those(
        &self,
        service: &str,
        only: &Only,
    ) -> impl Future<Output = Result<BTreeSet<u32>, TargetError>> + Send {
        std::future::ready(Err(TargetError::on_kubernetes(&format!(
            "a fault of {service} where {only}"
        ))))
    }

    /// The nodes that are meant, and what runs on them.
    fn nodes(
        &self,
        which: &NodePick,
    ) -> impl Future<Output = Result<Vec<Node>, TargetError>> + Send {
        std::future::ready(Err(TargetError::on_kubernetes(&format!("a fault of {which}"))))
    }

    /// Does something to nodes, of which these services' replicas are hit. Says how many replicas,
    /// or nodes, it hit.
    fn take_nodes(
        &self,
        names: &[String],
        fault: NodeFault,
        replicas: &BTreeMap<String, Vec<u32>>,
    ) -> impl Future<Output = Result<u64, TargetError>> + Send {
        let _ = (fault, replicas);
        std::future::ready(Err(TargetError::on_kubernetes(&format!(
            "a fault of {}",
            names.join(", ")
        ))))
    }

    /// Undoes what [`Target::take_nodes`] did.
    fn give_back(&self, names: &[String]) -> impl Future<Output = Result<(), TargetError>> + Send {
        std::future::ready(Err(TargetError::on_kubernetes(&format!(
            "a fault of {}",
            names.join(", ")
        ))))
    }
}
