use serde_json::{Value, json};

use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::{Event, Pod};
use k8s_openapi::api::discovery::v1::EndpointSlice;

use super::*;
use crate::client::object::ObjectKind;

fn state() -> NamespaceState {
    let workload = ObjectRef::new(ObjectKind::Deployment, "shop");
    let fronts = BTreeSet::from(["shop".to_owned()]);
    let shop = ServiceState::new(workload, fronts, Some("service".to_owned()));
    let services = IndexMap::from([("shop".to_owned(), shop)]);
    let mut state = NamespaceState { services, ..NamespaceState::default() };
    state.replica_set(&replica_set("shop-1", "shop"));
    state
}

fn controller(kind: &str, name: &str) -> Value {
    json!([{"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": "", "controller": true}])
}

fn replica_set(name: &str, deployment: &str) -> ReplicaSet {
    let owners = controller("Deployment", deployment);
    serde_json::from_value(json!({"metadata": {"name": name, "ownerReferences": owners}})).unwrap()
}

fn pod(name: &str, ready: bool, restarts: u32) -> Pod {
    owned_pod(name, &controller("ReplicaSet", "shop-1"), ready, restarts)
}

fn owned_pod(name: &str, owners: &Value, ready: bool, restarts: u32) -> Pod {
    let status = if ready { "True" } else { "False" };
    serde_json::from_value(json!({
        "metadata": {"name": name, "labels": {"app": "shop"}, "ownerReferences": owners},
        "spec": {"nodeName": "node1", "containers": []},
        "status": {
            "podIP": "198.18.1.9",
            "conditions": [{"type": "Ready", "status": status}],
            "containerStatuses": [{
                "name": "service", "image": "", "imageID": "", "ready": ready,
                "restartCount": restarts, "state": {"running": {}},
                "lastState": {"terminated": {"exitCode": 137, "signal": 9}}
            }],
        },
    }))
    .unwrap()
}

fn slice(pods: &[(&str, bool)]) -> EndpointSlice {
    let endpoint = |(name, ready): &(&str, bool)| -> Value {
        json!({"addresses": ["198.18.1.9"], "conditions": {"ready": ready},
            "targetRef": {"kind": "Pod", "name": name}})
    };
    serde_json::from_value(json!({
        "metadata": {"name": "shop-abc", "labels": {"kubernetes.io/service-name": "shop"}},
        "addressType": "IPv4",
        "endpoints": pods.iter().map(endpoint).collect::<Vec<_>>(),
    }))
    .unwrap()
}

fn words(happened: &[ServiceEvent]) -> Vec<String> {
    let name = |number: &Option<u32>| number.map_or(String::new(), |number| format!("-{number}"));
    happened
        .iter()
        .map(|(service, number, what)| format!("{service}{} {what}", name(number)))
        .collect()
}

#[test]
fn a_pod_is_ready_when_the_endpoints_have_it() {
    let mut state = state();
    assert_eq!(words(&state.pod(&pod("a", true, 0))), ["shop-1 started"]);
    assert_eq!(words(&state.slice(&slice(&[("a", true)]))), ["shop-1 ready"]);
    assert_eq!(words(&state.slice(&slice(&[("a", false)]))), ["shop-1 not ready"]);
    assert!(!state.gets_requests(&state.pods("shop")[0]));
}

#[test]
fn endpoints_may_be_seen_before_their_pod() {
    let mut state = state();
    assert_eq!(words(&state.slice(&slice(&[("a", true)]))), [""; 0]);
    assert_eq!(words(&state.pod(&pod("a", true, 0))), ["shop-1 started", "shop-1 ready"]);
}

#[test]
fn pods_with_the_services_labels_that_others_own_are_no_replicas() {
    let mut state = state();
    state.replica_set(&replica_set("canary-1", "shop-canary"));
    let canary = owned_pod("c", &controller("ReplicaSet", "canary-1"), true, 0);
    let bare = owned_pod("b", &json!([]), true, 0);
    let set = owned_pod("s", &controller("StatefulSet", "shop"), true, 0);
    assert_eq!([canary, bare, set].map(|pod| words(&state.pod(&pod))), [[""; 0]; 3]);
    assert_eq!(state.pods("shop").len(), 0);
}

