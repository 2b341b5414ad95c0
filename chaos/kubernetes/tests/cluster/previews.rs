//! What `brunt validate --on kubernetes` says, and that it touches nothing.

use std::time::Duration;

use kube::api::Patch;
use serde_json::json;

use crate::accounts::account;
use crate::controller::{Controller, Ended};
use crate::shop::{Shop, until};

const ENDS_WITHIN: Duration = Duration::from_secs(60);

const LOAD: &str = "load: [{name: looks, open: {rate: 5/s}, for: 8s, get: shop/isHealthy}]\n\
    expect: [{availability: {of: looks, atLeast: 1%}}]\n";

impl Shop {
    async fn validated(&self, scenario: &str, args: &[&str]) -> Ended {
        let kubeconfig = std::env::var_os("BRUNT_TEST_KUBECONFIG").unwrap();
        let scenario = format!("{LOAD}{scenario}");
        Controller::validate(&kubeconfig, &self.namespace, self.system, &scenario, args)
            .finish(ENDS_WITHIN)
            .await
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_scenario_is_checked_against_the_live_objects_and_nothing_is_touched() {
    let mut shop = Shop::open("validated").await;
    shop.add_gateway().await;
    shop.guard().await;
    shop.all_ready().await;
    until("the budget is in effect", || async {
        shop.object("PodDisruptionBudget").await["status"]["currentHealthy"] == 2
    })
    .await;
    let before = shop.snapshot_with_pods().await;
    let fine = "faults: [{at: 1s, kill: {service: shop}}, {at: 2s, evict: {service: shop}}, \
        {at: 3s, for: 1s, scale: {service: shop, replicas: 1}}, \
        {at: 3s, for: 1s, latency: {from: gateway, to: shop, delay: 10ms}}]\n";
    let ended = shop.validated(fine, &[]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    for expected in [
        "shop: Deployment shop, 2 or more replicas (HorizontalPodAutoscaler shop), container \
         service, called by Service shop at 8080 (port 8080), PodDisruptionBudget shop",
        "gateway: Deployment gateway, 1 replicas",
        "PodDisruptionBudget shop lets no pod of Deployment shop go now",
        "HorizontalPodAutoscaler shop decides about Deployment shop",
        "nothing is in the way, and nothing was touched",
    ] {
        assert!(ended.said.contains(expected), "{expected}: {}", ended.said);
    }
    assert_eq!(shop.snapshot_with_pods().await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn all_that_is_in_the_way_is_named_at_once() {
    let shop = Shop::without_autoscaler("in-the-way").await;
    let finalizer = json!({"metadata": {"finalizers": ["example.org/mine"]},
        "spec": {"paused": true}});
    shop.patch("Deployment", Patch::Merge(finalizer)).await;
    let before = shop.snapshot().await;
    let wrong = "faults: [{at: 1s, for: 1s, remove: {service: shop}}, \
        {at: 2s, rollBack: {service: shop}}, \
        {at: 3s, for: 1s, setEnv: {service: shop, env: {A: b}, containers: gone}}, \
        {at: 3s, for: 1s, setConfig: {service: shop, configMap: gone, data: {a: b}}}, \
        {at: 3s, for: 1s, autoscale: {service: shop, max: 3}}, \
        {at: 3s, for: 1s, tamperProbe: {service: shop, probe: startup, path: /x}}, \
        {at: 3s, for: 1s, cordon: {node: no-such-node}}]\n";
    let ended = shop.validated(wrong, &[]).await;
    assert_eq!(ended.code, Some(2), "{}", ended.said);
    for expected in [
        "has the finalizer example.org/mine",
        "it is paused",
        "no container `gone`",
        "there is no ConfigMap gone",
        "Deployment shop has no autoscaler",
        "container service of Deployment shop has no such probe",
        "there is no Node no-such-node",
    ] {
        assert!(ended.said.contains(expected), "{expected}: {}", ended.said);
    }
    assert_eq!(shop.snapshot().await, before);
    let open = json!({"metadata": {"finalizers": null}});
    shop.patch("Deployment", Patch::Merge(open)).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn missing_rights_are_named_with_what_they_are_for() {
    let shop = Shop::open("may-not").await;
    let before = shop.snapshot().await;
    let looks = json!([
        {"apiGroups": ["", "apps", "autoscaling", "discovery.k8s.io", "policy"], "resources": ["*"],
         "verbs": ["get", "list", "watch"]}]);
    let (_folder, weak) = account(&shop, looks).await;
    let scenario = format!("{LOAD}faults: [{{at: 1s, evict: {{service: shop}}}}]\n");
    let ended = Controller::validate(&weak, &shop.namespace, shop.system, &scenario, &[])
        .finish(ENDS_WITHIN)
        .await;
    assert_eq!(ended.code, Some(2), "{}", ended.said);
    for expected in [
        "this account may not create pods/eviction, for `evict one of shop`",
        "this account may not create jobs.batch, for the watchdog",
    ] {
        assert!(ended.said.contains(expected), "{expected}: {}", ended.said);
    }
    assert!(!ended.said.contains("may not list pods"), "{}", ended.said);
    let mut after = shop.snapshot().await;
    after.retain(|name, _| !name.ends_with(" weak"));
    assert_eq!(after, before);
    shop.close().await;
}
