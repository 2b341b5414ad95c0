//! Where replicas are, what protects them there, and a workload that is deleted and applied again.

use std::collections::BTreeSet;
use std::time::Duration;

use brunt_faults::{FaultTarget, NodeTarget, ReplicaSelector, inject, inject_where};
use brunt_kubernetes::{Cluster, ClusterRunOptions, RunSelector, Watchdog, revert};
use brunt_scenarios::plan::{FaultKind, NodeFault, NodePick, Pick, PlatformFault, ReplicaFilter};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use crate::inject_fault::{ALL, LASTS, applied, chance, planned};
use crate::shop::{NODES, Shop, resource, until};
use crate::snapshot::{self, Snapshot};

fn removed() -> FaultKind {
    FaultKind::Platform { service: "shop".to_owned(), fault: PlatformFault::Remove }
}

/// What somebody who writes objects sees.
async fn written(shop: &Shop) -> Snapshot {
    snapshot::written(shop.snapshot().await)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_removed_workload_is_applied_again_with_earlier_changes_of_the_run() {
    let shop = Shop::without_autoscaler("removed").await;
    let before = written(&shop).await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let env = PlatformFault::SetEnv {
        env: [("TIMEOUT".to_owned(), "off".to_owned())].into(),
        containers: vec![],
    };
    let changed = FaultKind::Platform { service: "shop".to_owned(), fault: env };
    let mut rng = chance();
    let changed = inject(&changed, &system, &ALL, &mut rng).await.unwrap();
    until("the rollout is over", || async {
        system.census("shop").await.unwrap().replicas.len() == 2
    })
    .await;
    let gone = inject(&removed(), &system, &ALL, &mut rng).await.unwrap();
    assert_eq!(gone.effect().hits, 2);
    until("nothing runs", || async { system.census("shop").await.unwrap().replicas.is_empty() })
        .await;
    assert_eq!(system.census("shop").await.unwrap().wanted, 0);
    gone.recover(&system).await.unwrap();
    until("it is back", || async { system.census("shop").await.unwrap().ready() == 2 }).await;
    assert!(
        shop.deployment().await.to_string().contains("TIMEOUT"),
        "the other fault is still in force"
    );
    changed.recover(&system).await.unwrap();
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(written(&shop).await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn the_watchdog_applies_a_removed_workload_again() {
    let shop = Shop::without_autoscaler("removed-for-good").await;
    let before = written(&shop).await;
    let options = shop.options(Watchdog::Job(None), Duration::from_secs(1));
    let options = ClusterRunOptions { faults: planned(&removed()), ..options };
    let system = shop.enter(&options).await;
    applied(&system, &removed()).await.unwrap().keep();
    drop(system);
    until("the namespace is as it was", || async { written(&shop).await == before }).await;
    shop.close().await;
}

/// Who may write ConfigMaps may not make workloads by that.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn only_a_copy_that_the_run_has_made_is_applied_again() {
    let shop = Shop::without_autoscaler("forged").await;
    let before = written(&shop).await;
    let options = shop.options(Watchdog::None, LASTS);
    let system = shop.enter(&options).await;
    applied(&system, &removed()).await.unwrap().keep();
    drop(system);
    let maps: Api<ConfigMap> = Api::namespaced(shop.client.clone(), &shop.namespace);
    let name = format!("brunt-removed-{}-shop", options.run);
    let own = maps.get(&name).await.unwrap().data.unwrap()["object"].clone();
    let forged = own.replace("\"replicas\":2", "\"replicas\":1");
    assert_ne!(own, forged);
    let with = |object: &str| Patch::Merge(json!({"data": {"object": object}}));
    maps.patch(&name, &PatchParams::default(), &with(&forged)).await.unwrap();
    let cluster = Cluster::connect(&options.target).await.unwrap();
    let which = RunSelector::Run(options.run);
    let reverted = revert(&cluster, &which).await;
    assert!(reverted.failed[0].contains("no run vouches for it"), "{reverted:?}");
    let api = shop.api(&resource("apps", "v1", "Deployment", "deployments"));
    assert!(api.get_opt("shop").await.unwrap().is_none(), "it was applied");

    maps.patch(&name, &PatchParams::default(), &with(&own)).await.unwrap();
    assert!(revert(&cluster, &which).await.is_clean());
    until("the namespace is as it was", || async { written(&shop).await == before }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_workload_that_somebody_else_has_made_meanwhile_is_left() {
    let shop = Shop::without_autoscaler("replaced").await;
    let options = shop.options(Watchdog::None, LASTS);
    let system = shop.enter(&options).await;
    let kept = shop.deployment().await;
    applied(&system, &removed()).await.unwrap().keep();
    drop(system);
    shop.make_again(kept, 1).await;
    let cluster = Cluster::connect(&options.target).await.unwrap();
    let reverted = revert(&cluster, &RunSelector::Run(options.run.clone())).await;
    assert!(reverted.failed.is_empty() && reverted.drift.len() == 1, "{reverted:?}");
    assert!(reverted.drift[0].contains("left as it is"), "{reverted:?}");
    assert_eq!(shop.deployment().await["spec"]["replicas"], 1);
    assert!(
        revert(&cluster, &RunSelector::Run(options.run)).await.is_clean(),
        "it is reported once"
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn replicas_that_are_not_spread_are_on_one_node_and_no_budget_protects_them() {
    let shop = Shop::without_autoscaler("together").await;
    shop.spread().await;
    shop.guard().await;
    let before = shop.snapshot().await;
    let options = shop.options(Watchdog::None, LASTS);
    let system = shop.enter_without(&options, &["spread", "disruptionBudget"]).await;
    let nodes: BTreeSet<String> = shop.nodes().await;
    assert_eq!(nodes.len(), 1, "{nodes:?}");
    let evict = PlatformFault::Evict(Pick::All);
    let evict = FaultKind::Platform { service: "shop".to_owned(), fault: evict };
    let evicted = applied(&system, &evict).await.unwrap();
    assert_eq!(evicted.keep().hits, 2, "both may go at once");
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn replicas_are_selected_by_node_zone_and_labels() {
    let shop = Shop::without_autoscaler("where").await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let node = shop.nodes().await.into_iter().next();
    let here = ReplicaFilter {
        node: node.clone(),
        labels: [("app".to_owned(), "shop".to_owned())].into(),
        zone: None,
    };
    let there = system.select_replicas("shop", &here).await.unwrap();
    assert!(!there.is_empty() && there.len() <= 2, "{there:?}");
    let zone = system.nodes(&NodePick::ZoneOf("shop".to_owned())).await.unwrap();
    let zone = zone.into_iter().find(|one| Some(&one.name) == node.as_ref()).unwrap().zone;
    let kill = FaultKind::Kill {
        services: vec!["shop".to_owned()],
        pick: Pick::All,
        grace: Duration::ZERO,
    };
    let in_zone = ReplicaFilter { zone, ..ReplicaFilter::default() };
    let meant = system.select_replicas("shop", &in_zone).await.unwrap();
    assert!(meant.is_superset(&there));
    let killed = inject_where(&kill, &in_zone, &system, &ALL, &mut chance()).await.unwrap();
    assert_eq!(killed.keep().hits, meant.len() as u64);
    let strangers = ReplicaFilter {
        labels: [("app".to_owned(), "other".to_owned())].into(),
        ..ReplicaFilter::default()
    };
    assert!(system.select_replicas("shop", &strangers).await.unwrap().is_empty());
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_drain_that_a_budget_blocks_ends_with_the_fault_and_names_the_budget() {
    let shop = Shop::without_autoscaler("blocked").await;
    let _alone = NODES.lock().await;
    shop.guard().await;
    until("the budget is in effect", || async {
        shop.object("PodDisruptionBudget").await["status"]["currentHealthy"] == 2
    })
    .await;
    let before = snapshot::nodes(&shop.client).await;
    let which = NodePick::Of { service: "shop".to_owned(), pick: Pick::All };
    let drain = FaultKind::Nodes { which, fault: NodeFault::Drain };
    let lasts = Duration::from_secs(5);
    let mut faults = planned(&drain);
    faults[0].lasts = Some(lasts);
    let options = ClusterRunOptions { faults, ..shop.options(Watchdog::None, LASTS) };
    let system = shop.enter(&options).await;
    let began = std::time::Instant::now();
    let drained = applied(&system, &drain).await.unwrap();
    let blocked = began.elapsed();
    assert!(blocked >= lasts && blocked < 3 * lasts, "it goes on for {blocked:?}");
    assert_eq!(drained.effect().hits, 0);
    let why = drained.until_in_force(&system).await.unwrap_err().to_string();
    assert!(why.contains("The disruption budget shop needs"), "{why}");
    let _ = drained.recover(&system).await.unwrap();
    // The taint is the node controller's, which is a moment behind.
    until("nodes are as before", || async { snapshot::nodes(&shop.client).await == before }).await;
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}
