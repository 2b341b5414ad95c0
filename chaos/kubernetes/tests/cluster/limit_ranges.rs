//! Pods of brunt's own that a limit range of the namespace does not admit.

use std::time::{Duration, Instant};

use brunt_kubernetes::{ClusterRunOptions, LoadJob, Watchdog};
use serde_json::json;

use crate::inject_fault::LASTS;
use crate::shop::Shop;

/// How long it may take until it is clear, and said, that a helper cannot start.
const SOON: Duration = Duration::from_secs(5);

const NO_MEMORY: &str = "
version: 1
name: shop
kubernetes: {helpers: {resources: {limits: {memory: 128Mi}}}}
services:
  shop: {}
  gateway: {calls: {shop: {}}}
";

fn must_name_the_range(why: &str, began: Instant) {
    assert!(why.contains("maximum memory usage per Container is 64Mi"), "{why}");
    assert!(began.elapsed() < SOON, "{:?}: {why}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_limit_range_that_keeps_a_helper_out_is_reported_in_its_own_words_within_moments() {
    let mut shop = Shop::with_gateway("range").await;
    shop.all_ready().await;
    let range = json!({"metadata": {"name": "small"}, "spec": {"limits": [
        {"type": "Container", "max": {"memory": "64Mi"}}]}});
    shop.make("", "v1", "LimitRange", "limitranges", range).await;
    let before = shop.snapshot_with_pods().await;
    shop.system = NO_MEMORY;

    let began = Instant::now();
    let options = shop.options(Watchdog::Job(None), LASTS);
    let why = shop.try_start(&options).await.err().unwrap().to_string();
    must_name_the_range(&why, began);

    let edges = vec![("gateway".to_owned(), "shop".to_owned())];
    let options = ClusterRunOptions { edges, ..shop.options(Watchdog::None, LASTS) };
    let system = shop.start(&options).await;
    let began = Instant::now();
    let why = system.ready().await.err().unwrap().to_string();
    must_name_the_range(&why, began);
    assert_eq!(system.teardown().await, [""; 0]);

    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let began = Instant::now();
    let load = LoadJob { workers: 2, image: None, task: "{}".to_owned() };
    let why = system.start_workers(&load).await.err().unwrap().to_string();
    must_name_the_range(&why, began);
    assert_eq!(system.teardown().await, [""; 0]);
    crate::shop::until("nothing of them is left", || async {
        shop.snapshot_with_pods().await == before
    })
    .await;
    shop.close().await;
}
