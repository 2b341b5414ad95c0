//! The controller is killed with SIGKILL at a random instant, in every phase of a run and under
//! every kind of fault. Once the run's time is over, nothing of it is left.
//!
//! BRUNT_TEST_KILLS says how often (4 unless given), BRUNT_TEST_LANES in how many namespaces at
//! once (2 unless given), and BRUNT_TEST_SEED draws the same instants again; BRUNT_TEST_FIRST
//! begins with a later one. Each takes as long as its run may take, and the margin after it.

use std::time::{Duration, Instant};

use futures::future::join_all;
use k8s_openapi::api::batch::v1::Job;
use kube::api::{Api, ListParams};
use kube::{Client, ResourceExt};

use crate::controller::Controller;
use crate::shop::Shop;
use crate::snapshot::{self, Snapshot, difference};

/// How long a fault is in force that is undone at its time.
const LASTS: Duration = Duration::from_secs(4);

/// How long the load lasts; what is not undone before is undone after it.
const LOAD: Duration = Duration::from_secs(6);

/// From a run's expiry, or from the kill if that is later, until everything must be as it was.
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// How long a run that was killed while it made its watchdog may leave what there is of it.
const BEGUN_WITHIN: Duration = Duration::from_secs(150);

/// What happens in the shop's namespace alone. Those without `for` are undone when the run ends.
const IN_NAMESPACE: [&str; 15] = [
    "{at: 1s, for: 4s, stop: {service: shop}}",
    "{at: 1s, for: 4s, scale: {service: shop, replicas: 3}}",
    "{at: 1s, kill: {service: shop, pick: all}}",
    "{at: 1s, rollout: {service: shop}}",
    "{at: 1s, makeZombie: {service: shop}}",
    "{at: 1s, evict: {service: shop}}",
    "{at: 1s, killContainer: {service: shop}}",
    "{at: 0s, rollout: {service: shop}}, {at: 2s, rollBack: {service: shop}}",
    "{at: 1s, for: 4s, remove: {service: shop}}",
    "{at: 1s, for: 4s, setEnv: {service: shop, env: {TIMEOUT: 'off'}}}",
    "{at: 1s, for: 4s, setConfig: {service: shop, configMap: settings, data: {MAKING_TIME: 9s, \
     NEW: x}}}",
    "{at: 1s, for: 4s, autoscale: {service: shop, min: 1, max: 5, target: 33}}",
    "{at: 1s, for: 4s, tamperProbe: {service: shop, probe: liveness, path: /elsewhere}}",
    "{at: 1s, for: 4s, tamperProbe: {service: shop, probe: readiness}}",
    "{at: 1s, for: 4s, stress: {service: shop, pick: one, cpu: 1, memory: 8}}",
];

/// Those for which edge proxies are needed.
const BETWEEN: [&str; 2] = [
    "{at: 1s, for: 4s, cut: {from: gateway, to: shop}}",
    "{at: 1s, for: 4s, latency: {from: gateway, to: shop, delay: 100ms}}",
];

const ON_NODES: [&str; 3] = [
    "{at: 1s, for: 4s, cordon: {of: shop}}",
    "{at: 1s, for: 4s, drain: {of: shop}}",
    "{at: 1s, for: 4s, outage: {of: shop}}",
];

#[derive(Debug, Clone, Copy)]
enum Phase {
    Preparing,
    Applying,
    InForce,
    Undoing,
}

const PHASES: [Phase; 4] = [Phase::Preparing, Phase::Applying, Phase::InForce, Phase::Undoing];

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// How many of the kills are for each of the sets that have few kinds.
fn a_quarter() -> usize {
    number("BRUNT_TEST_KILLS", 4).div_ceil(4)
}

