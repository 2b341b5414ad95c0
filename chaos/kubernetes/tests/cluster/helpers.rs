//! Pods of brunt's own: what the user gives them, and what is said when one cannot start.

use std::time::{Duration, Instant};

use brunt_kubernetes::{ClusterRunOptions, LoadJob, Watchdog};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams};
use serde_json::json;

use crate::inject_fault::LASTS;
use crate::shop::{Shop, resource, until};

/// How long it may take until it is clear, and said, that a helper cannot start. It takes about
/// 3 s, and more beside other tests. Whoever does not look at the reason waits for a minute.
const SOON: Duration = Duration::from_secs(15);

const CONFIGURED: &str = "
version: 1
name: shop
kubernetes:
  helpers:
    labels: {team: shop}
    annotations: {sidecar.example.org/inject: 'false'}
    nodeSelector: {kubernetes.io/os: linux}
    tolerations: [{key: dedicated, operator: Exists, effect: NoSchedule}]
    resources: {requests: {cpu: 7m}, limits: {memory: 96Mi}}
services:
  shop: {}
";

/// No node has this label.
const NOWHERE: &str = "
version: 1
name: shop
kubernetes: {helpers: {nodeSelector: {brunt.example.org/nowhere: 'true'}}}
services:
  shop: {}
  gateway: {calls: {shop: {}}}
";

impl Shop {
    async fn pods_with(&self, labels: &str) -> Vec<Pod> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &self.namespace);
        pods.list(&ListParams::default().labels(labels)).await.unwrap().items
    }

    /// A quota that is used up by what is there.
    pub async fn full_quota(&self, pods: u32) {
        let quota =
            json!({"metadata": {"name": "full"}, "spec": {"hard": {"pods": pods.to_string()}}});
        self.make("", "v1", "ResourceQuota", "resourcequotas", quota).await;
    }
}

fn must_say(what: &str, why: &str, began: Instant) {
    assert!(why.contains(what), "{why}");
    assert!(began.elapsed() < SOON, "{:?}: {why}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn helper_pods_get_what_the_system_file_says() {
    let mut shop = Shop::without_autoscaler("configured").await;
    let before = shop.settled().await;
    shop.system = CONFIGURED;
    let system = shop.enter(&shop.options(Watchdog::Job(None), LASTS)).await;
    let load = LoadJob { workers: 1, image: None, task: "{}".to_owned() };
    // It reads its task and ends; that it was made is enough here.
    let _ = system.start_workers(&load).await;
    let watchdog = shop.pods_with("app.kubernetes.io/name=brunt-revert,team=shop").await;
    let pod = serde_json::to_value(&watchdog[0]).unwrap();
    assert_eq!(pod["metadata"]["annotations"]["sidecar.example.org/inject"], "false");
    assert_eq!(pod["spec"]["nodeSelector"]["kubernetes.io/os"], "linux");
    let tolerations = pod["spec"]["tolerations"].as_array().unwrap();
    assert!(tolerations.iter().any(|one| one["key"] == "dedicated"), "{tolerations:?}");
    let resources = &pod["spec"]["containers"][0]["resources"];
    assert_eq!(
        *resources,
        json!({"requests": {"cpu": "7m", "memory": "96Mi"},
        "limits": {"memory": "96Mi"}})
    );
    assert_eq!(system.teardown().await, [""; 0]);
    until("nothing of them is left", || async { shop.snapshot().await == before }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_helper_that_no_node_takes_says_so_soon() {
    let mut shop = Shop::with_gateway("nowhere").await;
    shop.all_ready().await;
    let before = shop.snapshot_with_pods().await;
    shop.system = NOWHERE;
    let no_node = "didn't match Pod's node affinity/selector";
    let began = Instant::now();
    let options = shop.options(Watchdog::Job(None), LASTS);
    let watchdog = shop.try_start(&options).await.err().unwrap().to_string();
    must_say(no_node, &watchdog, began);

    let edges = vec![("gateway".to_owned(), "shop".to_owned())];
    let options = ClusterRunOptions { edges, ..shop.options(Watchdog::None, LASTS) };
    let system = shop.start(&options).await;
    let began = Instant::now();
    let proxy = system.ready().await.err().unwrap().to_string();
    must_say(no_node, &proxy, began);
    assert_eq!(system.teardown().await, [""; 0]);

    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let began = Instant::now();
    let load = LoadJob { workers: 2, image: None, task: "{}".to_owned() };
    let worker = system.start_workers(&load).await.err().unwrap().to_string();
    must_say(no_node, &worker, began);
    assert_eq!(system.teardown().await, [""; 0]);
    until("nothing of them is left", || async { shop.snapshot_with_pods().await == before }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_quota_and_a_pull_that_fails_are_reported_in_the_events_own_words() {
    let shop = Shop::with_gateway("quota").await;
    shop.all_ready().await;
    let pull = Watchdog::Job(Some("127.0.0.1:9/no-such-image:1".to_owned()));
    let began = Instant::now();
    let why = shop.try_start(&shop.options(pull, LASTS)).await.err().unwrap().to_string();
    must_say("127.0.0.1:9/no-such-image:1", &why, began);
    until("its pod is gone", || async {
        shop.pods_with("app.kubernetes.io/name=brunt-revert").await.is_empty()
    })
    .await;

    shop.full_quota(3).await;
    until("the quota is counted", || async {
        let api = shop.api(&resource("", "v1", "ResourceQuota", "resourcequotas"));
        api.get("full").await.unwrap().data["status"]["used"]["pods"] == "3"
    })
    .await;
    let began = Instant::now();
    let options = shop.options(Watchdog::Job(None), LASTS);
    let why = shop.try_start(&options).await.err().unwrap().to_string();
    must_say("exceeded quota: full", &why, began);
    let edges = vec![("gateway".to_owned(), "shop".to_owned())];
    let options = ClusterRunOptions { edges, ..shop.options(Watchdog::None, LASTS) };
    let system = shop.start(&options).await;
    let began = Instant::now();
    let why = system.ready().await.err().unwrap().to_string();
    must_say("exceeded quota: full", &why, began);
    assert!(why.contains("--helper-config"), "{why}");
    assert_eq!(system.teardown().await, [""; 0]);
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let began = Instant::now();
    let load = LoadJob { workers: 1, image: None, task: "{}".to_owned() };
    let why = system.start_workers(&load).await.err().unwrap().to_string();
    must_say("exceeded quota: full", &why, began);
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}
