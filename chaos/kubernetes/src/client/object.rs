//! Objects that faults change, read and patched as plain JSON so that every kind is changed and put
//! back in the same way.

use kube::api::{Patch, PatchParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::{Api, Client};
use serde_json::Value;

use crate::client::connect::Cluster;
use crate::client::error::KubeError;

/// The kinds of objects that faults change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ObjectKind {
    Deployment,
    StatefulSet,
    Autoscaler,
    Service,
    ConfigMap,
    DisruptionBudget,
    Node,
}

/// All of them, in the order in which they are put back: traffic first, nodes last.
pub(crate) const KINDS: [ObjectKind; 7] = [
    ObjectKind::Service,
    ObjectKind::DisruptionBudget,
    ObjectKind::Autoscaler,
    ObjectKind::ConfigMap,
    ObjectKind::Deployment,
    ObjectKind::StatefulSet,
    ObjectKind::Node,
];

impl ObjectKind {
    fn resource(self) -> ApiResource {
        let (group, version, kind, plural) = match self {
            Self::Deployment => ("apps", "v1", "Deployment", "deployments"),
            Self::StatefulSet => ("apps", "v1", "StatefulSet", "statefulsets"),
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
            Self::Autoscaler => "HorizontalPodAutoscaler",
            Self::Service => "Service",
            Self::ConfigMap => "ConfigMap",
            Self::DisruptionBudget => "PodDisruptionBudget",
            Self::Node => "Node",
        })
    }
}

/// Names one object.
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

    pub(crate) async fn read(&self, cluster: &Cluster) -> Result<Value, KubeError> {
        let what = format!("read {self}");
        let found = KubeError::bounded(&what, self.kind.api(cluster).get(&self.name)).await?;
        serde_json::to_value(found).map_err(|error| KubeError::Other(format!("{what}: {error}")))
    }

    /// A JSON patch. It must hold a test of the resource version: then a change in between is seen
    /// as [`KubeError::Changed`]. Returns the object's generation after it.
    pub(crate) async fn patch(
        &self,
        cluster: &Cluster,
        operations: Vec<Value>,
        mode: ChangeMode,
    ) -> Result<i64, KubeError> {
        let what = format!("change {self}");
        let patch = serde_json::from_value(Value::Array(operations))
            .map_err(|error| KubeError::Other(format!("{what}: {error}")))?;
        let params = PatchParams { dry_run: mode == ChangeMode::DryRun, ..PatchParams::default() };
        let api = self.kind.api(cluster);
        let patch = Patch::Json::<()>(patch);
        let call = api.patch(&self.name, &params, &patch);
        let patched = KubeError::bounded(&what, call).await?;
        Ok(patched.metadata.generation.unwrap_or_default())
    }
}
