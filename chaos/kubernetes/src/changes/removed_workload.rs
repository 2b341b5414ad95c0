//! Removing a workload so that anyone can apply it again. Nothing can be recorded on an object that
//! is gone, so a ConfigMap holds it, and is there before the workload goes.

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use kube::api::{DeleteParams, DynamicObject, ListParams, PatchParams, Preconditions};
use serde_json::Value;
use tokio::time::Instant;

use super::changer::Changer;
use super::copy_digests;
use super::field_manager::manager_of;
use super::irreversible::{self, dependents};
use super::json_patch::covers;
use super::kept_copy::{bare, held, holder, kept_in};
use super::restore::RestoreOutcome;
use super::selection::{Reverted, SelectedRuns};
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::labels::{HOLDS_REMOVED, RUN};
use crate::client::object::{ChangeMode, ObjectRef};
use crate::client::removed_workload_error::RemovedWorkloadError;
use crate::client::write::{MANAGER, Writer};

/// How often it is tried again when the object was changed while it was kept. More often than for a
/// change: during a rollout its controllers write its status all the time.
const ATTEMPTS: usize = 20;

/// How long a deleted object may take to go, and one that was made to be taken up by its
/// controller. Nothing keeps either for longer but what somebody else must end.
const WITHIN: Duration = Duration::from_secs(30);

/// Between two looks at an object that is to go, or to be taken up.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Deletes a workload; its pods are deleted by their controllers, with their grace.
pub(crate) async fn remove(changer: &Changer, object: &ObjectRef) -> Result<(), KubeError> {
    changer.check_lease()?;
    for _ in 0..ATTEMPTS {
        let found = object.read(changer.cluster()).await?;
        // Of the version that is deleted, and before anything is written.
        refuse(changer.cluster(), object, &found).await?;
        keep(changer, object, &found).await?;
        match delete(changer, object, &found).await {
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error),
            Ok(()) if changer.is_dry_run() => return Ok(()),
            Ok(()) => return wait_until_gone(changer.cluster(), object).await.map(|_| ()),
        }
    }
    Err(KubeError::Contended { object: object.to_string() })
}

/// Refuses to delete what could not be made again as it was, with all that it owns.
pub(crate) async fn refuse(
    cluster: &Cluster,
    object: &ObjectRef,
    found: &Value,
) -> Result<(), KubeError> {
    irreversible::removal(object, found)?;
    dependents::none_of(cluster, object, found).await
}

/// Writes an object to its ConfigMap, over what was kept of it before, and vouches for it.
async fn keep(changer: &Changer, object: &ObjectRef, found: &Value) -> Result<(), KubeError> {
    let (what, name) = (format!("keep {object}"), holder(object, changer.lease()));
    let (maps, map) = (changer.cluster().api::<ConfigMap>(), held(object, found, changer.lease()));
    // Forced: it is the run's own map, which an attempt before this one may have written.
    let params = PatchParams::apply(MANAGER).force();
    changer.writer().apply(&what, &maps, ("ConfigMap", &name), &params, &map).await?;
    // Behind it: of a run that is killed in between, the map is found, and the object is there.
    let map: ConfigMap = serde_json::from_value(map).map_err(KubeError::invalid(what))?;
    copy_digests::record(changer.writer(), &map).await
}

/// Deletes an object if it is still the one that was kept.
async fn delete(changer: &Changer, object: &ObjectRef, found: &Value) -> Result<(), KubeError> {
    let text = |path| found.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let same = Preconditions {
        // Of this version: what came after it was not kept.
        uid: text("/metadata/uid"),
        resource_version: text("/metadata/resourceVersion"),
    };
    let params = DeleteParams { preconditions: Some(same), ..DeleteParams::background() };
    let (what, kind) = (format!("delete {object}"), object.kind.to_string());
    let api = object.kind.api(changer.cluster());
    changer.writer().delete(&what, &api, (&kind, &object.name), &params).await
}

/// Applies again a workload that a run has removed.
pub(crate) async fn restore_one(
    changer: &Changer,
    object: &ObjectRef,
) -> Result<RestoreOutcome, KubeError> {
    let maps = changer.cluster().api::<ConfigMap>();
    let (what, name) = (format!("read what was kept of {object}"), holder(object, changer.lease()));
    match call_api(&what, maps.get_opt(&name)).await? {
        Some(map) => match apply_again(changer.writer(), &map).await? {
            Reapplied::Applied(_) => Ok(RestoreOutcome::Restored),
            Reapplied::Found(how) => Ok(RestoreOutcome::TakenBack(how)),
            Reapplied::Drifted(how) => Ok(RestoreOutcome::Drifted(how)),
        },
        None => Ok(RestoreOutcome::Restored),
    }
}

