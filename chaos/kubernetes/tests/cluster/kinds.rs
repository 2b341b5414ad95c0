//! Services that are neither a Deployment nor a StatefulSet.

use std::time::Duration;

use brunt_faults::FaultTarget;
use brunt_kubernetes::{ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{FaultKind, Pick, PlatformFault};
use kube::api::DeleteParams;
use serde_json::{Value, json};

use crate::customers::Customer;
use crate::inject_fault::{LASTS, applied, planned, platform, shop};
use crate::shop::{Shop, resource, until};
use crate::snapshot;

impl Shop {
    /// Puts a workload of another kind in the Deployment's place.
    async fn instead(&self, kind: &str, plural: &str, more: Value) {
        let deployments = self.api(&resource("apps", "v1", "Deployment", "deployments"));
        deployments.delete("shop", &DeleteParams::foreground()).await.unwrap();
        until("the Deployment is gone", || async {
            deployments.get_opt("shop").await.unwrap().is_none() && self.pods().await.is_empty()
        })
        .await;
        let labels = json!({"app": "shop"});
        let template =
            json!({"metadata": {"labels": labels}, "spec": self.pod("stock", &json!([]))});
        let mut spec = json!({"selector": {"matchLabels": labels}, "template": template});
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let one = json!({"metadata": {"name": "shop"}, "spec": spec});
        self.make("apps", "v1", kind, plural, one).await;
        until("it has its pods", || async { !self.pods().await.is_empty() }).await;
    }

    async fn refuses_all(&self, kinds: &[(FaultKind, &str)]) {
        for (kind, why) in kinds {
            let options = self.options(Watchdog::None, LASTS);
            let options = ClusterRunOptions { faults: planned(kind), ..options };
            let refused = self.try_start(&options).await.err().unwrap().to_string();
            assert!(refused.contains(why), "{kind}: {refused}");
        }
    }
}

fn kill() -> FaultKind {
    FaultKind::Kill { services: vec![shop()], pick: Pick::One, grace: Duration::ZERO }
}

fn set_env() -> FaultKind {
    let env = [("TIMEOUT".to_owned(), "off".to_owned())].into();
    platform(PlatformFault::SetEnv { env, containers: vec![] })
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_daemon_set_is_a_service_with_one_replica_on_each_node() {
    let shop = Shop::without_autoscaler("daemons").await;
    shop.instead("DaemonSet", "daemonsets", json!({})).await;
    let system = shop.enter(&shop.options(Watchdog::Job(None), LASTS)).await;
    let nodes = snapshot::nodes(&shop.client).await.len();
    let before = snapshot::written(shop.snapshot().await);
    let ready = || async {
        let census = system.census("shop").await.unwrap();
        (census.wanted as usize, census.ready() as usize) == (nodes, nodes)
    };
    until("one is ready on each node", ready).await;
    until("it is served", || async {
        Customer::keeping(&system, "shop", 0).buys().await.0 == Some(201)
    })
    .await;
    assert_eq!(applied(&system, &kill()).await.unwrap().keep().hits, 1);
    until("it is replaced", ready).await;
    let set = applied(&system, &set_env()).await.unwrap();
    assert_eq!(set.effect().hits as usize, nodes);
    set.recover(&system).await.unwrap();
    let removed = applied(&system, &platform(PlatformFault::Remove)).await.unwrap();
    until("none is left", || async { shop.pods().await.is_empty() }).await;
    removed.recover(&system).await.unwrap();
    until("all are back", ready).await;
    assert_eq!(system.teardown().await, [""; 0]);
    until("all is as before", || async {
        let mut now = snapshot::written(shop.snapshot().await);
        now.retain(|name, _| !name.contains("brunt-revert-"));
        let mut before = before.clone();
        before.retain(|name, _| !name.contains("brunt-revert-"));
        now == before
    })
    .await;
    let stop = FaultKind::Stop { service: self::shop(), grace: None };
    let scale = FaultKind::Scale { service: self::shop(), replicas: 1 };
    let why = "has one pod on each node, and no number of replicas";
    shop.refuses_all(&[(stop, why), (scale, why)]).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_bare_replica_set_is_a_service_that_nothing_rolls_out() {
    let shop = Shop::without_autoscaler("bare").await;
    shop.instead("ReplicaSet", "replicasets", json!({"replicas": 2})).await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let before = shop.snapshot().await;
    let ready = || async { system.census("shop").await.unwrap().ready() == 2 };
    until("it is served", || async {
        Customer::keeping(&system, "shop", 0).buys().await.0 == Some(201)
    })
    .await;
    assert_eq!(applied(&system, &kill()).await.unwrap().keep().hits, 1);
    until("it is replaced", ready).await;
    let stop = FaultKind::Stop { service: self::shop(), grace: None };
    let stopped = applied(&system, &stop).await.unwrap();
    stopped.until_in_force(&system).await.unwrap();
    assert!(shop.pods().await.is_empty());
    let _ = stopped.recover(&system).await.unwrap();
    until("both are back", ready).await;
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    let rollout = FaultKind::Rollout { service: self::shop() };
    let why = "a ReplicaSet replaces none";
    shop.refuses_all(&[(set_env(), why), (rollout, why)]).await;
    shop.close().await;
}
