//! Making objects and removing them as kubectl does, by server-side apply, without taking over
//! fields that somebody else has set.

use std::collections::HashMap;
use std::time::Duration;

use kube::api::{DeleteParams, PatchParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::discovery::{self, Scope};
use kube::{Api, ResourceExt};

use super::call::call_api;
use super::connect::Cluster;
use super::error::KubeError;
use super::manifest::{Manifest, kind};
use super::object::ChangeMode;
use super::write::{MANAGER, Writer};

/// How long objects may take to go. Pods may take their whole grace period.
const GONE_WITHIN: Duration = Duration::from_secs(120);
const LOOK_AGAIN: Duration = Duration::from_millis(300);

/// What stays when a system is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retain {
    /// Volumes and the namespace that they are in.
    Volumes,
    /// Nothing: volumes lose their data.
    Nothing,
}

impl Retain {
    fn spares(self, object: &DynamicObject) -> bool {
        self == Self::Volumes
            && matches!(kind(object), "Namespace" | "PersistentVolumeClaim" | "PersistentVolume")
    }
}

impl Cluster {
    /// Makes the objects, or changes them to what the manifest says. What it does not mention stays
    /// as it is.
    ///
    /// # Errors
    /// When one is refused, or a field of it belongs to somebody else.
    pub async fn apply(&self, manifest: &Manifest) -> Result<(), KubeError> {
        let mut kinds = ApiResources::default();
        for object in &manifest.objects {
            let api = kinds.api(self, object).await?;
            let what = format!("apply {}", named(object));
            let (name, params) = (object.name_any(), PatchParams::apply(MANAGER));
            // Not forced: a conflict means that somebody else set the field and may rely on it.
            Writer::new(self, "", ChangeMode::Apply)
                .apply(&what, &api, (kind(object), &name), &params, object)
                .await
                .map_err(|error| if error.is_conflict() { foreign(&what, error) } else { error })?;
        }
        Ok(())
    }

    /// Removes the objects, last made first, and waits until they are gone. What is not there need
    /// not be removed.
    ///
    /// # Errors
    /// When one may not be removed, or does not go.
    pub async fn remove(&self, manifest: &Manifest, keep: Retain) -> Result<usize, KubeError> {
        let mut kinds = ApiResources::default();
        let mut going = Vec::new();
        // In reverse, so that a namespace goes after what is in it and counts only if it must go.
        for object in manifest.objects.iter().rev().filter(|object| !keep.spares(object)) {
            let api = kinds.api(self, object).await?;
            let what = format!("delete {}", named(object));
            let (name, params) = (object.name_any(), DeleteParams::background());
            let deleted = Writer::new(self, "", ChangeMode::Apply)
                .delete(&what, &api, (kind(object), &name), &params)
                .await;
            match deleted {
                Ok(()) => going.push((object, api)),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        let all = async {
            for (object, api) in &going {
                gone(object, api).await?;
            }
            Ok(going.len())
        };
        tokio::time::timeout(GONE_WITHIN, all).await.unwrap_or_else(|_| {
            let (seconds, namespace) = (GONE_WITHIN.as_secs(), self.namespace.clone());
            Err(KubeError::NotGone { seconds, namespace })
        })
    }
}

async fn gone(object: &DynamicObject, api: &Api<DynamicObject>) -> Result<(), KubeError> {
    let (what, name) = (format!("read {}", named(object)), object.name_any());
    while call_api(&what, api.get_opt(&name)).await?.is_some() {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

/// How to reach objects of each kind; asked of the API server once a kind.
#[derive(Default)]
struct ApiResources(HashMap<GroupVersionKind, (ApiResource, Scope)>);

impl ApiResources {
    async fn api(
        &mut self,
        cluster: &Cluster,
        object: &DynamicObject,
    ) -> Result<Api<DynamicObject>, KubeError> {
        let types = object.types.clone().unwrap_or_default();
        let kind = GroupVersionKind::try_from(&types).map_err(|_| KubeError::InvalidManifest {
            why: format!("{} has no usable apiVersion", named(object)),
            source: None,
        })?;
        // Discovery takes a call or two for each kind, and a system has dozens of objects of six
        // kinds.
        if !self.0.contains_key(&kind) {
            let what = format!("find out about {} {}", kind.api_version(), kind.kind);
            let (resource, capabilities) =
                call_api(&what, discovery::pinned_kind(&cluster.client, &kind)).await?;
            self.0.insert(kind.clone(), (resource, capabilities.scope));
        }
        let (resource, scope) = &self.0[&kind];
        let client = cluster.client.clone();
        Ok(match (scope, &object.metadata.namespace) {
            (Scope::Cluster, _) => Api::all_with(client, resource),
            (Scope::Namespaced, Some(namespace)) => {
                Api::namespaced_with(client, namespace, resource)
            }
            (Scope::Namespaced, None) => Api::namespaced_with(client, &cluster.namespace, resource),
        })
    }
}

fn named(object: &DynamicObject) -> String {
    format!("{} {}", kind(object), object.name_any())
}

fn foreign(what: &str, conflict: KubeError) -> KubeError {
    KubeError::ForeignField { what: what.to_owned(), source: Box::new(conflict) }
}
