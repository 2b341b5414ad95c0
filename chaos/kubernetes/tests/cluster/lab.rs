//! A namespace with a foreign app in it: a program that knows nothing of brunt, in an image that
//! holds no shell. brunt runs on it as a user starts it, while everything in the namespace is
//! watched.

pub mod objects;
pub mod program;
pub mod random;
pub mod seen;
pub mod strangers;

use std::time::Duration;

use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind, TypeMeta};
use serde_json::{Value, json};

use crate::controller::{Controller, Ended};
use crate::shop::{Shop, resource, until};
use crate::snapshot::{self, Snapshot, difference};
use seen::{Seen, Watching};

/// Longer than any run here.
const ENDS_WITHIN: Duration = Duration::from_secs(240);

/// By this label the volumes of a lab are known.
const OF: &str = "lab.example.org/namespace";

pub struct Lab {
    pub shop: Shop,
    /// The workload that is the service which faults are for.
    target: Target,
}

/// Kind and name of a workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub kind: String,
    pub name: String,
}

impl Target {
    pub fn new(kind: &str, name: &str) -> Self {
        Self { kind: kind.to_owned(), name: name.to_owned() }
    }
}

/// What became of a run.
#[derive(Debug)]
pub struct Trial {
    pub ended: Ended,
    /// What was seen of the service meanwhile.
    pub seen: Seen,
}

impl Lab {
    /// Makes the namespace and these objects, and waits until all that can be ready is ready.
    pub async fn open(name: &str, objects: &[Value], target: Target) -> Self {
        let shop = Shop::empty(name).await;
        let lab = Self { shop, target };
        let program = serde_json::to_value(program::config_map()).unwrap();
        lab.create(with_kind(program)).await;
        for object in objects {
            lab.create(object.clone()).await;
        }
        lab
    }

    /// Creates an object, with the image and the storage class that there are here.
    pub async fn create(&self, mut object: Value) {
        let image = self.shop.sandbox_image().await;
        fill_in(&mut object, objects::IMAGE, &image);
        fill_in(&mut object, objects::STORAGE, &self.shop.namespace);
        let object: DynamicObject = serde_json::from_value(object).unwrap();
        let api = self.api(object.types.as_ref().unwrap());
        let made = api.create(&PostParams::default(), &object).await;
        made.unwrap_or_else(|error| panic!("{object:?}: {error}"));
    }

    /// Volumes on a node's own disk, for claims of this lab.
    pub async fn add_volumes(&self, count: u32) {
        for number in 0..count {
            let name = format!("{}-{number}", self.shop.namespace);
            let path = format!("/tmp/{name}");
            let meta = json!({"name": name, "labels": {OF: self.shop.namespace}});
            let spec = json!({
                "capacity": {"storage": "1Mi"}, "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Retain",
                "storageClassName": self.shop.namespace,
                "hostPath": {"path": path, "type": "DirectoryOrCreate"}});
            let volume = json!({"metadata": meta, "spec": spec});
            let volume = serde_json::from_value(volume).unwrap();
            self.volumes().create(&PostParams::default(), &volume).await.unwrap();
        }
    }

    fn volumes(&self) -> Api<DynamicObject> {
        let volumes = resource("", "v1", "PersistentVolume", "persistentvolumes");
        Api::all_with(self.shop.client.clone(), &volumes)
    }

    fn api(&self, types: &TypeMeta) -> Api<DynamicObject> {
        let (group, version) =
            types.api_version.split_once('/').unwrap_or(("", &types.api_version));
        let kind = GroupVersionKind::gvk(group, version, &types.kind);
        self.shop.api(&ApiResource::from_gvk(&kind))
    }

    /// All objects and volumes, and all pods that are none of the service's.
    pub async fn everything(&self) -> Snapshot {
        let mut all = self.shop.snapshot().await;
        let ours = ListParams::default().labels(&format!("{OF}={}", self.shop.namespace));
        for volume in self.volumes().list(&ours).await.unwrap() {
            let phase = volume.data["status"]["phase"].clone();
            let claim = volume.data["spec"]["claimRef"]["uid"].clone();
            let name = format!("PersistentVolume {}", volume.metadata.name.unwrap());
            all.insert(name, format!("{phase} for {claim}"));
        }
        all.extend(strangers::of(self, &self.target).await);
        all
    }

