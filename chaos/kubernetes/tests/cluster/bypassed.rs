//! Connections that go past an edge proxy, where the callee's image holds no program to list them.

use brunt_kubernetes::{ClusterRunOptions, Watchdog};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams, Patch};
use serde_json::json;

use crate::accounts::account;
use crate::customers::Crowd;
use crate::inject_fault::LASTS;
use crate::shop::{Shop, until};

/// Rights of manifests/components/controller that a run with an edge proxy needs, but for that to
/// add containers to pods.
fn without_ephemeral_containers() -> serde_json::Value {
    let rule = |group: &str, resources: &[&str], verbs: &[&str]| json!({"apiGroups": [group], "resources": resources, "verbs": verbs});
    let see: &[&str] = &["get", "list", "watch"];
    json!([
        rule("", &["pods", "services", "events", "configmaps"], see),
        rule("apps", &["deployments", "statefulsets", "daemonsets", "replicasets"], see),
        rule("autoscaling", &["horizontalpodautoscalers"], see),
        rule("discovery.k8s.io", &["endpointslices"], see),
        rule("policy", &["poddisruptionbudgets"], see),
        rule("batch", &["jobs"], see),
        rule("", &["pods"], &["create", "delete"]),
        rule("", &["pods/exec", "pods/portforward"], &["create", "get"]),
        rule("", &["services"], &["create", "patch", "delete"]),
        rule("", &["secrets"], &["create"]),
    ])
}

impl Shop {
    /// Names the shop's image by what it is, so that nobody knows it as brunt's; it holds neither
    /// a shell nor `cat`.
    async fn with_an_image_of_no_name(&self) {
        let found = self.pods().await;
        let statuses = found[0].status.clone().unwrap().container_statuses.unwrap();
        let container = json!({"name": "service", "image": statuses[0].image_id,
            "imagePullPolicy": "Never"});
        let template = json!({"spec": {"containers": [container]}});
        let patch = json!({"spec": {"template": template}});
        self.patch("Deployment", Patch::Strategic(patch)).await;
        until("it is rolled out", || async { self.is_rolled_out().await }).await;
    }

    async fn ephemeral_containers(&self) -> usize {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &self.namespace);
        let all = pods.list(&ListParams::default().labels("app=shop")).await.unwrap();
        let of = |pod: &Pod| pod.spec.as_ref()?.ephemeral_containers.as_ref().map(Vec::len);
        all.iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()).filter_map(of).sum()
    }
}

async fn shop_and_gateway(name: &str) -> Shop {
    let shop = Shop::with_gateway(name).await;
    shop.all_ready().await;
    shop.with_an_image_of_no_name().await;
    shop
}

fn options(shop: &Shop) -> ClusterRunOptions {
    let edges = vec![("gateway".to_owned(), "shop".to_owned())];
    let image = Some(shop.image.clone());
    ClusterRunOptions { edges, image, ..shop.options(Watchdog::None, LASTS) }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn connections_past_the_proxy_are_known_of_a_callee_without_any_program() {
    let shop = shop_and_gateway("no-cat").await;
    let quiet = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    // The gateway keeps its connections to the shop while it has something to do.
    let crowd = Crowd::of(&quiet, &[("gateway", 1)]);
    crowd.buys_more().await;
    let system = shop.enter(&options(&shop)).await;
    let gaps = system.gaps();
    let kept = gaps.iter().any(|gap| gap.what.contains("gateway kept connections to shop"));
    assert!(kept, "{gaps:?}");
    assert!(!gaps.iter().any(|gap| gap.what.contains("is not known")), "{gaps:?}");
    assert_eq!(shop.ephemeral_containers().await, 2, "one in each of the shop's pods");
    let _ = crowd.goes().await;
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(quiet.teardown().await, [""; 0]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn where_nobody_may_look_at_a_callees_connections_the_run_says_that_it_does_not_know() {
    let shop = shop_and_gateway("may-not-look").await;
    let (_folder, kubeconfig) = account(&shop, without_ephemeral_containers()).await;
    let mut options = options(&shop);
    options.target.kubeconfig = Some(kubeconfig.into());
    let system = shop.enter(&options).await;
    let gaps = system.gaps();
    let unknown = gaps.iter().find(|gap| gap.what.contains("is not known"));
    let what = &unknown.unwrap_or_else(|| panic!("{gaps:?}")).what;
    assert!(what.contains("ephemeralcontainers"), "{what}");
    assert_eq!(shop.ephemeral_containers().await, 0);
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}
