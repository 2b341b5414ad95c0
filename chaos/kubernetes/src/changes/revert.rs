//! Reverting everything that runs have left, by their records alone. Doing it again does nothing.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, Service};
use k8s_openapi::api::rbac::v1::{ClusterRole, Role};
use kube::api::{DeleteParams, ListParams};
use kube::{Api, Resource, ResourceExt};

use super::leftovers::LeftRun;
use super::record::{self, stored_records};
use super::removed_workload;
use super::restore::{RestoreOutcome, restore};
use super::selection::{Reverted, RevertedBy, RunSelector, SelectedRuns};
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::labels::{NAMESPACE, RUN};
use crate::client::object::{ChangeMode, KINDS, ObjectKind, ObjectRef};
use crate::client::write::{Namespaced, Writer};

/// Restores what runs have changed in the namespace, and on nodes because of it; then deletes what
/// they have added.
pub async fn revert(cluster: &Cluster, which: &RunSelector) -> Reverted {
    revert_as(cluster, which, RevertedBy::Anyone).await
}

/// The same in several namespaces, one after the other, as long as all is reverted: what is left
/// to do may be known by the last of them alone, which has the watchdog.
pub async fn revert_in(
    cluster: &Cluster,
    namespaces: &[String],
    which: &RunSelector,
) -> Vec<(String, Reverted)> {
    let mut all = Vec::new();
    for namespace in namespaces {
        let reverted = revert(&cluster.within(namespace), which).await;
        let has_failed = !reverted.failed.is_empty();
        all.push((namespace.clone(), reverted));
        if has_failed {
            break;
        }
    }
    all
}

/// The same for what was found of one run, in its own namespace.
pub async fn revert_left(cluster: &Cluster, left: &LeftRun, which: &RunSelector) -> Reverted {
    let there = Cluster { client: cluster.client.clone(), namespace: left.namespace.clone() };
    let of_run = match which {
        RunSelector::Expired if !left.namespace_is_gone => RunSelector::ExpiredOf(left.run.clone()),
        _ => RunSelector::Run(left.run.clone()),
    };
    revert(&there, &of_run).await
}

pub(crate) async fn revert_as(cluster: &Cluster, which: &RunSelector, by: RevertedBy) -> Reverted {
    let mut reverted = Reverted::default();
    let which = which.as_of(jiff::Timestamp::now());
    // First, because a workload may have been changed before it was removed: it comes back with the
    // records of those changes, and they are restored next.
    removed_workload::restore_all(cluster, which, &mut reverted).await;
    for kind in KINDS {
        if let Err(error) = restore_kind(cluster, kind, which, &mut reverted).await {
            // An account that may not even list nodes has not changed any; nor has one whose role
            // is older than these kinds.
            let rare = [
                ObjectKind::Node,
                ObjectKind::DaemonSet,
                ObjectKind::ReplicaSet,
                ObjectKind::Rollout,
            ];
            let harmless = (rare.contains(&kind) || by == RevertedBy::OwnRun)
                && matches!(error, KubeError::Forbidden { .. });
            let silent = matches!(error, KubeError::Silent { .. });
            if !harmless {
                reverted.failed.push(error.to_string());
            }
            // Each further call would be waited for as long as this one, and answered no more.
            if silent {
                return reverted;
            }
        }
    }
    if reverted.failed.is_empty() {
        // The watchdog goes last, and only when there is nothing left for it to do.
        delete_added::<Service>(cluster, which, by, &mut reverted).await;
        delete_added::<Pod>(cluster, which, by, &mut reverted).await;
        delete_node_rights(cluster, which, &mut reverted).await;
        delete_added::<Job>(cluster, which, by, &mut reverted).await;
        // Behind all else: they may be those by which this is done.
        delete_rights(cluster, which, &mut reverted).await;
    }
    reverted
}

