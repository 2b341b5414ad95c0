//! One system in two namespaces: a gateway in one, and the shop that it calls in the other.

use std::time::Duration;

use brunt_faults::{FaultTarget, NodeTarget};
use brunt_kubernetes::{
    ClusterRun, ClusterRunOptions, RunSelector, Watchdog, find_leftovers, preview, revert_in,
};
use brunt_scenarios::plan::{
    AbortStatus, EdgeFault, FaultKind, NodeFault, NodePick, Pick, PlatformFault,
};
use brunt_scenarios::source::Source;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, PostParams};
use kube::core::ApiResource;
use serde_json::{Value, json};

use crate::customers::Customer;
use crate::inject_fault::{LASTS, applied, planned};
use crate::shop::{NODES, Shop, resource, until};
use crate::snapshot::{self, Snapshot};

/// The shop of the one namespace, which calls the store in the other.
struct TwoNamespaces {
    shop: Shop,
    /// The namespace of the store.
    other: String,
}

impl TwoNamespaces {
    async fn open(name: &str) -> Self {
        let mut shop = Shop::without_autoscaler(name).await;
        let other = format!("{}-data", shop.namespace);
        let spaces: Api<DynamicObject> =
            Api::all_with(shop.client.clone(), &resource("", "v1", "Namespace", "namespaces"));
        let space = json!({"metadata": {"name": other}});
        let space: DynamicObject = serde_json::from_value(space).unwrap();
        spaces.create(&PostParams::default(), &space).await.unwrap();
        let system = format!(
            "version: 1\nname: shop\nservices:\n  shop: {{}}\n  store: {{kubernetes: {{namespace: \
             {other}, name: shop}}, startsWithin: 5s}}\n  gateway: {{calls: {{store: {{}}}}}}\n"
        );
        // It is read by each start of a run, and tests end with their process.
        shop.system = Box::leak(system.into_boxed_str());
        let both = Self { shop, other };
        both.deploy_store().await;
        both.deploy_gateway().await;
        both
    }

    /// Of the same name as the shop's, so that nothing is told apart by names.
    async fn deploy_store(&self) {
        self.deploy("shop", 2, self.shop.pod("stock", &json!([])), &self.other).await;
    }

    async fn deploy_gateway(&self) {
        let url = format!("http://shop.{}:8080", self.other);
        let calls = json!([{"name": "API_STOCK_URL", "value": url}]);
        let pod = self.shop.pod("gateway", &calls);
        self.deploy("gateway", 1, pod, &self.shop.namespace).await;
    }

