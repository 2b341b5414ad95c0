//! Faults between two services: a gateway and the shop that it calls.

use std::num::NonZeroU64;
use std::time::Duration;

use brunt_faults::{FaultError, InjectedFault};
use brunt_kubernetes::{ChangeMode, ClusterRun, ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{AbortStatus, ByteScope, EdgeFault, FaultKind, Pick};
use brunt_scenarios::timeline::EdgeRecord;

use crate::customers::{Crowd, Customer};
use crate::inject_fault::{LASTS, applied};
use crate::shop::{Shop, until};

fn options(shop: &Shop, watchdog: Watchdog, lasts: Duration) -> ClusterRunOptions {
    let edges = vec![("gateway".to_owned(), "shop".to_owned())];
    ClusterRunOptions { edges, ..shop.options(watchdog, lasts) }
}

async fn set(system: &ClusterRun, fault: EdgeFault) -> Result<InjectedFault, FaultError> {
    let kind = FaultKind::Edge { from: "gateway".to_owned(), to: "shop".to_owned(), fault };
    applied(system, &kind).await
}

async fn edge(system: &ClusterRun) -> EdgeRecord {
    let edges = system.edge_records().await;
    let ours = |edge: &&EdgeRecord| edge.from.as_deref() == Some("gateway") && edge.to == "shop";
    edges.iter().find(ours).cloned().unwrap()
}

/// What one purchase under a fault looks like: its status, its time, and what the edge counted; and
/// that the fault's hits are known when it is recovered.
async fn under(
    system: &ClusterRun,
    customer: &Customer,
    fault: EdgeFault,
) -> (Option<u16>, Duration, [u64; 3]) {
    let before = edge(system).await;
    let applied = set(system, fault).await.unwrap();
    let (status, took) = customer.buys().await;
    let after = edge(system).await;
    assert_eq!(applied.recover(system).await.unwrap().hits, 1, "{fault:?}");
    let counts = [
        after.requests - before.requests,
        after.reached - before.reached,
        after.faulted - before.faulted,
    ];
    (status, took, counts)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn every_fault_between_two_services_has_its_effect() {
    let shop = Shop::with_gateway("edges").await;
    let before = shop.snapshot().await;
    let system = shop.start(&options(&shop, Watchdog::Job(None), LASTS)).await;
    system.ready().await.unwrap();
    let customer = Customer::of(&system, "gateway");
    let direct = Customer::of(&system, "shop");
    until("both are served", || async { customer.buys().await.0 == Some(201) }).await;

    let long: EdgeFault = EdgeFault::Latency {
        delay: "700ms..800ms".parse().unwrap(),
        pick: Pick::All,
        scope: ByteScope::default(),
    };
    let (status, took, counts) = under(&system, &customer, long).await;
    assert_eq!((status, counts), (Some(201), [1, 1, 1]));
    assert!(took >= Duration::from_millis(700), "{took:?}");

    let slow = EdgeFault::SlowReply("700ms..800ms".parse().unwrap());
    let (status, took, counts) = under(&system, &customer, slow).await;
    assert_eq!((status, counts), (Some(201), [1, 1, 1]));
    assert!(took >= Duration::from_millis(700), "{took:?}");

    // A reply of a hundred bytes and more.
    let thin = EdgeFault::Bandwidth {
        bytes_per_second: NonZeroU64::new(200).unwrap(),
        scope: ByteScope::default(),
    };
    let (status, took, counts) = under(&system, &customer, thin).await;
    assert_eq!((status, counts), (Some(201), [1, 1, 1]));
    assert!(took >= Duration::from_millis(490), "{took:?}");

    let (status, _, counts) =
        under(&system, &customer, EdgeFault::Abort { status: AbortStatus::Http(418), share: 1.0 })
            .await;
    assert_eq!((status, counts), (Some(418), [1, 0, 1]));

    let (status, _, counts) = under(&system, &customer, EdgeFault::Cut).await;
    assert_eq!((status, counts), (Some(502), [1, 0, 1]));

    let (status, _, counts) = under(&system, &customer, EdgeFault::LostReply { share: 1.0 }).await;
    assert_eq!((status, counts), (Some(502), [1, 1, 1]));

    let (status, took, counts) = under(&system, &customer, EdgeFault::HalfOpen).await;
    assert_eq!((status, counts), (None, [1, 0, 1]));
    assert!(took >= Duration::from_secs(3), "{took:?}");

    let before_twice = edge(&system).await.reached;
    let (status, _, counts) = under(&system, &customer, EdgeFault::Duplicate { share: 1.0 }).await;
    assert_eq!((status, counts[0], counts[2]), (Some(201), 1, 1));
    until("the second one comes", || async { edge(&system).await.reached == before_twice + 2 })
        .await;

    // Nobody else meets what is set for the gateway's calls.
    let cut = set(&system, EdgeFault::Cut).await.unwrap();
    assert_eq!(direct.buys().await.0, Some(201));
    assert_eq!(cut.recover(&system).await.unwrap().hits, 0, "no request of the gateway's came");
    assert_eq!(system.teardown().await, [""; 0]);
    until("the namespace is as it was", || async { shop.snapshot().await == before }).await;
    shop.close().await;
}

/// The gateway keeps its connections, so that they must be cut before it makes a new one.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn refused_connections_fail_and_open_ones_go_on() {
    let shop = Shop::with_gateway("refuse").await;
    let before = shop.snapshot().await;
    let system = shop.start(&options(&shop, Watchdog::Job(None), LASTS)).await;
    system.ready().await.unwrap();
    let customer = Customer::of(&system, "gateway");
    until("it is served", || async { customer.buys().await.0 == Some(201) }).await;

    let start = edge(&system).await;
    let open = set(&system, EdgeFault::Refuse).await.unwrap();
    assert_eq!(customer.buys().await.0, Some(201), "its connection was open before");
    assert_eq!(open.recover(&system).await.unwrap().hits, 0);
    let spared = edge(&system).await;
    assert_eq!((spared.reached - start.reached, spared.faulted), (1, start.faulted));

    let (status, ..) = under(&system, &customer, EdgeFault::Cut).await;
    assert_eq!(status, Some(502));
    // A client may try again when its connection ends before the request is on its way, and each
    // refused connection counts.
    let refuse = set(&system, EdgeFault::Refuse).await.unwrap();
    let start = edge(&system).await;
    let status = customer.buys().await.0;
    assert!(status.is_some_and(|status| status >= 500), "{status:?}");
    let end = edge(&system).await;
    let (came, hits) = (end.requests - start.requests, refuse.recover(&system).await.unwrap().hits);
    assert!((1..=2).contains(&came), "{came} connections came");
    assert_eq!((end.reached - start.reached, end.faulted - start.faulted, hits), (0, came, came));
    assert_eq!(customer.buys().await.0, Some(201), "it is over");
    assert_eq!(system.teardown().await, [""; 0]);
    until("the namespace is as it was", || async { shop.snapshot().await == before }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn one_slow_replica_of_the_callee_slows_half_of_the_calls() {
    let shop = Shop::with_gateway("slow-one").await;
    let system = shop.start(&options(&shop, Watchdog::None, LASTS)).await;
    system.ready().await.unwrap();
    let customer = Customer::of(&system, "gateway");
    let slow = EdgeFault::Latency {
        delay: "1s".parse().unwrap(),
        pick: Pick::One,
        scope: ByteScope::default(),
    };
    let applied = set(&system, slow).await.unwrap();
    let mut slow = 0;
    for _ in 0..6 {
        let (status, took) = customer.buys().await;
        assert_eq!(status, Some(201));
        slow += u32::from(took >= Duration::from_secs(1));
    }
    assert_eq!(slow, 3, "every second one goes to the other replica");
    assert_eq!(applied.recover(&system).await.unwrap().hits, 3);
    // What is known of single replicas: their calls, and a way to read their metrics.
    let replicas = system.replica_urls("gateway").await;
    let [(number, url)] = replicas.as_slice() else { panic!("{replicas:?}") };
    assert_eq!(system.calls_of_replica("gateway", *number, "shop").await, 6);
    let metrics = customer.client.get(format!("{url}/actuator/prometheus")).send().await.unwrap();
    assert_eq!(metrics.status(), 200);
    assert_eq!(system.replica_urls("shop").await.len(), 2);
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}

/// The purchases are not such as may be repeated, so that nobody hides a lost one.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn installing_and_uninstalling_an_edge_proxy_loses_no_request() {
    let shop = Shop::with_gateway("no-loss").await;
    let quiet = shop.start(&shop.options(Watchdog::None, LASTS)).await;
    quiet.ready().await.unwrap();
    // Pods that are ready are not served yet: a node's kube-proxy gathers changes for up to a
    // second.
    for service in ["gateway", "shop"] {
        let first = Customer::of(&quiet, service);
        until("it is served", || async { first.buys().await.0 == Some(201) }).await;
    }
    let newcomers = Crowd::of(&quiet, &[("gateway", 1), ("shop", 0), ("shop", 0)]);
    newcomers.buys_more().await;
    for _ in 0..2 {
        let system = shop.start(&options(&shop, Watchdog::Job(None), LASTS)).await;
        system.ready().await.unwrap();
        // Those who come now keep their connections to the edge proxy, and must give them up again.
        let regulars = Crowd::of(&system, &[("gateway", 4), ("shop", 1), ("shop", 1)]);
        newcomers.buys_more().await;
        regulars.buys_more().await;
        let through: u64 = system.edge_records().await.iter().map(|edge| edge.requests).sum();
        assert!(through >= 200, "{through} requests went through the edge proxy");
        assert_eq!(system.teardown().await, [""; 0]);
        newcomers.buys_more().await;
        regulars.buys_more().await;
        assert_eq!(regulars.goes().await, []);
    }
    assert_eq!(newcomers.goes().await, []);
    shop.close().await;
}

fn dry_run(shop: &Shop) -> ClusterRunOptions {
    ClusterRunOptions { mode: ChangeMode::DryRun, ..options(shop, Watchdog::Job(None), LASTS) }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn the_watchdog_uninstalls_an_edge_proxy() {
    let shop = Shop::with_gateway("left").await;
    let before = shop.snapshot().await;
    // Where Services do not answer this machine, the way to them ends with the run that made it.
    let onlooker = shop.start(&dry_run(&shop)).await;
    let customer = Customer::of(&onlooker, "gateway");
    let system = shop.start(&options(&shop, Watchdog::Job(None), Duration::from_secs(40))).await;
    system.ready().await.unwrap();
    until("it is served", || async { customer.buys().await.0 == Some(201) }).await;
    let _ = set(&system, EdgeFault::Abort { status: AbortStatus::Http(418), share: 1.0 })
        .await
        .unwrap()
        .keep();
    assert_eq!(customer.buys().await.0, Some(418));
    assert_ne!(shop.snapshot().await, before);
    // As if this process had been killed: the fault goes at once, the rest when the run's time is
    // over.
    drop(system);
    until("no fault outlives its controller", || async { customer.buys().await.0 == Some(201) })
        .await;
    until("the namespace is as it was", || async { shop.snapshot().await == before }).await;
    until("it is served without the proxy", || async { customer.buys().await.0 == Some(201) })
        .await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_dry_run_says_which_edge_proxies_it_would_add_and_adds_none() {
    let shop = Shop::with_gateway("dry").await;
    let before = shop.snapshot().await;
    let system = shop.start(&dry_run(&shop)).await;
    system.ready().await.unwrap();
    let _ = set(&system, EdgeFault::Cut).await.unwrap().keep();
    let touched = system.planned_changes().join("\n");
    for what in ["Service brunt-shop-", "Pod brunt-shop-", "Service shop: /spec/selector"] {
        assert!(touched.contains(what), "{touched}");
    }
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}
