//! Deleting a workload so that anybody can apply it again. As nothing can be noted on what is gone,
//! a config map holds it, and is there before the workload goes.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use kube::api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams, Preconditions};
use serde_json::{Value, json};

use crate::changes::record::{RUN, RunLease, covers};
use crate::changes::revert::{EXPIRES, Reverted, RunSelector};
use crate::changes::watchdog::made;
use crate::client::apply::MANAGER;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ChangeMode, KINDS, ObjectKind, ObjectRef};

/// The label by which the config maps are known.
const HOLDS: &str = "brunt.dev/holds-removed";

/// What they hold: the kind, the object as JSON, and in whose name it is applied again.
const KIND: &str = "kind";
const OBJECT: &str = "object";
const IN_NAME_OF: &str = "manager";

/// What the API server and its controllers add to an object.
const THEIRS: [&str; 6] =
    ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"];

/// How often it is tried anew when the object was changed while it was kept: its controllers write
/// its status all the time.
const TRIES: usize = 20;

/// Deletes an object; its pods go by themselves, with their grace.
pub(crate) async fn remove(
    cluster: &Cluster,
    object: &ObjectRef,
    lease: &RunLease,
    mode: ChangeMode,
) -> Result<(), KubeError> {
    for _ in 0..TRIES {
        let found = object.read(cluster).await?;
        keep(cluster, object, &found, lease, mode).await?;
        match delete(cluster, object, &found, mode).await {
            Err(error) if error.is_conflict() => {}
            outcome => return outcome,
        }
    }
    Err(KubeError::Other(format!("{object} is changed by somebody else all the time")))
}

/// Writes an object down, over what was written of it before.
async fn keep(
    cluster: &Cluster,
    object: &ObjectRef,
    found: &Value,
    lease: &RunLease,
    mode: ChangeMode,
) -> Result<(), KubeError> {
    let map: ConfigMap = made(held(object, found, lease))?;
    let params =
        PatchParams { dry_run: mode == ChangeMode::DryRun, ..PatchParams::apply(MANAGER).force() };
    let (maps, name, patch) =
        (cluster.api::<ConfigMap>(), holder(object, lease), Patch::Apply(&map));
    KubeError::bounded(&format!("keep {object}"), maps.patch(&name, &params, &patch))
        .await
        .map(drop)
}

/// Deletes an object if it is still what was written down.
async fn delete(
    cluster: &Cluster,
    object: &ObjectRef,
    found: &Value,
    mode: ChangeMode,
) -> Result<(), KubeError> {
    let text = |path| found.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let same = Preconditions {
        uid: text("/metadata/uid"),
        resource_version: text("/metadata/resourceVersion"),
    };
    let params = DeleteParams {
        dry_run: mode == ChangeMode::DryRun,
        preconditions: Some(same),
        ..DeleteParams::background()
    };
    let api = object.kind.api(cluster);
    KubeError::bounded(&format!("delete {object}"), api.delete(&object.name, &params))
        .await
        .map(drop)
}

fn holder(object: &ObjectRef, lease: &RunLease) -> String {
    format!("brunt-removed-{}-{}", lease.run, object.name)
}

fn held(object: &ObjectRef, found: &Value, lease: &RunLease) -> Value {
    let manager = applied_by(found);
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": holder(object, lease),
            "labels": {RUN: lease.run, HOLDS: "true"},
            "annotations": {EXPIRES: lease.expires.to_string()},
        },
        "data": {
            KIND: object.kind.to_string(),
            OBJECT: bare(found).to_string(),
            IN_NAME_OF: manager,
        },
    })
}

/// The object as somebody would write it.
fn bare(found: &Value) -> Value {
    let mut bare = found.clone();
    if let Some(object) = bare.as_object_mut() {
        object.remove("status");
    }
    if let Some(meta) = bare.pointer_mut("/metadata").and_then(Value::as_object_mut) {
        THEIRS.iter().for_each(|field| drop(meta.remove(*field)));
        if let Some(annotations) = meta.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove("deployment.kubernetes.io/revision");
        }
    }
    bare
}

/// Who applied it: whoever does so again must find it as his own.
fn applied_by(found: &Value) -> &str {
    let entries = found.pointer("/metadata/managedFields").and_then(Value::as_array);
    let applied = |entry: &&Value| entry["operation"] == "Apply";
    let entry = entries.into_iter().flatten().find(applied);
    entry.and_then(|entry| entry["manager"].as_str()).unwrap_or(MANAGER)
}

