//! Faults between two services: a gateway and the shop that it calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use brunt_faults::{FaultError, InjectedFault};
use brunt_kubernetes::{ChangeMode, ClusterRun, ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{EdgeFault, FaultKind, Pick};
use brunt_scenarios::timeline::EdgeRecord;
use serde_json::json;

use crate::inject_fault::{LASTS, applied};
use crate::shop::{Shop, until};

fn options(shop: &Shop, watchdog: Watchdog, lasts: Duration) -> ClusterRunOptions {
    let edges = vec![("gateway".to_owned(), "shop".to_owned())];
    ClusterRunOptions { edges, ..shop.options(watchdog, lasts) }
}

async fn furnished(name: &str) -> Option<Shop> {
    let mut shop = Shop::open(name).await?;
    shop.no_autoscaler().await;
    shop.add_gateway().await;
    Some(shop)
}

async fn set(system: &ClusterRun, fault: EdgeFault) -> Result<InjectedFault, FaultError> {
    let kind = FaultKind::Edge { from: "gateway".to_owned(), to: "shop".to_owned(), fault };
    applied(system, &kind).await
}

/// Somebody before the gateway, whose requests are never made twice by it.
struct Customer {
    client: reqwest::Client,
    url: String,
}

impl Customer {
    fn of(system: &ClusterRun, service: &str) -> Self {
        Self::keeping(system, service, 1)
    }

    /// One who keeps so many connections for the next time.
    fn keeping(system: &ClusterRun, service: &str, connections: usize) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(3));
        let client = client.pool_max_idle_per_host(connections).build().unwrap();
        Self { client, url: format!("{}/stocks", system.url(service).unwrap()) }
    }

    /// The status, if there is an answer, and how long it took.
    async fn buys(&self) -> (Option<u16>, Duration) {
        let began = Instant::now();
        let stock = json!({"productName": format!("{:x}", fastrand::u64(..)), "qty": 1});
        let answer = match self.client.post(&self.url).json(&stock).send().await {
            // A reply is one when all of it is there.
            Ok(reply) => {
                let status = reply.status().as_u16();
                reply.bytes().await.ok().map(|_| status)
            }
            Err(_) => None,
        };
        (answer, began.elapsed())
    }
}

async fn edge(system: &ClusterRun) -> EdgeRecord {
    let edges = system.edge_records().await;
    let ours = |edge: &&EdgeRecord| edge.from.as_deref() == Some("gateway") && edge.to == "shop";
    edges.iter().find(ours).cloned().unwrap()
}

