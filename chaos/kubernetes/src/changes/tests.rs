//! Changes and reverts against a scripted API server.

use http::{Method, Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

use crate::changes::change::Change;
use crate::changes::record::RunLease;
use crate::changes::restore::{RestoreOutcome, restore};
use crate::changes::revert::revert;
use crate::changes::selection::RunSelector;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ChangeMode, ObjectKind, ObjectRef};
use crate::client::scripted_api::{call, cluster, no};
use crate::client::write::Writer;

fn writer(cluster: &Cluster, mode: ChangeMode) -> Writer<'_> {
    Writer::new(cluster, "a", mode)
}

const SHOP: &str = "/apis/apps/v1/namespaces/ns/deployments/shop";

fn lease() -> RunLease {
    RunLease { run: "a".to_owned(), expires: "2026-01-01T00:00:00Z".parse().unwrap() }
}

fn shop(replicas: u32, annotations: &Value) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "shop", "resourceVersion": "7", "annotations": annotations},
        "spec": {"replicas": replicas},
    })
}

fn scale() -> Change {
    Change {
        object: ObjectRef::new(ObjectKind::Deployment, "shop"),
        slot: "replicas".to_owned(),
        values: vec![("/spec/replicas".to_owned(), Some(json!(0)))],
    }
}

fn recorded() -> Value {
    let edit = json!({"path": "/spec/replicas", "was": 2, "set": 0});
    let record = json!({
        "run": "a", "expires": "2026-01-01T00:00:00Z", "namespace": "ns", "edits": [edit]});
    json!({"revert.brunt.dev/replicas": record.to_string()})
}

#[tokio::test]
async fn change_and_record_go_in_one_patch_that_tests_the_version() {
    let says = [
        r#""op":"test","path":"/metadata/resourceVersion","value":"7""#,
        "/spec/replicas",
        "revert.brunt.dev~1replicas",
        "2026-01-01",
    ];
    let (cluster, script) = cluster(vec![
        call(Method::GET, SHOP, 200, shop(2, &json!({}))),
        call(Method::PATCH, SHOP, 200, shop(0, &recorded())).saying(&says),
    ]);
    scale().apply(writer(&cluster, ChangeMode::Apply), &lease()).await.unwrap();
    script.await.unwrap();
}

