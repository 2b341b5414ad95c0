//! An edge proxy that goes, or says nothing any more: callers are led back within moments.

use std::time::{Duration, Instant};

use brunt_kubernetes::{ClusterRun, ClusterRunOptions, Watchdog};
use k8s_openapi::api::core::v1::{Pod, Service};
use kube::api::{Api, EvictParams};

use crate::customers::Customer;
use crate::inject_fault::LASTS;
use crate::shop::{Shop, until};

/// How long callers may be without the callee.
const SOON: Duration = Duration::from_secs(2);

struct Proxied {
    shop: Shop,
    system: ClusterRun,
    customer: Customer,
    /// The name of the edge proxy's pod.
    proxy: String,
}

impl Proxied {
    async fn open(name: &str) -> Self {
        let shop = Shop::with_gateway(name).await;
        shop.all_ready().await;
        let edges = vec![("gateway".to_owned(), "shop".to_owned())];
        let options = ClusterRunOptions { edges, ..shop.options(Watchdog::None, LASTS) };
        let system = shop.enter(&options).await;
        let customer = Customer::of(&system, "gateway");
        until("it is served", || async { customer.buys().await.0 == Some(201) }).await;
        let proxy = format!("brunt-shop-{}", options.run);
        Self { shop, system, customer, proxy }
    }

    fn pods(&self) -> Api<Pod> {
        Api::namespaced(self.shop.client.clone(), &self.shop.namespace)
    }

    /// Callers are led back and served in time, and the run says that it has lost its proxy.
    async fn leads_back(self, since: Instant) {
        let shop = &self.shop;
        let led_back =
            || async { shop.object("Service").await["spec"]["selector"]["app"] == "shop" };
        until("the Service leads to the shop again", led_back).await;
        let took = since.elapsed();
        assert!(took < SOON, "led back after {took:?}");
        until("it is served", || async { self.customer.buys().await.0 == Some(201) }).await;
        let gaps = self.system.gaps();
        let lost = gaps.iter().any(|gap| gap.to.is_none() && gap.what.contains("taken out"));
        assert!(lost, "{gaps:?}");
        assert_eq!(self.system.edge_records().await, [], "what it had counted is lost");
        assert_eq!(self.system.teardown().await, [""; 0]);
        self.shop.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn callers_are_led_back_at_once_when_an_edge_proxy_is_evicted() {
    let proxied = Proxied::open("evicted").await;
    let since = Instant::now();
    proxied.pods().evict(&proxied.proxy, &EvictParams::default()).await.unwrap();
    proxied.leads_back(since).await;
}

/// As on a node that is gone: its connections stay open, and nothing answers.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster whose nodes run on this machine: set BRUNT_TEST_KUBECONFIG and \
            BRUNT_TEST_IMAGE"]
async fn callers_are_led_back_soon_when_an_edge_proxy_says_nothing_any_more() {
    let proxied = Proxied::open("silent").await;
    let services: Api<Service> =
        Api::namespaced(proxied.shop.client.clone(), &proxied.shop.namespace);
    let kept = services.get(&proxied.proxy).await.unwrap().spec.unwrap().cluster_ip.unwrap();
    let frozen = process_with(&["edge-proxy", &format!("={kept}:")]);
    signal(frozen, "STOP");
    let since = Instant::now();
    proxied.leads_back(since).await;
    // So that it can end.
    signal(frozen, "CONT");
}

/// The process on this machine whose command line has all of these.
fn process_with(parts: &[&str]) -> u32 {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut numbers = processes.filter_map(|one| one.file_name().to_str()?.parse::<u32>().ok());
    let has_all = |number: &u32| {
        let line = std::fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        parts.iter().all(|part| line.contains(part))
    };
    numbers.find(has_all).expect("the cluster's nodes are not on this machine")
}

fn signal(process: u32, name: &str) {
    let mut kill = std::process::Command::new("kill");
    let sent = kill.args([format!("-{name}"), process.to_string()]).status().unwrap();
    assert!(sent.success());
}
