//! How far workloads have come, and why they have not come further.

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use kube::ResourceExt;
use kube::api::ListParams;

use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::manifest::{Manifest, kind};

/// A workload and how many of its pods are ready, in their newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadStatus {
    /// The Deployment or StatefulSet.
    pub name: String,
    /// How many pods are ready.
    pub ready: i32,
    /// How many there should be.
    pub wanted: i32,
    /// Whether the newest version is what runs.
    pub current: bool,
}

impl WorkloadStatus {
    /// Whether all is as it should be.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.current && self.ready >= self.wanted
    }
}

impl Cluster {
    /// How far each workload of the manifest has come.
    ///
    /// # Errors
    /// When the cluster does not say.
    pub async fn rollout_status(
        &self,
        manifest: &Manifest,
    ) -> Result<Vec<WorkloadStatus>, KubeError> {
        let parameters = ListParams::default();
        let mut all = Vec::new();
        let deployments = self.api::<Deployment>();
        for one in KubeError::bounded("list deployments", deployments.list(&parameters)).await? {
            all.push(of_deployment(&one));
        }
        let sets = self.api::<StatefulSet>();
        for one in KubeError::bounded("list stateful sets", sets.list(&parameters)).await? {
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

    /// Why pods are not ready, one line a pod.
    ///
    /// # Errors
    /// When the cluster does not say.
    pub async fn unready_pods(&self) -> Result<Vec<String>, KubeError> {
        let pods = self.api::<Pod>();
        let all = KubeError::bounded("list pods", pods.list(&ListParams::default())).await?;
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

/// What keeps the pod from being ready; nothing if it is.
fn trouble(pod: &Pod) -> Option<String> {
    let status = pod.status.as_ref()?;
    if status.phase.as_deref() == Some("Succeeded") || pod.metadata.deletion_timestamp.is_some() {
        return None;
    }
    let conditions = status.conditions.iter().flatten();
    let unmet =
        |name: &str| conditions.clone().find(|one| one.type_ == name && one.status != "True");
    if conditions.clone().any(|one| one.type_ == "Ready" && one.status == "True") {
        return None;
    }
    let waiting = status.container_statuses.iter().flatten().find_map(waits);
    let unscheduled = || unmet("PodScheduled").and_then(|one| one.message.clone());
    Some(
        waiting
            .or_else(unscheduled)
            .unwrap_or_else(|| "runs, and its readiness probe does not succeed".to_owned()),
    )
}

fn waits(container: &ContainerStatus) -> Option<String> {
    let state = container.state.as_ref()?.waiting.as_ref()?;
    let reason = state.reason.clone()?;
    let ended = container.last_state.as_ref().and_then(|last| last.terminated.as_ref());
    let ended =
        ended.map_or(String::new(), |end| format!("; it ended with code {}", end.exit_code));
    let message = state.message.as_ref().map_or(String::new(), |message| format!(", {message}"));
    Some(format!("{reason}{message}{ended}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(status: &serde_json::Value) -> Pod {
        serde_json::from_value(
            serde_json::json!({"metadata": {"name": "order-1"}, "status": status}),
        )
        .unwrap()
    }

    #[test]
    fn a_pod_says_what_it_lacks() {
        let not_ready = serde_json::json!({"type": "Ready", "status": "False"});
        let alone = serde_json::json!({"phase": "Running", "conditions": [not_ready]});
        let pulling = serde_json::json!({
            "phase": "Pending", "conditions": [not_ready],
            "containerStatuses": [{"name": "service", "image": "brunt", "imageID": "", "ready": false, "restartCount": 0,
                "state": {"waiting": {"reason": "ErrImagePull", "message": "not found"}}}],
        });
        let unbound = serde_json::json!({
            "phase": "Pending",
            "conditions": [{"type": "PodScheduled", "status": "False", "message": "unbound claim"}],
        });
        let ready = serde_json::json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]});
        let said = [&alone, &pulling, &unbound, &ready].map(|status| trouble(&pod(status)));
        assert_eq!(said[0].as_deref(), Some("runs, and its readiness probe does not succeed"));
        assert_eq!(said[1].as_deref(), Some("ErrImagePull, not found"));
        assert_eq!(said[2].as_deref(), Some("unbound claim"));
        assert_eq!(said[3], None);
    }

    #[test]
    fn a_deployment_is_complete_when_the_new_pods_are_there_and_the_old_ones_gone() {
        let deployment = |generation: i64,
                          updated: i32,
                          total: i32,
                          available: i32|
         -> WorkloadStatus {
            of_deployment(&serde_json::from_value(serde_json::json!({
                "metadata": {"name": "order", "generation": generation},
                "spec": {"replicas": 2, "selector": {}, "template": {}},
                "status": {"observedGeneration": 2, "updatedReplicas": updated, "replicas": total, "availableReplicas": available},
            })).unwrap())
        };
        assert!(deployment(2, 2, 2, 2).complete());
        assert!(!deployment(3, 2, 2, 2).complete(), "the change was not seen yet");
        assert!(!deployment(2, 1, 2, 2).complete(), "an old pod is among them");
        assert!(!deployment(2, 2, 3, 2).complete(), "an old pod is still there");
        assert!(!deployment(2, 2, 2, 1).complete(), "one is not ready");
    }
}