#[tokio::test]
async fn a_change_is_made_again_when_somebody_else_was_quicker() {
    let (cluster, script) = cluster(vec![
        call(Method::GET, SHOP, 200, shop(2, &json!({}))),
        call(Method::PATCH, SHOP, 422, no(422, "Invalid", "the server rejected our request")),
        call(Method::GET, SHOP, 200, shop(3, &json!({}))),
        call(Method::PATCH, SHOP, 200, shop(0, &recorded())).saying(&[r#"\"was\":3"#]),
    ]);
    scale().apply(writer(&cluster, ChangeMode::Apply), &lease()).await.unwrap();
    script.await.unwrap();
}

#[tokio::test]
async fn a_dry_run_asks_the_api_server_to_change_nothing() {
    let (cluster, script) = cluster(vec![
        call(Method::GET, SHOP, 200, shop(2, &json!({}))),
        call(Method::PATCH, "dryRun=All", 200, shop(0, &recorded())),
    ]);
    scale().apply(writer(&cluster, ChangeMode::DryRun), &lease()).await.unwrap();
    script.await.unwrap();
}

#[tokio::test]
async fn a_change_of_an_object_that_was_deleted_needs_no_restoring() {
    let (cluster, script) =
        cluster(vec![call(Method::GET, SHOP, 404, no(404, "NotFound", "gone"))]);
    let object = ObjectRef::new(ObjectKind::Deployment, "shop");
    assert_eq!(
        restore(writer(&cluster, ChangeMode::Apply), &object, "replicas").await.unwrap(),
        RestoreOutcome::Restored
    );
    script.await.unwrap();
}

#[tokio::test]
async fn a_change_without_rights_says_which_right_is_missing() {
    let (cluster, script) = cluster(vec![
        call(Method::GET, SHOP, 200, shop(2, &json!({}))),
        call(Method::PATCH, SHOP, 403, no(403, "Forbidden", "deployments \"shop\" is forbidden")),
    ]);
    let error = scale().apply(writer(&cluster, ChangeMode::Apply), &lease()).await.unwrap_err();
    assert!(matches!(error, KubeError::Forbidden { .. }), "{error}");
    assert!(error.to_string().contains("change Deployment shop"), "{error}");
    script.await.unwrap();
}

#[tokio::test]
async fn a_cluster_that_goes_away_is_silent_and_not_refusing() {
    let (service, handle) = tower_test::mock::pair::<Request<Body>, Response<Body>>();
    drop(handle);
    let cluster = Cluster { client: Client::new(service, "ns"), namespace: "ns".to_owned() };
    let error = scale().apply(writer(&cluster, ChangeMode::Apply), &lease()).await.unwrap_err();
    assert!(matches!(error, KubeError::Silent { .. }), "{error}");
    let reverted = revert(&cluster, &RunSelector::All).await;
    assert!(!reverted.failed.is_empty() && reverted.done.is_empty());
}

fn none(kind: &str) -> Value {
    json!({"kind": format!("{kind}List"), "apiVersion": "v1", "metadata": {}, "items": []})
}

/// Everything is looked at; nothing is touched that belongs to a run that goes on.
#[tokio::test]
async fn only_expired_runs_are_reverted_and_their_watchdog_is_deleted_last() {
    let mut other = shop(0, &recorded());
    other["metadata"]["name"] = json!("other");
    other["metadata"]["annotations"]["revert.brunt.dev/replicas"] = json!(
        recorded()["revert.brunt.dev/replicas"]
            .as_str()
            .unwrap()
            .replace("2026-01-01", "2999-01-01")
    );
    let all = json!({"kind": "DeploymentList", "apiVersion": "apps/v1", "metadata": {},
        "items": [shop(0, &recorded()), other]});
    let job = |expires: &str, run: &str| {
        json!({"metadata": {
        "name": format!("brunt-revert-{run}"), "labels": {"brunt.dev/run": run},
        "annotations": {"brunt.dev/expires": expires}}})
    };
    let jobs = json!({"kind": "JobList", "apiVersion": "batch/v1", "metadata": {},
        "items": [job("2026-01-01T00:00:00Z", "a"), job("2999-01-01T00:00:00Z", "b")]});
    let (cluster, script) = cluster(vec![
        call(
            Method::GET,
            "/configmaps?&labelSelector=brunt.dev%2Fholds-removed",
            200,
            none("ConfigMap"),
        ),
        call(Method::GET, "/namespaces/ns/services", 200, none("Service")),
        call(Method::GET, "/poddisruptionbudgets", 200, none("PodDisruptionBudget")),
        call(Method::GET, "/horizontalpodautoscalers", 200, none("HorizontalPodAutoscaler")),
        call(Method::GET, "/configmaps", 200, none("ConfigMap")),
        call(Method::GET, "/deployments", 200, all),
        call(Method::GET, SHOP, 200, shop(0, &recorded())),
        call(Method::PATCH, SHOP, 200, shop(2, &json!({})))
            .saying(&[r#""value":2"#, r#""op":"remove""#]),
        call(Method::GET, "/statefulsets", 200, none("StatefulSet")),
        // A role that is older than these kinds.
        call(Method::GET, "/daemonsets", 403, no(403, "Forbidden", "not you")),
        call(Method::GET, "/replicasets", 200, none("ReplicaSet")),
        // A cluster without Argo.
        call(Method::GET, "/rollouts", 404, no(404, "NotFound", "no such kind")),
        call(Method::GET, "/nodes", 403, no(403, "Forbidden", "no")),
        call(Method::GET, "/services", 200, none("Service")),
        call(Method::GET, "/pods", 200, none("Pod")),
        call(Method::GET, "/clusterroles", 403, no(403, "Forbidden", "no")),
        call(Method::GET, "/jobs", 200, jobs),
        call(
            Method::DELETE,
            "/jobs/brunt-revert-a",
            200,
            json!({"kind": "Status", "status": "Success"}),
        ),
        call(Method::GET, "/namespaces/ns/roles", 403, no(403, "Forbidden", "no")),
    ]);
    let reverted = revert(&cluster, &RunSelector::Expired).await;
    script.await.unwrap();
    assert!(reverted.is_clean(), "{reverted:?}");
    assert_eq!(reverted.done, ["Deployment shop: replicas restored", "Job brunt-revert-a deleted"]);
}