/// What one purchase under a fault looks like: its status, its time, and what the edge counted; and
/// that the fault's hits are known when it is lifted.
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
async fn every_fault_between_two_services_has_its_effect() {
    let Some(shop) = furnished("edges").await else { return };
    let before = shop.picture().await;
    let system = shop.start(&options(&shop, Watchdog::Job(None), LASTS)).await;
    system.ready().await.unwrap();
    let customer = Customer::of(&system, "gateway");
    let direct = Customer::of(&system, "shop");
    until("both are served", || async { customer.buys().await.0 == Some(201) }).await;

    let long: EdgeFault =
        EdgeFault::Latency { delay: "700ms..800ms".parse().unwrap(), pick: Pick::All };
    let (status, took, counts) = under(&system, &customer, long).await;
    assert_eq!((status, counts), (Some(201), [1, 1, 1]));
    assert!(took >= Duration::from_millis(700), "{took:?}");

    let slow = EdgeFault::SlowReply("700ms..800ms".parse().unwrap());
    let (status, took, counts) = under(&system, &customer, slow).await;
    assert_eq!((status, counts), (Some(201), [1, 1, 1]));
    assert!(took >= Duration::from_millis(700), "{took:?}");

    let (status, _, counts) =
        under(&system, &customer, EdgeFault::Abort { status: 418, share: 1.0 }).await;
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
    until("the namespace is as it was", || async { shop.picture().await == before }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_slow_replica_is_one_of_the_callees() {
    let Some(shop) = furnished("slow-one").await else { return };
    let system = shop.start(&options(&shop, Watchdog::None, LASTS)).await;
    system.ready().await.unwrap();
    let customer = Customer::of(&system, "gateway");
    let slow = EdgeFault::Latency { delay: "1s".parse().unwrap(), pick: Pick::One };
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

/// Customers who buy all the time; says how many purchases went well, and what the others came to.
struct Crowd {
    over: Arc<AtomicBool>,
    good: Arc<AtomicU64>,
    customers: Vec<tokio::task::JoinHandle<Vec<Option<u16>>>>,
}

impl Crowd {
    /// Each buys from a service, and keeps so many connections.
    fn of(system: &ClusterRun, customers: &[(&str, usize)]) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let good = Arc::new(AtomicU64::new(0));
        let customers = customers.iter().map(|(service, connections)| {
            let customer = Customer::keeping(system, service, *connections);
            let (over, good) = (Arc::clone(&over), Arc::clone(&good));
            tokio::spawn(async move {
                let mut bad = Vec::new();
                while !over.load(Relaxed) {
                    match customer.buys().await.0 {
                        Some(201) => drop(good.fetch_add(1, Relaxed)),
                        other => bad.push(other),
                    }
                }
                bad
            })
        });
        Self { customers: customers.collect(), over, good }
    }

    async fn buys_more(&self) {
        let wanted = self.good() + 200;
        until("the load goes on", || async { self.good() >= wanted }).await;
    }

    fn good(&self) -> u64 {
        self.good.load(Relaxed)
    }

    async fn goes(self) -> Vec<Option<u16>> {
        self.over.store(true, Relaxed);
        let mut bad = Vec::new();
        for customer in self.customers {
            bad.extend(customer.await.unwrap());
        }
        bad
    }
}

/// The purchases are not such as may be repeated, so that nobody hides a lost one.
#[tokio::test(flavor = "multi_thread")]
async fn coming_between_and_leaving_loses_no_request() {
    let Some(shop) = furnished("no-loss").await else { return };
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
        // Those who come now keep their connections to the stand-in, and must give them up again.
        let regulars = Crowd::of(&system, &[("gateway", 4), ("shop", 1), ("shop", 1)]);
        newcomers.buys_more().await;
        regulars.buys_more().await;
        let through: u64 = system.edge_records().await.iter().map(|edge| edge.requests).sum();
        assert!(through >= 200, "{through} requests went through the stand-in");
        assert_eq!(system.teardown().await, [""; 0]);
        newcomers.buys_more().await;
        regulars.buys_more().await;
        assert_eq!(regulars.goes().await, []);
    }
    assert_eq!(newcomers.goes().await, []);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cluster_takes_a_stand_in_out_by_itself() {
    let Some(shop) = furnished("left").await else { return };
    let before = shop.picture().await;
    let system = shop.start(&options(&shop, Watchdog::Job(None), Duration::from_secs(40))).await;
    system.ready().await.unwrap();
    let customer = Customer::of(&system, "gateway");
    until("it is served", || async { customer.buys().await.0 == Some(201) }).await;
    let _ = set(&system, EdgeFault::Abort { status: 418, share: 1.0 }).await.unwrap().keep();
    assert_eq!(customer.buys().await.0, Some(418));
    assert_ne!(shop.picture().await, before);
    // As if this process had been killed: the fault goes at once, the rest when the run's time is
    // over.
    drop(system);
    until("no fault outlives its controller", || async { customer.buys().await.0 == Some(201) })
        .await;
    until("the namespace is as it was", || async { shop.picture().await == before }).await;
    until("it is served", || async { customer.buys().await.0 == Some(201) }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_it_would_add_and_adds_nothing() {
    let Some(shop) = furnished("dry").await else { return };
    let before = shop.picture().await;
    let dry = ClusterRunOptions {
        mode: ChangeMode::DryRun,
        ..options(&shop, Watchdog::Job(None), LASTS)
    };
    let system = shop.start(&dry).await;
    system.ready().await.unwrap();
    let _ = set(&system, EdgeFault::Cut).await.unwrap().keep();
    let touched = system.planned_changes().join("\n");
    for what in ["Service brunt-shop-", "Pod brunt-shop-", "Service shop: /spec/selector"] {
        assert!(touched.contains(what), "{touched}");
    }
    assert_eq!(shop.picture().await, before);
    shop.close().await;
}
