//! Rollouts of Argo: workloads of a kind that Kubernetes does not have itself, read as plain JSON.
//! A Rollout owns ReplicaSets as a Deployment does, one a version, and leads Services by a label
//! that says which. Pure, but for [`list`].

use brunt_scenarios::plan::{self, StrategyKind};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::ResourceExt;
use kube::api::{DynamicObject, ListParams};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::replica_share::{Rounding, share};
use super::workload::Workload;
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ObjectKind, ObjectRef};

/// All Rollouts of the namespace; none where the cluster does not know the kind, and where the
/// account may not list them.
pub(super) async fn list(cluster: &Cluster) -> Result<Vec<DynamicObject>, KubeError> {
    let api = ObjectKind::Rollout.api(cluster);
    match call_api("list rollouts", api.list(&ListParams::default())).await {
        Ok(all) => Ok(all.items),
        Err(KubeError::Forbidden { .. }) => Ok(vec![]),
        Err(error) if error.is_not_found() => Ok(vec![]),
        Err(error) => Err(error),
    }
}

/// A Rollout as a workload. Its pods may be those that a Deployment describes.
pub(super) fn of_rollout(
    one: &DynamicObject,
    deployments: &[Deployment],
) -> Option<(ObjectMeta, Workload)> {
    let spec = &one.data["spec"];
    let template: PodTemplateSpec = match read(spec, "/template") {
        Some(template) => template,
        None => described_by(spec, deployments)?.spec.clone()?.template,
    };
    let replicas = read(spec, "/replicas").unwrap_or(1);
    let selector: LabelSelector = read(spec, "/selector").unwrap_or_default();
    let object = ObjectRef::new(ObjectKind::Rollout, &one.name_any());
    let selector = selector.match_labels.unwrap_or_default();
    let rollout = strategy(spec, replicas);
    let mut found = Workload::of_template(object, selector, replicas, rollout, template)?;
    found.main_service = main_service(one).map(str::to_owned);
    Some((one.metadata.clone(), found))
}

/// The Deployment by whose template its pods are made.
fn described_by<'a>(spec: &Value, deployments: &'a [Deployment]) -> Option<&'a Deployment> {
    let named = spec.get("workloadRef").filter(|named| named["kind"] == "Deployment")?;
    deployments.iter().find(|one| named["name"] == *one.name_any())
}

fn strategy(spec: &Value, replicas: u32) -> plan::Rollout {
    let kind = StrategyKind::RollingUpdate;
    if spec.pointer("/strategy/blueGreen").is_some() {
        // The new version stands beside the old one, as a whole, before it gets requests.
        return plan::Rollout { kind, max_surge: replicas, max_unavailable: 0 };
    }
    let most = |field: &str| read::<IntOrString>(spec, &format!("/strategy/canary/{field}"));
    plan::Rollout {
        kind,
        max_surge: share(most("maxSurge").as_ref(), replicas, Rounding::Up),
        max_unavailable: share(most("maxUnavailable").as_ref(), replicas, Rounding::Down),
    }
}

/// The Service that gets the requests of all who do not ask for the new version.
fn main_service(one: &DynamicObject) -> Option<&str> {
    let paths = ["/spec/strategy/blueGreen/activeService", "/spec/strategy/canary/stableService"];
    paths.iter().find_map(|path| one.data.pointer(path)?.as_str())
}

/// Why not all of its pods take up a new version until somebody promotes it; `None` if they
/// all do so.
pub(crate) fn waits_for_promotion(found: &Value) -> Option<&'static str> {
    if found.pointer("/spec/strategy/blueGreen/autoPromotionEnabled") == Some(&Value::Bool(false)) {
        return Some("its strategy is blueGreen without autoPromotionEnabled");
    }
    let steps = found.pointer("/spec/strategy/canary/steps").and_then(Value::as_array);
    let waits =
        |step: &Value| step.get("pause").is_some_and(|pause| pause.get("duration").is_none());
    steps.into_iter().flatten().any(waits).then_some("a step of its canary is a pause without end")
}

fn read<T: DeserializeOwned>(value: &Value, path: &str) -> Option<T> {
    serde_json::from_value(value.pointer(path)?.clone()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rollout(strategy: &Value, more: &Value) -> DynamicObject {
        let mut spec = json!({"replicas": 4, "selector": {"matchLabels": {"app": "shop"}},
            "strategy": strategy});
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": {"name": "shop"}, "spec": spec}))
        .unwrap()
    }

    fn template() -> Value {
        json!({"metadata": {"labels": {"app": "shop"}}, "spec": {"containers": [{"name": "web"}]}})
    }

    #[test]
    fn a_rollout_is_a_workload_by_its_own_template_or_a_deployments() {
        let canary = json!({"canary": {"maxSurge": 1, "maxUnavailable": 0}});
        let own = rollout(&canary, &json!({"template": template()}));
        let (_, workload) = of_rollout(&own, &[]).unwrap();
        assert_eq!(workload.object.to_string(), "Rollout shop");
        assert_eq!((workload.replicas, workload.selector["app"].as_str()), (4, "shop"));
        assert_eq!((workload.rollout.max_surge, workload.rollout.max_unavailable), (1, 0));
        let named = json!({"workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment",
            "name": "shop-pods"}});
        let named = rollout(&json!({"blueGreen": {"activeService": "shop"}}), &named);
        let deployment = json!({"metadata": {"name": "shop-pods"},
            "spec": {"replicas": 0, "selector": {}, "template": template()}});
        let deployment: Deployment = serde_json::from_value(deployment).unwrap();
        assert!(of_rollout(&named, &[]).is_none());
        let (_, workload) = of_rollout(&named, &[deployment]).unwrap();
        assert_eq!(workload.container().unwrap().name, "web");
        assert_eq!((workload.rollout.max_surge, workload.rollout.max_unavailable), (4, 0));
        assert_eq!(main_service(&named), Some("shop"));
    }

    #[test]
    fn a_strategy_that_waits_for_somebody_is_told_from_one_that_goes_on_by_itself() {
        let waits = |strategy: Value| {
            let one = rollout(&strategy, &json!({}));
            waits_for_promotion(&serde_json::to_value(one).unwrap())
        };
        assert!(waits(json!({"blueGreen": {"autoPromotionEnabled": false}})).is_some());
        assert!(waits(json!({"blueGreen": {}})).is_none());
        let steps = |pause: Value| json!({"canary": {"steps": [{"setWeight": 20}, pause]}});
        assert!(waits(steps(json!({"pause": {}}))).is_some());
        assert!(waits(steps(json!({"pause": {"duration": "10s"}}))).is_none());
        assert!(waits(json!({"canary": {}})).is_none());
    }
}
