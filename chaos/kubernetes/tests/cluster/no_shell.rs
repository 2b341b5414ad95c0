//! A service whose image holds its program and nothing else.

use brunt_kubernetes::{ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{Pick, PlatformFault};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{Api, ListParams};
use serde_json::json;

use crate::inject_fault::{LASTS, applied, platform};
use crate::shop::{Shop, until};

const NAMED: &str = "
version: 1
name: shop
services:
  shop: {kubernetes: {name: bare}}
";

impl Shop {
    /// The image that every node has for its sandboxes: one program, no shell, no `kill`.
    pub async fn sandbox_image(&self) -> String {
        let nodes: Api<Node> = Api::all(self.client.clone());
        let all = nodes.list(&ListParams::default()).await.unwrap();
        let images = all.items.into_iter().filter_map(|node| node.status?.images).flatten();
        let mut names = images.filter_map(|image| image.names).flatten();
        let is_tagged = |name: &String| name.contains("/pause:") && !name.contains('@');
        names.find(is_tagged).expect("no node names its sandbox image")
    }

    async fn deploy_bare(&self) {
        let labels = json!({"app": "bare"});
        let container = json!({"name": "bare", "image": self.sandbox_image().await,
            "imagePullPolicy": "IfNotPresent"});
        let pod = json!({"terminationGracePeriodSeconds": 1, "containers": [container]});
        let template = json!({"metadata": {"labels": labels}, "spec": pod});
        let deployment = json!({"metadata": {"name": "bare"},
            "spec": {"selector": {"matchLabels": labels}, "template": template}});
        self.make("apps", "v1", "Deployment", "deployments", deployment).await;
    }

    async fn restarts_of_bare(&self) -> Vec<i32> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &self.namespace);
        let all = pods.list(&ListParams::default().labels("app=bare")).await.unwrap();
        let statuses = all.items.into_iter().filter_map(|pod| pod.status?.container_statuses);
        statuses.flatten().map(|status| status.restart_count).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_container_without_any_program_is_ended_from_beside_it() {
    let mut shop = Shop::open("no-shell").await;
    shop.deploy_bare().await;
    shop.system = NAMED;
    let end = platform(PlatformFault::KillContainer(Pick::One));
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let refused = applied(&system, &end).await.unwrap_err().to_string();
    assert!(refused.contains("name an image of brunt by --image"), "{refused}");
    assert_eq!(shop.restarts_of_bare().await, [0]);
    assert_eq!(system.teardown().await, [""; 0]);
    let image = Some(shop.image.clone());
    let options = ClusterRunOptions { image, ..shop.options(Watchdog::None, LASTS) };
    let system = shop.enter(&options).await;
    assert_eq!(applied(&system, &end).await.unwrap().keep().hits, 1);
    until("it is started again in place", || async { shop.restarts_of_bare().await == [1] }).await;
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}
