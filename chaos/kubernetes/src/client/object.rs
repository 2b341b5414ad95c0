//! Objects that runs change, read and patched as plain JSON, so that one code changes and restores
//! every kind.

use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::{Api, Client};
use serde_json::Value;

use super::call::call_api;
use super::connect::Cluster;
use super::error::KubeError;

/// The kinds of objects that runs change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ObjectKind {
    Deployment,
    StatefulSet,
    DaemonSet,
    ReplicaSet,
    /// Argo's `Rollout`, in place of a Deployment.
    Rollout,
    Autoscaler,
    Service,
    ConfigMap,
    DisruptionBudget,
    Node,
}

/// All of them, in the order in which they are restored: what leads traffic first, nodes last.
pub(crate) const KINDS: [ObjectKind; 10] = [
    ObjectKind::Service,
    ObjectKind::DisruptionBudget,
    ObjectKind::Autoscaler,
    ObjectKind::ConfigMap,
    ObjectKind::Deployment,
    ObjectKind::StatefulSet,
    ObjectKind::DaemonSet,
    ObjectKind::ReplicaSet,
    ObjectKind::Rollout,
    ObjectKind::Node,
];

impl ObjectKind {
    pub(crate) fn resource(self) -> ApiResource {
        let (group, version, kind, plural) = match self {
            Self::Deployment => ("apps", "v1", "Deployment", "deployments"),
            Self::StatefulSet => ("apps", "v1", "StatefulSet", "statefulsets"),
            Self::DaemonSet => ("apps", "v1", "DaemonSet", "daemonsets"),
            Self::ReplicaSet => ("apps", "v1", "ReplicaSet", "replicasets"),
            Self::Rollout => ("argoproj.io", "v1alpha1", "Rollout", "rollouts"),
            Self::Autoscaler => {
                ("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
            }
            Self::Service => ("", "v1", "Service", "services"),
            Self::ConfigMap => ("", "v1", "ConfigMap", "configmaps"),
            Self::DisruptionBudget => {
                ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets")
            }
            Self::Node => ("", "v1", "Node", "nodes"),
        };
        ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
    }

    pub(crate) fn api(self, cluster: &Cluster) -> Api<DynamicObject> {
        let client: Client = cluster.client.clone();
        match self {
            // Nodes are in no namespace.
            Self::Node => Api::all_with(client, &self.resource()),
            _ => Api::namespaced_with(client, &cluster.namespace, &self.resource()),
        }
    }
}

impl std::fmt::Display for ObjectKind {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::ReplicaSet => "ReplicaSet",
            Self::Rollout => "Rollout",
            Self::Autoscaler => "HorizontalPodAutoscaler",
            Self::Service => "Service",
            Self::ConfigMap => "ConfigMap",
            Self::DisruptionBudget => "PodDisruptionBudget",
            Self::Node => "Node",
        })
    }
}

/// Kind and name of one object of the namespace, or of a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ObjectRef {
    pub(crate) kind: ObjectKind,
    pub(crate) name: String,
}

impl std::fmt::Display for ObjectRef {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.kind, self.name)
    }
}

/// Whether a change is made, or only tried by the API server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeMode {
    /// It is made.
    Apply,
    /// The API server checks it and stores nothing.
    DryRun,
}

impl ObjectRef {
    pub(crate) fn new(kind: ObjectKind, name: &str) -> Self {
        Self { kind, name: name.to_owned() }
    }

    /// The object as the API server has it now, which a watch may not have seen yet.
    pub(crate) async fn read(&self, cluster: &Cluster) -> Result<Value, KubeError> {
        let what = format!("read {self}");
        let found = call_api(&what, self.kind.api(cluster).get(&self.name)).await?;
        serde_json::to_value(found).map_err(KubeError::invalid(what))
    }
}
