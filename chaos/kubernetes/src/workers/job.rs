//! What the cluster is told of load workers.

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use serde_json::{Value, json};

use crate::changes::record::{RUN, RunLease};
use crate::changes::revert::EXPIRES;

/// The label by which Kubernetes says which of a Job's pods one is.
const INDEX: &str = "batch.kubernetes.io/job-completion-index";

/// The file of the task, and where it is.
const FILE: &str = "task.json";
const FOLDER: &str = "/task";

/// After its run's time, in seconds, until the Job ends whatever still goes on.
const AFTERWARDS: i64 = 60;

pub(super) fn name(lease: &RunLease) -> String {
    format!("brunt-load-{}", lease.run)
}

/// Which of the workers a pod is.
pub(super) fn index(pod: &Pod) -> Option<u32> {
    pod.labels().get(INDEX)?.parse().ok()
}

/// The Job, which does not start by itself.
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
        "maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
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
            "completionMode": "Indexed",
            "completions": workers,
            "parallelism": workers,
            // One that ends cannot be replaced, and the others' figures are worth having.
            "backoffLimitPerIndex": 0,
            "activeDeadlineSeconds": left + AFTERWARDS,
            "ttlSecondsAfterFinished": 300,
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "automountServiceAccountToken": false,
                    "restartPolicy": "Never",
                    "enableServiceLinks": false,
                    "terminationGracePeriodSeconds": 1,
                    "topologySpreadConstraints": apart,
                    "securityContext": {
                        "runAsNonRoot": true, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [container(image)],
                    "volumes": [{"name": "task", "configMap": {"name": name}}],
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
        // What ends when its controller does.
        "stdin": true,
        "stdinOnce": true,
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "volumeMounts": [{"name": "task", "mountPath": FOLDER, "readOnly": true}],
        "securityContext": {
            "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]},
        },
    })
}

/// The task, which belongs to the Job.
pub(super) fn task(lease: &RunLease, text: &str, job: Option<&str>) -> Value {
    let name = name(lease);
    let owner = json!({"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": job});
    json!({
        "metadata": {"name": name, "labels": {RUN: lease.run}, "ownerReferences": [owner]},
        "immutable": true,
        "data": {FILE: text},
    })
}
