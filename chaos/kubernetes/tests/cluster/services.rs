//! Edge proxies before Services of every kind: what they lead to, and at which ports.

use std::time::Duration;

use brunt_kubernetes::{ClusterRun, ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{AbortStatus, EdgeFault, FaultKind};
use kube::api::{DeleteParams, Patch};
use serde_json::{Value, json};

use crate::customers::Customer;
use crate::inject_fault::{LASTS, applied};
use crate::shop::{Shop, resource, until};

fn options(shop: &Shop) -> ClusterRunOptions {
    let edges = vec![("gateway".to_owned(), "shop".to_owned())];
    ClusterRunOptions { edges, ..shop.options(Watchdog::Job(None), LASTS) }
}

/// The shop's pod with a sidecar that comes first and serves something else, as an
/// injector puts it.
fn with_sidecar(shop: &Shop) -> Value {
    let mut pod = shop.pod("stock", &json!([]));
    pod["containers"][0]["ports"] = json!([{"name": "http", "containerPort": 8080}]);
    let mut sidecar = shop.pod("product", &json!([]))["containers"][0].clone();
    sidecar["name"] = json!("sidecar");
    sidecar["ports"] = json!([{"name": "metrics", "containerPort": 9102}]);
    sidecar["env"][1]["value"] = json!("9102");
    for probe in ["readinessProbe", "livenessProbe"] {
        sidecar.as_object_mut().unwrap().remove(probe);
    }
    pod["containers"].as_array_mut().unwrap().insert(0, sidecar);
    pod
}

async fn replace_service(shop: &Shop, name: &str, spec: Value) {
    let services = shop.api(&resource("", "v1", "Service", "services"));
    let _ = services.delete(name, &DeleteParams::default()).await;
    let service = json!({"metadata": {"name": name}, "spec": spec});
    shop.make("", "v1", "Service", "services", service).await;
}

async fn requests(system: &ClusterRun) -> u64 {
    let edges = system.edge_records().await;
    edges.iter().find(|edge| edge.from.as_deref() == Some("gateway")).unwrap().requests
}

/// That the gateway's purchases go through, and that a fault hits them.
async fn is_proxied(system: &ClusterRun) {
    let customer = Customer::of(system, "gateway");
    until("it is served", || async { customer.buys().await.0 == Some(201) }).await;
    let before = requests(system).await;
    assert_eq!(customer.buys().await.0, Some(201));
    assert_eq!(requests(system).await, before + 1, "past the edge proxy");
    let (from, to) = ("gateway".to_owned(), "shop".to_owned());
    let fault = EdgeFault::Abort { status: AbortStatus::Http(418), share: 1.0 };
    let fault = applied(system, &FaultKind::Edge { from, to, fault }).await.unwrap();
    assert_eq!(customer.buys().await.0, Some(418));
    assert_eq!(fault.recover(system).await.unwrap().hits, 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_callee_behind_a_sidecar_keeps_all_named_ports_of_its_service() {
    let shop = Shop::with_gateway("ports").await;
    let labels = json!({"labels": {"part": "all"}});
    let spec = json!({"spec": {"template": {"metadata": labels, "spec": with_sidecar(&shop)}}});
    shop.patch("Deployment", Patch::Merge(spec)).await;
    let ports = json!([
        {"name": "metrics", "port": 9102, "targetPort": "metrics"},
        {"name": "http", "port": 8080, "targetPort": "http"},
    ]);
    replace_service(&shop, "shop", json!({"selector": {"app": "shop"}, "ports": ports})).await;
    // Another one that leads to the same pods comes first by its name.
    let all = json!({"selector": {"part": "all"}, "ports": [{"port": 1}]});
    replace_service(&shop, "all", all).await;
    let before = shop.snapshot().await;
    let system = shop.start(&options(&shop)).await;
    system.ready().await.unwrap();
    is_proxied(&system).await;
    let metrics = system.url("shop").unwrap().replace(":8080", ":9102") + "/actuator/health";
    let sidecar = Customer::of(&system, "shop").client;
    let served = || async {
        sidecar.get(&metrics).send().await.is_ok_and(|reply| reply.status().is_success())
    };
    until("the second port leads to the sidecar", served).await;
    assert_eq!(system.teardown().await, [""; 0]);
    until("the namespace is as it was", || async { shop.snapshot().await == before }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_headless_service_leads_to_the_edge_proxy_and_back() {
    let shop = Shop::with_gateway("headless").await;
    let port = json!([{"port": 8080}]);
    let spec = json!({"clusterIP": "None", "selector": {"app": "shop"}, "ports": port});
    replace_service(&shop, "shop", spec).await;
    let before = shop.snapshot().await;
    let system = shop.start(&options(&shop)).await;
    system.ready().await.unwrap();
    is_proxied(&system).await;
    assert_eq!(system.teardown().await, [""; 0]);
    until("the namespace is as it was", || async { shop.snapshot().await == before }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_service_that_no_edge_proxy_can_stand_for_is_refused_before_anything_is_touched() {
    let shop = Shop::with_gateway("refused").await;
    let external = json!({"type": "ExternalName", "externalName": "shop.example.org"});
    let mixed = json!({"selector": {"app": "shop"}, "ports": [
        {"name": "http", "port": 8080}, {"name": "dns", "port": 53, "protocol": "UDP"}]});
    for (spec, says) in [(external, "shop.example.org"), (mixed, "UDP port 53")] {
        replace_service(&shop, "shop", spec).await;
        let before = shop.snapshot().await;
        let started = shop.try_start(&options(&shop)).await;
        let error = started.err().unwrap().to_string();
        assert!(error.contains("shop") && error.contains(says), "{error}");
        assert_eq!(shop.snapshot().await, before);
    }
    shop.close().await;
}

/// The pod's environment, its arguments and what may be read of it say nothing of the token.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn the_token_of_the_control_port_is_in_a_secret_alone_and_goes_with_the_proxy() {
    let shop = Shop::with_gateway("token").await;
    let options = ClusterRunOptions { max_duration: Duration::from_secs(120), ..options(&shop) };
    let system = shop.start(&options).await;
    system.ready().await.unwrap();
    let name = format!("brunt-shop-{}", options.run);
    let secrets = shop.api(&resource("", "v1", "Secret", "secrets"));
    let secret = serde_json::to_value(secrets.get(&name).await.unwrap()).unwrap();
    let encoded = secret["data"]["token"].as_str().unwrap();
    // 64 characters, in base64.
    assert_eq!(encoded.len(), 88, "{encoded}");
    let pods = shop.api(&resource("", "v1", "Pod", "pods"));
    let pod = serde_json::to_value(pods.get(&name).await.unwrap()).unwrap();
    assert_eq!(pod["spec"]["containers"][0]["env"], Value::Null);
    assert_eq!(system.teardown().await, [""; 0]);
    until("the secret is gone", || async { secrets.get_opt(&name).await.unwrap().is_none() }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn an_edge_proxy_that_dies_is_taken_out_of_its_place_and_the_run_says_so() {
    let shop = Shop::with_gateway("dies").await;
    let before = shop.snapshot().await;
    let options = options(&shop);
    let system = shop.start(&options).await;
    system.ready().await.unwrap();
    is_proxied(&system).await;
    let (from, to) = ("gateway".to_owned(), "shop".to_owned());
    let fault = EdgeFault::Abort { status: AbortStatus::Http(418), share: 1.0 };
    let fault = applied(&system, &FaultKind::Edge { from, to, fault }).await.unwrap();
    let pods = shop.api(&resource("", "v1", "Pod", "pods"));
    let name = format!("brunt-shop-{}", options.run);
    pods.delete(&name, &DeleteParams::default().grace_period(0)).await.unwrap();
    let died = std::time::Instant::now();
    let led_back = || async { shop.object("Service").await["spec"]["selector"]["app"] == "shop" };
    until("the Service leads to the shop again", led_back).await;
    println!("led back after {:?}", died.elapsed());
    let customer = Customer::of(&system, "gateway");
    until("it is served", || async { customer.buys().await.0 == Some(201) }).await;
    let gaps = system.gaps();
    assert!(gaps.iter().any(|gap| gap.to.is_none() && gap.what.contains("taken out")), "{gaps:?}");
    assert_eq!(system.edge_records().await, [], "what it had counted is lost");
    assert_eq!(fault.recover(&system).await.unwrap().hits, 0);
    assert_eq!(system.teardown().await, [""; 0]);
    until("the namespace is as it was", || async { shop.snapshot().await == before }).await;
    shop.close().await;
}
