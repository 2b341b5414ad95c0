//! The part of Argo's controller that faults rest on, played by the test: ReplicaSets that a
//! Rollout owns, one a version, and its status. With BRUNT_TEST_ARGO set, the cluster's own
//! controller does it instead.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::core::ApiResource;
use kube::{Client, ResourceExt};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::shop::{Shop, resource, until};

/// Controllers leave Rollouts alone that have this label with a name that is not theirs.
const INSTANCE: &str = "argo-rollouts.argoproj.io/controller-instance-id";

const VERSION: &str = "rollouts-pod-template-hash";

pub const REVISION: &str = "rollout.argoproj.io/revision";

const LOOK: Duration = Duration::from_millis(100);

pub fn rollouts() -> ApiResource {
    resource("argoproj.io", "v1alpha1", "Rollout", "rollouts")
}

/// Whether the cluster's own controller is to be used.
pub fn is_real() -> bool {
    std::env::var_os("BRUNT_TEST_ARGO").is_some()
}

/// Makes a Rollout, with a controller for it.
pub async fn roll_out(shop: &Shop, mut rollout: Value) -> Option<JoinHandle<()>> {
    define(&shop.client).await;
    let name = rollout["metadata"]["name"].as_str().unwrap().to_owned();
    if !is_real() {
        rollout["metadata"]["labels"][INSTANCE] = json!("played");
    }
    // Of kinds that it does not have itself, the API server asks for both.
    rollout["apiVersion"] = json!("argoproj.io/v1alpha1");
    rollout["kind"] = json!("Rollout");
    shop.make("argoproj.io", "v1alpha1", "Rollout", "rollouts", rollout).await;
    let (client, namespace) = (shop.client.clone(), shop.namespace.clone());
    let played = || tokio::spawn(play(client, namespace, name.clone()));
    let controller = (!is_real()).then(played);
    let api = shop.api(&rollouts());
    until("the Rollout is healthy", || async {
        api.get(&name).await.unwrap().data["status"]["phase"] == "Healthy"
    })
    .await;
    controller
}

/// The kind, as far as it is needed here; one that is there is left as it is.
async fn define(client: &Client) {
    let any = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    let schema = json!({"type": "object", "properties": {"spec": any, "status": any}});
    let scale = json!({"specReplicasPath": ".spec.replicas",
        "statusReplicasPath": ".status.HPAReplicas", "labelSelectorPath": ".status.selector"});
    let definition = json!({
        "metadata": {"name": "rollouts.argoproj.io"},
        "spec": {
            "group": "argoproj.io", "scope": "Namespaced",
            "names": {"kind": "Rollout", "listKind": "RolloutList", "plural": "rollouts",
                "singular": "rollout"},
            "versions": [{"name": "v1alpha1", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": schema},
                "subresources": {"status": {}, "scale": scale}}],
        },
    });
    let all: Api<CustomResourceDefinition> = Api::all(client.clone());
    let definition = serde_json::from_value(definition).unwrap();
    match all.create(&PostParams::default(), &definition).await {
        Err(kube::Error::Api(status)) if status.code == 409 => {}
        made => drop(made.unwrap()),
    }
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &rollouts());
    until("the kind is known", || async { api.list(&ListParams::default()).await.is_ok() }).await;
}