    /// Waits until nothing changes any more by itself: all pods are ready, or cannot be.
    pub async fn settle(&self) {
        until("everything has settled", || async { strangers::are_settled(self).await }).await;
    }

    /// Runs a scenario from its load on, while everything is watched.
    pub async fn runs(&self, system: &str, scenario: &str, args: &[&str]) -> Trial {
        let watching = Watching::start(self, self.target.clone(), self.everything().await);
        let ended = self.controls("run", system, scenario, args).await;
        Trial { ended, seen: watching.stop() }
    }

    /// A command of the program with this scenario, with an image of brunt for its helpers.
    pub async fn controls(
        &self,
        command: &str,
        system: &str,
        scenario: &str,
        args: &[&str],
    ) -> Ended {
        // From here: on a busy machine, workers inside are too far away to start together.
        let always = ["--from", "here", "--image", &self.shop.image];
        let args: Vec<&str> = always.iter().chain(args).copied().collect();
        let kubeconfig = std::env::var_os("BRUNT_TEST_KUBECONFIG").unwrap();
        let namespace = &self.shop.namespace;
        let command = [command, "--retries", "0"];
        let files = (system, scenario);
        let started = Controller::on_cluster(&command, &kubeconfig, namespace, files, &args);
        started.finish(ENDS_WITHIN).await
    }

    /// Fails unless everything is as before, soon. The workload may be `remade`: another object
    /// with the same values.
    pub async fn must_be_as_before(&self, before: &Snapshot, remade: bool) {
        let differs = self.differs(before, remade).await;
        assert!(differs.is_none(), "{}: {}", self.shop.namespace, differs.unwrap());
    }

    /// What is not as before, and does not become so soon.
    pub async fn differs(&self, before: &Snapshot, remade: bool) -> Option<String> {
        let target = format!("{} {}", self.target.kind, self.target.name);
        let compared = |all: Snapshot| -> Snapshot {
            let (one, mut rest): (Snapshot, Snapshot) =
                all.into_iter().partition(|(name, _)| remade && *name == target);
            rest.extend(snapshot::written(one));
            rest
        };
        let before = compared(before.clone());
        let end = tokio::time::Instant::now() + Duration::from_secs(60);
        loop {
            let now = compared(self.everything().await);
            if now == before {
                return None;
            }
            if tokio::time::Instant::now() > end {
                return Some(difference(&before, &now));
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// Takes finalizers away, which would keep the namespace.
    pub async fn free(&self, kind: &str, name: &str) {
        let resource = resource("apps", "v1", kind, &format!("{}s", kind.to_lowercase()));
        let none = Patch::Merge(json!({"metadata": {"finalizers": null}}));
        self.shop.api(&resource).patch(name, &PatchParams::default(), &none).await.unwrap();
    }

    pub async fn close(self) {
        let ours = ListParams::default().labels(&format!("{OF}={}", self.shop.namespace));
        self.volumes().delete_collection(&DeleteParams::default(), &ours).await.unwrap();
        self.shop.close().await;
    }
}

/// Objects of typed kinds do not name them.
fn with_kind(mut config_map: Value) -> Value {
    objects::merge(&mut config_map, &json!({"apiVersion": "v1", "kind": "ConfigMap"}));
    config_map
}

/// Puts a value in each place of what stands for it.
fn fill_in(value: &mut Value, instead: &str, real: &str) {
    match value {
        Value::String(text) if text == instead => *text = real.to_owned(),
        Value::Array(all) => all.iter_mut().for_each(|one| fill_in(one, instead, real)),
        Value::Object(all) => all.values_mut().for_each(|one| fill_in(one, instead, real)),
        _ => {}
    }
}
