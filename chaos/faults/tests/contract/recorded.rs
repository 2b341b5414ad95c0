//! A target that records each call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use brunt_faults::{
    AutoscalerChange, Census, EdgeHandle, FaultTarget, Node, NodeEffect, NodeTarget,
    PlatformTarget, ProcessTarget, Replica, ReplicaSelector, TargetError,
};
use brunt_scenarios::plan::{
    EdgeFault, NodeFault, NodePick, PlatformFault, ReplicaFilter, Rollout, StrategyKind,
};

pub struct Recorded {
    wanted: Mutex<u32>,
    ready: u32,
    kind: StrategyKind,
    has_platform: bool,
    has_processes: bool,
    /// Why replicas stay on a node that is drained.
    kept: Option<String>,
    calls: Mutex<Vec<String>>,
}

impl Recorded {
    /// Services that want `wanted` replicas, of which `ready` are ready; `empty` has none at all.
    pub fn of(wanted: u32, ready: u32) -> Self {
        Self {
            wanted: Mutex::new(wanted),
            ready,
            kind: StrategyKind::RollingUpdate,
            has_platform: true,
            has_processes: true,
            kept: None,
            calls: Mutex::default(),
        }
    }

    pub fn recreating(mut self) -> Self {
        self.kind = StrategyKind::Recreate;
        self
    }

    pub fn without_platform(mut self) -> Self {
        self.has_platform = false;
        self
    }

    pub fn without_processes(mut self) -> Self {
        self.has_processes = false;
        self
    }

    pub fn keeping(mut self, why: &str) -> Self {
        self.kept = Some(why.to_owned());
        self
    }

    pub fn want(&self, wanted: u32) {
        *self.wanted.lock().unwrap() = wanted;
    }

    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    fn note(&self, call: String) {
        self.calls.lock().unwrap().push(call);
    }
}

impl FaultTarget for Recorded {
    fn platform(&self) -> Option<&(impl PlatformTarget + NodeTarget + ReplicaSelector)> {
        self.has_platform.then_some(self)
    }

    fn processes(&self) -> Option<&impl ProcessTarget> {
        self.has_processes.then_some(self)
    }

    async fn census(&self, service: &str) -> Result<Census, TargetError> {
        let wanted = *self.wanted.lock().unwrap();
        let running = if service == "empty" { 0 } else { wanted };
        let replica = |number| Replica { number, ready: number <= self.ready };
        Ok(Census {
            wanted,
            replicas: (1..=running).map(replica).collect(),
            rollout: Rollout { kind: self.kind, max_surge: 1, max_unavailable: 0 },
        })
    }

    async fn kill(
        &self,
        service: &str,
        replicas: &[u32],
        grace: Duration,
    ) -> Result<u64, TargetError> {
        self.note(format!("kill {service} {replicas:?} {grace:?}"));
        Ok(replicas.len() as u64)
    }

    async fn stop(&self, service: &str, grace: Option<Duration>) -> Result<u64, TargetError> {
        self.note(format!("stop {service} {grace:?}"));
        Ok(u64::from(*self.wanted.lock().unwrap()))
    }

    async fn until_stopped(
        &self,
        service: &str,
        grace: Option<Duration>,
    ) -> Result<(), TargetError> {
        self.note(format!("until stopped {service} {grace:?}"));
        Ok(())
    }

    async fn start(&self, service: &str) -> Result<(), TargetError> {
        self.note(format!("start {service}"));
        Ok(())
    }

    async fn scale(&self, service: &str, replicas: u32) -> Result<(), TargetError> {
        self.note(format!("scale {service} {replicas}"));
        self.want(replicas);
        Ok(())
    }

    async fn rollout(&self, service: &str) -> Result<u64, TargetError> {
        self.note(format!("rollout {service}"));
        Ok(u64::from(*self.wanted.lock().unwrap()))
    }

    async fn get(&self, _: &str, _: u32, path: &str) -> Result<u16, TargetError> {
        Ok(if path == "/makeZombie" { 200 } else { 404 })
    }

    async fn inject_edge_fault(
        &self,
        from: &str,
        to: &str,
        fault: EdgeFault,
    ) -> Result<EdgeHandle, TargetError> {
        self.note(format!("fault {from} {to} {fault}"));
        Ok(EdgeHandle(9))
    }

    async fn recover_edge_fault(
        &self,
        from: &str,
        to: &str,
        handle: EdgeHandle,
    ) -> Result<u64, TargetError> {
        self.note(format!("recover {from} {to} {}", handle.0));
        Ok(42)
    }

    async fn change_autoscaler(
        &self,
        service: &str,
        AutoscalerChange { min, max, target }: AutoscalerChange,
    ) -> Result<u64, TargetError> {
        self.note(format!("autoscaler {service} {min:?} {max:?} {target:?}"));
        Ok(1)
    }

    async fn restore_autoscaler(
        &self,
        service: &str,
        _: AutoscalerChange,
    ) -> Result<(), TargetError> {
        self.note(format!("restore autoscaler {service}"));
        Ok(())
    }
}

impl ProcessTarget for Recorded {
    async fn pause(&self, service: &str, replicas: &[u32]) -> Result<u64, TargetError> {
        self.note(format!("pause {service} {replicas:?}"));
        Ok(replicas.len() as u64)
    }

    async fn resume(&self, service: &str, replicas: &[u32]) -> Result<(), TargetError> {
        self.note(format!("resume {service} {replicas:?}"));
        Ok(())
    }
}

impl PlatformTarget for Recorded {
    async fn inject(
        &self,
        service: &str,
        fault: &PlatformFault,
        replicas: &[u32],
    ) -> Result<u64, TargetError> {
        self.note(format!("{fault} {service} {replicas:?}"));
        Ok(replicas.len() as u64)
    }

    async fn recover(&self, service: &str, fault: &PlatformFault) -> Result<(), TargetError> {
        self.note(format!("undo {fault} {service}"));
        Ok(())
    }
}

/// Each replica of shop is on a node of its own.
impl NodeTarget for Recorded {
    async fn nodes(&self, which: &NodePick) -> Result<Vec<Node>, TargetError> {
        let NodePick::Of { service, .. } = which else { return Ok(vec![]) };
        let census = self.census(service).await?;
        let node = |replica: &Replica| Node {
            name: format!("node-{}", replica.number),
            zone: None,
            replicas: vec![(service.clone(), replica.number)],
        };
        Ok(census.replicas.iter().map(node).collect())
    }

    async fn fail_nodes(
        &self,
        names: &[String],
        fault: NodeFault,
        replicas: &BTreeMap<String, Vec<u32>>,
    ) -> Result<NodeEffect, TargetError> {
        self.note(format!("{fault} {names:?} {replicas:?}"));
        let kept = self.kept.clone().filter(|_| fault == NodeFault::Drain);
        Ok(NodeEffect { hits: names.len() as u64, kept })
    }

    async fn restore_nodes(&self, names: &[String]) -> Result<(), TargetError> {
        self.note(format!("restore {names:?}"));
        Ok(())
    }
}

impl ReplicaSelector for Recorded {
    /// The first replica is in zone-1, the others are in zone-2; more is not known.
    async fn select_replicas(
        &self,
        service: &str,
        only: &ReplicaFilter,
    ) -> Result<BTreeSet<u32>, TargetError> {
        let census = self.census(service).await?;
        let zone = |number| if number == 1 { "zone-1" } else { "zone-2" };
        let numbers = census.replicas.iter().map(|replica| replica.number);
        Ok(numbers.filter(|number| only.zone.as_deref() == Some(zone(*number))).collect())
    }
}