async fn play(client: Client, namespace: String, name: String) {
    let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), &namespace, &rollouts());
    let sets: Api<ReplicaSet> = Api::namespaced(client.clone(), &namespace);
    let pods: Api<Pod> = Api::namespaced(client, &namespace);
    loop {
        // It may be removed and made again.
        if let Ok(Some(rollout)) = api.get_opt(&name).await {
            // What somebody else has changed meanwhile is looked at again.
            let _ = reconcile(&rollout, &api, &sets, &pods).await;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// A Rollout, its ReplicaSets, and which of these is the version that is wanted, and which the one
/// before.
struct Versions<'a> {
    rollout: &'a DynamicObject,
    own: Vec<ReplicaSet>,
    wanted: String,
    stable: String,
    /// Whether the new version waits with one pod for somebody to promote it.
    waits: bool,
}

async fn reconcile(
    rollout: &DynamicObject,
    api: &Api<DynamicObject>,
    sets: &Api<ReplicaSet>,
    pods: &Api<Pod>,
) -> kube::Result<()> {
    let (uid, spec) = (rollout.uid().unwrap_or_default(), &rollout.data["spec"]);
    let mut own = sets.list(&ListParams::default()).await?.items;
    own.retain(|set| set.owner_references().iter().any(|owner| owner.uid == uid));
    let wanted = version(&spec["template"]);
    let stable = rollout.data["status"]["stableRS"].as_str().unwrap_or(&wanted).to_owned();
    let steps = spec["strategy"]["canary"]["steps"].as_array();
    let waits = steps.is_some_and(|steps| !steps.is_empty()) && stable != wanted;
    let versions = Versions { rollout, own, wanted, stable, waits };
    if versions.number(sets).await? {
        versions.scale(sets).await?;
        restart(spec, &versions.own, pods).await?;
        versions.tell(api).await?;
    }
    Ok(())
}

impl Versions<'_> {
    fn newest(&self) -> Option<&ReplicaSet> {
        self.own.iter().find(|set| set.labels().get(VERSION) == Some(&self.wanted))
    }

    /// How many pods there should be.
    fn replicas(&self) -> i32 {
        i32::try_from(self.rollout.data["spec"]["replicas"].as_i64().unwrap_or(1)).unwrap()
    }

    /// Makes the wanted version, or gives it the newest number. Says whether it had that already.
    async fn number(&self, sets: &Api<ReplicaSet>) -> kube::Result<bool> {
        let last = self.own.iter().map(revision).max().unwrap_or(0);
        match self.newest() {
            None => {
                let set = replica_set(self.rollout, &self.wanted, last + 1);
                sets.create(&PostParams::default(), &set).await?;
                Ok(false)
            }
            Some(new) if revision(new) < last => {
                let next = (last + 1).to_string();
                let patch = json!({"metadata": {"annotations": {REVISION: next}}});
                sets.patch(&new.name_any(), &PatchParams::default(), &Patch::Merge(patch)).await?;
                Ok(false)
            }
            Some(_) => Ok(true),
        }
    }

    /// The new version first: an old one goes when that is available.
    async fn scale(&self, sets: &Api<ReplicaSet>) -> kube::Result<()> {
        let all = self.replicas();
        let canary = if self.waits { 1.min(all) } else { all };
        let is_enough = self.newest().map_or(0, available) >= canary;
        for set in &self.own {
            let version = set.labels().get(VERSION);
            let is_new = version == Some(&self.wanted);
            let part = match version {
                _ if is_new => canary,
                version if self.waits && version == Some(&self.stable) => all - canary,
                _ => 0,
            };
            if (is_new || is_enough) && set.spec.as_ref().unwrap().replicas != Some(part) {
                let patch = json!({"spec": {"replicas": part}});
                sets.patch(&set.name_any(), &PatchParams::default(), &Patch::Merge(patch)).await?;
            }
        }
        Ok(())
    }

    /// Writes the status.
    async fn tell(&self, api: &Api<DynamicObject>) -> kube::Result<()> {
        let number = |set: &ReplicaSet| set.status.as_ref().map_or(0, |status| status.replicas);
        let all: i32 = self.own.iter().map(number).sum();
        let ready: i32 = self.own.iter().map(available).sum();
        let is_whole = all == self.replicas() && ready == all;
        let phase = match (is_whole, self.waits) {
            (true, true) => "Paused",
            (true, false) => "Healthy",
            (false, _) => "Progressing",
        };
        let stable = if phase == "Healthy" { &self.wanted } else { &self.stable };
        let generation = self.rollout.metadata.generation.unwrap_or_default().to_string();
        let status = json!({"phase": phase, "observedGeneration": generation, "replicas": all,
            "availableReplicas": ready, "readyReplicas": ready, "currentPodHash": self.wanted,
            "stableRS": stable});
        if self.rollout.data["status"] != status {
            let (name, patch) = (self.rollout.name_any(), json!({"status": status}));
            api.patch_status(&name, &PatchParams::default(), &Patch::Merge(patch)).await?;
        }
        Ok(())
    }
}

fn revision(set: &ReplicaSet) -> u64 {
    set.annotations().get(REVISION).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Deletes one pod after the other that was made before the Rollout was to restart.
async fn restart(spec: &Value, own: &[ReplicaSet], pods: &Api<Pod>) -> kube::Result<()> {
    let Some(before) = spec["restartAt"].as_str() else { return Ok(()) };
    let before: jiff::Timestamp = before.parse().unwrap();
    let is_whole = |set: &ReplicaSet| set.spec.as_ref().unwrap().replicas == Some(available(set));
    for pod in pods.list(&ListParams::default()).await? {
        let mut owners = pod.owner_references().iter();
        let is_own = owners.any(|owner| own.iter().any(|set| set.name_any() == owner.name));
        let is_old = pod.creation_timestamp().is_some_and(|time| time.0 < before);
        if is_own && is_old && pod.metadata.deletion_timestamp.is_none() && own.iter().all(is_whole)
        {
            pods.delete(&pod.name_any(), &DeleteParams::default()).await?;
            return Ok(());
        }
    }
    Ok(())
}

fn available(set: &ReplicaSet) -> i32 {
    set.status.as_ref().and_then(|status| status.available_replicas).unwrap_or(0)
}

fn version(template: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    template.to_string().hash(&mut hasher);
    format!("{:x}", hasher.finish() & 0xffff_ffff)
}

fn replica_set(rollout: &DynamicObject, version: &str, revision: u64) -> ReplicaSet {
    let spec = &rollout.data["spec"];
    let mut template = spec["template"].clone();
    template["metadata"]["labels"][VERSION] = json!(version);
    let mut selector = spec["selector"].clone();
    selector["matchLabels"][VERSION] = json!(version);
    let owner = json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
        "name": rollout.name_any(), "uid": rollout.uid(), "controller": true,
        "blockOwnerDeletion": true});
    // A version has the labels of its pods.
    let labels = &template["metadata"]["labels"];
    serde_json::from_value(json!({
        "metadata": {"name": format!("{}-{version}", rollout.name_any()),
            "labels": labels, "annotations": {REVISION: revision.to_string()},
            "ownerReferences": [owner]},
        "spec": {"replicas": 0, "selector": selector, "template": template},
    }))
    .unwrap()
}
