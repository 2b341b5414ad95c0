use std::time::Duration;

use brunt_faults::{FaultTarget, InjectedFault};
use brunt_kubernetes::{ClusterRun, Watchdog};
use brunt_scenarios::plan::{FaultKind, NodeFault, NodePick, Pick, PlatformFault};
use brunt_scenarios::scenario::ProbeKind;

use crate::inject_fault::{LASTS, applied, platform};
use crate::shop::{NODES, Shop, until};
use crate::snapshot;

async fn numbers(system: &ClusterRun) -> Vec<u32> {
    system.census("shop").await.unwrap().replicas.iter().map(|one| one.number).collect()
}

async fn all_ready(system: &ClusterRun, number: u32) {
    until("all are ready", || async { system.census("shop").await.unwrap().ready() == number })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn killed_and_evicted_pods_are_replaced() {
    let shop = Shop::open("kill").await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let kill = FaultKind::Kill {
        services: vec!["shop".to_owned()],
        pick: Pick::All,
        grace: Duration::ZERO,
    };
    assert_eq!(applied(&system, &kill).await.unwrap().keep().hits, 2);
    until("new pods", || async { numbers(&system).await.iter().all(|number| *number > 2) }).await;
    all_ready(&system, 2).await;
    let evict = platform(PlatformFault::Evict(Pick::One));
    assert_eq!(applied(&system, &evict).await.unwrap().keep().hits, 1);
    all_ready(&system, 2).await;
    shop.guard().await;
    let before = shop.snapshot().await;
    until("the budget refuses", || async {
        let refused = applied(&system, &evict).await.map(InjectedFault::keep);
        refused.is_err_and(|error| error.to_string().contains("the disruption budget refused"))
    })
    .await;
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_stopped_or_scaled_service_is_restored() {
    let shop = Shop::without_autoscaler("scale").await;
    let before = shop.snapshot().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let stop = applied(&system, &FaultKind::Stop { service: "shop".to_owned(), grace: None })
        .await
        .unwrap();
    until("none runs", || async { numbers(&system).await.is_empty() }).await;
    assert_eq!(stop.recover(&system).await.unwrap().hits, 2);
    all_ready(&system, 2).await;
    let scale = FaultKind::Scale { service: "shop".to_owned(), replicas: 3 };
    let up = applied(&system, &scale).await.unwrap();
    all_ready(&system, 3).await;
    up.recover(&system).await.unwrap();
    assert_eq!(shop.snapshot().await, before);
    // One that is not undone is undone when the run ends.
    applied(&system, &scale).await.unwrap().keep();
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_service_that_somebody_else_scaled_meanwhile_is_left() {
    let shop = Shop::without_autoscaler("drift").await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    applied(&system, &FaultKind::Scale { service: "shop".to_owned(), replicas: 3 })
        .await
        .unwrap()
        .keep();
    shop.set_replicas(1).await;
    let left = system.teardown().await;
    let [left] = left.as_slice() else { panic!("{left:?}") };
    let begins = "Deployment shop: /spec/replicas was set to 3 and is 1 now (by ";
    assert!(left.starts_with(begins) && left.ends_with("); left as it is"), "{left}");
    let deployment = shop.deployment().await;
    assert_eq!(deployment["spec"]["replicas"], 1);
    assert!(!deployment["metadata"]["annotations"].to_string().contains("brunt"));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn changed_objects_are_restored_exactly() {
    let shop = Shop::open("change").await;
    let before = shop.snapshot().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let env = [("TIMEOUT".to_owned(), "off".to_owned())];
    let data = [("MAKING_TIME".to_owned(), "9s".to_owned()), ("NEW".to_owned(), "x".to_owned())];
    let cases = [
        (PlatformFault::SetEnv { env: env.into(), containers: vec![] }, "Deployment", "TIMEOUT"),
        (
            PlatformFault::SetConfig { name: "settings".to_owned(), data: data.into() },
            "ConfigMap",
            "9s",
        ),
        (
            PlatformFault::Autoscale { min: Some(1), max: Some(5), target: Some(33) },
            "HorizontalPodAutoscaler",
            "33",
        ),
        (
            PlatformFault::Probe {
                which: ProbeKind::Liveness,
                path: Some("/elsewhere".to_owned()),
            },
            "Deployment",
            "/elsewhere",
        ),
    ];
    for (fault, kind, shows) in cases {
        let change = applied(&system, &platform(fault.clone())).await.unwrap();
        let object = shop.object(kind).await;
        assert!(
            object["spec"].to_string().contains(shows)
                || object["data"].to_string().contains(shows),
            "{object}"
        );
        assert!(
            object["metadata"]["annotations"].to_string().contains("revert.brunt.dev/"),
            "{object}"
        );
        change.recover(&system).await.unwrap();
        assert_eq!(shop.snapshot().await, before, "{fault}");
    }
    let gone = platform(PlatformFault::Probe { which: ProbeKind::Readiness, path: None });
    let change = applied(&system, &gone).await.unwrap();
    assert_eq!(
        shop.deployment().await.pointer("/spec/template/spec/containers/0/readinessProbe"),
        None
    );
    change.recover(&system).await.unwrap();
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_rollout_and_a_rollback_leave_nothing() {
    let shop = Shop::open("rollout").await;
    let before = shop.snapshot().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let rollout = FaultKind::Rollout { service: "shop".to_owned() };
    assert_eq!(applied(&system, &rollout).await.unwrap().keep().hits, 2);
    until("new pods", || async {
        let numbers = numbers(&system).await;
        numbers.len() == 2 && numbers.iter().all(|number| *number > 2)
    })
    .await;
    all_ready(&system, 2).await;
    let back = platform(PlatformFault::RollBack);
    applied(&system, &back).await.unwrap().keep();
    until("older version's pods", || async {
        let numbers = numbers(&system).await;
        numbers.len() == 2 && numbers.iter().all(|number| *number > 4)
    })
    .await;
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn containers_are_killed_and_stressed_from_within() {
    let shop = Shop::open("within").await;
    let before = shop.snapshot().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let stress = platform(PlatformFault::Stress { pick: Pick::One, cpu: 1, memory: 8 });
    let stressed = applied(&system, &stress).await.unwrap();
    assert_eq!(stressed.recover(&system).await.unwrap().hits, 1);
    let end = platform(PlatformFault::KillContainer(Pick::One));
    assert_eq!(applied(&system, &end).await.unwrap().keep().hits, 1);
    until("one is out", || async { system.census("shop").await.unwrap().ready() == 1 }).await;
    all_ready(&system, 2).await;
    assert_eq!(numbers(&system).await, [1, 2], "the pods stayed");
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_node_is_cordoned_drained_and_restored() {
    let shop = Shop::open("node").await;
    let _alone = NODES.lock().await;
    let before = (shop.snapshot().await, snapshot::nodes(&shop.client).await);
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    for fault in [NodeFault::Cordon, NodeFault::Drain, NodeFault::Outage] {
        let kind = FaultKind::Nodes {
            which: NodePick::Of { service: "shop".to_owned(), pick: Pick::One },
            fault,
        };
        let taken = applied(&system, &kind).await.unwrap();
        assert!(taken.effect().hits >= 1, "{fault}");
        taken.recover(&system).await.unwrap();
        all_ready(&system, 2).await;
    }
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!((shop.snapshot().await, snapshot::nodes(&shop.client).await), before);
    shop.close().await;
}
