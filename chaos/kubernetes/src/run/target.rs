//! A run as what faults are injected into: each operation is the business of one file of faults.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use brunt_faults::{
    AutoscalerChange, Census, EdgeHandle, FaultTarget, NoProcesses, Node, NodeEffect, NodeTarget,
    PlatformTarget, ProcessTarget, Replica, ReplicaSelector, TargetError,
};
use brunt_scenarios::plan::{
    EdgeFault, FaultKind, NodeFault, NodePick, PlatformFault, ReplicaFilter,
};

use super::ClusterRun;
use crate::changes::changer::Changer;
use crate::faults::{
    cordon, dispatch, drain, get, kill, nodes, outage, replacement, rollout, scale, select_replicas,
};
use crate::observe::pod_state::PodState;
use crate::observe::workload::Workload;

/// How long a pod may take to be gone after its grace.
const DELETE_TIMEOUT: Duration = Duration::from_secs(30);

impl ClusterRun {
    fn pod_numbers(&self, service: &str) -> Vec<u32> {
        self.observer.state().pods(service).iter().map(|pod| pod.number).collect()
    }

    /// Waits until a change of a service has had its first effect on the pods that it had before.
    async fn until_begun(&self, service: &str, before: &[u32]) -> Result<(), TargetError> {
        if self.changer.is_dry_run() {
            return Ok(());
        }
        let workload = self.services.workload(service)?;
        let within = self.services.rolls_out_within(service, workload);
        let one = (service, workload);
        let cluster = self.changer.cluster().within(&workload.namespace);
        replacement::until_begun(&cluster, &self.observer, one, before, within).await
    }

    /// A service's workload, and what makes changes in its namespace.
    fn changed(&self, service: &str) -> Result<(&Workload, Changer), TargetError> {
        let workload = self.services.workload(service)?;
        Ok((workload, self.changer.within(&workload.namespace)))
    }
}

impl FaultTarget for ClusterRun {
    fn platform(&self) -> Option<&(impl PlatformTarget + NodeTarget + ReplicaSelector)> {
        Some(self)
    }

    fn processes(&self) -> Option<&impl ProcessTarget> {
        None::<&NoProcesses>
    }

    async fn census(&self, service: &str) -> Result<Census, TargetError> {
        let (workload, changer) = self.changed(service)?;
        let wanted = scale::wanted(&changer, workload).await?;
        let state = self.observer.state();
        let replica =
            |pod: &PodState| Replica { number: pod.number, ready: state.gets_requests(pod) };
        let replicas = state.pods(service).iter().map(replica).collect();
        Ok(Census { wanted, replicas, rollout: workload.rollout })
    }

    async fn kill(
        &self,
        service: &str,
        replicas: &[u32],
        grace: Duration,
    ) -> Result<u64, TargetError> {
        // A replica that has gone meanwhile need not be killed.
        let pod = |replica: &u32| self.observer.pod(service, *replica).ok();
        let pods: Vec<PodState> = replicas.iter().filter_map(pod).collect();
        let (_, changer) = self.changed(service)?;
        Ok(kill::inject(&changer, &pods, grace).await?)
    }

    async fn stop(&self, service: &str, grace: Option<Duration>) -> Result<u64, TargetError> {
        let workload = self.services.workload(service)?;
        let pods = self.observer.state().pods(service);
        // It counts from when the last pod has ended.
        let ending = grace.unwrap_or_else(|| workload.grace()) + DELETE_TIMEOUT;
        let changer = self.changer_for_delayed(
            ending,
            |kind| matches!(kind, FaultKind::Stop { service: of, .. } if of == service),
        );
        let changer = changer.within(&workload.namespace);
        scale::inject(&changer, workload, 0).await?;
        if let Some(grace) = grace {
            // The workload deletes them with their own grace; a second deletion can shorten it.
            kill::inject(&changer, &pods, grace).await?;
        }
        Ok(pods.len() as u64)
    }

    async fn until_stopped(
        &self,
        service: &str,
        grace: Option<Duration>,
    ) -> Result<(), TargetError> {
        let workload = self.services.workload(service)?;
        let within = grace.unwrap_or_else(|| workload.grace()) + DELETE_TIMEOUT;
        let mut changes = self.observer.changes();
        let gone = changes.wait_for(|()| self.observer.state().has_gone(service));
        match tokio::time::timeout(within, gone).await {
            Ok(_) => Ok(()),
            Err(_elapsed) => Err(TargetError::StillRunning(service.to_owned())),
        }
    }

    async fn start(&self, service: &str) -> Result<(), TargetError> {
        let (workload, changer) = self.changed(service)?;
        scale::recover(&changer, workload).await
    }

    async fn scale(&self, service: &str, replicas: u32) -> Result<(), TargetError> {
        let workload = self.services.workload(service)?;
        // It counts from when the first pod has come or gone.
        let changer = self.changer_for_delayed(
            self.services.rolls_out_within(service, workload),
            |kind| matches!(kind, FaultKind::Scale { service: of, .. } if of == service),
        );
        let changer = changer.within(&workload.namespace);
        let before = self.pod_numbers(service);
        if !scale::scale(&changer, workload, replicas).await? {
            return Ok(());
        }
        let begun = self.until_begun(service, &before).await;
        if begun.is_err() {
            scale::recover(&changer, workload).await?;
        }
        begun
    }

