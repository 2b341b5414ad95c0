//! Stress of containers whose images hold no shell, from ephemeral containers beside them.

use brunt_kubernetes::{ClusterRun, ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{FaultKind, Pick, PlatformFault};
use k8s_openapi::api::core::v1::{ContainerStatus, Node, Pod};
use kube::api::{Api, ListParams};
use serde_json::{Value, json};

use crate::inject_fault::{LASTS, applied, platform};
use crate::shop::{Shop, until};

const NAMED: &str = "
version: 1
name: shop
services:
  shop: {kubernetes: {name: bare, container: bare}}
";

fn stress(cpu: u32, memory: u32) -> FaultKind {
    platform(PlatformFault::Stress { pick: Pick::One, cpu, memory })
}

/// A container of one program: no shell, no `kill`.
fn bare(name: &str, image: &str, limits: &Value) -> Value {
    json!({"name": name, "image": image, "imagePullPolicy": "IfNotPresent",
        "resources": {"requests": {"cpu": "5m", "memory": "8Mi"}, "limits": limits}})
}

impl Shop {
    /// The image that every node has for its sandboxes.
    async fn one_program(&self) -> String {
        let nodes: Api<Node> = Api::all(self.client.clone());
        let all = nodes.list(&ListParams::default()).await.unwrap();
        let images = all.items.into_iter().filter_map(|node| node.status?.images).flatten();
        let mut names = images.filter_map(|image| image.names).flatten();
        let is_tagged = |name: &String| name.contains("/pause:") && !name.contains('@');
        names.find(is_tagged).expect("no node names its sandbox image")
    }

    async fn deploy_containers(&self, containers: Value) {
        let labels = json!({"app": "bare"});
        let pod = json!({"terminationGracePeriodSeconds": 1, "containers": containers});
        let template = json!({"metadata": {"labels": labels}, "spec": pod});
        let deployment = json!({"metadata": {"name": "bare"},
            "spec": {"selector": {"matchLabels": labels}, "template": template}});
        self.make("apps", "v1", "Deployment", "deployments", deployment).await;
    }

    async fn enter_with_image(&self) -> ClusterRun {
        let image = Some(self.image.clone());
        let options = ClusterRunOptions { image, ..self.options(Watchdog::None, LASTS) };
        self.enter(&options).await
    }

    async fn bare_pod(&self) -> Pod {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &self.namespace);
        let mut all = pods.list(&ListParams::default().labels("app=bare")).await.unwrap().items;
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    async fn beside(&self) -> Vec<ContainerStatus> {
        let status = self.bare_pod().await.status.unwrap_or_default();
        status.ephemeral_container_statuses.unwrap_or_default()
    }
}

fn runs(one: &ContainerStatus) -> bool {
    one.state.as_ref().is_some_and(|state| state.running.is_some())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn stress_from_beside_lasts_as_long_as_the_fault_and_no_longer_than_its_controller() {
    let mut shop = Shop::open("beside").await;
    let limits = json!({"cpu": "200m", "memory": "96Mi"});
    shop.deploy_containers(json!([bare("bare", &shop.one_program().await, &limits)])).await;
    shop.system = NAMED;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let refused = applied(&system, &stress(1, 8)).await.unwrap_err().to_string();
    assert!(refused.contains("name an image of brunt by --image"), "{refused}");
    assert!(shop.beside().await.is_empty());
    assert_eq!(system.teardown().await, [""; 0]);

    let system = shop.enter_with_image().await;
    let stressed = applied(&system, &stress(1, 8)).await.unwrap();
    assert_eq!(stressed.effect().hits, 1);
    assert!(shop.beside().await.iter().all(runs), "{:?}", shop.beside().await);
    let uid = shop.bare_pod().await.metadata.uid;
    let _ = stressed.recover(&system).await.unwrap();
    until("it has ended", || async { !shop.beside().await.iter().any(runs) }).await;

    let stressed = applied(&system, &stress(1, 8)).await.unwrap();
    assert_eq!(shop.beside().await.iter().filter(|one| runs(one)).count(), 1);
    // The controller is gone, and what it knew with it.
    drop((system, stressed));
    until("that has ended as well", || async { !shop.beside().await.iter().any(runs) }).await;
    assert_eq!(shop.bare_pod().await.metadata.uid, uid, "it is the same pod all the time");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn stress_that_meets_the_pods_limit_is_said_to_be_out_of_memory() {
    let mut shop = Shop::open("beside-oom").await;
    let limits = json!({"cpu": "200m", "memory": "32Mi"});
    shop.deploy_containers(json!([bare("bare", &shop.one_program().await, &limits)])).await;
    shop.system = NAMED;
    let system = shop.enter_with_image().await;
    let why = applied(&system, &stress(0, 200)).await.unwrap_err().to_string();
    assert!(why.contains("out of memory; the limit is the pod's, 32Mi"), "{why}");
    assert!(!shop.beside().await.iter().any(runs));
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn stress_that_would_escape_the_containers_limit_is_refused() {
    let mut shop = Shop::open("beside-escapes").await;
    let image = shop.one_program().await;
    let limited = bare("bare", &image, &json!({"memory": "32Mi"}));
    shop.deploy_containers(json!([limited, bare("sidecar", &image, &json!({}))])).await;
    shop.system = NAMED;
    let system = shop.enter_with_image().await;
    let why = applied(&system, &stress(1, 8)).await.unwrap_err().to_string();
    assert!(why.contains("escape its memory limit of 32Mi"), "{why}");
    assert!(why.contains("container sidecar has none"), "{why}");
    assert!(shop.beside().await.is_empty(), "nothing was touched");
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn stress_that_ends_before_its_fault_does_says_so() {
    let mut shop = Shop::open("beside-early").await;
    shop.deploy_containers(json!([bare("bare", &shop.one_program().await, &json!({}))])).await;
    shop.system = NAMED;
    let system = shop.enter_with_image().await;
    let stressed = applied(&system, &stress(0, 8)).await.unwrap();
    // The stress sees the processes of its target, and ends with the first of them.
    let kill = platform(PlatformFault::KillContainer(Pick::One));
    assert_eq!(applied(&system, &kill).await.unwrap().keep().hits, 1);
    until("it has ended", || async { !shop.beside().await.iter().any(runs) }).await;
    let early = stressed.recover(&system).await.unwrap_err();
    assert!(early.has_ended_early(), "{early:?}");
    assert!(early.to_string().contains("the stress in pod bare-"), "{early}");
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}
