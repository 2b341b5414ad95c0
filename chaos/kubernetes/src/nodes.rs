//! Nodes under the system: closed to new pods, emptied, or as good as lost. Only the run's own namespace loses pods.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_faults::{Node, Target, TargetError};
use brunt_scenarios::plan::{NodeFault, NodePick};
use k8s_openapi::api::core::v1;
use kube::api::ListParams;
use kube::{Api, ResourceExt};
use serde_json::json;

use crate::change::Change;
use crate::error::KubeError;
use crate::object::{Kind, ObjectRef};
use crate::system::{KubeSystem, Touch};
use crate::target::refused;

const ZONE: &str = "topology.kubernetes.io/zone";

const SLOT: &str = "cordon";

/// How long a drain goes on asking a budget that refuses.
const ASKS_FOR: Duration = Duration::from_secs(60);

/// Between two requests to a budget that refuses, as kubectl does.
const ASKS_AGAIN: Duration = Duration::from_secs(2);

impl KubeSystem {
    pub(crate) async fn nodes_of(&self, which: &NodePick) -> Result<Vec<Node>, TargetError> {
        let names = match which {
            NodePick::Named(name) => vec![name.clone()],
            NodePick::Zone(zone) => self.in_zone(zone).await.map_err(refused)?,
            NodePick::Of(service) => {
                self.workload(service)?;
                let mut names: Vec<String> =
                    self.seen.state().pods(service).into_iter().map(|pod| pod.node).collect();
                names.sort();
                names.dedup();
                names
            }
        };
        let state = self.seen.state();
        let there = |name: &String| {
            let pods = state.everybody().filter(|pod| pod.node == *name && !pod.leaving);
            pods.map(|pod| (pod.service.clone(), pod.number)).collect()
        };
        Ok(names.iter().map(|name| Node { name: name.clone(), replicas: there(name) }).collect())
    }

    async fn in_zone(&self, zone: &str) -> Result<Vec<String>, KubeError> {
        let api: Api<v1::Node> = Api::all(self.cluster.client.clone());
        let params = ListParams::default().labels(&format!("{ZONE}={zone}"));
        let all = KubeError::bounded("list nodes", api.list(&params)).await?;
        Ok(all.into_iter().map(|node| node.name_any()).collect())
    }

    pub(crate) async fn take(
        &self,
        names: &[String],
        fault: NodeFault,
        replicas: &BTreeMap<String, Vec<u32>>,
    ) -> Result<u64, TargetError> {
        for name in names {
            let change = Change {
                object: ObjectRef::new(Kind::Node, name),
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

    /// Evicts all, as long as it takes a budget to let it happen, within reason.
    async fn drain(&self, replicas: &BTreeMap<String, Vec<u32>>) -> Result<u64, TargetError> {
        let until = tokio::time::Instant::now() + ASKS_FOR;
        let mut each = Vec::new();
        for (service, all) in replicas {
            each.extend(all.iter().map(|one| (service.as_str(), *one)));
        }
        let mut evicted = 0;
        for (service, replica) in each {
            // One that has gone by itself needs no eviction.
            while let Ok(pod) = self.pod(service, replica) {
                match self.evict_pod(&pod).await {
                    Ok(there) => {
                        evicted += u64::from(there);
                        break;
                    }
                    Err(KubeError::Refused { why, .. }) if tokio::time::Instant::now() > until => {
                        self.note(format!("Pod {} stays: {why}", pod.name));
                        break;
                    }
                    Err(KubeError::Refused { .. }) if self.touch == Touch::Really => {
                        tokio::time::sleep(ASKS_AGAIN).await;
                    }
                    Err(KubeError::Refused { why, .. }) => {
                        self.note(format!("Pod {} would have to wait: {why}", pod.name));
                        break;
                    }
                    Err(error) => return Err(refused(error)),
                }
            }
        }
        Ok(evicted)
    }

    pub(crate) async fn return_nodes(&self, names: &[String]) -> Result<(), TargetError> {
        for name in names {
            self.put_back_object(&ObjectRef::new(Kind::Node, name), SLOT).await?;
        }
        Ok(())
    }
}
