//! That a fault does to pods what it is for, where that takes a look at the pods themselves.

use std::time::Duration;

use brunt_faults::FaultTarget;
use brunt_kubernetes::{ClusterRun, Watchdog};
use brunt_scenarios::plan::{FaultKind, NodeFault, NodePick, Pick, PlatformFault};
use brunt_scenarios::scenario::ProbeKind;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;

use crate::inject_fault::{self, LASTS, platform};
use crate::shop::{NODES, Shop, until};

fn on_a_node(fault: NodeFault) -> FaultKind {
    FaultKind::Nodes { which: NodePick::Of { service: "shop".to_owned(), pick: Pick::One }, fault }
}

async fn applied(system: &ClusterRun, kind: &FaultKind) -> brunt_faults::InjectedFault {
    inject_fault::applied(system, kind).await.unwrap()
}

fn restarts(pod: &Pod) -> i32 {
    let statuses = pod.status.as_ref().and_then(|status| status.container_statuses.clone());
    statuses.unwrap_or_default().iter().map(|one| one.restart_count).sum()
}

fn node_of(pod: &Pod) -> String {
    pod.spec.as_ref().and_then(|spec| spec.node_name.clone()).unwrap_or_default()
}

fn variable<'a>(pod: &'a Pod, name: &str) -> Option<&'a str> {
    let env = pod.spec.as_ref()?.containers[0].env.as_ref()?;
    env.iter().find(|one| one.name == name)?.value.as_deref()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_zombie_is_started_again_in_its_pod() {
    let shop = Shop::open("zombie").await;
    let before = shop.settled().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let zombie =
        FaultKind::MakeZombie { service: "shop".to_owned(), path: "/makeZombie".to_owned() };
    assert_eq!(applied(&system, &zombie).await.keep().hits, 1);
    until("one was started again", || async {
        shop.pods().await.iter().map(restarts).sum::<i32>() == 1
    })
    .await;
    shop.all_ready().await;
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn pods_run_with_a_variable_that_was_set_and_then_without() {
    let shop = Shop::open("env").await;
    shop.all_ready().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let env = [("TIMEOUT".to_owned(), "off".to_owned())];
    let set =
        applied(&system, &platform(PlatformFault::SetEnv { env: env.into(), containers: vec![] }))
            .await;
    let all = |value: Option<&'static str>| {
        let shop = &shop;
        async move {
            let pods = shop.pods().await;
            pods.len() == 2 && pods.iter().all(|pod| variable(pod, "TIMEOUT") == value)
        }
    };
    until("all have it", || all(Some("off"))).await;
    set.recover(&system).await.unwrap();
    until("none has it", || all(None)).await;
    system.teardown().await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_liveness_probe_with_a_wrong_path_restarts_pods() {
    let shop = Shop::open("probe").await;
    let before = shop.settled().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let path = Some("/elsewhere".to_owned());
    let probe = platform(PlatformFault::Probe { which: ProbeKind::Liveness, path });
    let tampered = applied(&system, &probe).await;
    until("pods are started again", || async {
        shop.pods().await.iter().any(|pod| restarts(pod) > 0)
    })
    .await;
    tampered.recover(&system).await.unwrap();
    shop.all_ready().await;
    assert_eq!(shop.snapshot().await, before);
    system.teardown().await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_readiness_probe_with_a_wrong_path_keeps_new_pods_out() {
    let shop = Shop::open("unready").await;
    shop.all_ready().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let path = Some("/elsewhere".to_owned());
    let probe = platform(PlatformFault::Probe { which: ProbeKind::Readiness, path });
    let tampered = applied(&system, &probe).await;
    until("a new pod runs", || async { system.census("shop").await.unwrap().replicas.len() == 3 })
        .await;
    assert_eq!(system.census("shop").await.unwrap().ready(), 2, "it gets no requests");
    tampered.recover(&system).await.unwrap();
    shop.all_ready().await;
    system.teardown().await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn an_autoscaler_with_higher_limits_brings_more_replicas() {
    let shop = Shop::open("more").await;
    let before = shop.settled().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let more = PlatformFault::Autoscale { min: Some(3), max: Some(4), target: None };
    let changed = applied(&system, &platform(more)).await;
    until("three are ready", || async { system.census("shop").await.unwrap().ready() == 3 }).await;
    changed.recover(&system).await.unwrap();
    // It obeys its old limits at its next look.
    until("two are left", || async { shop.snapshot().await == before }).await;
    system.teardown().await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_cordoned_node_takes_no_new_pods_and_a_drained_one_is_empty() {
    let shop = Shop::open("empty").await;
    let _alone = NODES.lock().await;
    shop.all_ready().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    for fault in [NodeFault::Cordon, NodeFault::Drain, NodeFault::Outage] {
        let taken = applied(&system, &on_a_node(fault)).await;
        let closed = shop.cordoned().await;
        assert_eq!(closed.len(), 1, "{fault}: {closed:?}");
        if fault == NodeFault::Cordon {
            let kill = FaultKind::Kill {
                services: vec!["shop".to_owned()],
                pick: Pick::All,
                grace: Duration::ZERO,
            };
            applied(&system, &kill).await.keep();
        }
        until("all run elsewhere", || async {
            let pods = shop.pods().await;
            pods.len() == 2
                && pods.iter().all(|pod| !node_of(pod).is_empty() && node_of(pod) != closed[0])
        })
        .await;
        taken.recover(&system).await.unwrap();
        assert_eq!(shop.cordoned().await, [""; 0], "{fault}");
        shop.all_ready().await;
    }
    system.teardown().await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_pod_that_is_killed_has_its_grace_period() {
    let shop = Shop::open("grace").await;
    shop.all_ready().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let grace = Duration::from_secs(7);
    let kill = FaultKind::Kill { services: vec!["shop".to_owned()], pick: Pick::One, grace };
    let going = shop.going();
    assert_eq!(applied(&system, &kill).await.keep().hits, 1);
    let gone = going.await.unwrap();
    assert_eq!(gone.metadata.deletion_grace_period_seconds, Some(7), "{}", gone.name_any());
    shop.all_ready().await;
    system.teardown().await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn stress_uses_the_processor_and_ends_with_its_controller() {
    let shop = Shop::open("stress").await;
    shop.all_ready().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let stress = platform(PlatformFault::Stress { pick: Pick::One, cpu: 1, memory: 32 });
    let stressed = applied(&system, &stress).await;
    until("one is busy", || async { shop.busiest().await > 100 }).await;
    // As if the controller had been killed: its connections end, and nothing else happens.
    drop((stressed, system));
    until("none is busy", || async { shop.busiest().await < 50 }).await;
    shop.close().await;
}
