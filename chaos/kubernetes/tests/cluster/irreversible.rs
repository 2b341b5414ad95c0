//! Faults that would destroy what nobody could bring back are refused before anything is touched:
//! by a dry run, when the run starts, and when their time comes.

use brunt_faults::with_causes;
use brunt_kubernetes::{ChangeMode, ClusterRun, ClusterRunOptions, Watchdog};
use brunt_scenarios::plan::{FaultKind, PlatformFault};
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};

use crate::inject_fault::{LASTS, applied, planned};
use crate::shop::{Shop, resource, until};

/// A second service, whose workload has a volume.
const WITH_DB: &str = "
version: 1
name: shop
services:
  shop: {command: [brunt, serve, coffee, stock], port: 8080}
  db: {command: [brunt, serve, coffee, stock], port: 8081}
";

fn stop(service: &str) -> FaultKind {
    FaultKind::Stop { service: service.to_owned(), grace: None }
}

fn remove(service: &str) -> FaultKind {
    FaultKind::Platform { service: service.to_owned(), fault: PlatformFault::Remove }
}

impl Shop {
    /// A StatefulSet with a claim, and the volume for it.
    async fn add_db(&mut self, policy: Value) {
        let volume = json!({
            "metadata": {"name": self.namespace},
            "spec": {
                "capacity": {"storage": "1Mi"}, "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Retain", "storageClassName": self.namespace,
                "hostPath": {"path": format!("/tmp/{}", self.namespace)},
            },
        });
        let volumes = self.volumes();
        volumes
            .create(&Default::default(), &serde_json::from_value(volume).unwrap())
            .await
            .unwrap();
        let claim = json!({
            "metadata": {"name": "data"},
            "spec": {
                "accessModes": ["ReadWriteOnce"], "storageClassName": self.namespace,
                "resources": {"requests": {"storage": "1Mi"}},
            },
        });
        let labels = json!({"app": "db"});
        let mut pod = self.pod("stock", &json!([]));
        pod["containers"][0]["volumeMounts"] = json!([{"name": "data", "mountPath": "/kept"}]);
        let set = json!({
            "metadata": {"name": "db"},
            "spec": {
                "serviceName": "db", "replicas": 1, "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": pod},
                "volumeClaimTemplates": [claim],
                "persistentVolumeClaimRetentionPolicy": policy,
            },
        });
        self.make("apps", "v1", "StatefulSet", "statefulsets", set).await;
        self.system = WITH_DB;
    }

    fn volumes(&self) -> kube::Api<kube::api::DynamicObject> {
        let volumes = resource("", "v1", "PersistentVolume", "persistentvolumes");
        kube::Api::all_with(self.client.clone(), &volumes)
    }

    async fn patch_db(&self, patch: Value) {
        let sets = self.api(&resource("apps", "v1", "StatefulSet", "statefulsets"));
        sets.patch("db", &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    }

    /// Fails unless a fault is refused everywhere, and nothing is touched.
    async fn refuses(&self, kind: &FaultKind, why: &str) {
        // The StatefulSet's controller may still be about to write owners into its claims.
        let before = self.snapshot_with_pods().await;
        let applies =
            ClusterRunOptions { faults: planned(kind), ..self.options(Watchdog::Job(None), LASTS) };
        let at_start = self.try_start(&applies).await.err().unwrap().to_string();
        assert!(at_start.contains(why), "{kind}: {at_start}");
        let dry = ClusterRunOptions { mode: ChangeMode::DryRun, ..applies };
        let at_its_time =
            ClusterRunOptions { faults: vec![], ..self.options(Watchdog::None, LASTS) };
        for options in [dry, at_its_time] {
            let system = self.start(&options).await;
            let refused = applied(&system, kind).await.unwrap_err();
            assert!(with_causes(&refused).contains(why), "{kind}: {refused:?}");
        }
        assert_eq!(self.snapshot_with_pods().await, before, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn volume_claims_that_go_with_their_set_are_never_put_at_risk() {
    let mut shop = Shop::open("claims").await;
    let policy =
        |deleted: &str, scaled: &str| json!({"whenDeleted": deleted, "whenScaled": scaled});
    shop.add_db(policy("Delete", "Retain")).await;
    let system = shop.start(&shop.options(Watchdog::None, LASTS)).await;
    ready(&system, "db", 1).await;
    ready(&system, "shop", 2).await;
    until("the kubelet has said so", || async { shop.is_rolled_out().await }).await;
    shop.refuses(&remove("db"), "whenDeleted: Delete").await;
    // Its claim stays when it is scaled in, so that it may be stopped.
    let stopped = applied(&system, &stop("db")).await.unwrap();
    assert_eq!(stopped.recover(&system).await.unwrap().hits, 1);
    ready(&system, "db", 1).await;

    let further = FaultKind::Scale { service: "db".to_owned(), replicas: 2 };
    shop.refuses(&further, "those of further ones stay").await;

    let spec = json!({"persistentVolumeClaimRetentionPolicy": policy("Retain", "Delete")});
    shop.patch_db(json!({"spec": spec})).await;
    let more = FaultKind::Scale { service: "db".to_owned(), replicas: 3 };
    shop.refuses(&stop("db"), "whenScaled: Delete").await;
    shop.refuses(&more, "whenScaled: Delete").await;
    assert_eq!(system.teardown().await, [""; 0]);
    let volumes = shop.volumes();
    volumes.delete(&shop.namespace, &DeleteParams::default()).await.unwrap();
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn workloads_that_others_decide_about_are_not_removed() {
    let shop = Shop::without_autoscaler("others").await;
    shop.all_ready().await;
    let meta = |meta: Value| Patch::Merge(json!({"metadata": meta}));
    let none = || meta(json!({"finalizers": null, "ownerReferences": null}));
    shop.patch("Deployment", meta(json!({"finalizers": ["example.org/wait"]}))).await;
    shop.refuses(&remove("shop"), "example.org/wait").await;
    shop.patch("Deployment", none()).await;

    let settings = shop.object("ConfigMap").await["metadata"]["uid"].clone();
    let owner = |controller: bool| {
        json!({"ownerReferences": [{
            "apiVersion": "v1", "kind": "ConfigMap", "name": "settings", "uid": settings,
            "controller": controller}]})
    };
    shop.patch("Deployment", meta(owner(false))).await;
    shop.refuses(&remove("shop"), "belongs to ConfigMap settings").await;
    shop.patch("Deployment", meta(owner(true))).await;
    shop.refuses(&stop("shop"), "belongs to ConfigMap settings").await;
    shop.patch("Deployment", none()).await;

    let uid = shop.deployment().await["metadata"]["uid"].clone();
    let owned = json!({"metadata": {"name": "certificates", "ownerReferences": [{
        "apiVersion": "apps/v1", "kind": "Deployment", "name": "shop", "uid": uid}]}});
    shop.make("", "v1", "Secret", "secrets", owned).await;
    shop.refuses(&remove("shop"), "owns Secret certificates").await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn a_removed_workload_comes_back_only_when_the_one_before_has_gone() {
    let shop = Shop::without_autoscaler("going").await;
    shop.all_ready().await;
    let deployment = shop.deployment().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let removed = applied(&system, &remove("shop")).await.unwrap();
    // Somebody makes one like it, and deletes it again; it is held back.
    shop.make_again(deployment.clone(), 2).await;
    let held = json!({"metadata": {"finalizers": ["example.org/wait"]}});
    shop.patch("Deployment", Patch::Merge(held)).await;
    let deployments = shop.api(&resource("apps", "v1", "Deployment", "deployments"));
    deployments.delete("shop", &DeleteParams::default()).await.unwrap();
    let going = shop.deployment().await["metadata"]["uid"].clone();
    let let_go = async {
        until("its copy is kept until then", || async {
            shop.snapshot().await.keys().any(|name| name.starts_with("ConfigMap brunt-removed-"))
        })
        .await;
        let free = json!({"metadata": {"finalizers": null}});
        shop.patch("Deployment", Patch::Merge(free)).await;
    };
    let (recovered, ()) = tokio::join!(removed.recover(&system), let_go);
    recovered.unwrap();
    let back = shop.deployment().await;
    assert_ne!(back["metadata"]["uid"], going);
    assert_eq!(back["metadata"].get("deletionTimestamp"), None);
    assert_eq!(back["spec"], deployment["spec"]);
    ready(&system, "shop", 2).await;
    assert_eq!(system.teardown().await, [""; 0]);
    shop.all_ready().await;
    shop.close().await;
}

async fn ready(system: &ClusterRun, service: &str, replicas: u32) {
    use brunt_faults::FaultTarget;
    until("all are ready", || async { system.census(service).await.unwrap().ready() == replicas })
        .await;
}
