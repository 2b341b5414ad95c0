//! Removing a workload so that anyone can apply it again. Nothing can be recorded on an object that
//! is gone, so a ConfigMap holds it, and is there before the workload goes.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use kube::api::{DeleteParams, DynamicObject, ListParams, PatchParams, Preconditions};
use serde_json::{Value, json};

use super::changer::Changer;
use super::json_patch::covers;
use super::record::RunLease;
use super::restore::RestoreOutcome;
use super::selection::{Reverted, RunSelector};
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::labels::{EXPIRES, HOLDS_REMOVED, RUN};
use crate::client::object::{ChangeMode, KINDS, ObjectRef};
use crate::client::write::{MANAGER, Writer};

/// Keys of the ConfigMap: the kind, the object as JSON, and the field manager in whose name it
/// is applied again.
const KIND: &str = "kind";
const OBJECT: &str = "object";
const FIELD_MANAGER: &str = "manager";

/// Fields of the metadata that the API server and its controllers write.
const SERVER_FIELDS: [&str; 6] =
    ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"];

/// How often it is tried again when the object was changed while it was kept. More often than for a
/// change: during a rollout its controllers write its status all the time.
const ATTEMPTS: usize = 20;

/// Deletes a workload; its pods are deleted by their controllers, with their grace.
pub(crate) async fn remove(changer: &Changer, object: &ObjectRef) -> Result<(), KubeError> {
    changer.check_lease()?;
    for _ in 0..ATTEMPTS {
        let found = object.read(changer.cluster()).await?;
        keep(changer, object, &found).await?;
        match delete(changer, object, &found).await {
            Err(error) if error.is_conflict() => {}
            outcome => return outcome,
        }
    }
    Err(KubeError::Contended { object: object.to_string() })
}

/// Writes an object to its ConfigMap, over what was kept of it before.
async fn keep(changer: &Changer, object: &ObjectRef, found: &Value) -> Result<(), KubeError> {
    let (what, name) = (format!("keep {object}"), holder(object, changer.lease()));
    let (maps, map) = (changer.cluster().api::<ConfigMap>(), held(object, found, changer.lease()));
    // Forced: it is the run's own map, which an attempt before this one may have written.
    let params = PatchParams::apply(MANAGER).force();
    changer.writer().apply(&what, &maps, ("ConfigMap", &name), &params, &map).await
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
            "labels": {RUN: lease.run, HOLDS_REMOVED: "true"},
            "annotations": {EXPIRES: lease.expires.to_string()},
        },
        "data": {
            KIND: object.kind.to_string(),
            OBJECT: bare(found).to_string(),
            FIELD_MANAGER: manager,
        },
    })
}

/// The object as somebody would write it for `kubectl apply`.
fn bare(found: &Value) -> Value {
    let mut bare = found.clone();
    if let Some(object) = bare.as_object_mut() {
        object.remove("status");
    }
    if let Some(meta) = bare.pointer_mut("/metadata").and_then(Value::as_object_mut) {
        SERVER_FIELDS.iter().for_each(|field| drop(meta.remove(*field)));
        if let Some(annotations) = meta.get_mut("annotations").and_then(Value::as_object_mut) {
            // The Deployment's controller numbers revisions itself.
            annotations.remove("deployment.kubernetes.io/revision");
        }
    }
    bare
}

/// The field manager that applied it. The next apply in its name must not conflict with brunt.
fn applied_by(found: &Value) -> &str {
    let entries = found.pointer("/metadata/managedFields").and_then(Value::as_array);
    let applied = |entry: &&Value| entry["operation"] == "Apply";
    let entry = entries.into_iter().flatten().find(applied);
    entry.and_then(|entry| entry["manager"].as_str()).unwrap_or(MANAGER)
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
            Reapplied::Drifted(how) => Ok(RestoreOutcome::Drifted(how)),
        },
        None => Ok(RestoreOutcome::Restored),
    }
}

/// Applies again all workloads that these runs have removed.
pub(super) async fn restore_all(cluster: &Cluster, which: &RunSelector, reverted: &mut Reverted) {
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
            Ok(Reapplied::Drifted(how)) => reverted.drift.push(how),
            Err(error) => reverted.failed.push(format!("{}: {error}", map.name_any())),
        }
    }
}

