//! The objects of load workers. Pure.

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use serde_json::{Value, json};

use crate::changes::record::RunLease;
use crate::client::labels::{EXPIRES, RUN};
use crate::client::security_context;

/// The label with the index of a pod among those of its Job.
const INDEX: &str = "batch.kubernetes.io/job-completion-index";

/// The file of the task, and the folder in which it is mounted.
const FILE: &str = "task.json";
const FOLDER: &str = "/task";

/// How long after its run's time, in seconds, the Job ends workers that are still there.
const DEADLINE_MARGIN: i64 = 60;

/// The load that workers generate.
#[derive(Debug, Clone)]
pub struct LoadJob {
    /// How many workers there are; at least 1.
    pub workers: u32,
    /// The image of brunt that they run; `None` takes this process's own in a pod, else the
    /// system's own, if that is brunt's.
    pub image: Option<String>,
    /// The task file of `brunt work`, the same for all. Each worker knows its index.
    pub task: String,
}

/// A worker by its place, counted from 1, among all.
pub(super) fn ordinal(place: usize, count: usize) -> String {
    format!("load worker {} of {count}", place + 1)
}

pub(super) fn name(lease: &RunLease) -> String {
    format!("brunt-load-{}", lease.run)
}

/// The index of a pod among the workers.
pub(super) fn index(pod: &Pod) -> Option<u32> {
    pod.labels().get(INDEX)?.parse().ok()
}

/// The Job, which is suspended at first.
pub(super) fn manifest(
    lease: &RunLease,
    image: &str,
    workers: u32,
    owner: Option<&Value>,
) -> Value {
    let name = name(lease);
    let left = lease.expires.duration_since(jiff::Timestamp::now()).as_secs().max(0);
    let labels = json!({RUN: lease.run, "app.kubernetes.io/name": "brunt-load"});
    let apart = json!([{
        // Preferred, not demanded: there may be more workers than nodes.
        "maxSkew": 1, "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels},
    }]);
    json!({
        "metadata": {
            "name": name,
            "labels": labels,
            "annotations": {EXPIRES: lease.expires.to_string()},
            "ownerReferences": owner.into_iter().collect::<Vec<_>>(),
        },
        "spec": {
            "suspend": true,
            // Each worker knows by its index which share of the load is its own.
            "completionMode": "Indexed",
            "completions": workers,
            "parallelism": workers,
            // A worker that ends cannot be replaced in the middle of a load, and what the others
            // have recorded must not be lost with it.
            "backoffLimitPerIndex": 0,
            "activeDeadlineSeconds": left + DEADLINE_MARGIN,
            // The controller reads the logs after the end, and then deletes the Job itself.
            "ttlSecondsAfterFinished": 300,
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "automountServiceAccountToken": false,
                    "restartPolicy": "Never",
                    "enableServiceLinks": false,
                    "terminationGracePeriodSeconds": 1,
                    "topologySpreadConstraints": apart,
                    "securityContext": security_context::of_pod(),
                    "containers": [container(image)],
                    "volumes": [{"name": "task", "secret": {"secretName": name}}],
                },
            },
        },
    })
}

fn container(image: &str) -> Value {
    json!({
        "name": "load",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["work", format!("{FOLDER}/{FILE}")],
        // The input ends when the controller does, and with it the worker.
        "stdin": true,
        "stdinOnce": true,
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "volumeMounts": [{"name": "task", "mountPath": FOLDER, "readOnly": true}],
        "securityContext": security_context::of_container(),
    })
}

/// The task, which is owned by the Job. A Secret, as it holds the values of the secrets that its
/// requests refer to.
pub(super) fn task(lease: &RunLease, text: &str, job: Option<&str>) -> Value {
    let name = name(lease);
    let owner = json!({"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": job});
    json!({
        "metadata": {"name": name, "labels": {RUN: lease.run}, "ownerReferences": [owner]},
        // The kubelet need not watch it.
        "immutable": true,
        "stringData": {FILE: text},
    })
}
