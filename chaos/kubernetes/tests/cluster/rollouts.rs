//! Argo Rollouts as services: what owns their pods, what faults do to them, and what is refused.

use std::collections::BTreeSet;
use std::time::Duration;

use brunt_faults::FaultTarget;
use brunt_kubernetes::{ClusterRun, ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{EdgeFault, FaultKind, Pick, PlatformFault};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, ListParams, Patch, PatchParams};
use serde_json::{Value, json};

use crate::argo_controller::{REVISION, roll_out, rollouts};
use crate::inject_fault::{LASTS, applied, planned, platform};
use crate::shop::{Shop, until};

const ROLLOUT: &str = "
version: 1
name: shop
services:
  shop: {kubernetes: {kind: Rollout}, startsWithin: 5s}
  gateway: {calls: {shop: {}}}
";

fn rollout(shop: &Shop, strategy: &Value) -> Value {
    let labels = json!({"app": "rolled"});
    let template = json!({"metadata": {"labels": labels}, "spec": shop.pod("stock", &json!([]))});
    json!({"metadata": {"name": "shop", "labels": {}}, "spec": {"replicas": 3,
        "selector": {"matchLabels": labels}, "strategy": strategy, "template": template}})
}

/// A shop whose Deployment is beside the Rollout of its name, and called by nobody.
async fn with_rollout(name: &str, strategy: Value) -> (Shop, Option<tokio::task::JoinHandle<()>>) {
    let mut shop = Shop::with_gateway(name).await;
    shop.system = ROLLOUT;
    let service = json!({"spec": {"selector": {"app": "rolled"}}});
    shop.patch("Service", Patch::Merge(service)).await;
    let controller = roll_out(&shop, rollout(&shop, &strategy)).await;
    (shop, controller)
}

async fn pods(shop: &Shop) -> Vec<Pod> {
    let pods: Api<Pod> = Api::namespaced(shop.client.clone(), &shop.namespace);
    let params = ListParams::default().labels("app=rolled");
    let mut all = pods.list(&params).await.unwrap().items;
    all.retain(|pod| pod.metadata.deletion_timestamp.is_none());
    all
}

async fn names(shop: &Shop) -> BTreeSet<String> {
    pods(shop).await.iter().map(ResourceExt::name_any).collect()
}

async fn spec(shop: &Shop) -> Value {
    let found = shop.api(&rollouts()).get("shop").await.unwrap();
    let mut found = serde_json::to_value(found).unwrap();
    // In it, the controller counts the versions that there were.
    if let Some(annotations) = found["metadata"]["annotations"].as_object_mut() {
        annotations.remove(REVISION);
    }
    json!({"spec": found["spec"].take(), "annotations": found["metadata"]["annotations"].take()})
}

async fn are_ready(system: &ClusterRun, wanted: u32) {
    until("the replicas are there", || async {
        let census = system.census("shop").await.unwrap();
        census.ready() == wanted && census.replicas.len() == wanted as usize
    })
    .await;
}

fn env() -> PlatformFault {
    PlatformFault::SetEnv {
        env: [("COLOUR".to_owned(), "blue".to_owned())].into(),
        containers: vec![],
    }
}

