//! What is sent to the API server for an edge proxy.

use http::Method;
use serde_json::{Value, json};

use super::callee_service::{CalleeService, CalleeWorkload};
use super::create;
use super::objects::{EdgeProxyArgs, ObjectMeta, kept_service, name, pod, secret};
use super::proxies::SLOT;
use crate::changes::change::Change;
use crate::changes::record::RunLease;
use crate::changes::revert::revert;
use crate::changes::selection::RunSelector;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ChangeMode, ObjectKind, ObjectRef};
use crate::client::scripted_api::{call, cluster, no};
use crate::client::write::Writer;

const SERVICE: &str = "/api/v1/namespaces/ns/services/payment";

fn lease() -> RunLease {
    RunLease { run: "a".to_owned(), expires: "2026-01-01T00:00:00Z".parse().unwrap() }
}

fn writer(cluster: &Cluster, mode: ChangeMode) -> Writer<'_> {
    Writer::new(cluster, "a", mode)
}

fn payment(selector: &Value, annotations: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "payment", "resourceVersion": "7", "annotations": annotations},
        "spec": {"selector": selector, "clusterIP": "10.0.0.1",
            "ports": [{"name": "http", "port": 8080, "targetPort": "http"}]},
    })
}

fn place() -> CalleeService {
    let pod = serde_json::from_value(json!({"containers": [
        {"name": "payment", "ports": [{"name": "http", "containerPort": 8080}]}]}))
    .unwrap();
    let workload =
        CalleeWorkload { shown: "Deployment payment", stateful_set: None, replicas: 1, pod: &pod };
    CalleeService::of(&payment(&json!({"app": "payment"}), &json!({})), workload).unwrap()
}

fn switch() -> Change {
    let object = ObjectRef::new(ObjectKind::Service, "payment");
    Change { object, slot: SLOT.to_owned(), values: place().values(&name("payment", &lease())) }
}

