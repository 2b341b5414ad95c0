//! What faults can do to a system on a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use brunt_faults::{
    AutoscalerChange, Census, EdgeHandle, FaultTarget, Node, NodeTarget, PlatformTarget, Replica,
    ReplicaSelector, TargetError,
};
use brunt_scenarios::plan::{EdgeFault, NodeFault, NodePick, PlatformFault, ReplicaFilter};
use futures::future::join_all;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, Preconditions};
use serde_json::json;

use crate::changes::change::{Change, ROLLOUT, RestoreOutcome, put_back};
use crate::client::error::KubeError;
use crate::client::object::ChangeMode;
use crate::client::pod_proxy_get::ask;
use crate::observe::state::PodState;
use crate::observe::workload::Workload;
use crate::run::ClusterRun;

/// How long a pod may take to answer a request that belongs to a fault.
const PATIENCE: Duration = Duration::from_secs(5);

/// The annotation of a pod template whose change makes a rollout.
const ROLLED_OUT: &str = "/spec/template/metadata/annotations/brunt.dev~1rolled-out";

const REPLICAS: &str = "replicas";

/// How many pods are deleted at the same time: hundreds should go together, and the API server
/// serves others too.
const AT_ONCE: usize = 20;

impl ClusterRun {
    pub(crate) fn workload(&self, service: &str) -> Result<&Workload, TargetError> {
        self.workloads.get(service).ok_or_else(|| match self.url(service) {
            Some(_) => TargetError::NotOurs(service.to_owned()),
            None => TargetError::NoService(service.to_owned()),
        })
    }

    pub(crate) fn pod(&self, service: &str, replica: u32) -> Result<PodState, TargetError> {
        let gone = || TargetError::Gone { service: service.to_owned(), replica };
        self.seen.state().pod_at(service, replica).ok_or_else(gone)
    }

    /// How many replicas there should be, as the API server has it now: a watch may be
    /// a moment behind.
    async fn wanted(&self, workload: &Workload) -> Result<u32, TargetError> {
        let object = match workload.object.read(&self.cluster).await {
            Err(error) if error.is_not_found() => return Ok(0),
            object => object.map_err(refused)?,
        };
        let wanted =
            object.pointer("/spec/replicas").and_then(serde_json::Value::as_u64).unwrap_or(1);
        Ok(u32::try_from(wanted).unwrap_or(u32::MAX))
    }

    async fn set_replicas(&self, workload: &Workload, replicas: u32) -> Result<(), TargetError> {
        let change = Change {
            object: workload.object.clone(),
            slot: REPLICAS.to_owned(),
            values: vec![("/spec/replicas".to_owned(), Some(json!(replicas)))],
        };
        self.change(&change).await.map_err(refused)?;
        Ok(())
    }

    pub(crate) async fn put_back(
        &self,
        workload: &Workload,
        slot: &str,
    ) -> Result<(), TargetError> {
        self.put_back_object(&workload.object, slot).await
    }

    pub(crate) async fn put_back_object(
        &self,
        object: &crate::client::object::ObjectRef,
        slot: &str,
    ) -> Result<(), TargetError> {
        if self.touch == ChangeMode::DryRun {
            return Ok(());
        }
        match put_back(&self.cluster, object, slot).await.map_err(refused)? {
            RestoreOutcome::Restored => Ok(()),
            RestoreOutcome::Drifted(how) => Err(TargetError::Drift(how)),
        }
    }

    /// Deletes a pod, if it is still the one that is meant. Says whether it was there.
    async fn delete(&self, pod: &PodState, grace: Duration) -> Result<bool, TargetError> {
        self.in_time().map_err(refused)?;
        let seconds = u32::try_from(grace.as_secs()).unwrap_or(u32::MAX);
        let mut params = DeleteParams::default().grace_period(seconds);
        params.dry_run = self.touch == ChangeMode::DryRun;
        params.preconditions =
            pod.uid.clone().map(|uid| Preconditions { uid: Some(uid), resource_version: None });
        let api = self.cluster.api::<Pod>();
        let what = format!("delete pod {}", pod.name);
        match KubeError::bounded(&what, api.delete(&pod.name, &params)).await {
            Ok(_) => {
                self.note(format!("Pod {} on {} deleted, grace {seconds} s", pod.name, pod.node));
                Ok(true)
            }
            Err(error) if error.is_not_found() || error.is_conflict() => Ok(false),
            Err(error) => Err(refused(error)),
        }
    }
}

pub(crate) fn refused(error: KubeError) -> TargetError {
    TargetError::platform(error)
}

impl FaultTarget for ClusterRun {
    fn platform(&self) -> Option<&(impl PlatformTarget + NodeTarget + ReplicaSelector)> {
        Some(self)
    }

    async fn census(&self, service: &str) -> Result<Census, TargetError> {
        let workload = self.workload(service)?;
        let wanted = self.wanted(workload).await?;
        let state = self.seen.state();
        let pods = state.pods(service);
        let replica =
            |pod: &PodState| Replica { number: pod.number, ready: state.takes_requests(pod) };
        Ok(Census {
            wanted,
            replicas: pods.iter().map(replica).collect(),
            rollout: workload.rollout,
        })
    }

