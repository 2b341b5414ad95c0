//! What only a platform like Kubernetes can do.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use brunt_scenarios::plan::{NodeFault, NodePick, PlatformFault, ReplicaFilter};

use super::census::Node;
use crate::error::TargetError;

/// Faults in the workloads and objects of a platform.
pub trait PlatformTarget: Sync {
    /// Injects a fault into a service, or into these replicas of it. Returns how many it hit.
    fn inject(
        &self,
        service: &str,
        fault: &PlatformFault,
        replicas: &[u32],
    ) -> impl Future<Output = Result<u64, TargetError>> + Send;

    /// Undoes what [`PlatformTarget::inject`] did.
    fn recover(
        &self,
        service: &str,
        fault: &PlatformFault,
    ) -> impl Future<Output = Result<(), TargetError>> + Send;
}

/// What a fault of nodes hit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeEffect {
    /// How many replicas, or for a mere cordon how many nodes.
    pub hits: u64,
    /// Why replicas are still where the fault should have taken them away, for all of its length;
    /// `None` if none is.
    pub kept: Option<String>,
}

/// Faults in the nodes under a system.
pub trait NodeTarget: Sync {
    /// The nodes that may be meant, and what runs on them.
    fn nodes(
        &self,
        which: &NodePick,
    ) -> impl Future<Output = Result<Vec<Node>, TargetError>> + Send;

    /// Cordons nodes and, as the fault has it, takes these services' replicas away. On an error,
    /// nodes are as before.
    fn fail_nodes(
        &self,
        names: &[String],
        fault: NodeFault,
        replicas: &BTreeMap<String, Vec<u32>>,
    ) -> impl Future<Output = Result<NodeEffect, TargetError>> + Send;

    /// Undoes what [`NodeTarget::fail_nodes`] did.
    fn restore_nodes(
        &self,
        names: &[String],
    ) -> impl Future<Output = Result<(), TargetError>> + Send;
}

/// Knows where replicas run and what labels they have.
pub trait ReplicaSelector: Sync {
    /// The numbers of a service's replicas that `only` selects.
    fn select_replicas(
        &self,
        service: &str,
        only: &ReplicaFilter,
    ) -> impl Future<Output = Result<BTreeSet<u32>, TargetError>> + Send;
}

/// The platform of a target that has none. It has no value, so none of its methods can be called.
#[derive(Debug, Clone, Copy)]
pub enum NoPlatform {}

impl PlatformTarget for NoPlatform {
    async fn inject(&self, _: &str, _: &PlatformFault, _: &[u32]) -> Result<u64, TargetError> {
        match *self {}
    }

    async fn recover(&self, _: &str, _: &PlatformFault) -> Result<(), TargetError> {
        match *self {}
    }
}

impl NodeTarget for NoPlatform {
    async fn nodes(&self, _: &NodePick) -> Result<Vec<Node>, TargetError> {
        match *self {}
    }

    async fn fail_nodes(
        &self,
        _: &[String],
        _: NodeFault,
        _: &BTreeMap<String, Vec<u32>>,
    ) -> Result<NodeEffect, TargetError> {
        match *self {}
    }

    async fn restore_nodes(&self, _: &[String]) -> Result<(), TargetError> {
        match *self {}
    }
}

impl ReplicaSelector for NoPlatform {
    async fn select_replicas(
        &self,
        _: &str,
        _: &ReplicaFilter,
    ) -> Result<BTreeSet<u32>, TargetError> {
        match *self {}
    }
}