/// Restores every object of a kind that has records of these runs.
async fn restore_kind(
    cluster: &Cluster,
    kind: ObjectKind,
    which: SelectedRuns<'_>,
    reverted: &mut Reverted,
) -> Result<(), KubeError> {
    let api = kind.api(cluster);
    let all = match call_api(&format!("list {kind}s"), api.list(&ListParams::default())).await {
        // A cluster need not know Argo's Rollouts.
        Err(error) if error.is_not_found() => return Ok(()),
        all => all?,
    };
    for object in all.into_iter().filter(|one| !record::is_copied(&kind.to_string(), &one.metadata))
    {
        let name = ObjectRef::new(kind, &object.name_any());
        let value = serde_json::to_value(&object).unwrap_or_default();
        let mut records = match stored_records(&value) {
            Ok(records) => records,
            Err(error) => {
                reverted.failed.push(format!("{name}: {error}"));
                continue;
            }
        };
        // A whole is restored before what was a part of it when that was changed.
        records.sort_by_key(|one| one.record.edits.iter().map(|edit| edit.path.len()).min());
        for one in records {
            let lease = &one.record.lease;
            let is_ours = one.record.namespace == cluster.namespace;
            if !is_ours || !which.selects(&lease.run, Some(lease.expires)) {
                continue;
            }
            let writer = Writer::new(cluster, &lease.run, ChangeMode::Apply);
            match restore(writer, &name, &one.slot).await {
                Ok(RestoreOutcome::Restored | RestoreOutcome::TakenBack(_)) => {
                    reverted.done.push(format!("{name}: {} restored", one.slot));
                }
                Ok(RestoreOutcome::Drifted(how)) => reverted.drift.push(how),
                Err(error) => reverted.failed.push(format!("{name}: {error}")),
            }
        }
    }
    Ok(())
}

/// Deletes the cluster role that a run with node faults gives to its watchdog. Its binding is owned
/// by it and goes with it.
pub(super) async fn delete_node_rights(
    cluster: &Cluster,
    which: SelectedRuns<'_>,
    reverted: &mut Reverted,
) {
    let api: Api<ClusterRole> = Api::all(cluster.client.clone());
    let in_namespace = format!("{RUN},{NAMESPACE}={}", cluster.namespace);
    let params = ListParams::default().labels(&in_namespace);
    // An account that may not list cluster roles has not made any.
    let Ok(all) = call_api("list cluster roles", api.list(&params)).await else { return };
    for one in all.iter().filter(|one| which.selects_added(*one)) {
        delete(cluster, &api, one, reverted).await;
    }
}

/// Deletes the roles that runs in other namespaces give their watchdogs here. Their bindings are
/// owned by them and go with them.
async fn delete_rights(cluster: &Cluster, which: SelectedRuns<'_>, reverted: &mut Reverted) {
    let roles = cluster.api::<Role>();
    let params = ListParams::default().labels(RUN);
    // An account that may not list roles has not made any.
    let Ok(all) = call_api("list roles", roles.list(&params)).await else { return };
    for one in all.iter().filter(|one| one.owner_references().is_empty()) {
        if which.selects_added(one) {
            delete(cluster, &roles, one, reverted).await;
        }
    }
}

/// Deletes what these runs have added of a kind.
async fn delete_added<K>(
    cluster: &Cluster,
    which: SelectedRuns<'_>,
    by: RevertedBy,
    reverted: &mut Reverted,
) where
    K: Namespaced,
{
    let api = cluster.api::<K>();
    let what = format!("list {}s", K::kind(&()));
    let all = match call_api(&what, api.list(&ListParams::default().labels(RUN))).await {
        Ok(all) => all,
        Err(KubeError::Forbidden { .. }) if by == RevertedBy::OwnRun => return,
        Err(error) => return reverted.failed.push(error.to_string()),
    };
    for one in &all {
        // An object with an owner is deleted with it; the watchdog must not lose its pod early.
        if one.owner_references().is_empty() && which.selects_added(one) {
            delete(cluster, &api, one, reverted).await;
        }
    }
}

async fn delete<K>(cluster: &Cluster, api: &Api<K>, one: &K, reverted: &mut Reverted)
where
    K: Resource<DynamicType = ()> + Clone + serde::de::DeserializeOwned + std::fmt::Debug,
{
    let (kind, name) = (K::kind(&()), one.name_any());
    let run = one.labels().get(RUN).map_or("", String::as_str);
    let what = format!("delete {kind} {name}");
    let params = DeleteParams::background();
    let writer = Writer::new(cluster, run, ChangeMode::Apply);
    match writer.delete(&what, api, (&*kind, &name), &params).await {
        Ok(()) => reverted.done.push(format!("{kind} {name} deleted")),
        Err(error) if error.is_not_found() => {}
        Err(error) => reverted.failed.push(error.to_string()),
    }
}
