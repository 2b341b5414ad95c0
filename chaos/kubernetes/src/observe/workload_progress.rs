//! How far a workload has come.

use brunt_scenarios::timeline::EventKind;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet, StatefulSetSpec};
use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::DynamicObject;
use serde_json::Value;

/// The update strategy by which pods are replaced only when somebody deletes them.
const ON_DELETE: &str = "OnDelete";

/// How many pods keep the version that they have, by the update strategy.
fn not_updated(spec: &StatefulSetSpec, wanted: i32) -> i32 {
    let Some(strategy) = &spec.update_strategy else { return 0 };
    if strategy.type_.as_deref() == Some(ON_DELETE) {
        return wanted;
    }
    let first = spec.ordinals.as_ref().and_then(|ordinals| ordinals.start).unwrap_or(0);
    let partition = strategy.rolling_update.as_ref().and_then(|update| update.partition);
    partition.unwrap_or(0).saturating_sub(first).clamp(0, wanted)
}

/// What matters of a workload's spec and status.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct WorkloadProgress {
    /// `None` before it was seen for the first time.
    wanted: Option<i32>,
    template: Value,
    generation: i64,
    settled: bool,
    /// It is in the middle of an update that waits, perhaps for somebody to promote it.
    waits: bool,
    rolling: bool,
}

impl WorkloadProgress {
    pub(crate) fn of_deployment(one: &Deployment) -> Self {
        let (spec, status) = (one.spec.as_ref(), one.status.clone().unwrap_or_default());
        let wanted = spec.and_then(|spec| spec.replicas).unwrap_or(1);
        let available = status.available_replicas.unwrap_or(0);
        let all = [status.updated_replicas, status.available_replicas, status.replicas];
        let settled = match spec.and_then(|spec| spec.paused) {
            // Its pods stay those of two versions until somebody resumes it.
            Some(true) => available >= wanted,
            _ => all.iter().all(|number| number.unwrap_or(0) == wanted),
        };
        Self::new(&one.metadata, wanted, status.observed_generation, settled)
            .with_template(spec.map(|spec| &spec.template))
    }

    pub(crate) fn of_set(one: &StatefulSet) -> Self {
        let (spec, status) = (one.spec.as_ref(), one.status.clone().unwrap_or_default());
        let wanted = spec.and_then(|spec| spec.replicas).unwrap_or(1);
        let stays = spec.map_or(0, |spec| not_updated(spec, wanted));
        // The current revision is the old one for ever where some are to stay as they are.
        let is_updated = status.current_revision == status.update_revision
            || stays > 0 && status.updated_replicas.unwrap_or(0) >= wanted - stays;
        let settled = is_updated
            && status.available_replicas.unwrap_or(0) == wanted
            && status.replicas == wanted;
        Self::new(&one.metadata, wanted, status.observed_generation, settled)
            .with_template(spec.map(|spec| &spec.template))
    }

    pub(crate) fn of_daemon_set(one: &DaemonSet) -> Self {
        let (spec, status) = (one.spec.as_ref(), one.status.clone().unwrap_or_default());
        let wanted = status.desired_number_scheduled;
        let strategy = spec.and_then(|spec| spec.update_strategy.as_ref());
        let is_on_delete = strategy.is_some_and(|one| one.type_.as_deref() == Some(ON_DELETE));
        let settled = status.number_available.unwrap_or(0) == wanted
            && (is_on_delete || status.updated_number_scheduled.unwrap_or(0) == wanted);
        Self::new(&one.metadata, wanted, status.observed_generation, settled)
            .with_template(spec.map(|spec| &spec.template))
    }

