//! `brunt revert` finds what runs have left by itself: in all namespaces, on nodes, and where the
//! namespace is gone.

use std::ffi::OsString;
use std::time::Duration;

use brunt_kubernetes::{ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{FaultKind, NodeFault, NodePick, Pick};
use serde_json::json;

use crate::accounts::account;
use crate::controller::{Controller, Ended};
use crate::inject_fault::{LASTS, applied, planned};
use crate::shop::{NODES, Shop, until};
use crate::snapshot;

const ENDS_WITHIN: Duration = Duration::from_secs(120);

fn administrator() -> OsString {
    std::env::var_os("BRUNT_TEST_KUBECONFIG").unwrap()
}

async fn revert(who: &OsString, args: &[&str]) -> Ended {
    let args: Vec<&str> = ["revert"].iter().chain(args).copied().collect();
    Controller::command(who, &args).finish(ENDS_WITHIN).await
}

impl Shop {
    /// A run that was killed while this fault lasted. Returns its id.
    async fn abandoned(&self, kind: &FaultKind, options: ClusterRunOptions) -> String {
        let run = options.run.clone();
        let system = self.enter(&options).await;
        applied(&system, kind).await.unwrap().keep();
        // As if this process had been killed: it restores nothing.
        drop(system);
        run
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn what_runs_have_left_is_found_in_whichever_namespace() {
    let one = Shop::without_autoscaler("left-one").await;
    let other = Shop::without_autoscaler("left-other").await;
    let mut before = Vec::new();
    let mut runs = Vec::new();
    for shop in [&one, &other] {
        before.push(shop.snapshot().await);
        let scale = FaultKind::Scale { service: "shop".to_owned(), replicas: 1 };
        runs.push(shop.abandoned(&scale, shop.options(Watchdog::None, LASTS)).await);
    }
    // Their time is not over, so they may be going on: left, and named.
    let idle = revert(&administrator(), &[]).await;
    assert_eq!(idle.code, Some(0), "{}", idle.said);
    let all = "looked through all namespaces, nodes and cluster roles";
    assert!(idle.said.contains(all), "{}", idle.said);
    for (shop, run) in [&one, &other].into_iter().zip(&runs) {
        let namespace = &shop.namespace;
        let command = format!("`brunt revert --namespace {namespace} --run {run}` ends it now");
        assert!(idle.said.contains(&command), "{}", idle.said);
    }
    // By its id alone, wherever it was.
    let ended = revert(&administrator(), &["--run", &runs[1]]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let done = format!("{}: Deployment shop: replicas restored", other.namespace);
    assert!(ended.said.contains(&done), "{}", ended.said);
    assert_eq!(other.snapshot().await, before[1]);
    assert_ne!(one.snapshot().await, before[0], "another run is another's business");
    let ended = revert(&administrator(), &["--run", &runs[0]]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert_eq!(one.snapshot().await, before[0]);
    let nothing = revert(&administrator(), &["--run", &runs[0]]).await;
    assert!(nothing.said.contains(&format!("nothing to restore of run {}", runs[0])));
    one.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn after_its_namespace_was_deleted_nodes_are_open_again_and_its_rights_gone() {
    let shop = Shop::without_autoscaler("left-nodes").await;
    let _alone = NODES.lock().await;
    shop.all_ready().await;
    let before = snapshot::nodes(&shop.client).await;
    let which = NodePick::Of { service: "shop".to_owned(), pick: Pick::One };
    let cordon = FaultKind::Nodes { which, fault: NodeFault::Cordon };
    let options = ClusterRunOptions {
        changes_nodes: true,
        faults: planned(&cordon),
        ..shop.options(Watchdog::Job(None), LASTS)
    };
    shop.abandoned(&cordon, options).await;
    assert_eq!(shop.cordoned().await.len(), 1);
    let (client, namespace) = (shop.client.clone(), shop.namespace.clone());
    assert_eq!(snapshot::around(&client, &namespace).await.len(), 2, "a role and its binding");
    shop.close().await;
    // The rights are the namespace's, and go with it.
    until("the rights are gone", || async {
        snapshot::around(&client, &namespace).await.is_empty()
    })
    .await;
    let ended = revert(&administrator(), &[]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(ended.said.contains(&format!("{namespace}: Node ")), "{}", ended.said);
    // The taint is the node controller's, which is a moment behind.
    until("nodes are as before", || async { snapshot::nodes(&client).await == before }).await;
    let again = revert(&administrator(), &["--namespace", &namespace]).await;
    assert!(again.said.contains(&format!("there is no namespace {namespace}")), "{}", again.said);
    assert_eq!(again.code, Some(0), "{}", again.said);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn an_account_that_may_not_list_everything_reverts_where_it_may_and_says_so() {
    let shop = Shop::without_autoscaler("left-weak").await;
    let rights = json!([
        {"apiGroups": ["", "apps", "autoscaling", "policy", "batch"], "resources": ["*"], "verbs": ["*"]}]);
    let (_folder, weak) = account(&shop, rights).await;
    let before = shop.snapshot().await;
    let scale = FaultKind::Scale { service: "shop".to_owned(), replicas: 1 };
    let run = shop.abandoned(&scale, shop.options(Watchdog::None, LASTS)).await;
    let ended = revert(&weak, &["--run", &run]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let looked = format!("looked through the namespace {}", shop.namespace);
    assert!(ended.said.contains(&looked), "{}", ended.said);
    for what in ["may not see nodes", "which namespaces there are", "brunt revert --namespace NAME"]
    {
        assert!(ended.said.contains(what), "{}", ended.said);
    }
    assert!(ended.said.contains("Deployment shop: replicas restored"), "{}", ended.said);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}
