//! A foreign app of three services, web → tracker → vault, as its owners deploy it: a sidecar comes
//! first, a target port has a name, there are an autoscaler, budgets, a headless Service, a volume.
//! Each test is a complaint about tools that guess on such apps.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::controller::{Controller, Ended};
use crate::lab::objects::{
    METRICS, PORT, app, autoscaler, budget, container, container_with, deployment, doing, job,
    labelled, labels, plain, service, stateful, with,
};
use crate::lab::{Lab, Target};
use crate::shop::until;

const SYSTEM: &str = "
version: 1
name: parcel
services:
  web: {startsWithin: 8s, calls: {tracker: {}}}
  tracker: {startsWithin: 8s, calls: {vault: {}}}
  vault: {startsWithin: 8s}
";

const LATENCY: &str = "
load: [{name: looks, open: {rate: 20/s}, for: 16s, get: web/call, expect: 200}]
faults: [{at: 4s, for: 8s, latency: {from: web, to: tracker, delay: 300ms}}]
expect:
  - availability: {of: looks, atLeast: 100%}
  - latency: {of: looks, p50: 1s, during: faults}
";

fn web(more: &[(&str, &str)]) -> Vec<Value> {
    let env = [&[("NEXT", "tracker:8081")], more].concat();
    let mut all = app("web", &[container_with("web", PORT, &env)]);
    all.push(budget("web", &labels("web"), 1));
    all
}

/// Its sidecar comes first, as injectors that must start before the app put it, and takes its time
/// to end.
fn tracker() -> Vec<Value> {
    let sidecar = container_with("shipper", METRICS, &[("DRAIN", "6000")]);
    let own = container_with("tracker", PORT, &[("NEXT", "vault:7070")]);
    let own = with(own, &json!({"resources": {"requests": {"cpu": "20m"}}}));
    let annotations = json!({"kubectl.kubernetes.io/default-container": "tracker"});
    let template = json!({"metadata": {"annotations": annotations}});
    let workload = deployment("tracker", &[sidecar, own]);
    let ports = json!([{"name": "http", "port": 8081, "targetPort": "http"}]);
    vec![
        with(workload, &json!({"spec": {"template": template}})),
        service("tracker", &labels("tracker"), &ports),
        autoscaler("tracker", "Deployment", 2, 4),
        budget("tracker", &labels("tracker"), 1),
    ]
}

fn vault() -> Vec<Value> {
    let retains = json!({"whenDeleted": "Retain", "whenScaled": "Retain"});
    let set = with(stateful("vault", &retains), &json!({"spec": {"replicas": 1}}));
    let ports = json!([{"name": "http", "port": 7070, "targetPort": PORT}]);
    let front = service("vault", &labels("vault"), &ports);
    vec![set, with(front, &json!({"spec": {"clusterIP": "None"}}))]
}

async fn open(parts: &[Vec<Value>], target: Target) -> Lab {
    let lab = Lab::open("foreign", &parts.concat(), target).await;
    lab.add_volumes(1).await;
    lab.settle().await;
    lab
}

fn tracker_is() -> Target {
    Target::new("Deployment", "tracker")
}

