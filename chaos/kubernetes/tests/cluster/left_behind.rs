use std::time::Duration;

use brunt_kubernetes::{Cluster, RunSelector, Watchdog, revert};
use brunt_scenarios::plan::{FaultKind, PlatformFault};

use crate::inject_fault::applied;
use crate::shop::{Shop, until};

fn faults() -> Vec<FaultKind> {
    let service = || "shop".to_owned();
    let env = [("TIMEOUT".to_owned(), "off".to_owned())];
    // The last of them leaves nothing for others to hit.
    vec![
        FaultKind::Rollout { service: service() },
        FaultKind::Platform { service: service(), fault: PlatformFault::SetEnv(env.into()) },
        FaultKind::Stop { service: service() },
    ]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn the_watchdog_restores_what_a_killed_run_has_changed() {
    let shop = Shop::open("watchdog").await;
    shop.no_autoscaler().await;
    let before = shop.snapshot().await;
    let options = shop.options(Watchdog::Job(None), Duration::from_secs(1));
    let system = shop.enter(&options).await;
    for kind in faults() {
        applied(&system, &kind).await.unwrap().keep();
    }
    assert_ne!(shop.snapshot().await, before);
    // As if this process had been killed: it restores nothing.
    drop(system);
    until("the namespace is as it was", || async { shop.snapshot().await == before }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn reverting_twice_does_nothing_the_second_time() {
    let shop = Shop::open("revert").await;
    shop.no_autoscaler().await;
    let before = shop.snapshot().await;
    let options = shop.options(Watchdog::None, Duration::from_secs(600));
    let system = shop.enter(&options).await;
    for kind in faults() {
        applied(&system, &kind).await.unwrap().keep();
    }
    drop(system);
    let cluster = Cluster::connect(&options.target).await.unwrap();
    // It goes on for all that others know.
    assert_eq!(revert(&cluster, &RunSelector::Expired).await.done, [""; 0]);
    let once = revert(&cluster, &RunSelector::Run(options.run.clone())).await;
    assert!(once.is_clean() && once.done.len() == 3, "{once:?}");
    assert_eq!(shop.snapshot().await, before);
    let twice = revert(&cluster, &RunSelector::Run(options.run)).await;
    assert!(twice.is_clean() && twice.done.is_empty(), "{twice:?}");
    shop.close().await;
}