/// Applies again what a run has removed.
pub(crate) async fn put_back(
    cluster: &Cluster,
    object: &ObjectRef,
    lease: &RunLease,
) -> Result<(), KubeError> {
    let maps = cluster.api::<ConfigMap>();
    let what = format!("read what was kept of {object}");
    match KubeError::bounded(&what, maps.get_opt(&holder(object, lease))).await? {
        Some(map) => match again(cluster, &map).await? {
            Reapplied::Applied(_) => Ok(()),
            Reapplied::Drift(how) => Err(KubeError::Other(how)),
        },
        None => Ok(()),
    }
}

/// Applies again whatever these runs have removed.
pub(crate) async fn put_all_back(cluster: &Cluster, which: &RunSelector, reverted: &mut Reverted) {
    let maps = cluster.api::<ConfigMap>();
    let params = ListParams::default().labels(HOLDS);
    let list = maps.list(&params);
    let all = match KubeError::bounded("list what was removed", list).await {
        Ok(all) => all,
        // Whoever may not see config maps has not made any.
        Err(KubeError::Forbidden { .. }) => return,
        Err(error) => return reverted.failed.push(error.to_string()),
    };
    for map in all {
        if !which.means(&map) {
            continue;
        }
        match again(cluster, &map).await {
            Ok(Reapplied::Applied(object)) => reverted.done.push(format!("{object} applied again")),
            Ok(Reapplied::Drift(how)) => reverted.drift.push(how),
            Err(error) => reverted.failed.push(format!("{}: {error}", map.name_any())),
        }
    }
}

enum Reapplied {
    Applied(ObjectRef),
    /// Somebody else has made one of that name meanwhile.
    Drift(String),
}

async fn again(cluster: &Cluster, map: &ConfigMap) -> Result<Reapplied, KubeError> {
    let broken = || KubeError::Other(format!("the config map {} cannot be read", map.name_any()));
    let data = map.data.as_ref().ok_or_else(broken)?;
    let kind = KINDS
        .into_iter()
        .find(|kind| Some(&kind.to_string()) == data.get(KIND))
        .ok_or_else(broken)?;
    let kept: Value =
        serde_json::from_str(data.get(OBJECT).ok_or_else(broken)?).map_err(|_| broken())?;
    let object = ObjectRef::new(kind, kept["metadata"]["name"].as_str().ok_or_else(broken)?);
    let manager = data.get(IN_NAME_OF).map_or(MANAGER, String::as_str);
    let outcome = match object.read(cluster).await {
        Ok(there) if covers(&bare(&there)["spec"], &kept["spec"]) => Reapplied::Applied(object),
        Ok(_) => Reapplied::Drift(format!(
            "{object} was deleted by the run, and somebody else has made another one meanwhile; left as it is"
        )),
        Err(error) if error.is_not_found() => {
            apply(cluster, kind, &object, &kept, manager).await?;
            Reapplied::Applied(object)
        }
        Err(error) => return Err(error),
    };
    let maps = cluster.api::<ConfigMap>();
    let (name, params) = (map.name_any(), DeleteParams::default());
    match KubeError::bounded("delete what was kept", maps.delete(&name, &params)).await {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(outcome),
    }
}

async fn apply(
    cluster: &Cluster,
    kind: ObjectKind,
    object: &ObjectRef,
    kept: &Value,
    manager: &str,
) -> Result<(), KubeError> {
    let kept: DynamicObject = made(kept.clone())?;
    let params = PatchParams::apply(manager);
    let (api, patch) = (kind.api(cluster), Patch::Apply(&kept));
    let call = api.patch(&object.name, &params, &patch);
    KubeError::bounded(&format!("apply {object} again"), call).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Value {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {
                "name": "shop", "uid": "u", "resourceVersion": "7", "generation": 3, "creationTimestamp": "x",
                "annotations": {"mine": "x", "deployment.kubernetes.io/revision": "4"},
                "managedFields": [
                    {"manager": "kube-controller-manager", "operation": "Update"},
                    {"manager": "helm", "operation": "Apply"},
                ],
            },
            "spec": {"replicas": 2}, "status": {"replicas": 2},
        })
    }

    #[test]
    fn what_is_kept_is_what_somebody_wrote() {
        let kept = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "shop", "annotations": {"mine": "x"}}, "spec": {"replicas": 2},
        });
        assert_eq!(bare(&found()), kept);
    }

    #[test]
    fn it_is_applied_in_the_name_of_who_applied_it() {
        assert_eq!(applied_by(&found()), "helm");
        assert_eq!(applied_by(&json!({"metadata": {}})), "brunt");
    }
}
