//! Every fault that changes an object: the change shows in the cluster, and a revert by anyone
//! restores the object to the letter. Faults that the cluster refuses change nothing.

use brunt_faults::with_causes;
use brunt_kubernetes::{Cluster, ClusterRun, RunSelector, Watchdog, revert};
use brunt_scenarios::plan::{FaultKind, NodeFault, NodePick, Pick, PlatformFault};
use brunt_scenarios::scenario::ProbeKind;

use crate::inject_fault::{LASTS, applied, platform, shop};
use crate::shop::{NODES, Shop};
use crate::snapshot::{self, difference};

fn probe(which: ProbeKind, path: Option<&str>) -> FaultKind {
    platform(PlatformFault::Probe { which, path: path.map(str::to_owned) })
}

/// Each with the object that it changes, and what is seen in it then.
fn changes() -> Vec<(FaultKind, &'static str, &'static str)> {
    let env = [("TIMEOUT".to_owned(), "off".to_owned()), ("PORT".to_owned(), "8081".to_owned())];
    let data = [("MAKING_TIME".to_owned(), "9s".to_owned()), ("NEW".to_owned(), "x".to_owned())];
    let config = PlatformFault::SetConfig { name: "settings".to_owned(), data: data.into() };
    let autoscale = PlatformFault::Autoscale { min: Some(1), max: Some(5), target: Some(33) };
    let (deployment, scaler) = ("Deployment", "HorizontalPodAutoscaler");
    vec![
        (FaultKind::Stop { service: shop(), grace: None }, deployment, "replicas: 0"),
        (FaultKind::Scale { service: shop(), replicas: 1 }, deployment, "replicas: 1"),
        (FaultKind::Rollout { service: shop() }, deployment, "brunt.dev/rolled-out"),
        (
            platform(PlatformFault::SetEnv { env: env.into(), containers: vec![] }),
            deployment,
            "TIMEOUT",
        ),
        (platform(config), "ConfigMap", "MAKING_TIME: 9s"),
        (platform(autoscale), scaler, "averageUtilization: 33"),
        (probe(ProbeKind::Readiness, None), deployment, "livenessProbe"),
        (probe(ProbeKind::Readiness, Some("/elsewhere")), deployment, "/elsewhere"),
        (probe(ProbeKind::Liveness, Some("/elsewhere")), deployment, "/elsewhere"),
        (probe(ProbeKind::Liveness, None), deployment, "readinessProbe"),
        // There is a version before this one by now.
        (platform(PlatformFault::RollBack), deployment, "revert.brunt.dev/version"),
    ]
}

async fn injected(system: &ClusterRun, kind: &FaultKind) {
    let applied = applied(system, kind).await;
    assert!(applied.unwrap().keep().hits >= 1, "{kind}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_revert_by_anyone_restores_every_object_exactly() {
    let shop = Shop::open("exactly").await;
    let before = shop.settled().await;
    for (kind, object, shows) in changes() {
        let options = shop.options(Watchdog::None, LASTS);
        let system = shop.enter(&options).await;
        injected(&system, &kind).await;
        // As if the run had been killed.
        drop(system);
        let now = shop.snapshot().await;
        let name = before.keys().find(|name| name.starts_with(object)).unwrap();
        assert!(now[name].contains(shows) && now[name] != before[name], "{kind}: {}", now[name]);
        assert!(now[name].contains("revert.brunt.dev/"), "{kind}: {}", now[name]);
        let cluster = Cluster::connect(&options.target).await.unwrap();
        let reverted = revert(&cluster, &RunSelector::Run(options.run.clone())).await;
        assert!(reverted.is_clean() && reverted.done.len() == 1, "{kind}: {reverted:?}");
        shop.all_ready().await;
        let after = shop.snapshot().await;
        assert!(after == before, "{kind}: {}", difference(&before, &after));
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_revert_by_anyone_restores_nodes_exactly() {
    let shop = Shop::open("nodes").await;
    let _alone = NODES.lock().await;
    shop.all_ready().await;
    let before = (shop.snapshot().await, snapshot::nodes(&shop.client).await);
    let node = shop.pods().await[0].spec.clone().unwrap().node_name.unwrap();
    let zone = shop.zone_of(&node).await;
    let of = |which: NodePick, fault| FaultKind::Nodes { which, fault };
    let faults = [
        of(NodePick::Named(node.clone()), NodeFault::Cordon),
        of(NodePick::Zone(zone), NodeFault::Drain),
        of(NodePick::Of { service: self::shop(), pick: Pick::One }, NodeFault::Outage),
    ];
    for kind in faults {
        let options = shop.options(Watchdog::None, LASTS);
        let system = shop.enter(&options).await;
        injected(&system, &kind).await;
        drop(system);
        let now = snapshot::nodes(&shop.client).await;
        let taken = now.values().filter(|state| state.contains("revert.brunt.dev/cordon")).count();
        assert!(taken >= 1, "{kind}: {now:?}");
        let cluster = Cluster::connect(&options.target).await.unwrap();
        let reverted = revert(&cluster, &RunSelector::Run(options.run.clone())).await;
        assert!(reverted.is_clean() && reverted.done.len() == taken, "{kind}: {reverted:?}");
        shop.all_ready().await;
        assert_eq!((shop.snapshot().await, snapshot::nodes(&shop.client).await), before, "{kind}");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_fault_that_the_cluster_refuses_changes_nothing() {
    let shop = Shop::open("refused").await;
    let before = shop.settled().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let none = [("A".to_owned(), "b".to_owned())];
    let config = PlatformFault::SetConfig { name: "nothing".to_owned(), data: none.into() };
    let autoscale = PlatformFault::Autoscale { min: Some(5), max: Some(3), target: None };
    let cases = [
        (probe(ProbeKind::Startup, Some("/elsewhere")), "startupProbe"),
        (platform(config), "\"nothing\" not found"),
        (platform(autoscale), "maxReplicas"),
        (platform(PlatformFault::RollBack), "has no version before this one"),
        (
            FaultKind::MakeZombie { service: self::shop(), path: "/nowhere".to_owned() },
            "answered with 404",
        ),
        (FaultKind::Pause { service: self::shop(), pick: Pick::One }, "`stress` slows it down"),
    ];
    for (kind, why) in cases {
        let refused = applied(&system, &kind).await.unwrap_err();
        assert!(with_causes(&refused).contains(why), "{kind}: {refused:?}");
        assert_eq!(shop.snapshot().await, before, "{kind}");
    }
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}
