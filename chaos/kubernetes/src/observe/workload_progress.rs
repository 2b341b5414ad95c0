//! How far a workload has come.

use brunt_scenarios::timeline::EventKind;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::DynamicObject;
use serde_json::Value;

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
        let all = [status.updated_replicas, status.available_replicas, status.replicas];
        let settled = all.iter().all(|number| number.unwrap_or(0) == wanted);
        Self::new(&one.metadata, wanted, status.observed_generation, settled)
            .with_template(spec.map(|spec| &spec.template))
    }

    pub(crate) fn of_set(one: &StatefulSet) -> Self {
        let (spec, status) = (one.spec.as_ref(), one.status.clone().unwrap_or_default());
        let wanted = spec.and_then(|spec| spec.replicas).unwrap_or(1);
        let settled = status.current_revision == status.update_revision
            && status.available_replicas.unwrap_or(0) == wanted
            && status.replicas == wanted;
        Self::new(&one.metadata, wanted, status.observed_generation, settled)
            .with_template(spec.map(|spec| &spec.template))
    }

    pub(crate) fn of_daemon_set(one: &DaemonSet) -> Self {
        let (spec, status) = (one.spec.as_ref(), one.status.clone().unwrap_or_default());
        let wanted = status.desired_number_scheduled;
        let all = [status.updated_number_scheduled, status.number_available];
        let settled = all.iter().all(|number| number.unwrap_or(0) == wanted);
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
