//! Workloads of each kind, read into what is common to all of them.

use std::collections::BTreeMap;

use brunt_scenarios::plan::{self, StrategyKind};
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::api::ListParams;

use super::workload::Workload;
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::client::write::Namespaced;

/// All workloads of the namespace, with their metadata; what stands around them is not known yet.
pub(super) async fn list(cluster: &Cluster) -> Result<Vec<(ObjectMeta, Workload)>, KubeError> {
    let every = ListParams::default();
    let (deployments, sets) = (cluster.api::<Deployment>(), cluster.api::<StatefulSet>());
    let (deployments, sets, daemons, bare) = tokio::try_join!(
        call_api("list deployments", deployments.list(&every)),
        call_api("list statefulsets", sets.list(&every)),
        if_allowed::<DaemonSet>(cluster, "list daemonsets"),
        if_allowed::<ReplicaSet>(cluster, "list replicasets"),
    )?;
    let deployments = deployments.into_iter().filter_map(of_deployment);
    let sets = sets.into_iter().filter_map(of_set);
    let daemons = daemons.into_iter().filter_map(of_daemon_set);
    let bare = bare.into_iter().filter_map(of_replica_set);
    Ok(deployments.chain(sets).chain(daemons).chain(bare).collect())
}

/// Objects of a kind that few systems have: the right to see them is not needed for the others.
async fn if_allowed<K: Namespaced>(cluster: &Cluster, what: &str) -> Result<Vec<K>, KubeError> {
    match call_api(what, cluster.api::<K>().list(&ListParams::default())).await {
        Ok(all) => Ok(all.items),
        Err(KubeError::Forbidden { .. }) => Ok(vec![]),
        Err(error) => Err(error),
    }
}

pub(super) fn of_deployment(one: Deployment) -> Option<(ObjectMeta, Workload)> {
    let spec = one.spec?;
    let replicas = u32::try_from(spec.replicas.unwrap_or(1)).ok()?;
    let strategy = spec.strategy.unwrap_or_default();
    let rolling = strategy.rolling_update.unwrap_or_default();
    let kind = match strategy.type_.as_deref() {
        Some("Recreate") => StrategyKind::Recreate,
        _ => StrategyKind::RollingUpdate,
    };
    let rollout = plan::Rollout {
        kind,
        max_surge: share(rolling.max_surge.as_ref(), replicas, Rounding::Up),
        max_unavailable: share(rolling.max_unavailable.as_ref(), replicas, Rounding::Down),
    };
    let selector = spec.selector.match_labels.unwrap_or_default();
    let object = ObjectRef::new(ObjectKind::Deployment, one.metadata.name.as_deref()?);
    workload(one.metadata, object, selector, replicas, rollout, spec.template)
}

fn of_set(one: StatefulSet) -> Option<(ObjectMeta, Workload)> {
    let spec = one.spec?;
    let replicas = u32::try_from(spec.replicas.unwrap_or(1)).ok()?;
    let rollout =
        // A StatefulSet replaces one pod after the other and never has more than its replicas.
        plan::Rollout { kind: StrategyKind::RollingUpdate, max_surge: 0, max_unavailable: 1 };
    let selector = spec.selector.match_labels.unwrap_or_default();
    let object = ObjectRef::new(ObjectKind::StatefulSet, one.metadata.name.as_deref()?);
    workload(one.metadata, object, selector, replicas, rollout, spec.template)
}

/// One pod on each node that it selects.
fn of_daemon_set(one: DaemonSet) -> Option<(ObjectMeta, Workload)> {
    let spec = one.spec?;
    let wanted = one.status.map_or(0, |status| status.desired_number_scheduled);
    let replicas = u32::try_from(wanted).ok()?;
    let rolling = spec.update_strategy.unwrap_or_default().rolling_update.unwrap_or_default();
    let missing = rolling.max_unavailable.as_ref();
    let rollout = plan::Rollout {
        kind: StrategyKind::RollingUpdate,
        max_surge: rolling
            .max_surge
            .as_ref()
            .map_or(0, |most| share(Some(most), replicas, Rounding::Up)),
        max_unavailable: missing.map_or(1, |most| share(Some(most), replicas, Rounding::Up)),
    };
    let selector = spec.selector.match_labels.unwrap_or_default();
    let object = ObjectRef::new(ObjectKind::DaemonSet, one.metadata.name.as_deref()?);
    workload(one.metadata, object, selector, replicas, rollout, spec.template)
}

/// One that nobody controls; the others are versions of a Deployment.
fn of_replica_set(one: ReplicaSet) -> Option<(ObjectMeta, Workload)> {
    let owners = one.metadata.owner_references.iter().flatten();
    if owners.into_iter().any(|owner| owner.controller == Some(true)) {
        return None;
    }
    let spec = one.spec?;
    let replicas = u32::try_from(spec.replicas.unwrap_or(1)).ok()?;
    // It replaces no pod by itself.
    let rollout =
        plan::Rollout { kind: StrategyKind::RollingUpdate, max_surge: 0, max_unavailable: 0 };
    let selector = spec.selector.match_labels.unwrap_or_default();
    let object = ObjectRef::new(ObjectKind::ReplicaSet, one.metadata.name.as_deref()?);
    workload(one.metadata, object, selector, replicas, rollout, spec.template?)
}

fn workload(
    meta: ObjectMeta,
    object: ObjectRef,
    selector: BTreeMap<String, String>,
    replicas: u32,
    rollout: plan::Rollout,
    template: PodTemplateSpec,
) -> Option<(ObjectMeta, Workload)> {
    let of_pod = template.metadata.unwrap_or_default();
    let (labels, annotations) =
        (of_pod.labels.unwrap_or_default(), of_pod.annotations.unwrap_or_default());
    let pod = template.spec?;
    // What stands beside it is found when all workloads are known.
    let (front, unclear_fronts, scaler, budget) = (None, vec![], None, None);
    let named = plan::ServiceOnKubernetes::default();
    let workload = Workload {
        object,
        annotations,
        named,
        selector,
        replicas,
        rollout,
        pod,
        labels,
        front,
        unclear_fronts,
        scaler,
        budget,
    };
    Some((meta, workload))
}

#[derive(Clone, Copy)]
enum Rounding {
    Up,
    Down,
}

/// A number, or a percentage of the replicas; 25 % unless given.
fn share(value: Option<&IntOrString>, replicas: u32, rounding: Rounding) -> u32 {
    let percent = match value {
        Some(IntOrString::Int(number)) => return u32::try_from(*number).unwrap_or_default(),
        Some(IntOrString::String(text)) => text.trim_end_matches('%').parse().unwrap_or(25),
        None => 25,
    };
    match rounding {
        Rounding::Up => (replicas * percent).div_ceil(100),
        Rounding::Down => replicas * percent / 100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surge_is_rounded_up_and_max_unavailable_down() {
        let percent = IntOrString::String("25%".to_owned());
        assert_eq!(share(Some(&percent), 3, Rounding::Up), 1);
        assert_eq!(share(Some(&percent), 3, Rounding::Down), 0);
        assert_eq!(share(None, 8, Rounding::Down), 2);
        assert_eq!(share(Some(&IntOrString::Int(3)), 8, Rounding::Up), 3);
    }
}
