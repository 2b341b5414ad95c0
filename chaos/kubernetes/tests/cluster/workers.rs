//! Load workers inside the cluster: what ends them before their time is named, and none outlives
//! its controller.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, EvictParams, ListParams};

use crate::controller::Controller;
use crate::shop::{Shop, until};

const ENDS_WITHIN: Duration = Duration::from_secs(180);

const INSIDE: [&str; 4] = ["--from", "inside", "--workers", "3"];

const LOAD: &str = "load: [{name: looks, closed: {users: 3, think: 50ms..100ms}, for: 15s, get: \
    shop/isHealthy}]\nexpect: [{availability: {of: looks, atLeast: 90%}}]\nlimits: {maxDuration: \
    60s}\n";

fn pods(shop: &Shop) -> Api<Pod> {
    Api::namespaced(shop.client.clone(), &shop.namespace)
}

/// The load workers that run, by their place.
async fn working(shop: &Shop) -> Vec<Pod> {
    let params = ListParams::default().labels("app.kubernetes.io/name=brunt-load");
    let mut all = pods(shop).list(&params).await.unwrap().items;
    all.retain(|pod| {
        pod.status.as_ref().and_then(|status| status.phase.as_deref()) == Some("Running")
    });
    all.sort_by_key(|pod| pod.labels()["batch.kubernetes.io/job-completion-index"].clone());
    all
}

async fn with_workers(shop: &Shop) -> Controller {
    let mut controller = Controller::start(shop, LOAD, &INSIDE);
    assert!(controller.says("load for", ENDS_WITHIN).await, "{:?}", controller.said());
    controller
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn workers_generate_the_load_together() {
    let shop = Shop::open("workers").await;
    shop.all_ready().await;
    let before = shop.snapshot_with_pods().await;
    let ended = Controller::start(&shop, LOAD, &INSIDE).finish(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    until("nothing of them is left", || async { shop.snapshot_with_pods().await == before }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_worker_that_is_killed_or_evicted_is_named_with_the_reason() {
    let shop = Shop::open("killed-worker").await;
    shop.all_ready().await;
    let before = shop.snapshot_with_pods().await;
    for (evicts, reason) in [(true, "evict"), (false, "deleted")] {
        let controller = with_workers(&shop).await;
        let victim = working(&shop).await[1].name_any();
        if evicts {
            pods(&shop).evict(&victim, &EvictParams::default()).await.unwrap();
        } else {
            pods(&shop).delete(&victim, &DeleteParams::default().grace_period(0)).await.unwrap();
        }
        let ended = controller.finish(ENDS_WITHIN).await;
        assert_eq!(ended.code, Some(3), "{}", ended.said);
        let why = ended
            .said
            .to_lowercase()
            .split_once("load worker 2 of 3: ")
            .map(|(_, why)| why.to_owned());
        let why = why.unwrap_or_else(|| panic!("{}", ended.said));
        assert!(why[..120].contains(reason), "{reason}: {why}");
        until("nothing of them is left", || async { shop.snapshot_with_pods().await == before })
            .await;
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn no_worker_outlives_its_controller() {
    let shop = Shop::open("orphans").await;
    shop.all_ready().await;
    let before = shop.snapshot_with_pods().await;
    let mut controller = with_workers(&shop).await;
    assert_eq!(working(&shop).await.len(), 3);
    assert!(controller.kill());
    let killed = std::time::Instant::now();
    until("no worker works", || async { working(&shop).await.is_empty() }).await;
    println!(
        "no worker worked {:.1} s after its controller was killed",
        killed.elapsed().as_secs_f64()
    );
    // Much sooner than by the Job's deadline, or with the load's end.
    assert!(killed.elapsed() < Duration::from_secs(10), "{:?}", killed.elapsed());
    until("nothing of them is left", || async { shop.snapshot_with_pods().await == before }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn at_a_low_rate_every_worker_stays_until_the_load_ends() {
    let shop = Shop::open("slow-load").await;
    shop.all_ready().await;
    // The second worker's only arrival is in the second second, and the third's in the fourth.
    let load = "load: [{name: looks, open: {rate: 0.5/s}, for: 12s, get: shop/isHealthy}]\n\
        expect: [{availability: {of: looks, atLeast: 10%}}]\nlimits: {maxDuration: 60s}\n";
    let ended = Controller::start(&shop, load, &INSIDE).finish(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(ended.said.contains("6 requests"), "{}", ended.said);
    shop.close().await;
}
