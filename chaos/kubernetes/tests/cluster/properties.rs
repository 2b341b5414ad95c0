//! Whatever is in a namespace, and whatever is done to one service in it: everything that is none
//! of its replicas is untouched, all is as before at the end, and a fault without effect is never a
//! pass.
//!
//! BRUNT_TEST_NAMESPACES says how many random namespaces there are (5 unless given), in
//! BRUNT_TEST_LANES at once (2 unless given); BRUNT_TEST_SEED is the first of their seeds, each of
//! which is printed. One alone, again: `BRUNT_TEST_SEED=… BRUNT_TEST_NAMESPACES=1`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::join_all;
use kube::ResourceExt;
use kube::api::{Api, DynamicObject, ListParams, Patch, PatchParams};
use serde_json::{Value, json};

use crate::lab::random::{Must, OWNER, RandomNamespace, namespace};
use crate::lab::seen::Seen;
use crate::lab::{Lab, Trial};
use crate::shop::resource;

const SYSTEM: &str = "version: 1\nname: shop\nservices:\n  shop: {startsWithin: 8s}\n";

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

fn scenario(fault: &str) -> String {
    format!(
        "load: [{{name: looks, open: {{rate: 5/s}}, for: 9s, get: shop/}}]\nfaults: [{fault}]\n\
         expect: [{{availability: {{of: looks, atLeast: 1%}}}}]\nlimits: {{maxDuration: 60s}}\n"
    )
}

/// Whether what a fault is meant to do was seen from outside.
fn has_shown(fault: &str, seen: &Seen) -> bool {
    match fault {
        "killContainer" => seen.restarted.iter().map(String::as_str).eq(["shop"]),
        "scale" => seen.fewest != seen.most,
        "setConfig" => seen.changed.contains("ConfigMap settings"),
        "autoscale" => seen.changed.contains("HorizontalPodAutoscaler shop"),
        // Others may be kept until new ones are ready, which never are.
        "tamperProbe" => seen.gone > 0 || seen.fewest != seen.most,
        _ => seen.gone > 0,
    }
}

/// What contradicts the properties, a sentence each.
fn objections(one: &RandomNamespace, Trial { ended, seen }: &Trial) -> Vec<String> {
    let mut all = Vec::new();
    let mut object = |holds: bool, what: String| {
        if !holds {
            all.push(what);
        }
    };
    let RandomNamespace { target, fault, .. } = one;
    object(seen.strangers.is_empty(), format!("it touched {:?}", seen.strangers));
    let may_change = [
        format!("{} {}", target.kind, target.name),
        match fault.kind {
            "setConfig" => "ConfigMap settings",
            "autoscale" => "HorizontalPodAutoscaler shop",
            _ => "",
        }
        .to_owned(),
    ];
    let others: Vec<_> = seen.changed.iter().filter(|one| !may_change.contains(one)).collect();
    object(others.is_empty(), format!("it changed {others:?}"));
    let shown = has_shown(fault.kind, seen);
    match ended.code {
        Some(0) => object(shown, "a fault without effect passed".to_owned()),
        Some(2) => object(!seen.anything(), "what was refused was begun".to_owned()),
        Some(3) => {}
        code => object(false, format!("it ended with {code:?}")),
    }
    let expected = match fault.must {
        Must::Work => ended.code == Some(0),
        Must::BeRefused => ended.code == Some(2),
        Must::Either => true,
    };
    object(expected, format!("it must {:?}", fault.must));
    all
}

/// The objects with the owner's uid where that is meant.
async fn open(one: &RandomNamespace) -> Lab {
    let lab = Lab::open("random", &[], one.target.clone()).await;
    lab.add_volumes(one.volumes).await;
    let config_maps = lab.shop.api(&resource("", "v1", "ConfigMap", "configmaps"));
    for object in &one.objects {
        let mut object = object.clone();
        if let Some(uid) = object.pointer_mut("/metadata/ownerReferences/0/uid")
            && *uid == OWNER
        {
            *uid = json!(config_maps.get("owner").await.unwrap().uid());
        }
        lab.create(object).await;
    }
    lab.settle().await;
    if one.pauses {
        let api = lab.shop.api(&resource("apps", "v1", "Deployment", "deployments"));
        let paused = Patch::Merge(json!({"spec": {"paused": true}}));
        api.patch("shop", &PatchParams::default(), &paused).await.unwrap();
    }
    if one.features.contains(&"tight quota") {
        tighten(&lab).await;
    }
    lab
}