    /// Without its template: another one replaces no pod, so it is no rollout.
    pub(crate) fn of_replica_set(one: &ReplicaSet) -> Self {
        let status = one.status.clone().unwrap_or_default();
        let wanted = one.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1);
        let settled = status.available_replicas.unwrap_or(0) == wanted && status.replicas == wanted;
        Self::new(&one.metadata, wanted, status.observed_generation, settled)
    }

    /// A Rollout of Argo, which says itself how far it has come, and writes the generation that it
    /// has seen as a text.
    pub(crate) fn of_rollout(one: &DynamicObject) -> Self {
        let (spec, status) = (&one.data["spec"], &one.data["status"]);
        let number = |value: &Value| value.as_i64().and_then(|value| i32::try_from(value).ok());
        let wanted = number(&spec["replicas"]).unwrap_or(1);
        let observed = status["observedGeneration"].as_str().and_then(|text| text.parse().ok());
        let is_enough = number(&status["availableReplicas"]).unwrap_or(0) >= wanted;
        let settled = is_enough && status["phase"] == "Healthy";
        let mut progress = Self::new(&one.metadata, wanted, observed, settled);
        progress.waits = observed >= one.metadata.generation && status["phase"] == "Paused";
        progress.template = spec["template"].clone();
        progress
    }

    /// `settled`: whether its status, if it is that of the newest generation, says so.
    fn new(metadata: &ObjectMeta, wanted: i32, observed: Option<i64>, settled: bool) -> Self {
        Self {
            wanted: Some(wanted),
            template: Value::Null,
            generation: metadata.generation.unwrap_or_default(),
            settled: observed >= metadata.generation && settled,
            waits: false,
            rolling: false,
        }
    }

    fn with_template(self, template: Option<&PodTemplateSpec>) -> Self {
        let template = template.and_then(|template| serde_json::to_value(template).ok());
        Self { template: template.unwrap_or_default(), ..self }
    }

    /// Whether all is done that the spec asks for, which was seen in this generation or
    /// a later one. An update that waits counts where it is not the run's own (generation 0).
    pub(crate) fn is_settled(&self, generation: i64) -> bool {
        (self.settled || self.waits && generation == 0) && self.generation >= generation
    }

    /// How many replicas there should be.
    pub(crate) fn wanted(&self) -> Option<u32> {
        self.wanted.and_then(|wanted| u32::try_from(wanted).ok())
    }

    /// What happened since an earlier look; notes whether a rollout goes on.
    pub(crate) fn since(&mut self, before: &Self) -> Vec<EventKind> {
        let Some(wanted_before) = before.wanted else {
            return vec![];
        };
        let mut happened = Vec::new();
        let wanted = self.wanted.unwrap_or_default();
        if wanted != wanted_before {
            happened
                .push(EventKind::Scaled { replicas: u32::try_from(wanted).unwrap_or_default() });
        }
        let began = self.template != before.template;
        if began {
            happened.push(EventKind::RolloutStarted);
        }
        self.rolling = began || before.rolling;
        if self.rolling && self.settled {
            self.rolling = false;
            happened.push(EventKind::RolloutDone);
        }
        happened
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_settled<T: serde::de::DeserializeOwned>(
        of: impl Fn(&T) -> WorkloadProgress,
        spec: &Value,
        mut status: Value,
    ) -> bool {
        status["observedGeneration"] = json!(3);
        let object = json!({"metadata": {"generation": 3}, "spec": spec, "status": status});
        of(&serde_json::from_value(object).unwrap()).is_settled(0)
    }

    #[test]
    fn a_daemon_set_whose_pods_wait_to_be_deleted_is_at_rest() {
        let settled = |strategy: &str, available: i32| {
            let spec =
                json!({"selector": {}, "template": {}, "updateStrategy": {"type": strategy}});
            let status = json!({"desiredNumberScheduled": 2, "currentNumberScheduled": 2,
                "numberMisscheduled": 0, "numberReady": 2, "numberAvailable": available,
                "updatedNumberScheduled": 1});
            is_settled(WorkloadProgress::of_daemon_set, &spec, status)
        };
        assert!(settled("OnDelete", 2) && !settled("OnDelete", 1) && !settled("RollingUpdate", 2));
    }

    #[test]
    fn a_set_of_which_some_keep_their_version_is_at_rest_when_the_others_have_the_new_one() {
        let settled = |strategy: Value, updated: i32| {
            let spec = json!({"replicas": 3, "serviceName": "web", "selector": {}, "template": {},
                "updateStrategy": strategy});
            let status = json!({"replicas": 3, "availableReplicas": 3, "updatedReplicas": updated,
                "currentRevision": "a", "updateRevision": "b"});
            is_settled(WorkloadProgress::of_set, &spec, status)
        };
        let part = |partition: u32| json!({"type": "RollingUpdate", "rollingUpdate": {"partition": partition}});
        assert!(settled(json!({"type": "OnDelete"}), 0));
        assert!(settled(part(2), 1) && !settled(part(2), 0), "one of three is updated");
        assert!(settled(part(7), 0), "none is");
        assert!(!settled(part(0), 3) && !settled(json!({"type": "RollingUpdate"}), 2));
    }

    #[test]
    fn a_paused_deployment_is_at_rest_with_pods_of_two_versions() {
        let settled = |paused: bool, available: i32| {
            let spec = json!({"replicas": 2, "paused": paused, "selector": {}, "template": {}});
            let status =
                json!({"replicas": 3, "updatedReplicas": 1, "availableReplicas": available});
            is_settled(WorkloadProgress::of_deployment, &spec, status)
        };
        assert!(settled(true, 3) && settled(true, 2));
        assert!(!settled(true, 1) && !settled(false, 3));
    }
}
