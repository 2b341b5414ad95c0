use std::time::Duration;

use brunt_faults::FaultTarget;
use brunt_kubernetes::{Cluster, ClusterRunOptions, RunSelector, Watchdog, revert};
use brunt_scenarios::plan::{Fault, FaultKind, PlatformFault, ReplicaFilter};

use crate::inject_fault::applied;
use crate::shop::{Shop, until};
use crate::snapshot;

fn faults() -> Vec<FaultKind> {
    let service = || "shop".to_owned();
    let env = [("TIMEOUT".to_owned(), "off".to_owned())];
    // The last of them leaves nothing for others to hit.
    vec![
        FaultKind::Rollout { service: service() },
        FaultKind::Platform {
            service: service(),
            fault: PlatformFault::SetEnv { env: env.into(), containers: vec![] },
        },
        FaultKind::Stop { service: service(), grace: None },
    ]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn the_watchdog_restores_what_a_killed_run_has_changed() {
    let shop = Shop::without_autoscaler("watchdog").await;
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

/// The run could last ten minutes; what a fault of a few seconds has changed does not.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn the_watchdog_restores_a_fault_of_a_killed_run_soon_after_its_own_end() {
    let shop = Shop::without_autoscaler("soon").await;
    shop.all_ready().await;
    let before = snapshot::written(shop.snapshot().await);
    let remove = FaultKind::Platform { service: "shop".to_owned(), fault: PlatformFault::Remove };
    let env = [("TIMEOUT".to_owned(), "off".to_owned())];
    let set = FaultKind::Platform {
        service: "shop".to_owned(),
        fault: PlatformFault::SetEnv { env: env.into(), containers: vec![] },
    };
    let planned = |kind: &FaultKind, lasts: Option<Duration>| Fault {
        kind: kind.clone(),
        at: vec![Duration::ZERO],
        lasts,
        only: ReplicaFilter::default(),
    };
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let faults = vec![planned(&set, seconds(2)), planned(&remove, seconds(4))];
    let ten_minutes = Duration::from_secs(600);
    let options = ClusterRunOptions { faults, ..shop.options(Watchdog::Job(None), ten_minutes) };
    let system = shop.enter(&options).await;
    applied(&system, &set).await.unwrap().keep();
    // A pod more, while they are replaced, would be one that the fault may not take away.
    until("the rollout is over", || async {
        system.census("shop").await.unwrap().replicas.len() == 2
    })
    .await;
    applied(&system, &remove).await.unwrap().keep();
    // As if this process had been killed: it restores nothing.
    drop(system);
    until("the workload is back as it was", || async {
        let mut now = snapshot::written(shop.snapshot().await);
        // The watchdog stays until the run's own time is over.
        now.retain(|name, _| !name.contains("brunt-revert-"));
        now == before
    })
    .await;
    until("its pods are ready again", || async {
        shop.pods().await.iter().filter(|pod| is_ready(pod)).count() == 2
    })
    .await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn reverting_twice_does_nothing_the_second_time() {
    let shop = Shop::without_autoscaler("revert").await;
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

fn is_ready(pod: &k8s_openapi::api::core::v1::Pod) -> bool {
    let conditions = pod.status.as_ref().and_then(|status| status.conditions.as_ref());
    conditions.into_iter().flatten().any(|one| one.type_ == "Ready" && one.status == "True")
}