    async fn kill(
        &self,
        service: &str,
        replicas: &[u32],
        grace: Duration,
    ) -> Result<u64, TargetError> {
        let mut killed = 0;
        let pods = replicas
            .iter()
            .filter_map(|replica| self.pod(service, *replica).ok())
            .collect::<Vec<_>>();
        for some in pods.chunks(AT_ONCE) {
            for there in join_all(some.iter().map(|pod| self.delete(pod, grace))).await {
                killed += u64::from(there?);
            }
        }
        Ok(killed)
    }

    async fn stop(&self, service: &str) -> Result<u64, TargetError> {
        let workload = self.workload(service)?;
        let there = self.seen.state().pods(service).len() as u64;
        self.set_replicas(workload, 0).await?;
        Ok(there)
    }

    async fn start(&self, service: &str) -> Result<(), TargetError> {
        self.put_back(self.workload(service)?, REPLICAS).await
    }

    async fn pause(&self, service: &str, _: &[u32]) -> Result<u64, TargetError> {
        self.workload(service)?;
        Err(TargetError::NotHere {
            what: "freezing processes".to_owned(),
            instead: "without privileges the first process of a container cannot be frozen; `stress` slows it down, \
                      `stop` takes it away"
                .to_owned(),
        })
    }

    async fn resume(&self, _: &str, _: &[u32]) -> Result<(), TargetError> {
        Ok(())
    }

    async fn scale(&self, service: &str, replicas: u32) -> Result<(), TargetError> {
        let workload = self.workload(service)?;
        let object = workload.object.read(&self.cluster).await.map_err(refused)?;
        let noted = crate::changes::record::stored_records(&object).map_err(refused)?;
        let before =
            noted.iter().find(|noted| noted.slot == REPLICAS && noted.record.lease == self.lease);
        let was = before.and_then(|noted| noted.record.edits.first()?.was.clone());
        // Back to what it was is no change but the end of one.
        if was == Some(json!(replicas)) {
            return self.put_back(workload, REPLICAS).await;
        }
        self.set_replicas(workload, replicas).await
    }

    async fn rollout(&self, service: &str) -> Result<u64, TargetError> {
        let workload = self.workload(service)?;
        let there = self.seen.state().pods(service).len() as u64;
        let change = Change {
            object: workload.object.clone(),
            slot: ROLLOUT.to_owned(),
            values: vec![(ROLLED_OUT.to_owned(), Some(json!(jiff::Timestamp::now().to_string())))],
        };
        self.change(&change).await.map_err(refused)?;
        Ok(there)
    }

    async fn get(&self, service: &str, replica: u32, path: &str) -> Result<u16, TargetError> {
        let workload = self.workload(service)?;
        let pod = self.pod(service, replica)?;
        if self.touch == ChangeMode::DryRun {
            self.note(format!("Pod {} on {}: GET {path}", pod.name, pod.node));
            return Ok(200);
        }
        let unanswered = |why: String| TargetError::unanswered(service, replica, why);
        let port =
            workload.port().ok_or_else(|| unanswered("its container names no port".to_owned()))?;
        let answer = ask(&self.cluster, &pod.name, port, path);
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(status)) => Ok(status),
            Ok(Err(error)) => Err(unanswered(format!("GET {path}: {error}"))),
            Err(_) => Err(unanswered(format!("GET {path}: no answer in {} s", PATIENCE.as_secs()))),
        }
    }

    async fn inject_edge_fault(
        &self,
        from: &str,
        to: &str,
        fault: EdgeFault,
    ) -> Result<EdgeHandle, TargetError> {
        self.break_between(from, to, fault).await
    }

    async fn recover_edge_fault(
        &self,
        from: &str,
        to: &str,
        handle: EdgeHandle,
    ) -> Result<u64, TargetError> {
        self.mend_between(from, to, handle).await
    }

    async fn change_autoscaler(
        &self,
        service: &str,
        AutoscalerChange { min, max, target }: AutoscalerChange,
    ) -> Result<u64, TargetError> {
        let replicas: Vec<u32> =
            self.seen.state().pods(service).iter().map(|pod| pod.number).collect();
        let fault = PlatformFault::Autoscale { min, max, target };
        self.inject_into(service, &fault, &replicas).await
    }

    async fn restore_autoscaler(
        &self,
        service: &str,
        AutoscalerChange { min, max, target }: AutoscalerChange,
    ) -> Result<(), TargetError> {
        self.recover_service(service, &PlatformFault::Autoscale { min, max, target }).await
    }
}

impl PlatformTarget for ClusterRun {
    async fn inject(
        &self,
        service: &str,
        fault: &PlatformFault,
        replicas: &[u32],
    ) -> Result<u64, TargetError> {
        self.inject_into(service, fault, replicas).await
    }

    async fn recover(&self, service: &str, fault: &PlatformFault) -> Result<(), TargetError> {
        self.recover_service(service, fault).await
    }
}

impl ReplicaSelector for ClusterRun {
    async fn select_replicas(
        &self,
        service: &str,
        only: &ReplicaFilter,
    ) -> Result<BTreeSet<u32>, TargetError> {
        self.those_of(service, only).await
    }
}

impl NodeTarget for ClusterRun {
    async fn nodes(&self, which: &NodePick) -> Result<Vec<Node>, TargetError> {
        self.nodes_of(which).await
    }

    async fn fail_nodes(
        &self,
        names: &[String],
        fault: NodeFault,
        replicas: &BTreeMap<String, Vec<u32>>,
    ) -> Result<u64, TargetError> {
        self.take(names, fault, replicas).await
    }

    async fn restore_nodes(&self, names: &[String]) -> Result<(), TargetError> {
        self.return_nodes(names).await
    }
}