/// The middle of the latencies during the fault, in milliseconds.
fn p50_during(ended: &Ended) -> f64 {
    let findings = ended.report.as_ref().unwrap()["verdict"]["findings"].as_array().unwrap();
    let latency = findings.iter().find(|one| one["claim"].to_string().contains("p50")).unwrap();
    let measured = latency["measured"].as_str().unwrap();
    let (number, unit) = measured.split_at(measured.trim_end_matches(char::is_alphabetic).len());
    let number: f64 = number.trim().parse().unwrap();
    number * if unit == "s" { 1000.0 } else { 1.0 }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn calls_to_a_service_behind_a_sidecar_are_late_and_none_is_lost() {
    let lab = open(&[web(&[]), tracker(), vault()], tracker_is()).await;
    let before = lab.everything().await;
    let trial = lab.runs(SYSTEM, LATENCY, &[]).await;
    assert_eq!(trial.ended.code, Some(0), "{}", trial.ended.said);
    let p50 = p50_during(&trial.ended);
    assert!((300.0..500.0).contains(&p50), "{p50} ms: {}", trial.ended.said);
    assert!(trial.seen.strangers.is_empty() && trial.seen.gone == 0, "{:?}", trial.seen);
    lab.must_be_as_before(&before, false).await;
    lab.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_caller_that_keeps_its_connection_past_the_proxy_leaves_the_claim_open() {
    let lab = open(&[web(&[("POLL", "yes")]), tracker(), vault()], tracker_is()).await;
    let before = lab.everything().await;
    let trial = lab.runs(SYSTEM, LATENCY, &[]).await;
    let said = &trial.ended.said;
    assert_eq!(trial.ended.code, Some(3), "{said}");
    assert!(said.contains("web") && said.contains("older than the"), "{said}");
    lab.must_be_as_before(&before, false).await;
    lab.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_scenario_in_which_nothing_happens_is_never_proven() {
    let lab = open(&[web(&[]), tracker(), vault()], Target::new("Deployment", "web")).await;
    let before = lab.everything().await;
    let noop = "env: {web: {START_DELAY: '6000'}}\n\
        load: [{name: looks, open: {rate: 20/s}, for: 12s, get: web/call, expect: 200}]\n\
        expect: [{availability: {of: looks, atLeast: 100%}}]\n\
        proof: [{without: {readinessProbe: web}, fails: [availability]}]\n";
    let ended = lab.controls("prove", SYSTEM, noop, &[]).await;
    assert!(ended.said.contains("0 of 1 proven"), "{}", ended.said);
    assert_ne!(ended.code, Some(0), "{}", ended.said);
    lab.must_be_as_before(&before, false).await;
    lab.close().await;
}

const LAB_SYSTEM: &str = "version: 1\nname: lab\nservices:\n  shop: {startsWithin: 5s}\n";

fn scenario(fault: &str) -> String {
    format!(
        "load: [{{name: looks, open: {{rate: 5/s}}, for: 8s, get: shop/}}]\nfaults: [{fault}]\n\
         expect: [{{availability: {{of: looks, atLeast: 1%}}}}]\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_jobs_pod_and_a_canarys_are_no_replicas_of_the_service_whose_label_they_have() {
    let one =
        with(deployment("shop", &[container("shop", PORT)]), &json!({"spec": {"replicas": 1}}));
    let objects = vec![
        one,
        crate::lab::objects::front("shop"),
        labelled("Deployment", "shop-canary", &json!({"app": "shop", "track": "canary"})),
        job("shop-migrate", &json!({"app": "shop", "job": "migrate"})),
    ];
    let lab = open(&[objects], Target::new("Deployment", "shop")).await;
    let before = lab.everything().await;
    for (fault, code) in
        [("{at: 3s, kill: {service: shop, pick: all}}", 0), ("{at: 3s, kill: {service: shop}}", 0)]
    {
        let trial = lab.runs(LAB_SYSTEM, &scenario(fault), &[]).await;
        assert_eq!(trial.ended.code, Some(code), "{}", trial.ended.said);
        let hit = trial.ended.report.unwrap()["timeline"]["faults"][0]["effect"].clone();
        assert_eq!((hit, trial.seen.gone), (json!(1), 1));
        assert!(trial.seen.strangers.is_empty(), "{:?}", trial.seen);
        lab.must_be_as_before(&before, false).await;
    }
    lab.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn what_would_destroy_claims_or_never_come_back_is_refused_in_a_dry_run_too() {
    let policy = json!({"whenDeleted": "Delete", "whenScaled": "Retain"});
    let set = with(stateful("shop", &policy), &json!({"spec": {"replicas": 1}}));
    let held = with(
        deployment("shop", &[container("shop", PORT)]),
        &json!({"metadata": {"finalizers": ["example.org/wait-for-me"]}}),
    );
    for (workload, kind, why) in [
        (set, "StatefulSet", "whenDeleted: Delete"),
        (held, "Deployment", "example.org/wait-for-me"),
    ] {
        let objects = vec![workload, crate::lab::objects::front("shop")];
        let lab = open(&[objects], Target::new(kind, "shop")).await;
        let before = lab.everything().await;
        for args in [&["--dry-run"] as &[&str], &[]] {
            let remove = scenario("{at: 3s, for: 5s, remove: {service: shop}}");
            let trial = lab.runs(LAB_SYSTEM, &remove, args).await;
            assert!(trial.ended.said.contains(why), "{}", trial.ended.said);
            assert_ne!(trial.ended.code, Some(0), "{}", trial.ended.said);
            assert!(!trial.seen.anything(), "{:?}", trial.seen);
            lab.must_be_as_before(&before, false).await;
        }
        lab.free(kind, "shop").await;
        lab.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_callee_with_a_protocol_of_its_own_is_unharmed_until_a_cut_and_after_it() {
    let mut cache = doing("tcp", "redis");
    cache["env"][0]["value"] = json!("6379");
    cache["ports"] = json!([{"containerPort": 6379}]);
    cache["readinessProbe"] = json!({"tcpSocket": {"port": 6379}, "periodSeconds": 1});
    let redis = vec![
        with(deployment("redis", &[cache]), &json!({"spec": {"replicas": 1}})),
        service("redis", &labels("redis"), &json!([{"port": 6379}])),
    ];
    let web = app("web", &[container_with("web", PORT, &[("NEXT", "redis:6379")])]);
    let lab = open(&[web, redis], Target::new("Deployment", "redis")).await;
    let before = lab.everything().await;
    let system = "version: 1\nname: lab\nservices:\n  web: {startsWithin: 5s, calls: {redis: {}}}\n  \
                  redis: {startsWithin: 5s}\n";
    let cut = "load: [{name: looks, open: {rate: 10/s}, for: 20s, get: web/ping, expect: 200}]\n\
        faults: [{at: 8s, for: 3s, cut: {from: web, to: redis}}]\n\
        expect:\n  - availability: {of: looks, atLeast: 100%, during: before}\n  \
        - availability: {of: looks, atLeast: 100%, during: after}\n  \
        - availability: {of: looks, atLeast: 70%}\n";
    let trial = lab.runs(system, cut, &[]).await;
    assert_eq!(trial.ended.code, Some(0), "{}", trial.ended.said);
    let report = trial.ended.report.unwrap();
    let hits = report["timeline"]["faults"][0]["effect"].as_u64().unwrap();
    assert!((20..=40).contains(&hits), "{hits} connections were cut");
    lab.must_be_as_before(&before, false).await;
    lab.close().await;
}

/// The run could last ten minutes.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_workload_that_a_killed_run_removed_is_back_within_the_faults_own_length_and_a_margin() {
    const LASTS: Duration = Duration::from_secs(8);
    const MARGIN: Duration = Duration::from_secs(30);
    const RESTORES: Duration = Duration::from_secs(30);
    let lab = open(&[plain("shop")], Target::new("Deployment", "shop")).await;
    let before = crate::snapshot::written(lab.shop.snapshot().await);
    let remove = scenario("{at: 1s, for: 8s, remove: {service: shop}}");
    let kubeconfig = std::env::var_os("BRUNT_TEST_KUBECONFIG").unwrap();
    let args = ["--image", lab.shop.image.as_str()];
    let namespace = &lab.shop.namespace;
    let files = (LAB_SYSTEM, remove.as_str());
    let mut run = Controller::on_cluster(&["run"], &kubeconfig, namespace, files, &args);
    assert!(run.says("begins", Duration::from_secs(60)).await, "{:?}", run.said());
    let began = Instant::now();
    until("it is gone", || async { !lab.shop.snapshot().await.contains_key("Deployment shop") })
        .await;
    run.kill();
    until("it is back as it was", || async {
        let mut now = crate::snapshot::written(lab.shop.snapshot().await);
        // The watchdog stays until the run's own time is over.
        now.retain(|name, _| !name.contains("brunt-revert-"));
        now == before
    })
    .await;
    let away = began.elapsed();
    assert!(away < LASTS + MARGIN + RESTORES, "away for {away:?}");
    lab.close().await;
}