/// Leaves room for the watchdog, and for no pod besides those that there are.
async fn tighten(lab: &Lab) {
    let pods: Api<DynamicObject> = lab.shop.api(&resource("", "v1", "Pod", "pods"));
    let count = pods.list(&ListParams::default()).await.unwrap().items.len();
    let quota = json!({"spec": {"hard": {"pods": (count + 1).to_string()}}});
    let quotas = lab.shop.api(&resource("", "v1", "ResourceQuota", "resourcequotas"));
    quotas.patch("quota", &PatchParams::default(), &Patch::Merge(quota)).await.unwrap();
}

/// Everything of one namespace; returns what is wrong with it.
async fn try_one(seed: u64, counts: &Mutex<BTreeMap<String, u32>>) -> Result<(), String> {
    let one = namespace(seed);
    let lab = open(&one).await;
    let before = lab.everything().await;
    let trial = lab.runs(SYSTEM, &scenario(&one.fault.text), &[]).await;
    let mut wrong = objections(&one, &trial);
    let remade = one.fault.kind == "remove";
    wrong.extend(lab.differs(&before, remade).await.map(|what| format!("not as before: {what}")));
    let code = trial.ended.code.unwrap_or(-1);
    println!("seed {seed}: exit {code}, {} of {:?}", one.fault.text, one.features);
    *counts.lock().unwrap().entry(format!("{} {code}", one.fault.kind)).or_default() += 1;
    if one.features.contains(&"finalizer") {
        lab.free(&one.target.kind, "shop").await;
    }
    lab.close().await;
    if wrong.is_empty() {
        return Ok(());
    }
    let mut report = format!("seed {seed}, {}, {:?}:\n", one.fault.text, one.features);
    for what in wrong {
        writeln!(report, "  {what}").unwrap();
    }
    writeln!(report, "  {:?}\n  {}", trial.seen, trial.ended.said).unwrap();
    Err(report)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn in_random_namespaces_only_replicas_are_hit_and_no_fault_without_effect_passes() {
    let first = number("BRUNT_TEST_SEED", fastrand::u64(..1_000_000));
    let count = number("BRUNT_TEST_NAMESPACES", 5);
    println!("BRUNT_TEST_SEED={first} BRUNT_TEST_NAMESPACES={count}");
    let next = AtomicU64::new(first);
    let counts = Mutex::default();
    let lane = || async {
        let mut wrong = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                return wrong;
            }
            wrong.extend(try_one(seed, &counts).await.err());
        }
    };
    let lanes = (0..number("BRUNT_TEST_LANES", 2)).map(|_| lane());
    let wrong: Vec<String> = join_all(lanes).await.into_iter().flatten().collect();
    println!("fault and exit code: {:?}", counts.into_inner().unwrap());
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_pass_of_a_fault_that_nobody_saw_is_objected_to() {
    let mut one = namespace(1);
    one.fault.must = Must::Either;
    one.fault.kind = "rollout";
    let ended = |code: i32| crate::controller::Ended {
        code: Some(code),
        said: String::new(),
        report: Some(Value::Null),
    };
    let trial = |code: i32, seen: Seen| Trial { ended: ended(code), seen };
    let hit = Seen { gone: 1, ..Seen::default() };
    assert_eq!(objections(&one, &trial(0, hit.clone())), [""; 0]);
    assert_eq!(objections(&one, &trial(0, Seen::default())), ["a fault without effect passed"]);
    assert_eq!(objections(&one, &trial(3, Seen::default())), [""; 0]);
    assert_eq!(objections(&one, &trial(2, hit.clone())), ["what was refused was begun"]);
    let touched = Seen { strangers: ["Pod job".to_owned()].into(), ..hit.clone() };
    assert_eq!(objections(&one, &trial(0, touched)).len(), 1);
    let beside = Seen { changed: ["Service shop".to_owned()].into(), ..hit };
    assert_eq!(objections(&one, &trial(0, beside)).len(), 1);
    one.fault.must = Must::Work;
    assert_eq!(objections(&one, &trial(3, Seen::default())), ["it must Work"]);
}