    async fn deploy(&self, name: &str, replicas: u32, pod: Value, namespace: &str) {
        let labels = json!({"app": name});
        let spec = json!({"replicas": replicas, "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod}});
        let deployment = json!({"metadata": {"name": name, "labels": labels}, "spec": spec});
        let service = json!({"metadata": {"name": name},
            "spec": {"selector": labels, "ports": [{"port": 8080}]}});
        let deployments = resource("apps", "v1", "Deployment", "deployments");
        self.make(&deployments, deployment, namespace).await;
        self.make(&resource("", "v1", "Service", "services"), service, namespace).await;
    }

    async fn make(&self, kind: &ApiResource, value: Value, namespace: &str) {
        let api: Api<DynamicObject> =
            Api::namespaced_with(self.shop.client.clone(), namespace, kind);
        let object: DynamicObject = serde_json::from_value(value).unwrap();
        api.create(&PostParams::default(), &object).await.unwrap();
    }

    async fn store(&self) -> Value {
        let kind = resource("apps", "v1", "Deployment", "deployments");
        let api: Api<DynamicObject> =
            Api::namespaced_with(self.shop.client.clone(), &self.other, &kind);
        serde_json::to_value(api.get("shop").await.unwrap()).unwrap()
    }

    /// Both namespaces, and what belongs to them outside.
    async fn snapshot(&self) -> [Snapshot; 2] {
        let kinds = snapshot::kinds(&self.shop.client).await;
        let mut there = snapshot::namespace(&self.shop.client, &self.other, &kinds).await;
        there.extend(snapshot::around(&self.shop.client, &self.other).await);
        there.retain(|name, _| !snapshot::is_pod(name));
        [self.shop.snapshot().await, there]
    }

    async fn is_as(&self, before: &[Snapshot; 2]) {
        until("both namespaces are as they were", || async { self.snapshot().await == *before })
            .await;
    }

    async fn close(self) {
        let spaces: Api<DynamicObject> =
            Api::all_with(self.shop.client.clone(), &resource("", "v1", "Namespace", "namespaces"));
        spaces.delete(&self.other, &DeleteParams::default()).await.unwrap();
        self.shop.close().await;
    }
}

fn of_store(fault: PlatformFault) -> FaultKind {
    FaultKind::Platform { service: "store".to_owned(), fault }
}

async fn ready(system: &ClusterRun, service: &str) -> u32 {
    system.census(service).await.unwrap().ready()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_fault_hits_the_service_that_is_meant_and_not_its_namesake_in_another_namespace() {
    let both = TwoNamespaces::open("two").await;
    let before = both.snapshot().await;
    let system = both.shop.enter(&both.shop.options(Watchdog::Job(None), LASTS)).await;
    let namesakes: Vec<_> =
        both.shop.pods().await.into_iter().map(|pod| pod.metadata.uid).collect();
    let kill = FaultKind::Kill {
        services: vec!["store".to_owned()],
        pick: Pick::All,
        grace: Duration::ZERO,
    };
    assert_eq!(applied(&system, &kill).await.unwrap().keep().hits, 2);
    until("they are back", || async { ready(&system, "store").await == 2 }).await;

    let stop = FaultKind::Stop { service: "store".to_owned(), grace: None };
    let stopped = applied(&system, &stop).await.unwrap();
    until("none is left", || async { ready(&system, "store").await == 0 }).await;
    assert_eq!(ready(&system, "shop").await, 2);
    let _ = stopped.recover(&system).await.unwrap();
    until("they are back", || async { ready(&system, "store").await == 2 }).await;

    let env = [("COLOUR".to_owned(), "blue".to_owned())].into();
    let set = of_store(PlatformFault::SetEnv { env, containers: vec![] });
    let set = applied(&system, &set).await.unwrap();
    assert!(both.store().await.to_string().contains("COLOUR"));
    assert!(!both.shop.deployment().await.to_string().contains("COLOUR"));
    let _ = set.recover(&system).await.unwrap();
    // A pod more, while they are replaced, would be one that the fault may not take away.
    until("the rollout is over", || async {
        system.census("store").await.unwrap().replicas.len() == 2
            && ready(&system, "store").await == 2
    })
    .await;

    let removed = applied(&system, &of_store(PlatformFault::Remove)).await.unwrap();
    until("nothing runs", || async { ready(&system, "store").await == 0 }).await;
    let _ = removed.recover(&system).await.unwrap();
    until("it is back", || async { ready(&system, "store").await == 2 }).await;

    let still: Vec<_> = both.shop.pods().await.into_iter().map(|pod| pod.metadata.uid).collect();
    assert_eq!(still, namesakes, "pods of the same names and labels were not meant");
    assert_eq!(system.teardown().await, [""; 0]);
    let before = before.map(snapshot::written);
    until("both namespaces are as they were", || async {
        both.snapshot().await.map(snapshot::written) == before
    })
    .await;
    both.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn an_edge_between_two_namespaces_has_its_proxy_beside_the_callee() {
    let both = TwoNamespaces::open("two-edge").await;
    let before = both.snapshot().await;
    let edges = vec![("gateway".to_owned(), "store".to_owned())];
    let options = ClusterRunOptions { edges, ..both.shop.options(Watchdog::Job(None), LASTS) };
    let system = both.shop.enter(&options).await;
    let customer = Customer::of(&system, "gateway");
    until("it is served", || async { customer.buys().await.0 == Some(201) }).await;
    let (from, to) = ("gateway".to_owned(), "store".to_owned());
    let fault = EdgeFault::Abort { status: AbortStatus::Http(418), share: 1.0 };
    let abort = applied(&system, &FaultKind::Edge { from, to, fault }).await.unwrap();
    assert_eq!(customer.buys().await.0, Some(418));
    assert_eq!(abort.recover(&system).await.unwrap().hits, 1);
    assert_eq!(customer.buys().await.0, Some(201));
    let counted = system.edge_records().await;
    assert!(counted.iter().any(|edge| edge.to == "store" && edge.faulted == 1), "{counted:?}");
    assert_eq!(system.teardown().await, [""; 0]);
    both.is_as(&before).await;
    both.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn the_watchdog_reverts_a_run_in_all_of_its_namespaces() {
    let both = TwoNamespaces::open("two-watchdog").await;
    let before = both.snapshot().await;
    let edges = vec![("gateway".to_owned(), "store".to_owned())];
    let options = ClusterRunOptions {
        edges,
        ..both.shop.options(Watchdog::Job(None), Duration::from_secs(1))
    };
    let system = both.shop.enter(&options).await;
    let stop = FaultKind::Stop { service: "store".to_owned(), grace: None };
    applied(&system, &stop).await.unwrap().keep();
    // The controller is gone.
    drop(system);
    both.is_as(&before).await;
    both.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn what_a_run_has_left_in_several_namespaces_is_found_and_reverted() {
    let both = TwoNamespaces::open("two-left").await;
    let before = both.snapshot().await;
    let options = both.shop.options(Watchdog::Job(None), LASTS);
    let system = both.shop.enter(&options).await;
    let stop = FaultKind::Stop { service: "store".to_owned(), grace: None };
    applied(&system, &stop).await.unwrap().keep();
    drop(system);
    let cluster = brunt_kubernetes::Cluster::connect(&options.target).await.unwrap();
    let found = find_leftovers(&cluster).await.unwrap();
    let left: Vec<&str> = found
        .runs
        .iter()
        .filter(|left| left.run == options.run)
        .map(|left| left.namespace.as_str())
        .collect();
    assert_eq!(left, [both.shop.namespace.as_str(), both.other.as_str()]);
    let namespaces = [both.other.clone(), both.shop.namespace.clone()];
    let all = revert_in(&cluster, &namespaces, &RunSelector::Run(options.run)).await;
    assert!(all.iter().all(|(_, reverted)| reverted.is_clean()), "{all:?}");
    both.is_as(&before).await;
    both.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_preview_looks_into_every_namespace_of_the_system() {
    let both = TwoNamespaces::open("two-preview").await;
    let before = both.snapshot().await;
    let faults = planned(&of_store(PlatformFault::RollBack));
    let options = ClusterRunOptions { faults, ..both.shop.options(Watchdog::Job(None), LASTS) };
    let source = Source::new("system.yaml".to_owned(), both.shop.system.to_owned());
    let system = brunt_scenarios::plan::System::read(&source).check(Ok).unwrap();
    let seen = preview(&system, &options, false).await.unwrap();
    let store = format!("store: Deployment shop, in namespace {}", both.other);
    assert!(seen.services.iter().any(|one| one.starts_with(&store)), "{seen:?}");
    assert!(seen.problems.iter().any(|why| why.contains("no version before")), "{seen:?}");
    both.is_as(&before).await;
    both.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_drain_moves_replicas_of_all_namespaces_of_the_system_and_no_others() {
    let both = TwoNamespaces::open("two-drain").await;
    let _alone = NODES.lock().await;
    let before = snapshot::nodes(&both.shop.client).await;
    let options =
        ClusterRunOptions { changes_nodes: true, ..both.shop.options(Watchdog::Job(None), LASTS) };
    let system = both.shop.enter(&options).await;
    let which = NodePick::Of { service: "store".to_owned(), pick: Pick::One };
    let mut on_it = system.nodes(&which).await.unwrap();
    on_it.truncate(1);
    let which = NodePick::Named(on_it[0].name.clone());
    let replicas: usize = on_it[0].replicas.len();
    let drain = FaultKind::Nodes { which, fault: NodeFault::Drain };
    let drained = applied(&system, &drain).await.unwrap();
    assert_eq!(drained.effect().hits, replicas as u64);
    let _ = drained.recover(&system).await.unwrap();
    assert_eq!(system.teardown().await, [""; 0]);
    until("nodes are as before", || async { snapshot::nodes(&both.shop.client).await == before })
        .await;
    let roles: Api<k8s_openapi::api::rbac::v1::Role> =
        Api::namespaced(both.shop.client.clone(), &both.other);
    until("no rights are left", || async {
        roles.list(&ListParams::default()).await.unwrap().items.is_empty()
    })
    .await;
    both.close().await;
}
