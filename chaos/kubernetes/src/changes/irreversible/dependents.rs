//! What the garbage collector would delete with a workload, and nobody would make again.

use futures::FutureExt;
use futures::future::try_join_all;
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Secret, Service};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::api::{DynamicObject, ListParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Api, ResourceExt};
use serde_json::Value;

use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::irreversible_error::IrreversibleError;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::client::write::Namespaced;

/// Looks for objects that name a workload as their owner, other than those that its controller
/// makes again: pods, ReplicaSets, revisions. Kinds that the account may not list are left out.
///
/// # Errors
/// When there are some, with their names; or when they cannot be listed.
pub(crate) async fn none_of(
    cluster: &Cluster,
    object: &ObjectRef,
    found: &Value,
) -> Result<(), KubeError> {
    let Some(uid) = found.pointer("/metadata/uid").and_then(Value::as_str) else {
        return Ok(());
    };
    let kinds = [
        of_kind::<PersistentVolumeClaim>(cluster, uid).boxed(),
        of_kind::<ConfigMap>(cluster, uid).boxed(),
        of_kind::<Secret>(cluster, uid).boxed(),
        of_kind::<Service>(cluster, uid).boxed(),
        of_kind::<HorizontalPodAutoscaler>(cluster, uid).boxed(),
        of_kind::<PodDisruptionBudget>(cluster, uid).boxed(),
        of_kind::<Deployment>(cluster, uid).boxed(),
        of_kind::<StatefulSet>(cluster, uid).boxed(),
        of_kind::<Job>(cluster, uid).boxed(),
        of_kind::<CronJob>(cluster, uid).boxed(),
    ];
    let mut names = try_join_all(kinds).await?.concat();
    if object.kind == ObjectKind::Rollout {
        for (kind, plural) in OF_ARGO {
            names.extend(of_argo(cluster, uid, kind, plural).await?);
        }
    }
    if names.is_empty() {
        return Ok(());
    }
    let (object, dependents) = (object.to_string(), names.join(", "));
    Err(IrreversibleError::Dependents { object, dependents }.into())
}

/// Kinds of Argo that a Rollout owns, by kind and plural.
const OF_ARGO: [(&str, &str); 2] = [("AnalysisRun", "analysisruns"), ("Experiment", "experiments")];

async fn of_argo(
    cluster: &Cluster,
    uid: &str,
    kind: &str,
    plural: &str,
) -> Result<Vec<String>, KubeError> {
    let gvk = GroupVersionKind::gvk("argoproj.io", "v1alpha1", kind);
    let resource = ApiResource::from_gvk_with_plural(&gvk, plural);
    let client = cluster.client.clone();
    let api: Api<DynamicObject> = Api::namespaced_with(client, &cluster.namespace, &resource);
    let params = ListParams::default();
    let all = match call_api(&format!("list {plural}"), api.list_metadata(&params)).await {
        Err(KubeError::Forbidden { .. }) => return Ok(vec![]),
        Err(error) if error.is_not_found() => return Ok(vec![]),
        all => all?,
    };
    let is_its = |owners: &[OwnerReference]| owners.iter().any(|owner| owner.uid == uid);
    let its = all.iter().filter(|one| is_its(one.owner_references()));
    Ok(its.map(|one| format!("{kind} {}", one.name_any())).collect())
}

/// Kind and name of each object of a kind that this uid owns.
async fn of_kind<K>(cluster: &Cluster, uid: &str) -> Result<Vec<String>, KubeError>
where
    K: Namespaced,
{
    let (api, params) = (cluster.api::<K>(), ListParams::default());
    let what = format!("list {}", K::plural(&()));
    let all = match call_api(&what, api.list_metadata(&params)).await {
        Err(KubeError::Forbidden { .. }) => return Ok(vec![]),
        all => all?,
    };
    let is_its = |one: &kube::core::PartialObjectMeta<K>| {
        one.owner_references().iter().any(|owner| owner.uid == uid)
    };
    let named =
        |one: &kube::core::PartialObjectMeta<K>| format!("{} {}", K::kind(&()), one.name_any());
    Ok(all.iter().filter(|one| is_its(one)).map(named).collect())
}