    async fn rollout(&self, service: &str) -> Result<u64, TargetError> {
        let ((workload, changer), before) = (self.changed(service)?, self.pod_numbers(service));
        let replaced = rollout::inject(&changer, workload, before.len() as u64).await?;
        self.until_begun(service, &before).await?;
        Ok(replaced)
    }

    async fn change_autoscaler(
        &self,
        service: &str,
        AutoscalerChange { min, max, target }: AutoscalerChange,
    ) -> Result<u64, TargetError> {
        let replicas: Vec<u32> =
            self.observer.state().pods(service).iter().map(|pod| pod.number).collect();
        self.inject(service, &PlatformFault::Autoscale { min, max, target }, &replicas).await
    }

    async fn restore_autoscaler(
        &self,
        service: &str,
        AutoscalerChange { min, max, target }: AutoscalerChange,
    ) -> Result<(), TargetError> {
        self.recover(service, &PlatformFault::Autoscale { min, max, target }).await
    }

    async fn get(&self, service: &str, replica: u32, path: &str) -> Result<u16, TargetError> {
        let (workload, changer) = self.changed(service)?;
        get::get(&changer, &self.observer, workload, (service, replica), path).await
    }

    async fn inject_edge_fault(
        &self,
        from: &str,
        to: &str,
        fault: EdgeFault,
    ) -> Result<EdgeHandle, TargetError> {
        self.edge_proxies.inject(&self.changer, (from, to), fault).await
    }

    async fn recover_edge_fault(
        &self,
        from: &str,
        to: &str,
        handle: EdgeHandle,
    ) -> Result<u64, TargetError> {
        self.edge_proxies.recover(&self.changer, (from, to), handle).await
    }
}

/// Whether a fault has its effect by pods that are replaced.
fn replaces_pods(fault: &PlatformFault) -> bool {
    matches!(
        fault,
        PlatformFault::SetEnv { .. } | PlatformFault::Probe { .. } | PlatformFault::RollBack
    )
}

impl PlatformTarget for ClusterRun {
    async fn inject(
        &self,
        service: &str,
        fault: &PlatformFault,
        replicas: &[u32],
    ) -> Result<u64, TargetError> {
        let is = FaultKind::Platform { service: service.to_owned(), fault: fault.clone() };
        let workload = self.services.workload(service)?;
        let namespace = &workload.namespace;
        if !replaces_pods(fault) {
            let changer = self.changer_for(|kind| *kind == is).within(namespace);
            return dispatch::inject(self.fault_context(&changer), service, fault, replicas).await;
        }
        // It counts from when the first pod has been replaced.
        let within = self.services.rolls_out_within(service, workload);
        let changer = self.changer_for_delayed(within, |kind| *kind == is).within(namespace);
        let before = self.pod_numbers(service);
        let hits = dispatch::inject(self.fault_context(&changer), service, fault, replicas).await?;
        if let Err(error) = self.until_begun(service, &before).await {
            dispatch::recover(self.fault_context(&changer), service, fault).await?;
            return Err(error);
        }
        Ok(hits)
    }

    async fn recover(&self, service: &str, fault: &PlatformFault) -> Result<(), TargetError> {
        let (_, changer) = self.changed(service)?;
        dispatch::recover(self.fault_context(&changer), service, fault).await
    }
}

impl ReplicaSelector for ClusterRun {
    async fn select_replicas(
        &self,
        service: &str,
        only: &ReplicaFilter,
    ) -> Result<BTreeSet<u32>, TargetError> {
        let cluster = self.changer.cluster();
        select_replicas::select(cluster, &self.observer, &self.services, service, only).await
    }
}

impl NodeTarget for ClusterRun {
    async fn nodes(&self, which: &NodePick) -> Result<Vec<Node>, TargetError> {
        nodes::pick(self.changer.cluster(), &self.observer, &self.services, which).await
    }

    async fn fail_nodes(
        &self,
        names: &[String],
        fault: NodeFault,
        replicas: &BTreeMap<String, Vec<u32>>,
    ) -> Result<NodeEffect, TargetError> {
        let is =
            |kind: &FaultKind| matches!(kind, FaultKind::Nodes { fault: of, .. } if *of == fault);
        let closed = cordon::inject(&self.changer_for(is), names).await?;
        match fault {
            NodeFault::Cordon => Ok(NodeEffect { hits: closed, kept: None }),
            NodeFault::Drain => {
                let within = self.length_of(is);
                let with = self.fault_context(&self.changer);
                let drained = drain::inject(with, replicas, within).await;
                if drained.is_err() {
                    cordon::recover(&self.changer, names).await?;
                }
                drained
            }
            NodeFault::Outage => outage::inject(self.fault_context(&self.changer), replicas).await,
        }
    }

    async fn restore_nodes(&self, names: &[String]) -> Result<(), TargetError> {
        cordon::recover(&self.changer, names).await
    }
}
