//! Whose a pod is: its controller, or for a pod of a ReplicaSet the ReplicaSet's own controller.
//! Pure.
//!
//! Labels do not decide it: a Job, a canary, or a pod that somebody made by hand may carry the
//! labels of a Deployment without being any of its replicas.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt;

use crate::client::object::ObjectRef;

/// The API groups whose controllers own replicas: Kubernetes' own, and Argo's Rollouts.
const GROUPS: [&str; 2] = ["apps/", "argoproj.io/"];

const REPLICA_SET: &str = "ReplicaSet";

/// Kind and name of an object that owns others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    kind: String,
    name: String,
}

impl Owner {
    /// The controller of an object. A name is enough to know it by: while an object is there, no
    /// other one of its kind has its name.
    pub(crate) fn of(meta: &ObjectMeta) -> Option<Self> {
        let all = meta.owner_references.iter().flatten();
        let owns_replicas = |version: &str| GROUPS.iter().any(|group| version.starts_with(group));
        let mut controllers =
            all.filter(|one| one.controller == Some(true) && owns_replicas(&one.api_version));
        let one = controllers.next()?;
        Some(Self { kind: one.kind.clone(), name: one.name.clone() })
    }

    pub(crate) fn is(&self, object: &ObjectRef) -> bool {
        self.name == object.name && self.kind == object.kind.to_string()
    }
}

/// What a pod belongs to, as far as that is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PodOwner {
    /// It belongs to this workload.
    Workload(Owner),
    /// It belongs to a ReplicaSet that has not been seen yet.
    Unseen,
    /// To no workload.
    None,
}

/// The ReplicaSets that have been seen, and what each belongs to.
#[derive(Debug, Default)]
pub(super) struct Ownership(BTreeMap<String, Owner>);

impl Ownership {
    /// Notes what a ReplicaSet belongs to: itself, if nothing controls it. Kept when it has gone,
    /// as its pods go after it.
    pub(super) fn note(&mut self, set: &ReplicaSet) {
        let name = set.name_any();
        let own = || Owner { kind: REPLICA_SET.to_owned(), name: name.clone() };
        let owner = Owner::of(&set.metadata).unwrap_or_else(own);
        self.0.insert(name, owner);
    }

    pub(super) fn of(&self, pod: &Pod) -> PodOwner {
        match Owner::of(&pod.metadata) {
            Some(owner) if owner.kind == REPLICA_SET => {
                self.0.get(&owner.name).cloned().map_or(PodOwner::Unseen, PodOwner::Workload)
            }
            Some(owner) => PodOwner::Workload(owner),
            None => PodOwner::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::client::object::ObjectKind;

    fn meta(owners: &Value) -> Value {
        json!({"metadata": {"name": "x", "labels": {"app": "shop"}, "ownerReferences": owners}})
    }

    fn pod(owners: &Value) -> Pod {
        serde_json::from_value(meta(owners)).unwrap()
    }

    fn owner(api: &str, kind: &str, name: &str, controller: bool) -> Value {
        json!({"apiVersion": api, "kind": kind, "name": name, "uid": "", "controller": controller})
    }

    fn is(found: &PodOwner, kind: ObjectKind, name: &str) -> bool {
        matches!(found, PodOwner::Workload(owner) if owner.is(&ObjectRef::new(kind, name)))
    }

    #[test]
    fn a_pod_of_a_replica_set_is_its_deployments_once_the_set_has_been_seen() {
        let mut known = Ownership::default();
        let pod = pod(&json!([owner("apps/v1", "ReplicaSet", "x", true)]));
        assert_eq!(known.of(&pod), PodOwner::Unseen);
        let set = meta(&json!([owner("apps/v1", "Deployment", "shop", true)]));
        known.note(&serde_json::from_value(set).unwrap());
        assert!(is(&known.of(&pod), ObjectKind::Deployment, "shop"));
        assert!(!is(&known.of(&pod), ObjectKind::StatefulSet, "shop"), "another kind");
    }

    #[test]
    fn a_pod_of_a_rollouts_replica_set_is_the_rollouts() {
        let mut known = Ownership::default();
        let set = meta(&json!([owner("argoproj.io/v1alpha1", "Rollout", "shop", true)]));
        known.note(&serde_json::from_value(set).unwrap());
        let pod = pod(&json!([owner("apps/v1", "ReplicaSet", "x", true)]));
        assert!(is(&known.of(&pod), ObjectKind::Rollout, "shop"));
        assert!(!is(&known.of(&pod), ObjectKind::Deployment, "shop"));
    }

    #[test]
    fn a_bare_replica_set_is_no_deployment_of_its_name() {
        let mut known = Ownership::default();
        known.note(&serde_json::from_value(meta(&json!([]))).unwrap());
        let pod = pod(&json!([owner("apps/v1", "ReplicaSet", "x", true)]));
        assert!(!is(&known.of(&pod), ObjectKind::Deployment, "x"));
    }

    #[test]
    fn jobs_bare_pods_and_owners_that_do_not_control_are_no_workload() {
        let known = Ownership::default();
        let of = |owners: Value| known.of(&pod(&owners));
        assert_eq!(of(json!([])), PodOwner::None);
        assert_eq!(of(json!([owner("apps/v1", "StatefulSet", "shop", false)])), PodOwner::None);
        assert_eq!(of(json!([owner("batch/v1", "Job", "shop", true)])), PodOwner::None);
        assert_eq!(
            of(json!([owner("example.org/v1", "StatefulSet", "shop", true)])),
            PodOwner::None
        );
        let set = of(json!([owner("apps/v1", "StatefulSet", "shop", true)]));
        assert!(is(&set, ObjectKind::StatefulSet, "shop"));
    }
}
