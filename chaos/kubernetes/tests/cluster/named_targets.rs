//! What the system file names of a service on a cluster: its workload, container, Service and port.

use std::time::Duration;

use brunt_faults::FaultTarget;
use brunt_kubernetes::{ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{FaultKind, Pick, PlatformFault};
use kube::ResourceExt;
use serde_json::{Value, json};

use crate::customers::Customer;
use crate::inject_fault::{LASTS, applied, planned, platform};
use crate::shop::{Shop, resource, until};

const SPEC: &str = "/spec/template/spec/containers";

/// The shop by what its manifests say, with nothing to start it here.
const NAMED: &str = "
version: 1
name: shop
services:
  shop: {kubernetes: {kind: Deployment, name: front-office, container: service, service: orders, port: web}}
";

impl Shop {
    /// A workload with another name than the service has, beside one with its very name; and two
    /// Services that lead to the first, one with a further port before the one for requests.
    async fn add_namesake(&self) {
        let labels = json!({"app": "front-office"});
        let mut pod = self.pod("stock", &json!([]));
        let mut sidecar = pod["containers"][0].clone();
        sidecar["name"] = json!("shipper");
        let is_port = |one: &&mut Value| one["name"] == "PORT";
        let env = sidecar["env"].as_array_mut().unwrap();
        env.iter_mut().find(is_port).unwrap()["value"] = json!("9102");
        sidecar["ports"] = json!([{"containerPort": 9102}]);
        for probe in ["readinessProbe", "livenessProbe"] {
            sidecar.as_object_mut().unwrap().remove(probe);
        }
        pod["containers"].as_array_mut().unwrap().insert(0, sidecar);
        let template = json!({"metadata": {"labels": labels}, "spec": pod});
        let deployment = json!({
            "metadata": {"name": "front-office", "labels": {"app.kubernetes.io/name": "other"}},
            "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template},
        });
        self.make("apps", "v1", "Deployment", "deployments", deployment).await;
        let metrics = json!({"name": "metrics", "port": 9102});
        let web = json!({"name": "web", "port": 8080});
        for (name, ports) in [("orders", json!([metrics, web])), ("orders-admin", json!([metrics]))]
        {
            let service =
                json!({"metadata": {"name": name}, "spec": {"selector": labels, "ports": ports}});
            self.make("", "v1", "Service", "services", service).await;
        }
    }

    /// The names of the pods with the service's own name as their label.
    async fn namesakes(&self) -> Vec<String> {
        self.pods().await.iter().map(ResourceExt::name_any).collect()
    }

    async fn office(&self) -> Value {
        let api = self.api(&resource("apps", "v1", "Deployment", "deployments"));
        serde_json::to_value(api.get("front-office").await.unwrap()).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn what_the_system_file_names_wins_over_every_guess() {
    let mut shop = Shop::without_autoscaler("named").await;
    shop.add_namesake().await;
    shop.system = NAMED;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let before = shop.snapshot().await;
    let customer = Customer::keeping(&system, "shop", 0);
    until("requests go to the port that is named", || async {
        customer.buys().await.0 == Some(201)
    })
    .await;
    let kill = FaultKind::Kill {
        services: vec!["shop".to_owned()],
        pick: Pick::All,
        grace: Duration::ZERO,
    };
    let theirs = shop.namesakes().await;
    assert_eq!(applied(&system, &kill).await.unwrap().keep().hits, 2);
    assert_eq!(shop.namesakes().await, theirs, "the namesake's pods are nobody's business");
    until("both are back", || async { system.census("shop").await.unwrap().ready() == 2 }).await;
    let set = PlatformFault::SetEnv {
        env: [("A".to_owned(), "b".to_owned())].into(),
        containers: vec!["shipper".to_owned()],
    };
    let set = applied(&system, &platform(set)).await.unwrap();
    let office = shop.office().await;
    let has = |index: usize| {
        let env = office.pointer(SPEC).unwrap()[index]["env"].as_array().unwrap();
        env.iter().any(|one| one["name"] == "A")
    };
    assert_eq!((has(0), has(1)), (true, false), "the container that the fault names");
    set.recover(&system).await.unwrap();
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn names_in_the_system_file_that_fit_nothing_say_what_there_is() {
    let mut shop = Shop::open("misnamed").await;
    shop.add_namesake().await;
    let options = shop.options(Watchdog::None, LASTS);
    let wrong = [
        ("{name: gone}", "looked for gone"),
        ("{kind: StatefulSet}", "no StatefulSet for the service `shop`"),
        ("{selector: {app: gone}}", "pods with the labels app=gone"),
        ("{name: front-office, container: gone}", "they have shipper, service"),
        (
            "{name: front-office, container: service, service: gone}",
            "there are orders, orders-admin, shop",
        ),
        (
            "{name: front-office, container: service, service: shop}",
            "does not lead to the pods of Deployment front-office",
        ),
        (
            "{name: front-office, container: service, service: orders, port: gone}",
            "it has metrics (9102), web (8080)",
        ),
    ];
    for (named, expected) in wrong {
        let file = format!("version: 1\nname: shop\nservices:\n  shop: {{kubernetes: {named}}}\n");
        shop.system = Box::leak(file.into_boxed_str());
        let why = shop.try_start(&options).await.err().unwrap().to_string();
        assert!(why.contains(expected), "{named}: {why}");
    }
    // A fault that names a container which is not there does not begin.
    shop.system = NAMED;
    let env = [("A".to_owned(), "b".to_owned())].into();
    let set = PlatformFault::SetEnv { env, containers: vec!["gone".to_owned()] };
    let options = ClusterRunOptions { faults: planned(&platform(set)), ..options };
    let why = shop.try_start(&options).await.err().unwrap().to_string();
    assert!(why.contains("no container `gone`"), "{why}");
    shop.close().await;
}