/// Each kind in turn, and with each round in another phase.
fn trials(kinds: &[&'static str], count: usize) -> Vec<(usize, &'static str, Phase)> {
    let first = number("BRUNT_TEST_FIRST", 0);
    let phase = |place: usize| PHASES[(place % kinds.len() + place / kinds.len()) % PHASES.len()];
    (first..first + count).map(|place| (place, kinds[place % kinds.len()], phase(place))).collect()
}

fn scenario(fault: &str) -> String {
    // Some of what a run changes, it changes before the load.
    let env = if fault.contains("evict") { "env: {shop: {BEFOREHAND: 'yes'}}\n" } else { "" };
    format!(
        "{env}load: [{{name: looks, open: {{rate: 5/s}}, for: {}s, get: shop/isHealthy}}]\nfaults: \
         [{fault}]\nexpect: [{{availability: {{of: looks, atLeast: 1%}}}}]\nlimits: {{maxDuration: \
         15s}}\n",
        LOAD.as_secs()
    )
}

/// Waits for a phase, and then for a while that chance decides: this is the instant that is meant,
/// not a wait for something.
async fn instant_in(
    phase: Phase,
    fault: &str,
    controller: &mut Controller,
    rng: &mut fastrand::Rng,
) {
    let starts = Duration::from_secs(120);
    let (begins, least, most) = match phase {
        Phase::Preparing => (None, 0, 4000),
        Phase::Applying => (Some("begins"), 0, 300),
        Phase::InForce => (Some("begins"), 300, LASTS.as_millis() as u64),
        Phase::Undoing if fault.contains("for:") => {
            let ends = LASTS.as_millis() as u64;
            (Some("begins"), ends - 50, ends + 300)
        }
        Phase::Undoing => {
            (Some("load for"), LOAD.as_millis() as u64, LOAD.as_millis() as u64 + 800)
        }
    };
    if let Some(begins) = begins {
        assert!(controller.says(begins, starts).await, "{fault}: {:?}", controller.said());
    }
    tokio::time::sleep(Duration::from_millis(rng.u64(least..most))).await;
}

/// Until when the cluster has to put a run's changes back, if it has the order yet.
async fn expiry(client: &Client, namespace: &str) -> Option<Instant> {
    let jobs: Api<Job> = Api::namespaced(client.clone(), namespace);
    let all = jobs.list(&ListParams::default().labels("brunt.dev/run")).await.unwrap();
    let when: jiff::Timestamp =
        all.items.first()?.annotations().get("brunt.dev/expires")?.parse().unwrap();
    let left = when.duration_since(jiff::Timestamp::now());
    Some(Instant::now() + Duration::try_from(left).unwrap_or_default())
}

/// Whether nodes are compared as well.
#[derive(Clone, Copy, PartialEq)]
enum With {
    Nodes,
    Namespace,
}

async fn snapshot(shop: &Shop, with: With) -> Snapshot {
    // What was removed is another object afterwards, just like the one before.
    let mut snapshot = snapshot::written(shop.snapshot_with_pods().await);
    if with == With::Nodes {
        snapshot.extend(snapshot::nodes(&shop.client).await);
    }
    snapshot
}

async fn kill_one(
    shop: &Shop,
    (place, fault, phase): (usize, &'static str, Phase),
    before: &Snapshot,
    with: With,
) {
    let mut rng =
        fastrand::Rng::with_seed((number("BRUNT_TEST_SEED", 1) * 1_000_000 + place) as u64);
    let mut controller = Controller::start(shop, &scenario(fault), &[]);
    instant_in(phase, fault, &mut controller, &mut rng).await;
    let ran = controller.kill();
    let (killed, age) = (Instant::now(), controller.started.elapsed());
    let expires = expiry(&shop.client, &shop.namespace).await;
    let until = expires.map_or(killed + BEGUN_WITHIN, |expires| expires.max(killed) + BACK_WITHIN);
    let mut same = 0;
    // Twice in a row: what was on its way when it was killed may still come.
    while same < 2 {
        let now = snapshot(shop, with).await;
        same = if now == *before { same + 1 } else { 0 };
        let in_time = Instant::now() < until;
        assert!(
            same > 0 || in_time,
            "kill {place}, {phase:?}, {fault}: {}",
            difference(before, &now)
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let from = expires.unwrap_or(killed);
    let back = Instant::now().checked_duration_since(from).map_or(0.0, |late| late.as_secs_f64());
    let how = if ran { "killed" } else { "had ended" };
    let last = controller.said().last().cloned().unwrap_or_default();
    println!(
        "{place:3} {how} at {:5.2} s {phase:?} | as before {back:5.1} s after {} | {fault} | {}",
        age.as_secs_f64(),
        if expires.is_some() { "expiry" } else { "the kill" },
        last.trim(),
    );
}

async fn lane(shop: &Shop, trials: Vec<(usize, &'static str, Phase)>, with: With) {
    shop.all_ready().await;
    let before = snapshot(shop, with).await;
    for trial in trials {
        kill_one(shop, trial, &before, with).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_controller_killed_at_any_instant_leaves_nothing() {
    let lanes = number("BRUNT_TEST_LANES", 2);
    let all = trials(&IN_NAMESPACE, number("BRUNT_TEST_KILLS", 4));
    let of_lane = |lane: usize| all.iter().skip(lane).step_by(lanes).copied().collect();
    let one = |number: usize| {
        let trials = of_lane(number);
        async move {
            let shop = Shop::open("killed").await;
            lane(&shop, trials, With::Namespace).await;
            shop.close().await;
        }
    };
    join_all((0..lanes).map(one)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_controller_killed_under_a_fault_of_an_edge_leaves_nothing() {
    let mut shop = Shop::open("killed-between").await;
    shop.add_gateway().await;
    lane(&shop, trials(&BETWEEN, a_quarter()), With::Namespace).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_controller_killed_under_a_fault_of_nodes_leaves_nothing() {
    let _alone = crate::shop::NODES.lock().await;
    let shop = Shop::open("killed-nodes").await;
    lane(&shop, trials(&ON_NODES, a_quarter()), With::Nodes).await;
    shop.close().await;
}