async fn has_variable(shop: &Shop, wanted: bool) -> bool {
    let all = pods(shop).await;
    let has = |pod: &Pod| serde_json::to_string(pod).unwrap().contains("COLOUR");
    all.len() == 3 && all.iter().all(|pod| has(pod) == wanted)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn faults_of_a_rollout_hit_its_pods_and_leave_it_as_it_was() {
    let (shop, _controller) = with_rollout("rollout", json!({"canary": {}})).await;
    let before = (spec(&shop).await, shop.pods().await.len());
    let system = shop.enter(&shop.options(Watchdog::Job(None), LASTS)).await;
    are_ready(&system, 3).await;

    let first = names(&shop).await;
    let kill = FaultKind::Kill {
        services: vec!["shop".to_owned()],
        pick: Pick::One,
        grace: Duration::ZERO,
    };
    assert_eq!(applied(&system, &kill).await.unwrap().keep().hits, 1);
    until("one is another", || async { names(&shop).await.intersection(&first).count() == 2 })
        .await;
    are_ready(&system, 3).await;

    let more = FaultKind::Scale { service: "shop".to_owned(), replicas: 4 };
    let scaled = applied(&system, &more).await.unwrap();
    are_ready(&system, 4).await;
    let _ = scaled.recover(&system).await.unwrap();
    are_ready(&system, 3).await;

    let stop = FaultKind::Stop { service: "shop".to_owned(), grace: None };
    let stopped = applied(&system, &stop).await.unwrap();
    are_ready(&system, 0).await;
    let _ = stopped.recover(&system).await.unwrap();
    are_ready(&system, 3).await;

    let old = names(&shop).await;
    let again = FaultKind::Rollout { service: "shop".to_owned() };
    assert_eq!(applied(&system, &again).await.unwrap().keep().hits, 3);
    until("all are others", || async { names(&shop).await.is_disjoint(&old) }).await;
    are_ready(&system, 3).await;

    let set = applied(&system, &platform(env())).await.unwrap();
    until("all have it", || async { has_variable(&shop, true).await }).await;
    let _ = set.recover(&system).await.unwrap();
    until("none has it", || async { has_variable(&shop, false).await }).await;
    are_ready(&system, 3).await;

    // The version before this one is the one with the variable.
    applied(&system, &platform(PlatformFault::RollBack)).await.unwrap().keep();
    until("all have it", || async { has_variable(&shop, true).await }).await;

    // It has no end of its own: the run restores it.
    assert_eq!(system.teardown().await, [""; 0]);
    until("none has it", || async { has_variable(&shop, false).await }).await;
    assert_eq!((spec(&shop).await, shop.pods().await.len()), before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_rollout_that_waits_for_promotion_can_be_hit_and_gets_no_new_version() {
    let steps = json!([{"setWeight": 34}, {"pause": {}}]);
    let canary = json!({"canary": {"steps": steps, "maxSurge": 1, "maxUnavailable": 0}});
    let (shop, _controller) = with_rollout("paused", canary).await;
    let api = shop.api(&rollouts());
    let newer = json!({"spec": {"template": {"metadata": {"annotations": {"version": "2"}}}}});
    api.patch("shop", &PatchParams::default(), &Patch::Merge(newer)).await.unwrap();
    until("the canary waits", || async {
        api.get("shop").await.unwrap().data["status"]["phase"] == "Paused"
    })
    .await;
    let versions: BTreeSet<String> = pods(&shop)
        .await
        .iter()
        .filter_map(|pod| pod.labels().get("rollouts-pod-template-hash").cloned())
        .collect();
    assert_eq!(versions.len(), 2, "{versions:?}");
    let before = spec(&shop).await;
    let faults = planned(&platform(env()));
    let refused = ClusterRunOptions { faults, ..shop.options(Watchdog::None, LASTS) };
    let why = shop.try_start(&refused).await.err().unwrap().to_string();
    assert!(why.contains("waits until somebody promotes"), "{why}");

    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    are_ready(&system, 3).await;
    let all = FaultKind::Kill {
        services: vec!["shop".to_owned()],
        pick: Pick::All,
        grace: Duration::ZERO,
    };
    assert_eq!(applied(&system, &all).await.unwrap().keep().hits, 3, "of both versions");
    are_ready(&system, 3).await;
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(spec(&shop).await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_service_that_a_rollout_leads_from_version_to_version_gets_no_edge_proxy() {
    let strategy = json!({"blueGreen": {"activeService": "shop", "autoPromotionEnabled": false}});
    let (shop, _controller) = with_rollout("blue-green", strategy).await;
    if !crate::argo_controller::is_real() {
        // As the controller does it.
        let version = pods(&shop).await[0].labels()["rollouts-pod-template-hash"].clone();
        let led = json!({"spec": {"selector": {"rollouts-pod-template-hash": version}}});
        shop.patch("Service", Patch::Merge(led)).await;
    }
    let before = shop.snapshot().await;
    let edges = vec![("gateway".to_owned(), "shop".to_owned())];
    let options = ClusterRunOptions { edges, ..shop.options(Watchdog::None, LASTS) };
    let why = shop.try_start(&options).await.err().unwrap().to_string();
    assert!(why.contains("led by an Argo Rollout"), "{why}");
    assert_eq!(shop.snapshot().await, before, "nothing was touched");
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let (from, to) = ("gateway".to_owned(), "shop".to_owned());
    let cut = FaultKind::Edge { from, to, fault: EdgeFault::Cut };
    assert!(applied(&system, &cut).await.is_err());
    let url = system.cluster_url("shop").unwrap();
    assert!(url.starts_with("http://shop."), "{url}");
    assert_eq!(system.census("shop").await.unwrap().ready(), 3);
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn the_watchdog_reverts_changes_of_a_rollout_and_makes_a_removed_one_again() {
    let (shop, _controller) = with_rollout("rollout-gone", json!({"canary": {}})).await;
    let before = spec(&shop).await;
    let remove = platform(PlatformFault::Remove);
    let options = shop.options(Watchdog::Job(None), Duration::from_secs(1));
    let options = ClusterRunOptions { faults: planned(&remove), ..options };
    let system = shop.enter(&options).await;
    applied(&system, &platform(env())).await.unwrap().keep();
    applied(&system, &remove).await.unwrap().keep();
    assert!(shop.api(&rollouts()).get_opt("shop").await.unwrap().is_none());
    drop(system);
    until("it is there, and as it was", || async {
        shop.api(&rollouts()).get_opt("shop").await.unwrap().is_some()
            && spec(&shop).await == before
    })
    .await;
    shop.close().await;
}
