//! Objects of foreign apps, written shortly. Pure.

use serde_json::{Value, json};

use super::program;

/// Stands for an image that every node has and that holds no shell; [`super::Lab`] knows its name.
pub const IMAGE: &str = "an image without a shell";

/// The port of the service's own container, and of a sidecar.
pub const PORT: u16 = 8080;
pub const METRICS: u16 = 9102;

/// RFC 7386: null takes away, objects are merged, everything else takes the place of what was.
pub fn merge(target: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let target = target.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), value);
        }
    }
}

/// An object with changes.
pub fn with(mut object: Value, patch: &Value) -> Value {
    merge(&mut object, patch);
    object
}

/// A container that serves HTTP at a port.
pub fn container(name: &str, port: u16) -> Value {
    json!({
        "name": name, "image": IMAGE, "imagePullPolicy": "IfNotPresent",
        "command": [program::PATH, "serve"],
        "env": [{"name": "PORT", "value": port.to_string()}],
        "ports": [{"name": if port == METRICS { "metrics" } else { "http" }, "containerPort": port}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": port}, "periodSeconds": 1},
        "volumeMounts": [{"name": "parcel", "mountPath": "/parcel"}],
    })
}

/// The same, with more of its environment.
pub fn container_with(name: &str, port: u16, env: &[(&str, &str)]) -> Value {
    let mut one = container(name, port);
    let more = env.iter().map(|(name, value)| json!({"name": name, "value": value}));
    one["env"].as_array_mut().unwrap().extend(more);
    one
}

/// A container that does something else than to serve; see `parcel.c`.
pub fn doing(role: &str, name: &str) -> Value {
    let mut one = container(name, METRICS);
    one["command"][1] = json!(role);
    for not_served in ["ports", "readinessProbe"] {
        one.as_object_mut().unwrap().remove(not_served);
    }
    one
}

/// A pod of these containers.
pub fn pod(containers: &[Value]) -> Value {
    let program = json!({"name": program::NAME, "defaultMode": 0o755});
    json!({
        "terminationGracePeriodSeconds": 1, "containers": containers,
        "volumes": [{"name": "parcel", "configMap": program}],
    })
}

/// An object with this name.
pub fn object(version: &str, kind: &str, name: &str, more: &Value) -> Value {
    let meta = json!({"apiVersion": version, "kind": kind, "metadata": {"name": name}});
    with(meta, more)
}

fn workload(kind: &str, name: &str, labels: &Value, pod: &Value, more: &Value) -> Value {
    let template = json!({"metadata": {"labels": labels}, "spec": pod});
    let spec = json!({"spec": {"selector": {"matchLabels": labels}, "template": template}});
    with(object("apps/v1", kind, name, &spec), &json!({"spec": more}))
}

/// The labels that a workload of this name has by itself.
pub fn labels(name: &str) -> Value {
    json!({"app": name})
}

/// A Deployment of two pods of these containers.
pub fn deployment(name: &str, containers: &[Value]) -> Value {
    let two = json!({"replicas": 2});
    workload("Deployment", name, &labels(name), &pod(containers), &two)
}

/// A Deployment whose pods have these labels.
pub fn labelled(kind: &str, name: &str, labels: &Value) -> Value {
    let own = container(name, PORT);
    let more = if kind == "StatefulSet" { json!({"serviceName": name}) } else { json!({}) };
    workload(kind, name, labels, &pod(&[own]), &more)
}

/// A StatefulSet of two pods, with this claim for each.
pub fn stateful(name: &str, policy: &Value) -> Value {
    let mut own = container(name, PORT);
    let volumes = own["volumeMounts"].as_array_mut().unwrap();
    volumes.push(json!({"name": "data", "mountPath": "/data"}));
    let claim = json!({"metadata": {"name": "data"}, "spec": {
        "accessModes": ["ReadWriteOnce"], "storageClassName": STORAGE,
        "resources": {"requests": {"storage": "1Mi"}}}});
    let more = json!({
        "serviceName": name, "replicas": 2, "podManagementPolicy": "Parallel",
        "volumeClaimTemplates": [claim], "persistentVolumeClaimRetentionPolicy": policy});
    workload("StatefulSet", name, &labels(name), &pod(&[own]), &more)
}

/// Stands for the storage class of the lab's own volumes.
pub const STORAGE: &str = "the lab's own volumes";

/// A DaemonSet or a bare ReplicaSet.
pub fn other(kind: &str, name: &str, more: &Value) -> Value {
    workload(kind, name, &labels(name), &pod(&[container(name, PORT)]), more)
}

/// A Service over pods with these labels.
pub fn service(name: &str, selector: &Value, ports: &Value) -> Value {
    object("v1", "Service", name, &json!({"spec": {"selector": selector, "ports": ports}}))
}

/// The Service of a workload, at port 80, which leads to the port by its name.
pub fn front(name: &str) -> Value {
    service(name, &labels(name), &json!([{"name": "http", "port": 80, "targetPort": "http"}]))
}

/// A Deployment, and its Service.
pub fn app(name: &str, containers: &[Value]) -> Vec<Value> {
    vec![deployment(name, containers), front(name)]
}

/// A service with nothing special about it.
pub fn plain(name: &str) -> Vec<Value> {
    app(name, &[container(name, PORT)])
}

/// A Job that does not end, with these labels.
pub fn job(name: &str, labels: &Value) -> Value {
    let mut pod = pod(&[doing("sleep", "job")]);
    pod["restartPolicy"] = json!("Never");
    let template = json!({"metadata": {"labels": labels}, "spec": pod});
    object("batch/v1", "Job", name, &json!({"spec": {"backoffLimit": 0, "template": template}}))
}

/// A pod that somebody made by hand.
pub fn bare_pod(name: &str, labels: &Value) -> Value {
    let pod = json!({"metadata": {"labels": labels}, "spec": pod(&[doing("sleep", "shell")])});
    object("v1", "Pod", name, &pod)
}

/// An autoscaler of a workload, by its processor.
pub fn autoscaler(name: &str, kind: &str, min: u32, max: u32) -> Value {
    let target = json!({"type": "Utilization", "averageUtilization": 80});
    object(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        name,
        &json!({"spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": name},
        "minReplicas": min, "maxReplicas": max,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]}}),
    )
}

/// A disruption budget.
pub fn budget(name: &str, selector: &Value, unavailable: u32) -> Value {
    let selector = json!({"matchLabels": selector});
    let spec = json!({"spec": {"maxUnavailable": unavailable, "selector": selector}});
    object("policy/v1", "PodDisruptionBudget", name, &spec)
}

/// A quota on the number of pods.
pub fn quota(pods: u32) -> Value {
    object("v1", "ResourceQuota", "quota", &json!({"spec": {"hard": {"pods": pods.to_string()}}}))
}

#[test]
fn a_merge_takes_away_what_is_null_and_keeps_the_rest() {
    let one = json!({"a": {"b": 1, "c": 2}, "d": [1, 2]});
    let merged = with(one, &json!({"a": {"b": null, "e": 3}, "d": [4]}));
    assert_eq!(merged, json!({"a": {"c": 2, "e": 3}, "d": [4]}));
}
