//! What a service of the system file means on a cluster where several things could be meant.

use brunt_faults::with_causes;
use brunt_kubernetes::{ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{Pick, PlatformFault};
use brunt_scenarios::scenario::ProbeKind;
use kube::api::Patch;
use serde_json::{Value, json};

use crate::inject_fault::{LASTS, applied, planned, platform};
use crate::shop::{Shop, until};

const SPEC: &str = "/spec/template/spec/containers";

impl Shop {
    /// Puts a sidecar before the service's own container, as injectors do.
    async fn add_sidecar(&self) {
        let service = self.deployment().await.pointer(SPEC).unwrap()[0].clone();
        let mut sidecar = self.pod("stock", &json!([]))["containers"][0].clone();
        sidecar["name"] = json!("shipper");
        sidecar["ports"] = json!([{"containerPort": 9102}]);
        let is_port = |one: &&mut Value| one["name"] == "PORT";
        let env = sidecar["env"].as_array_mut().unwrap();
        env.iter_mut().find(is_port).unwrap()["value"] = json!("9102");
        for probe in ["readinessProbe", "livenessProbe"] {
            sidecar.as_object_mut().unwrap().remove(probe);
        }
        let spec = json!({"containers": [sidecar, service]});
        self.patch("Deployment", Patch::Merge(json!({"spec": {"template": {"spec": spec}}}))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn faults_hit_the_container_that_the_service_leads_to_and_not_the_first() {
    let shop = Shop::without_autoscaler("sidecar").await;
    shop.add_sidecar().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let before = shop.snapshot().await;
    let end = platform(PlatformFault::KillContainer(Pick::One));
    assert_eq!(applied(&system, &end).await.unwrap().keep().hits, 1);
    until("the service has been started again", || async { restarts(&shop, "service").await == 1 })
        .await;
    assert_eq!(restarts(&shop, "shipper").await, 0);

    let env = [("PORT".to_owned(), "8080".to_owned()), ("A".to_owned(), "b".to_owned())];
    let set =
        applied(&system, &platform(PlatformFault::SetEnv { env: env.into(), containers: vec![] }))
            .await
            .unwrap();
    let containers = shop.deployment().await.pointer(SPEC).unwrap().clone();
    assert!(!containers[0]["env"].to_string().contains("\"A\""), "{containers}");
    let names = containers[1]["env"].as_array().unwrap().iter().map(|one| one["name"].clone());
    assert_eq!(names.collect::<Vec<_>>(), ["HOST", "PORT", "DATA_DIR", "A"], "in their places");
    set.recover(&system).await.unwrap();
    let probe = PlatformFault::Probe { which: ProbeKind::Readiness, path: None };
    let removed = applied(&system, &platform(probe)).await.unwrap();
    let service = shop.deployment().await.pointer(SPEC).unwrap()[1].clone();
    assert_eq!(service.get("readinessProbe"), None);
    removed.recover(&system).await.unwrap();
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

/// How often containers of this name have been started again.
async fn restarts(shop: &Shop, container: &str) -> i32 {
    let pods = shop.pods().await;
    let all = pods.iter().flat_map(|pod| pod.status.iter().flat_map(|one| &one.container_statuses));
    all.flatten().filter(|one| one.name == container).map(|one| one.restart_count).sum()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn what_is_not_clear_is_an_error_with_all_that_could_be_meant() {
    let shop = Shop::open("unclear").await;
    let options = shop.options(Watchdog::None, LASTS);
    shop.add_sidecar().await;
    let elsewhere = json!({"spec": {"ports": [{"port": 8080, "targetPort": 1}]}});
    shop.patch("Service", Patch::Merge(elsewhere)).await;
    let unclear = shop.try_start(&options).await.err().unwrap().to_string();
    assert!(unclear.contains("the containers shipper, service"), "{unclear}");
    let meta = json!({"annotations": {"kubectl.kubernetes.io/default-container": "service"}});
    let annotated = json!({"spec": {"template": {"metadata": meta}}});
    shop.patch("Deployment", Patch::Merge(annotated)).await;
    assert!(shop.try_start(&options).await.is_ok());
    // A StatefulSet of the same name.
    let labels = json!({"app": "other"});
    let template = json!({"metadata": {"labels": labels}, "spec": shop.pod("stock", &json!([]))});
    let set = json!({
        "metadata": {"name": "shop"},
        "spec": {"serviceName": "shop", "replicas": 0, "selector": {"matchLabels": labels},
            "template": template},
    });
    shop.make("apps", "v1", "StatefulSet", "statefulsets", set).await;
    let both = shop.try_start(&options).await.err().unwrap().to_string();
    assert!(both.contains("Deployment shop, StatefulSet shop"), "{both}");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn the_port_for_requests_is_not_the_one_for_metrics_and_is_not_guessed() {
    let shop = Shop::without_autoscaler("which-port").await;
    shop.all_ready().await;
    let ports = |first: Value| {
        let web = json!({"name": "web", "port": 8080});
        Patch::Merge(json!({"spec": {"ports": [first, web]}}))
    };
    shop.patch("Service", ports(json!({"name": "http-metrics", "port": 9102}))).await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    assert!(system.url("shop").unwrap().ends_with(":8080"), "{:?}", system.url("shop"));
    assert_eq!(system.teardown().await, [""; 0]);
    shop.patch("Service", ports(json!({"name": "grpc", "port": 9090}))).await;
    let options = shop.options(Watchdog::None, LASTS);
    let unclear = shop.try_start(&options).await.err().unwrap().to_string();
    assert!(unclear.contains("grpc (9090), web (8080)"), "{unclear}");
    shop.close().await;
}

/// It holds the pod together, or it is the node's.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_first_process_that_is_not_the_containers_own_is_not_ended() {
    let shop = Shop::without_autoscaler("first-process").await;
    for shared in ["shareProcessNamespace", "hostPID"] {
        let mut pod = json!({"shareProcessNamespace": null, "hostPID": null});
        pod[shared] = json!(true);
        let patch = json!({"spec": {"template": {"spec": pod}}});
        shop.patch("Deployment", Patch::Strategic(patch)).await;
        until("it is rolled out", || async { shop.is_rolled_out().await }).await;
        let before = shop.settled().await;
        let end = platform(PlatformFault::KillContainer(Pick::All));
        let planned =
            ClusterRunOptions { faults: planned(&end), ..shop.options(Watchdog::None, LASTS) };
        let refused = shop.try_start(&planned).await.err().unwrap().to_string();
        assert!(refused.contains(shared), "{refused}");
        let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
        let refused = applied(&system, &end).await.unwrap_err();
        assert!(with_causes(&refused).contains(shared), "{refused:?}");
        assert_eq!(restarts(&shop, "service").await, 0);
        assert_eq!(system.teardown().await, [""; 0]);
        assert_eq!(shop.snapshot().await, before);
    }
    shop.close().await;
}