#[tokio::test]
async fn objects_of_an_edge_proxy_are_owned_by_the_watchdog() {
    let owner =
        json!({"apiVersion": "batch/v1", "kind": "Job", "name": "brunt-revert-a", "uid": "u"});
    let lease = lease();
    let of = ObjectMeta { name: "brunt-payment-a", lease: &lease, owner: Some(&owner) };
    let by = EdgeProxyArgs { callee: "payment", image: "brunt:1", kept: "fd00::2" };
    let mut there = payment(&json!({"app": "payment"}), &json!({}));
    there["spec"]["clusterIP"] = json!("fd00::2");
    there["metadata"]["uid"] = json!("of-the-service");
    let ours = [r#""brunt.dev/run":"a""#, r#""uid":"u""#, "2026-01-01"];
    let (cluster, script) = cluster(vec![
        call(Method::POST, "/namespaces/ns/services", 201, there).saying(&[
            ours[0],
            ours[1],
            ours[2],
            r#""selector":{"app":"payment"}"#,
        ]),
        call(Method::POST, "/namespaces/ns/secrets", 201, json!({"metadata": {"name": "x"}}))
            .saying(&[ours[0], r#""uid":"of-the-service""#, r#""token":"t""#]),
        call(Method::POST, "/namespaces/ns/pods", 201, json!({"metadata": {"name": "x"}})).saying(
            &[ours[0], ours[1], "edge-proxy", "8080=[fd00::2]:8080", r#""runAsNonRoot":true"#],
        ),
    ]);
    let apply = || writer(&cluster, ChangeMode::Apply);
    let kept = create::service(apply(), kept_service(of, &place())).await.unwrap();
    assert_eq!(kept.address, "fd00::2");
    let of_kept = ObjectMeta { owner: Some(&kept.as_owner), ..of };
    create::secret(apply(), secret(of_kept, "t")).await.unwrap();
    create::pod(apply(), pod(of, &place(), &by)).await.unwrap();
    script.await.unwrap();
}

#[tokio::test]
async fn a_dry_run_of_an_edge_proxy_adds_nothing() {
    let there = payment(&json!({"app": "payment"}), &json!({}));
    let (cluster, script) = cluster(vec![call(Method::POST, "/services?&dryRun=All", 201, there)]);
    let lease = lease();
    let of = ObjectMeta { name: "brunt-payment-a", lease: &lease, owner: None };
    let kept = kept_service(of, &place());
    create::service(writer(&cluster, ChangeMode::DryRun), kept).await.unwrap();
    script.await.unwrap();
}

#[tokio::test]
async fn an_edge_proxy_without_rights_says_what_could_not_be_added() {
    let why = no(403, "Forbidden", "services is forbidden");
    let (cluster, script) = cluster(vec![call(Method::POST, "/services", 403, why)]);
    let lease = lease();
    let of = ObjectMeta { name: "brunt-payment-a", lease: &lease, owner: None };
    let kept = kept_service(of, &place());
    let created = create::service(writer(&cluster, ChangeMode::Apply), kept).await;
    let error = created.err().unwrap();
    assert!(matches!(error, KubeError::Forbidden { .. }), "{error}");
    assert!(error.to_string().contains("add Service brunt-payment-a"), "{error}");
    assert!(error.to_string().contains("manifests/components/controller"), "{error}");
    script.await.unwrap();
}

#[tokio::test]
async fn an_edge_proxy_that_cannot_start_says_why() {
    let waiting = json!({"waiting": {"reason": "ErrImageNeverPull"}});
    let pod = json!({"metadata": {"name": "x"}, "status": {"containerStatuses": [{
        "name": "stand-in", "image": "", "imageID": "", "ready": false, "restartCount": 0,
        "state": waiting}]}});
    let (cluster, script) = cluster(vec![
        call(Method::GET, "/pods/x", 200, pod),
        call(Method::GET, "/pods/x/log", 200, json!("")),
    ]);
    let error = create::ready(&cluster, "x").await.unwrap_err();
    assert!(error.to_string().contains("ErrImageNeverPull"), "{error}");
    script.await.unwrap();
}

/// An older brunt kept this record in a slot of another name; its value is what counts.
#[tokio::test]
async fn traffic_is_led_back_before_the_edge_proxy_of_an_older_brunt_is_deleted() {
    let edit = json!({"path": "/spec/selector", "was": {"app": "payment"},
        "set": {"brunt.dev/stand-in": "brunt-payment-a"}});
    let record = json!({
        "run": "a", "expires": "2026-01-01T00:00:00Z", "namespace": "ns", "edits": [edit]});
    let noted = json!({"revert.brunt.dev/between": record.to_string()});
    let led_away = payment(&json!({"brunt.dev/stand-in": "brunt-payment-a"}), &noted);
    let list = |kind: &str, items: &[Value]| json!({"kind": kind, "apiVersion": "v1", "metadata": {}, "items": items});
    let added = |name: &str| {
        json!({"metadata": {"name": name, "labels": {"brunt.dev/run": "a"},
            "annotations": {"brunt.dev/expires": "2026-01-01T00:00:00Z"}}})
    };
    let gone = json!({"kind": "Status", "status": "Success"});
    let back = r#""path":"/spec/selector","value":{"app":"payment"}"#;
    let (cluster, script) = cluster(vec![
        call(Method::GET, "/configmaps", 200, list("ConfigMapList", &[])),
        call(Method::GET, "/services", 200, list("ServiceList", std::slice::from_ref(&led_away))),
        call(Method::GET, SERVICE, 200, led_away),
        call(Method::PATCH, SERVICE, 200, payment(&json!({"app": "payment"}), &json!({})))
            .saying(&[back]),
        call(Method::GET, "/poddisruptionbudgets", 200, list("PodDisruptionBudgetList", &[])),
        call(
            Method::GET,
            "/horizontalpodautoscalers",
            200,
            list("HorizontalPodAutoscalerList", &[]),
        ),
        call(Method::GET, "/configmaps", 200, list("ConfigMapList", &[])),
        call(Method::GET, "/deployments", 200, list("DeploymentList", &[])),
        call(Method::GET, "/statefulsets", 200, list("StatefulSetList", &[])),
        call(Method::GET, "/daemonsets", 200, list("DaemonSetList", &[])),
        call(Method::GET, "/replicasets", 200, list("ReplicaSetList", &[])),
        call(Method::GET, "/rollouts", 200, list("RolloutList", &[])),
        call(Method::GET, "/nodes", 200, list("NodeList", &[])),
        call(Method::GET, "/services", 200, list("ServiceList", &[added("brunt-payment-a")])),
        call(Method::DELETE, "/services/brunt-payment-a", 200, added("brunt-payment-a")),
        call(Method::GET, "/pods", 200, list("PodList", &[added("brunt-payment-a")])),
        call(Method::DELETE, "/pods/brunt-payment-a", 200, added("brunt-payment-a")),
        call(Method::GET, "/clusterroles", 200, list("ClusterRoleList", &[])),
        call(Method::GET, "/jobs", 200, list("JobList", &[added("brunt-revert-a")])),
        call(Method::DELETE, "/jobs/brunt-revert-a", 200, gone),
        call(Method::GET, "/namespaces/ns/roles", 200, list("RoleList", &[])),
    ]);
    let reverted = revert(&cluster, &RunSelector::Run("a".to_owned())).await;
    script.await.unwrap();
    assert!(reverted.is_clean(), "{reverted:?}");
}

#[tokio::test]
async fn the_selector_is_changed_with_its_record_in_one_patch() {
    let there = payment(&json!({"app": "payment"}), &json!({}));
    let says = [
        r#""op":"test","path":"/metadata/resourceVersion","value":"7""#,
        r#""path":"/spec/selector","value":{"brunt.dev/stand-in":"brunt-payment-a"}"#,
        "revert.brunt.dev~1edge-proxy",
        r#"\"was\":{\"app\":\"payment\"}"#,
    ];
    let (cluster, script) = cluster(vec![
        call(Method::GET, SERVICE, 200, there.clone()),
        call(Method::PATCH, SERVICE, 200, there).saying(&says),
    ]);
    switch().apply(writer(&cluster, ChangeMode::Apply), &lease()).await.unwrap();
    script.await.unwrap();
}
