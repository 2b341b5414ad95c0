//! Workloads of each kind, read into what is common to all of them.

use brunt_scenarios::plan::{self, StrategyKind};
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::ListParams;

use super::argo_rollout;
use super::replica_share::{Rounding, share};
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
    let (deployments, sets, daemons, bare, rollouts) = tokio::try_join!(
        call_api("list deployments", deployments.list(&every)),
        call_api("list statefulsets", sets.list(&every)),
        if_allowed::<DaemonSet>(cluster, "list daemonsets"),
        if_allowed::<ReplicaSet>(cluster, "list replicasets"),
        argo_rollout::list(cluster),
    )?;
    let of_rollout = |one| argo_rollout::of_rollout(one, &deployments.items);
    let rollouts: Vec<_> = rollouts.iter().filter_map(of_rollout).collect();
    let deployments = deployments.into_iter().filter_map(of_deployment);
    let sets = sets.into_iter().filter_map(of_set);
    let daemons = daemons.into_iter().filter_map(of_daemon_set);
    let bare = bare.into_iter().filter_map(of_replica_set);
    Ok(deployments.chain(sets).chain(daemons).chain(bare).chain(rollouts).collect())
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
    let found = Workload::of_template(object, selector, replicas, rollout, spec.template)?;
    Some((one.metadata, found))
}

fn of_set(one: StatefulSet) -> Option<(ObjectMeta, Workload)> {
    let spec = one.spec?;
    let replicas = u32::try_from(spec.replicas.unwrap_or(1)).ok()?;
    let rollout =
        // A StatefulSet replaces one pod after the other and never has more than its replicas.
        plan::Rollout { kind: StrategyKind::RollingUpdate, max_surge: 0, max_unavailable: 1 };
    let selector = spec.selector.match_labels.unwrap_or_default();
    let object = ObjectRef::new(ObjectKind::StatefulSet, one.metadata.name.as_deref()?);
    let found = Workload::of_template(object, selector, replicas, rollout, spec.template)?;
    Some((one.metadata, found))
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
    let found = Workload::of_template(object, selector, replicas, rollout, spec.template)?;
    Some((one.metadata, found))
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
    let found = Workload::of_template(object, selector, replicas, rollout, spec.template?)?;
    Some((one.metadata, found))
}
