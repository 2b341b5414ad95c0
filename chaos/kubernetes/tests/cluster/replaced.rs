//! Faults that replace pods, on workloads that replace none or only some; and what others take
//! back.

use brunt_faults::with_causes;
use brunt_kubernetes::{ChangeMode, ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{Fault, FaultKind, PlatformFault, ReplicaFilter};
use brunt_scenarios::scenario::ProbeKind;
use kube::api::Patch;
use serde_json::{Value, json};

use crate::inject_fault::{LASTS, applied, platform, shop};
use crate::shop::{Shop, until};

fn replacing() -> Vec<FaultKind> {
    let env = [("TIMEOUT".to_owned(), "off".to_owned())];
    let path = Some("/elsewhere".to_owned());
    vec![
        FaultKind::Rollout { service: shop() },
        platform(PlatformFault::SetEnv { env: env.into(), containers: vec![] }),
        platform(PlatformFault::RollBack),
        platform(PlatformFault::Probe { which: ProbeKind::Liveness, path }),
    ]
}

impl Shop {
    async fn replaces_nothing(&self, why: &str) {
        let before = self.snapshot().await;
        let dry =
            ClusterRunOptions { mode: ChangeMode::DryRun, ..self.options(Watchdog::None, LASTS) };
        for options in [dry, self.options(Watchdog::None, LASTS)] {
            let system = self.start(&options).await;
            for kind in replacing() {
                let refused = applied(&system, &kind).await.unwrap_err();
                assert!(with_causes(&refused).contains(why), "{kind}: {refused:?}");
            }
        }
        let faults = vec![Fault {
            kind: FaultKind::Rollout { service: shop() },
            at: vec![std::time::Duration::ZERO],
            lasts: None,
            only: ReplicaFilter::default(),
        }];
        let planned = ClusterRunOptions { faults, ..self.options(Watchdog::Job(None), LASTS) };
        let refused = self.try_start(&planned).await.err().unwrap().to_string();
        assert!(refused.contains(why), "{refused}");
        assert_eq!(self.snapshot().await, before);
    }

    /// The same service as a StatefulSet.
    async fn as_a_set(&self, strategy: Value) {
        let mut set = self.deployment().await;
        set["metadata"] = json!({"name": "shop", "labels": {"app": "shop"}});
        set["spec"] = json!({
            "serviceName": "shop", "replicas": 3, "podManagementPolicy": "Parallel",
            "selector": set["spec"]["selector"], "template": set["spec"]["template"],
            "updateStrategy": strategy});
        set.as_object_mut().unwrap().retain(|key, _| key == "metadata" || key == "spec");
        let deployments = crate::shop::resource("apps", "v1", "Deployment", "deployments");
        self.api(&deployments).delete("shop", &Default::default()).await.unwrap();
        self.make("apps", "v1", "StatefulSet", "statefulsets", set).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_workload_that_replaces_no_pod_is_refused_with_the_reason() {
    let shop = Shop::without_autoscaler("unreplaced").await;
    shop.all_ready().await;
    let paused = |paused: bool| Patch::Merge(json!({"spec": {"paused": paused}}));
    shop.patch("Deployment", paused(true)).await;
    shop.replaces_nothing("it is paused").await;
    shop.patch("Deployment", paused(false)).await;

    shop.as_a_set(json!({"type": "OnDelete"})).await;
    let system = shop.start(&shop.options(Watchdog::None, LASTS)).await;
    ready(&system).await;
    shop.replaces_nothing("OnDelete").await;
    let partition = |partition: u32| {
        let rolling = json!({"partition": partition});
        Patch::Merge(json!({"spec": {"updateStrategy": {
            "type": "RollingUpdate", "rollingUpdate": rolling}}}))
    };
    shop.patch("StatefulSet", partition(3)).await;
    shop.replaces_nothing("partition").await;
    shop.patch("StatefulSet", partition(2)).await;
    let rollout = applied(&system, &FaultKind::Rollout { service: self::shop() }).await.unwrap();
    assert_eq!(rollout.keep().hits, 1, "only the last of three");
    assert_eq!(system.teardown().await, [""; 0]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn what_others_take_back_during_a_fault_is_reported_with_their_name() {
    let shop = Shop::open("taken-back").await;
    let before = shop.settled().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    // Its autoscaler keeps it at two.
    let scale = FaultKind::Scale { service: self::shop(), replicas: 3 };
    let scaled = applied(&system, &scale).await.unwrap();
    assert!(
        system.planned_changes().iter().any(|note| note.contains("HorizontalPodAutoscaler shop"))
    );
    until("the autoscaler has its way", || async {
        shop.deployment().await["spec"]["replicas"] == 2
    })
    .await;
    let told = scaled.recover(&system).await.unwrap_err();
    assert!(told.has_ended_early(), "{told:?}");
    assert!(with_causes(&told).contains("kube-controller-manager"), "{told}");
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

/// Its quota has no room for a pod besides those that there are.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_rollout_that_cannot_begin_has_hit_nothing_and_is_undone() {
    let shop = Shop::without_autoscaler("no-room").await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    shop.full_quota(2).await;
    let before = shop.settled().await;
    let env = [("TIMEOUT".to_owned(), "off".to_owned())].into();
    let faults = [
        platform(PlatformFault::SetEnv { env, containers: vec![] }),
        FaultKind::Scale { service: self::shop(), replicas: 3 },
    ];
    for kind in faults {
        let none = applied(&system, &kind).await.unwrap_err();
        assert!(with_causes(&none).contains("exceeded quota"), "{kind}: {none:?}");
        assert_eq!(shop.snapshot().await, before, "{kind}");
    }
    // A rollout is undone when the run ends.
    let rollout = FaultKind::Rollout { service: self::shop() };
    let none = applied(&system, &rollout).await.unwrap_err();
    assert!(with_causes(&none).contains("exceeded quota"), "{none:?}");
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.settled().await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn what_is_so_already_is_no_fault() {
    let shop = Shop::open("already").await;
    let before = shop.settled().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let same = |name: &str, value: &str| [(name.to_owned(), value.to_owned())].into();
    let config = |value: &str| PlatformFault::SetConfig {
        name: "settings".to_owned(),
        data: same("MAKING_TIME", value),
    };
    let faults = [
        PlatformFault::SetEnv { env: same("HOST", "0.0.0.0"), containers: vec![] },
        config("100ms"),
        PlatformFault::Autoscale { min: Some(2), max: Some(2), target: None },
    ];
    for fault in faults {
        let refused = applied(&system, &platform(fault)).await.unwrap_err();
        assert!(with_causes(&refused).contains("has all of these values already"), "{refused:?}");
        assert_eq!(shop.snapshot().await, before);
    }
    let changed = applied(&system, &platform(config("1s"))).await.unwrap();
    changed.recover(&system).await.unwrap();
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

async fn ready(system: &impl brunt_faults::FaultTarget) {
    until("all are ready", || async { system.census("shop").await.unwrap().ready() == 3 }).await;
}
