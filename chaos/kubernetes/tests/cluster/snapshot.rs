//! A whole namespace as people would compare it, with what belongs to it outside: nodes, cluster
//! roles and their bindings.

use std::collections::BTreeMap;

use kube::api::{Api, DynamicObject, ListParams};
use kube::discovery::{Discovery, Scope, verbs};
use kube::{Client, ResourceExt};
use serde_json::Value;

/// What comes and goes by itself, and says nothing of what a run has left: old versions are kept by
/// Deployments, and the rest is made from what is compared.
const BY_THEMSELVES: [&str; 6] =
    ["Event", "ReplicaSet", "EndpointSlice", "Endpoints", "PodMetrics", "ControllerRevision"];

/// What Kubernetes puts into every namespace, a moment after it was made.
const ITS_OWN: [&str; 2] = ["ServiceAccount default", "ConfigMap kube-root-ca.crt"];

/// Name of each object → all of it that matters.
pub type Snapshot = BTreeMap<String, String>;

/// Every kind of object that can be in a namespace, asked of the API server.
pub async fn kinds(client: &Client) -> Vec<kube::core::ApiResource> {
    let found = Discovery::new(client.clone()).run().await.unwrap();
    let all = found.groups().flat_map(kube::discovery::ApiGroup::recommended_resources);
    let listed = all.filter(|(resource, can)| {
        can.scope == Scope::Namespaced
            && can.supports_operation(verbs::LIST)
            && !BY_THEMSELVES.contains(&resource.kind.as_str())
    });
    listed.map(|(resource, _)| resource).collect()
}

/// All that is in a namespace.
pub async fn namespace(
    client: &Client,
    namespace: &str,
    kinds: &[kube::core::ApiResource],
) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for kind in kinds {
        let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, kind);
        let all = match kind.kind.as_str() {
            // The program of foreign apps is large, and nobody's to change.
            "ConfigMap" => ListParams::default().fields("metadata.name!=parcel"),
            _ => ListParams::default(),
        };
        for one in api.list(&all).await.unwrap() {
            let name = format!("{} {}", kind.kind, one.name_any());
            if kind.kind == "Pod" {
                // One pod is as good as another of its owner's.
                let owners: Vec<_> =
                    one.owner_references().iter().map(|owner| owner.kind.clone()).collect();
                let each = format!("Pod of {owners:?} {:?}, ready: {}", app(&one), is_ready(&one));
                let pods: usize =
                    snapshot.get(&each).map_or(0, |count: &String| count.parse().unwrap());
                snapshot.insert(each, (pods + 1).to_string());
            } else if !is_its_own(&name) {
                snapshot.insert(name, yaml(one));
            }
        }
    }
    snapshot
}

/// Whether Kubernetes puts it into every namespace.
pub fn is_its_own(name: &str) -> bool {
    ITS_OWN.contains(&name)
}

/// Whether that is the name under which pods are counted.
pub fn is_pod(name: &str) -> bool {
    name.starts_with("Pod of ")
}

/// Nodes as faults could change them. They are the whole cluster's, so only one test at a time
/// may compare them.
pub async fn nodes(client: &Client) -> Snapshot {
    let nodes: Api<k8s_openapi::api::core::v1::Node> = Api::all(client.clone());
    let all = nodes.list(&ListParams::default()).await.unwrap().into_iter().map(|node| {
        let notes: Vec<_> =
            node.annotations().iter().filter(|(key, _)| key.contains("brunt.dev/")).collect();
        let spec = node.spec.clone().unwrap_or_default();
        // Whether a node answers is for its controller to note.
        let theirs =
            |key: &str| key.starts_with("node.kubernetes.io/") && !key.ends_with("/unschedulable");
        let taints =
            spec.taints.into_iter().flatten().map(|taint| taint.key).filter(|key| !theirs(key));
        let taints: Vec<_> = taints.collect();
        let state = format!("{:?} {taints:?} {notes:?}", spec.unschedulable);
        (format!("Node {}", node.name_any()), state)
    });
    all.collect()
}

/// What runs on this namespace have given themselves outside of it.
pub async fn around(client: &Client, namespace: &str) -> Snapshot {
    let mut snapshot = Snapshot::new();
    let ours = ListParams::default().labels(&format!("brunt.dev/namespace={namespace}"));
    let roles: Api<k8s_openapi::api::rbac::v1::ClusterRole> = Api::all(client.clone());
    let bindings: Api<k8s_openapi::api::rbac::v1::ClusterRoleBinding> = Api::all(client.clone());
    let roles = roles.list(&ours).await.unwrap().into_iter().map(|one| one.name_any());
    let bindings = bindings.list(&ours).await.unwrap().into_iter().map(|one| one.name_any());
    snapshot.extend(roles.map(|name| (format!("ClusterRole {name}"), String::new())));
    snapshot.extend(bindings.map(|name| (format!("ClusterRoleBinding {name}"), String::new())));
    snapshot
}

/// An object as YAML, less what the API server and its controllers keep of their own.
pub fn yaml(one: DynamicObject) -> String {
    let mut value = serde_json::to_value(one).unwrap();
    // A list names the kind once for all, a watch in each object.
    for theirs in ["status", "apiVersion", "kind"] {
        value.as_object_mut().unwrap().remove(theirs);
    }
    let meta = value["metadata"].as_object_mut().unwrap();
    for theirs in ["managedFields", "resourceVersion", "generation"] {
        meta.remove(theirs);
    }
    if let Some(annotations) = meta.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.remove("deployment.kubernetes.io/revision");
        annotations.remove("deprecated.daemonset.template.generation");
        if annotations.is_empty() {
            meta.remove("annotations");
        }
    }
    serde_saphyr::to_string(&value).unwrap()
}

/// The same without what tells an object from one that was made again just like it.
pub fn written(snapshot: Snapshot) -> Snapshot {
    let theirs = |line: &&str| {
        ["uid:", "creationTimestamp:"].iter().any(|field| line.trim_start().starts_with(field))
    };
    let without =
        |text: String| text.lines().filter(|line| !theirs(line)).collect::<Vec<_>>().join("\n");
    snapshot.into_iter().map(|(name, text)| (name, without(text))).collect()
}

fn app(pod: &DynamicObject) -> Option<String> {
    pod.labels().get("app").or_else(|| pod.labels().get("app.kubernetes.io/name")).cloned()
}

fn is_ready(pod: &DynamicObject) -> bool {
    let conditions = pod.data.pointer("/status/conditions").and_then(Value::as_array);
    conditions.into_iter().flatten().any(|one| one["type"] == "Ready" && one["status"] == "True")
}

/// What differs, for a message that can be read.
pub fn difference(before: &Snapshot, after: &Snapshot) -> String {
    let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let differs = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let said = differs
        .map(|name| format!("{name}\n was {:?}\n is {:?}", before.get(name), after.get(name)));
    said.collect::<Vec<_>>().join("\n")
}
