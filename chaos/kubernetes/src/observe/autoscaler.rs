//! HorizontalPodAutoscalers, as they are on the cluster.

use std::time::Duration;

use brunt_scenarios::system::Autoscaler;
use brunt_scenarios::units::{Cpu, Period};
use k8s_openapi::api::autoscaling::v2::{HorizontalPodAutoscaler, MetricSpec};
use kube::api::ListParams;

use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ObjectKind, ObjectRef};

/// How often the controller manager decides, and how often metrics come, by Kubernetes' defaults.
/// The cluster's own setting cannot be read through the API.
const SYNC: Duration = Duration::from_secs(15);

/// Kubernetes' default of how long fewer replicas must have been enough, in seconds.
const STABILIZATION: i32 = 300;

/// Kubernetes' default of the utilization that an autoscaler aims at, in percent.
const UTILIZATION: u32 = 80;

/// A HorizontalPodAutoscaler, as far as it scales by the processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hpa {
    pub(crate) object: ObjectRef,
    pub(crate) min: u32,
    pub(crate) max: u32,
    /// The index of the processor among its metrics, and the utilization that it aims at.
    cpu: Option<(usize, u32)>,
    stabilization: Duration,
    /// Kind and name of what it scales.
    target: (String, String),
}

/// All autoscalers of the namespace; none where the account may not list them.
pub(crate) async fn list(cluster: &Cluster) -> Result<Vec<Hpa>, KubeError> {
    let api = cluster.api::<HorizontalPodAutoscaler>();
    let params = ListParams::default();
    match call_api("list autoscalers", api.list(&params)).await {
        Ok(all) => Ok(all.into_iter().filter_map(Hpa::of).collect()),
        // The right to see them is not needed for a system that has none.
        Err(KubeError::Forbidden { .. }) => Ok(vec![]),
        Err(error) => Err(error),
    }
}

/// Why an autoscaler cannot decide, by its own conditions; `None` when it can.
pub(crate) async fn trouble(
    cluster: &Cluster,
    object: &ObjectRef,
) -> Result<Option<String>, KubeError> {
    let api = cluster.api::<HorizontalPodAutoscaler>();
    let one = call_api(&format!("read {object}"), api.get(&object.name)).await?;
    Ok(undecided(one))
}

fn undecided(one: HorizontalPodAutoscaler) -> Option<String> {
    let conditions = one.status?.conditions?;
    let missing = conditions.into_iter().find(|one| {
        ["AbleToScale", "ScalingActive"].contains(&one.type_.as_str()) && one.status == "False"
    })?;
    missing.message.or(missing.reason)
}

impl Hpa {
    /// The utilization of the processor that it aims at, in percent, if it looks at that.
    pub(crate) fn utilization(&self) -> Option<u32> {
        self.cpu.map(|(_, aim)| aim)
    }

    pub(crate) fn of(one: HorizontalPodAutoscaler) -> Option<Self> {
        let spec = one.spec?;
        let positive = |number: i32| u32::try_from(number).unwrap_or_default();
        let down = spec.behavior.and_then(|behavior| behavior.scale_down);
        let stabilization =
            down.and_then(|rules| rules.stabilization_window_seconds).unwrap_or(STABILIZATION);
        let metrics = spec.metrics.unwrap_or_default();
        let cpu =
            metrics.iter().enumerate().find_map(|(place, metric)| Some((place, aim(metric)?)));
        Some(Self {
            object: ObjectRef::new(ObjectKind::Autoscaler, one.metadata.name.as_deref()?),
            min: positive(spec.min_replicas.unwrap_or(1)),
            max: positive(spec.max_replicas),
            cpu,
            stabilization: Duration::from_secs(u64::from(positive(stabilization))),
            target: (spec.scale_target_ref.kind, spec.scale_target_ref.name),
        })
    }

    pub(crate) fn scales(&self, object: &ObjectRef) -> bool {
        let (kind, name) = &self.target;
        format!("{kind} {name}") == object.to_string()
    }

    /// JSON pointer of the utilization that it aims at; `None` where it does not scale
    /// by the processor.
    pub(crate) fn utilization_path(&self) -> Option<String> {
        let (place, _) = self.cpu?;
        Some(format!("/spec/metrics/{place}/resource/target/averageUtilization"))
    }

    /// Its settings as a plan has them; `cpu_request` is what each replica requests.
    pub(crate) fn settings(&self, cpu_request: Cpu) -> Autoscaler {
        Autoscaler {
            min_replicas: self.min,
            max_replicas: self.max,
            average_utilization: self.cpu.map_or(UTILIZATION, |(_, aim)| aim),
            cpu_request,
            sync_period: Period(SYNC),
            stabilization_window: Period(self.stabilization),
        }
    }
}

/// The utilization of the processor that a metric aims at.
fn aim(metric: &MetricSpec) -> Option<u32> {
    let resource = metric.resource.as_ref().filter(|resource| resource.name == "cpu")?;
    u32::try_from(resource.target.average_utilization?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scaler(spec: &serde_json::Value) -> Hpa {
        let written = json!({"metadata": {"name": "shop"}, "spec": spec});
        Hpa::of(serde_json::from_value(written).unwrap()).unwrap()
    }

    #[test]
    fn settings_that_an_autoscaler_leaves_out_are_kubernetes_defaults() {
        let target = json!({"kind": "Deployment", "name": "shop"});
        let found = scaler(&json!({"maxReplicas": 4, "scaleTargetRef": target}));
        assert!(found.scales(&ObjectRef::new(ObjectKind::Deployment, "shop")));
        assert!(!found.scales(&ObjectRef::new(ObjectKind::StatefulSet, "shop")));
        assert_eq!(found.utilization_path(), None);
        let settings = found.settings(Cpu::millis(200));
        assert_eq!((settings.min_replicas, settings.max_replicas), (1, 4));
        assert_eq!(settings.stabilization_window, Period(Duration::from_secs(300)));
    }

    #[test]
    fn an_autoscaler_without_metrics_says_why_it_cannot_decide() {
        let status = |active: &str| {
            let conditions = json!([
                {"type": "AbleToScale", "status": "True", "message": "fine"},
                {"type": "ScalingActive", "status": active, "message": "missing request for cpu"}]);
            let written = json!({"status": {
                "currentReplicas": 1, "desiredReplicas": 1, "conditions": conditions}});
            undecided(serde_json::from_value(written).unwrap())
        };
        assert_eq!(status("False").as_deref(), Some("missing request for cpu"));
        assert_eq!(status("True"), None);
    }

    #[test]
    fn the_processor_is_found_among_the_metrics_of_an_autoscaler() {
        let utilization = |name: &str, percent: u32| {
            json!({"type": "Resource", "resource": {"name": name,
                   "target": {"type": "Utilization", "averageUtilization": percent}}})
        };
        let found = scaler(&json!({
            "minReplicas": 2, "maxReplicas": 9,
            "scaleTargetRef": {"kind": "Deployment", "name": "shop"},
            "metrics": [utilization("memory", 70), utilization("cpu", 50)],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 30}},
        }));
        assert_eq!(
            found.utilization_path().unwrap(),
            "/spec/metrics/1/resource/target/averageUtilization"
        );
        let settings = found.settings(Cpu::millis(200));
        assert_eq!((settings.min_replicas, settings.average_utilization), (2, 50));
        assert_eq!(settings.stabilization_window, Period(Duration::from_secs(30)));
    }
}
