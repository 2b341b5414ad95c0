//! Nodes under the system: closed to new pods, emptied, or as good as lost. Only the run's own
//! namespace loses pods.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use brunt_faults::{FaultTarget, Node, TargetError};
use brunt_scenarios::plan::{NodeFault, NodePick, ReplicaFilter};
use k8s_openapi::api::core::v1;
use kube::api::ListParams;
use kube::{Api, ResourceExt};
use serde_json::json;
use tokio::time::Instant;

use crate::changes::change::Change;
use crate::client::error::KubeError;
use crate::client::object::ChangeMode;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::observe::state::PodState;
use crate::run::ClusterRun;
use crate::run::target::refused;

const ZONE: &str = "topology.kubernetes.io/zone";

const SLOT: &str = "cordon";

/// How long a drain goes on asking a budget that refuses.
const ASKS_FOR: Duration = Duration::from_secs(60);

/// Between two requests to a budget that refuses, as kubectl does.
const ASKS_AGAIN: Duration = Duration::from_secs(2);

impl ClusterRun {
    pub(crate) async fn nodes_of(&self, which: &NodePick) -> Result<Vec<Node>, TargetError> {
        let names: Vec<(String, Option<String>)> = match which {
            NodePick::Named(name) => vec![(name.clone(), None)],
            NodePick::Of { service, .. } => {
                self.under(service)?.into_iter().map(|name| (name, None)).collect()
            }
            NodePick::Zone(wanted) => {
                let all = self.zones().await.map_err(refused)?.into_iter();
                all.filter(|(_, zone)| zone.as_ref() == Some(wanted)).collect()
            }
            NodePick::ZoneOf(service) => {
                let under = self.under(service)?;
                let all = self.zones().await.map_err(refused)?;
                let of = |node: &String| all.iter().find(|(name, _)| name == node)?.1.clone();
                let zones: Vec<String> = under.iter().filter_map(of).collect();
                all.into_iter()
                    .filter(|(_, zone)| zone.as_ref().is_some_and(|zone| zones.contains(zone)))
                    .collect()
            }
        };
        let state = self.seen.state();
        let there = |name: &String| {
            let pods = state.everybody().filter(|pod| pod.node == *name && !pod.leaving);
            pods.map(|pod| (pod.service.clone(), pod.number)).collect()
        };
        let node =
            |(name, zone): (String, Option<String>)| Node { replicas: there(&name), name, zone };
        Ok(names.into_iter().map(node).collect())
    }

    /// The replicas of a service that are where they should be, and have the labels.
    pub(crate) async fn those_of(
        &self,
        service: &str,
        only: &ReplicaFilter,
    ) -> Result<BTreeSet<u32>, TargetError> {
        self.workload(service)?;
        let zones = match &only.zone {
            Some(_) => self.zones().await.map_err(refused)?,
            None => vec![],
        };
        let there = |pod: &PodState| {
            let in_zone = |zone: &String| zones.contains(&(pod.node.clone(), Some(zone.clone())));
            only.node.as_ref().is_none_or(|node| pod.node == *node)
                && only.zone.as_ref().is_none_or(in_zone)
                && only.labels.iter().all(|(key, value)| pod.labels.get(key) == Some(value))
        };
        let pods = self.seen.state().pods(service);
        Ok(pods.iter().filter(|pod| there(pod)).map(|pod| pod.number).collect())
    }

    /// The nodes on which a service's replicas run.
    fn under(&self, service: &str) -> Result<Vec<String>, TargetError> {
        self.workload(service)?;
        let mut names: Vec<String> =
            self.seen.state().pods(service).into_iter().map(|pod| pod.node).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Every node, and its zone if it is in one.
    async fn zones(&self) -> Result<Vec<(String, Option<String>)>, KubeError> {
        let api: Api<v1::Node> = Api::all(self.cluster.client.clone());
        let params = ListParams::default();
        let all = KubeError::bounded("list nodes", api.list(&params)).await?;
        Ok(all
            .into_iter()
            .map(|node| (node.name_any(), node.labels().get(ZONE).cloned()))
            .collect())
    }

    pub(crate) async fn take(
        &self,
        names: &[String],
        fault: NodeFault,
        replicas: &BTreeMap<String, Vec<u32>>,
    ) -> Result<u64, TargetError> {
        for name in names {
            let change = Change {
                object: ObjectRef::new(ObjectKind::Node, name),
                slot: SLOT.to_owned(),
                values: vec![("/spec/unschedulable".to_owned(), Some(json!(true)))],
            };
            self.change(&change).await.map_err(refused)?;
        }
        match fault {
            NodeFault::Cordon => Ok(names.len() as u64),
            NodeFault::Drain => self.drain(replicas).await,
            NodeFault::Outage => {
                let mut gone = 0;
                for (service, replicas) in replicas {
                    gone += self.kill(service, replicas, Duration::ZERO).await?;
                }
                Ok(gone)
            }
        }
    }

    /// Evicts all at once, as kubectl does, and asks again for as long as budgets
    /// refuse, within reason.
    async fn drain(&self, replicas: &BTreeMap<String, Vec<u32>>) -> Result<u64, TargetError> {
        let until = Instant::now() + ASKS_FOR;
        let each =
            replicas.iter().flat_map(|(service, all)| all.iter().map(move |one| (service, *one)));
        let evictions = each.map(|(service, replica)| self.drive_out(service, replica, until));
        let evicted = futures::future::try_join_all(evictions).await.map_err(refused)?;
        Ok(evicted.into_iter().map(u64::from).sum())
    }

    /// Evicts one replica. Says whether it was evicted: one that has gone by itself
    /// needs no eviction.
    async fn drive_out(
        &self,
        service: &str,
        replica: u32,
        until: Instant,
    ) -> Result<bool, KubeError> {
        while let Ok(pod) = self.pod(service, replica) {
            match self.evict_pod(&pod).await {
                Err(KubeError::Refused { why, .. }) if Instant::now() > until => {
                    self.note(format!("Pod {} stays: {why}", pod.name));
                    return Ok(false);
                }
                Err(KubeError::Refused { .. }) if self.touch == ChangeMode::Apply => {
                    tokio::time::sleep(ASKS_AGAIN).await;
                }
                Err(KubeError::Refused { why, .. }) => {
                    self.note(format!("Pod {} would have to wait: {why}", pod.name));
                    return Ok(false);
                }
                outcome => return outcome,
            }
        }
        Ok(false)
    }

    pub(crate) async fn return_nodes(&self, names: &[String]) -> Result<(), TargetError> {
        for name in names {
            self.put_back_object(&ObjectRef::new(ObjectKind::Node, name), SLOT).await?;
        }
        Ok(())
    }
}
