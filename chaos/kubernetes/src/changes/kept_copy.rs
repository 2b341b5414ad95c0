//! How a removed workload is kept in a ConfigMap: as somebody would write it, with the field
//! manager that it belongs to. Pure.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use serde_json::{Value, json};

use super::record::RunLease;
use crate::client::error::KubeError;
use crate::client::labels::{EXPIRES, HOLDS_REMOVED, RUN};
use crate::client::object::{KINDS, ObjectRef};
use crate::client::removed_workload_error::RemovedWorkloadError;
use crate::client::write::MANAGER;

/// Keys of the ConfigMap: the kind, the object as JSON, and the field manager in whose name it
/// is applied again.
const KIND: &str = "kind";
const OBJECT: &str = "object";
const FIELD_MANAGER: &str = "manager";

/// Fields of the metadata that the API server and its controllers write.
const SERVER_FIELDS: [&str; 6] =
    ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"];

pub(super) fn holder(object: &ObjectRef, lease: &RunLease) -> String {
    format!("brunt-removed-{}-{}", lease.run, object.name)
}

pub(super) fn held(object: &ObjectRef, found: &Value, lease: &RunLease) -> Value {
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
pub(super) fn bare(found: &Value) -> Value {
    let mut bare = found.clone();
    if let Some(object) = bare.as_object_mut() {
        object.remove("status");
    }
    if let Some(meta) = bare.pointer_mut("/metadata").and_then(Value::as_object_mut) {
        SERVER_FIELDS.iter().for_each(|field| drop(meta.remove(*field)));
        if let Some(annotations) = meta.get_mut("annotations").and_then(Value::as_object_mut) {
            // The controllers of Deployments and Rollouts number revisions themselves, and the API
            // server those of a DaemonSet.
            annotations.remove("deployment.kubernetes.io/revision");
            annotations.remove("rollout.argoproj.io/revision");
            annotations.remove("deprecated.daemonset.template.generation");
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

/// All that is applied again of what a ConfigMap holds, as one text.
pub(super) fn contents(map: &ConfigMap) -> String {
    let entry = |key: &str| map.data.as_ref().and_then(|data| data.get(key));
    json!([KIND, OBJECT, FIELD_MANAGER].map(entry)).to_string()
}

/// The object that a ConfigMap holds, and its field manager.
pub(super) fn kept_in(map: &ConfigMap) -> Result<(ObjectRef, Value, String), KubeError> {
    let unreadable = |why: String, source| -> KubeError {
        RemovedWorkloadError::UnreadableCopy { map: map.name_any(), why, source }.into()
    };
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