enum Reapplied {
    Applied(ObjectRef),
    /// Somebody else has made one of that name meanwhile.
    Drifted(String),
}

async fn apply_again(writer: Writer<'_>, map: &ConfigMap) -> Result<Reapplied, KubeError> {
    let (object, kept, manager) = kept_in(map)?;
    let outcome = match object.read(writer.cluster()).await {
        Ok(there) if covers(&bare(&there)["spec"], &kept["spec"]) => Reapplied::Applied(object),
        Ok(_) => Reapplied::Drifted(format!(
            "{object} was deleted by the run, and somebody else has made another one meanwhile; \
             left as it is"
        )),
        Err(error) if error.is_not_found() => {
            let what = format!("apply {object} again");
            let (kind, api) = (object.kind.to_string(), object.kind.api(writer.cluster()));
            let kept: DynamicObject =
                serde_json::from_value(kept).map_err(KubeError::invalid(what.clone()))?;
            let params = PatchParams::apply(&manager);
            writer.apply(&what, &api, (&kind, &object.name), &params, &kept).await?;
            Reapplied::Applied(object)
        }
        Err(error) => return Err(error),
    };
    // Only now: had this process been killed before, the next one would find the map.
    let maps = writer.cluster().api::<ConfigMap>();
    let (what, name, params) = ("delete what was kept", map.name_any(), DeleteParams::default());
    match writer.delete(what, &maps, ("ConfigMap", &name), &params).await {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(outcome),
    }
}

/// The object that a ConfigMap holds, and its field manager.
fn kept_in(map: &ConfigMap) -> Result<(ObjectRef, Value, String), KubeError> {
    let unreadable =
        |why: String, source| KubeError::UnreadableCopy { map: map.name_any(), why, source };
    let entry = |key: &str| {
        let value = map.data.as_ref().and_then(|data| data.get(key));
        value.ok_or_else(|| unreadable(format!("it has no entry `{key}`"), None))
    };
    let wanted = entry(KIND)?;
    let kind = KINDS
        .into_iter()
        .find(|kind| kind.to_string() == *wanted)
        .ok_or_else(|| unreadable(format!("runs remove no {wanted}"), None))?;
    let kept: Value = serde_json::from_str(entry(OBJECT)?)
        .map_err(|error| unreadable(error.to_string(), Some(error)))?;
    let name = kept["metadata"]["name"].as_str();
    let name = name.ok_or_else(|| unreadable("the object in it has no name".to_owned(), None))?;
    let manager = entry(FIELD_MANAGER).map_or_else(|_| MANAGER.to_owned(), Clone::clone);
    Ok((ObjectRef::new(kind, name), kept, manager))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Value {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {
                "name": "shop", "uid": "u", "resourceVersion": "7", "generation": 3,
                "creationTimestamp": "x",
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
    fn a_kept_workload_is_as_somebody_wrote_it() {
        let kept = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "shop", "annotations": {"mine": "x"}}, "spec": {"replicas": 2},
        });
        assert_eq!(bare(&found()), kept);
    }

    #[test]
    fn a_copy_that_cannot_be_read_says_what_is_wrong_with_it() {
        let why = |data: Value| {
            let map = json!({"metadata": {"name": "kept"}, "data": data});
            kept_in(&serde_json::from_value(map).unwrap()).unwrap_err()
        };
        let no_object = why(json!({"kind": "Deployment"})).to_string();
        assert!(no_object.contains("ConfigMap kept") && no_object.contains("no entry `object`"));
        assert!(why(json!({"kind": "Job"})).to_string().contains("runs remove no Job"));
        let cut_off = why(json!({"kind": "Deployment", "object": "{\"metadata\":"}));
        assert!(std::error::Error::source(&cut_off).is_some(), "{cut_off}");
    }

    #[test]
    fn a_kept_workload_is_applied_in_the_name_of_its_field_manager() {
        assert_eq!(applied_by(&found()), "helm");
        assert_eq!(applied_by(&json!({"metadata": {}})), "brunt");
    }
}
