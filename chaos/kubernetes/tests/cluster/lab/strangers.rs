//! Pods that are none of a service's replicas, found by owner references alone, without anything
//! of brunt's.

use std::collections::BTreeSet;

use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt;
use kube::api::{Api, ListParams};
use serde_json::Value;

use super::{Lab, Target};
use crate::shop::resource;
use crate::snapshot::Snapshot;

/// The label of pods and workloads that never get ready.
pub const NEVER_READY: &str = "never-ready";

/// What owns the replicas of a service: its workload, or the ReplicaSets of a Deployment.
pub struct Owners(BTreeSet<(String, String)>);

impl Owners {
    /// Those of a workload, of all ReplicaSets that there are.
    pub fn of<'a>(target: &Target, sets: impl Iterator<Item = (String, &'a ObjectMeta)>) -> Self {
        let workload = Self([(target.kind.clone(), target.name.clone())].into());
        if target.kind != "Deployment" {
            return workload;
        }
        let own = sets.filter(|(_, meta)| workload.own(meta));
        Self(own.map(|(name, _)| ("ReplicaSet".to_owned(), name)).collect())
    }

    /// Whether an object belongs to one of them.
    pub fn own(&self, meta: &ObjectMeta) -> bool {
        let all = meta.owner_references.iter().flatten();
        all.filter(|one| one.controller == Some(true))
            .any(|one| self.0.contains(&(one.kind.clone(), one.name.clone())))
    }

    fn are(&self, set: &ReplicaSet) -> bool {
        self.0.contains(&("ReplicaSet".to_owned(), set.name_any()))
    }
}

/// What tells a pod from one in its place, and from itself before somebody touched it.
pub fn facts(pod: &Pod) -> String {
    let restarts: Vec<(String, i32)> = restarts(pod).collect();
    let meta = &pod.metadata;
    let spec = serde_json::to_string(&pod.spec).unwrap();
    format!(
        "{:?} {restarts:?} going: {} {:?} {:?} {spec}",
        meta.uid,
        meta.deletion_timestamp.is_some(),
        meta.labels,
        meta.annotations
    )
}

/// How often each container of a pod has been started again.
pub fn restarts(pod: &Pod) -> impl Iterator<Item = (String, i32)> {
    let status = pod.status.iter();
    let all = status.flat_map(|status| {
        status.init_container_statuses.iter().chain(&status.container_statuses).flatten()
    });
    all.map(|one| (one.name.clone(), one.restart_count))
}

/// All pods and ReplicaSets that are not the target's, each with everything that a fault could
/// change of it.
pub async fn of(lab: &Lab, target: &Target) -> Snapshot {
    let client = || lab.shop.client.clone();
    let pods: Api<Pod> = Api::namespaced(client(), &lab.shop.namespace);
    let sets: Api<ReplicaSet> = Api::namespaced(client(), &lab.shop.namespace);
    let all = ListParams::default();
    let sets = sets.list(&all).await.unwrap().items;
    let owners = Owners::of(target, sets.iter().map(|set| (set.name_any(), &set.metadata)));
    let pods = pods.list(&all).await.unwrap().items;
    let strangers = pods.iter().filter(|pod| !owners.own(&pod.metadata));
    let mut all: Snapshot =
        strangers.map(|pod| (format!("Pod {}", pod.name_any()), facts(pod))).collect();
    let is_target = |set: &ReplicaSet| target.kind == "ReplicaSet" && target.name == set.name_any();
    let sets = sets.iter().filter(|set| !owners.are(set) && !is_target(set));
    all.extend(sets.map(|set| {
        let replicas = set.spec.as_ref().and_then(|spec| spec.replicas);
        (format!("ReplicaSet {}", set.name_any()), format!("{:?} {replicas:?}", set.uid()))
    }));
    all
}

/// Whether all workloads have their pods, and all pods are ready that ever will be.
pub async fn are_settled(lab: &Lab) -> bool {
    for (kind, plural) in [
        ("Deployment", "deployments"),
        ("StatefulSet", "statefulsets"),
        ("DaemonSet", "daemonsets"),
    ] {
        let api = lab.shop.api(&resource("apps", "v1", kind, plural));
        let all = api.list(&ListParams::default()).await.unwrap();
        let settled = |one: &kube::api::DynamicObject| {
            let generation = one.metadata.generation.unwrap_or_default();
            one.labels().contains_key(NEVER_READY) || has_its_pods(kind, &one.data, generation)
        };
        if !all.iter().all(settled) {
            return false;
        }
    }
    let pods: Api<Pod> = Api::namespaced(lab.shop.client.clone(), &lab.shop.namespace);
    let all = pods.list(&ListParams::default()).await.unwrap();
    all.iter().all(|pod| pod.labels().contains_key(NEVER_READY) || is_ready_or_done(pod))
}

fn has_its_pods(kind: &str, object: &Value, generation: i64) -> bool {
    let number = |path: &str| object.pointer(path).and_then(Value::as_i64).unwrap_or_default();
    if number("/status/observedGeneration") < generation {
        return false;
    }
    if kind == "DaemonSet" {
        let wanted = number("/status/desiredNumberScheduled");
        return wanted > 0 && number("/status/numberReady") == wanted;
    }
    let wanted = object.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1);
    let counted = ["readyReplicas", "replicas"].map(|field| number(&format!("/status/{field}")));
    let is_current = kind != "Deployment" || number("/status/updatedReplicas") == wanted;
    counted == [wanted; 2] && is_current
}

pub fn is_ready_or_done(pod: &Pod) -> bool {
    let Some(status) = &pod.status else { return false };
    let ready = |one: &k8s_openapi::api::core::v1::PodCondition| {
        one.type_ == "Ready" && one.status == "True"
    };
    status.phase.as_deref() == Some("Succeeded")
        || (status.conditions.iter().flatten().any(ready)
            && pod.metadata.deletion_timestamp.is_none())
}