#[test]
fn a_pod_may_be_seen_before_its_replica_set() {
    let mut state = state();
    let early = owned_pod("a", &controller("ReplicaSet", "shop-2"), true, 0);
    assert_eq!(words(&state.pod(&early)), [""; 0]);
    assert_eq!(words(&state.replica_set(&replica_set("other-2", "other"))), [""; 0]);
    assert_eq!(words(&state.replica_set(&replica_set("shop-2", "shop"))), ["shop-1 started"]);
    assert_eq!(words(&state.replica_set(&replica_set("shop-2", "shop"))), [""; 0], "once");
}

#[test]
fn a_pod_that_was_taken_from_its_workload_is_no_replica_any_more() {
    let mut state = state();
    state.pod(&pod("a", true, 0));
    let quarantined = owned_pod("a", &json!([]), true, 0);
    assert_eq!(words(&state.pod(&quarantined)), ["shop-1 gone (no longer the workload's)"]);
    assert_eq!(state.pods("shop").len(), 0);
}

#[test]
fn a_restart_after_a_liveness_event_is_the_probes_doing() {
    let mut state = state();
    state.pod(&pod("a", true, 0));
    let event: Event = serde_json::from_value(json!({
        "metadata": {}, "involvedObject": {"name": "a"}, "reason": "Killing",
        "message": "Container service failed liveness probe, will be restarted",
    }))
    .unwrap();
    assert_eq!(words(&state.event(&event)), ["shop-1 liveness probe failed"]);
    assert_eq!(words(&state.event(&event)), [""; 0], "once");
    let restarted = words(&state.pod(&pod("a", false, 1)));
    assert_eq!(
        restarted,
        ["shop-1 gone (signal 9)", "shop-1 restarted by its liveness probe", "shop-1 started"]
    );
    let crashed = words(&state.pod(&pod("a", false, 2)));
    assert_eq!(crashed[1], "shop-1 restarted after it ended");
}

/// A sidecar with a liveness probe of its own, whose restarts are not those of the service.
#[test]
fn a_liveness_event_of_another_container_says_nothing_of_the_service() {
    let mut state = state();
    state.pod(&pod("a", true, 0));
    let killing = |container: &str| -> Event {
        serde_json::from_value(json!({
            "metadata": {}, "reason": "Killing",
            "involvedObject": {"name": "a", "fieldPath": format!("spec.containers{{{container}}}")},
            "message": format!("Container {container} failed liveness probe, will be restarted"),
        }))
        .unwrap()
    };
    assert_eq!(words(&state.event(&killing("service-mesh"))), [""; 0]);
    assert_eq!(words(&state.event(&killing("service"))), ["shop-1 liveness probe failed"]);
}

#[test]
fn pods_missing_from_a_new_listing_have_been_deleted() {
    let mut state = state();
    state.pod(&pod("a", true, 0));
    state.pod(&pod("b", true, 0));
    let gone = state.only_these_pods(&BTreeSet::from(["b".to_owned()]));
    assert_eq!(words(&gone), ["shop-1 gone (pod deleted)"]);
    assert_eq!(
        words(&state.pod(&pod("c", true, 0))),
        ["shop-3 started"],
        "numbers are not given twice"
    );
}

#[test]
fn a_rollout_begins_with_a_new_template_and_ends_when_settled() {
    let mut state = state();
    let deployment = |image: &str, generation: i64, observed: i64, updated: i32| {
        let one: k8s_openapi::api::apps::v1::Deployment = serde_json::from_value(json!({
            "metadata": {"generation": generation},
            "spec": {"replicas": 2, "selector": {}, "template": {"spec": {
                "containers": [{"name": "a", "image": image}]}}},
            "status": {"observedGeneration": observed, "updatedReplicas": updated,
                "availableReplicas": 2, "replicas": 2},
        }))
        .unwrap();
        WorkloadProgress::of_deployment(&one)
    };
    assert_eq!(state.workload(ObjectKind::Deployment, "shop", deployment("v1", 1, 1, 2)), []);
    assert_eq!(
        words(&state.workload(ObjectKind::Deployment, "shop", deployment("v2", 2, 1, 2))),
        ["shop rollout began"]
    );
    assert_eq!(state.workload(ObjectKind::Deployment, "shop", deployment("v2", 2, 2, 1)), []);
    assert_eq!(
        words(&state.workload(ObjectKind::Deployment, "shop", deployment("v2", 2, 2, 2))),
        ["shop rollout done"]
    );
    assert_eq!(state.workload(ObjectKind::Deployment, "shop", deployment("v2", 2, 2, 2)), []);
}