/// Applies again all workloads that these runs have removed.
pub(super) async fn restore_all(
    cluster: &Cluster,
    which: SelectedRuns<'_>,
    reverted: &mut Reverted,
) {
    let maps = cluster.api::<ConfigMap>();
    let params = ListParams::default().labels(HOLDS_REMOVED);
    let list = maps.list(&params);
    let all = match call_api("list what was removed", list).await {
        Ok(all) => all,
        // An account that may not see ConfigMaps has not made any.
        Err(KubeError::Forbidden { .. }) => return,
        Err(error) => return reverted.failed.push(error.to_string()),
    };
    for map in all {
        if !which.selects_added(&map) {
            continue;
        }
        let run = map.labels().get(RUN).cloned().unwrap_or_default();
        let writer = Writer::new(cluster, &run, ChangeMode::Apply);
        match apply_again(writer, &map).await {
            Ok(Reapplied::Applied(object)) => reverted.done.push(format!("{object} applied again")),
            Ok(Reapplied::Found(how)) => reverted.done.push(how),
            Ok(Reapplied::Drifted(how)) => reverted.drift.push(how),
            Err(error) => reverted.failed.push(format!("{}: {error}", map.name_any())),
        }
    }
}

enum Reapplied {
    Applied(ObjectRef),
    /// Somebody else has made it again just like it was.
    Found(String),
    /// Somebody else has made one of that name meanwhile.
    Drifted(String),
}

async fn apply_again(writer: Writer<'_>, map: &ConfigMap) -> Result<Reapplied, KubeError> {
    let (object, kept, manager) = kept_in(map)?;
    let cluster = writer.cluster();
    let outcome = match wait_until_gone(cluster, &object).await? {
        Some(there) if covers(&bare(&there)["spec"], &kept["spec"]) => {
            wait_until_taken_up(cluster, &object).await?;
            let by =
                manager_of(&there, "/spec/replicas").map_or(String::new(), |by| format!(" ({by})"));
            Reapplied::Found(format!("{object} was made again by somebody else{by} meanwhile"))
        }
        Some(_) => Reapplied::Drifted(format!(
            "{object} was deleted by the run, and somebody else has made another one meanwhile; \
             left as it is"
        )),
        None => {
            copy_digests::check(cluster, map, &object.to_string()).await?;
            let what = format!("apply {object} again");
            let (kind, api) = (object.kind.to_string(), object.kind.api(cluster));
            let kept: DynamicObject =
                serde_json::from_value(kept).map_err(KubeError::invalid(what.clone()))?;
            let params = PatchParams::apply(&manager);
            writer.apply(&what, &api, (&kind, &object.name), &params, &kept).await?;
            wait_until_taken_up(cluster, &object).await?;
            Reapplied::Applied(object)
        }
    };
    // Only now: had this process been killed before, or did the object not stand, the next one
    // would find the map.
    copy_digests::forget(writer, &map.name_any()).await?;
    let maps = cluster.api::<ConfigMap>();
    let (what, name, params) = ("delete what was kept", map.name_any(), DeleteParams::default());
    match writer.delete(what, &maps, ("ConfigMap", &name), &params).await {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(outcome),
    }
}

/// Waits while an object is being deleted. Returns the one that is there and stays, if any: one
/// that was made meanwhile, or that nobody has deleted.
async fn wait_until_gone(
    cluster: &Cluster,
    object: &ObjectRef,
) -> Result<Option<Value>, KubeError> {
    let until = Instant::now() + WITHIN;
    loop {
        let found = match object.read(cluster).await {
            Err(error) if error.is_not_found() => return Ok(None),
            found => found?,
        };
        if !irreversible::is_going(&found) {
            return Ok(Some(found));
        }
        if Instant::now() > until {
            return Err(RemovedWorkloadError::StillGoing {
                object: object.to_string(),
                seconds: WITHIN.as_secs(),
                finalizers: irreversible::finalizers(&found).join(", "),
            }
            .into());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Waits until an object that was made has been seen by its controller, and is not being deleted.
async fn wait_until_taken_up(cluster: &Cluster, object: &ObjectRef) -> Result<(), KubeError> {
    let until = Instant::now() + WITHIN;
    loop {
        let found = object.read(cluster).await?;
        let number = |path| found.pointer(path).and_then(Value::as_i64).unwrap_or_default();
        let seen = number("/status/observedGeneration") >= number("/metadata/generation");
        if seen && !irreversible::is_going(&found) {
            return Ok(());
        }
        if Instant::now() > until {
            let (object, seconds) = (object.to_string(), WITHIN.as_secs());
            return Err(RemovedWorkloadError::NotTakenUp { object, seconds }.into());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
