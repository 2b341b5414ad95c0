//! How far the workloads of a manifest have been rolled out, and what keeps their pods from being
//! ready.

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::ListParams;

use super::pod_status::PodStatus;
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::manifest::{Manifest, kind};

/// How far the rollout of a Deployment or StatefulSet has come, as `kubectl rollout status` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadStatus {
    /// The name of the Deployment or StatefulSet.
    pub name: String,
    /// Pods that are available; for a StatefulSet, ready.
    pub ready: i32,
    /// Replicas that the spec asks for.
    pub wanted: i32,
    /// Whether the controller has seen the latest spec, and no pod of an older one is left.
    pub current: bool,
}

impl WorkloadStatus {
    /// Whether the rollout is over and every replica is ready.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.current && self.ready >= self.wanted
    }
}

impl Cluster {
    /// The status of each workload of the manifest; one that is missing has no ready replicas.
    ///
    /// # Errors
    /// When the workloads cannot be listed.
    pub async fn rollout_status(
        &self,
        manifest: &Manifest,
    ) -> Result<Vec<WorkloadStatus>, KubeError> {
        let parameters = ListParams::default();
        let mut all = Vec::new();
        let deployments = self.api::<Deployment>();
        for one in call_api("list deployments", deployments.list(&parameters)).await? {
            all.push(of_deployment(&one));
        }
        let sets = self.api::<StatefulSet>();
        for one in call_api("list stateful sets", sets.list(&parameters)).await? {
            all.push(of_set(&one));
        }
        let workloads =
            manifest.objects.iter().filter(|one| matches!(kind(one), "Deployment" | "StatefulSet"));
        let missing = |name: String| WorkloadStatus { name, ready: 0, wanted: 1, current: false };
        let find = |name: String| {
            all.iter().find(|one| one.name == name).cloned().unwrap_or(missing(name))
        };
        Ok(workloads.map(ResourceExt::name_any).map(find).collect())
    }

    /// What keeps each unready pod of the namespace from being ready, one line a pod.
    ///
    /// # Errors
    /// When the pods cannot be listed.
    pub async fn unready_pods(&self) -> Result<Vec<String>, KubeError> {
        let pods = self.api::<Pod>();
        let all = call_api("list pods", pods.list(&ListParams::default())).await?;
        Ok(all
            .iter()
            .filter_map(|pod| Some(format!("{}: {}", pod.name_any(), trouble(pod)?)))
            .collect())
    }
}

fn of_deployment(one: &Deployment) -> WorkloadStatus {
    let wanted = one.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    let status = one.status.clone().unwrap_or_default();
    let ready = status.available_replicas.unwrap_or(0);
    // Right after a change the status is still about the spec before it, which was complete.
    let current = status.observed_generation >= one.metadata.generation
        && status.updated_replicas.unwrap_or(0) >= wanted
        && status.replicas.unwrap_or(0) <= wanted;
    WorkloadStatus { name: one.name_any(), ready, wanted, current }
}

fn of_set(one: &StatefulSet) -> WorkloadStatus {
    let wanted = one.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
    let status = one.status.clone().unwrap_or_default();
    let current = status.observed_generation >= one.metadata.generation
        && status.updated_replicas.unwrap_or(0) >= wanted;
    WorkloadStatus {
        name: one.name_any(),
        ready: status.ready_replicas.unwrap_or(0),
        wanted,
        current,
    }
}

/// What keeps the pod from being ready; `None` if it is, and for pods that are done or going.
fn trouble(pod: &Pod) -> Option<String> {
    let phase = pod.status.as_ref()?.phase.as_deref();
    if phase == Some("Succeeded") || pod.metadata.deletion_timestamp.is_some() {
        return None;
    }
    PodStatus::of(pod).trouble().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_is_complete_when_new_pods_are_ready_and_old_ones_gone() {
        let deployment =
            |generation: i64, updated: i32, total: i32, available: i32| -> WorkloadStatus {
                of_deployment(&serde_json::from_value(serde_json::json!({
                "metadata": {"name": "order", "generation": generation},
                "spec": {"replicas": 2, "selector": {}, "template": {}},
                "status": {"observedGeneration": 2, "updatedReplicas": updated, "replicas": total,
                    "availableReplicas": available},
            })).unwrap())
            };
        assert!(deployment(2, 2, 2, 2).complete());
        assert!(!deployment(3, 2, 2, 2).complete(), "the change was not seen yet");
        assert!(!deployment(2, 1, 2, 2).complete(), "an old pod is among them");
        assert!(!deployment(2, 2, 3, 2).complete(), "an old pod is still there");
        assert!(!deployment(2, 2, 2, 1).complete(), "one is not ready");
    }
}
