//! Rolling a Deployment or a Rollout back to its previous revision, as `kubectl rollout undo` does.

use brunt_faults::TargetError;
use k8s_openapi::api::apps::v1::ReplicaSet;
use kube::ResourceExt;
use kube::api::ListParams;
use serde_json::Value;

use super::recovery::recover_change;
use super::replacement;
use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::client::argo_labels::VERSION_LABEL;
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::port_forward::selector;
use crate::observe::ownership::Owner;
use crate::observe::workload::Workload;

const SLOT: &str = "version";

/// The annotations of a ReplicaSet that say which revision of its workload it is.
const REVISIONS: [&str; 2] = ["deployment.kubernetes.io/revision", "rollout.argoproj.io/revision"];

/// The labels of pods that their controllers add to the template.
const VERSION_LABELS: [&str; 2] = ["pod-template-hash", VERSION_LABEL];

pub(super) async fn inject(changer: &Changer, workload: &Workload) -> Result<(), TargetError> {
    replacement::read(changer.cluster(), &workload.object).await?;
    let before = version_before(changer.cluster(), workload).await?;
    let before = before.ok_or_else(|| {
        TargetError::platform(format!("{} has no version before this one", workload.object))
    })?;
    let template = template(before);
    let change = Change {
        object: workload.object.clone(),
        slot: SLOT.to_owned(),
        values: vec![("/spec/template".to_owned(), Some(template))],
    };
    changer.inject(&change).await?;
    Ok(())
}

pub(super) async fn recover(changer: &Changer, workload: &Workload) -> Result<(), TargetError> {
    recover_change(changer, &workload.object, SLOT).await
}

/// The version of a workload that was in use before the current one.
pub(crate) async fn version_before(
    cluster: &Cluster,
    workload: &Workload,
) -> Result<Option<ReplicaSet>, KubeError> {
    let sets = cluster.api::<ReplicaSet>();
    let params = ListParams::default().labels(&selector(&workload.selector));
    let all = call_api("list the versions", sets.list(&params)).await?;
    let revision = |set: &ReplicaSet| -> Option<u64> {
        REVISIONS.iter().find_map(|key| set.annotations().get(*key))?.parse().ok()
    };
    // A canary's may have the same labels, and its template is no version of this Deployment.
    let is_its =
        |set: &ReplicaSet| Owner::of(&set.metadata).is_some_and(|owner| owner.is(&workload.object));
    let mut versions: Vec<(u64, ReplicaSet)> =
        all.into_iter().filter(is_its).filter_map(|set| Some((revision(&set)?, set))).collect();
    // The first is the current revision, the second the one before.
    versions.sort_by_key(|(revision, _)| std::cmp::Reverse(*revision));
    Ok(versions.into_iter().nth(1).map(|(_, before)| before))
}

/// The pod template of a revision, without the label that the Deployment's controller adds.
fn template(set: ReplicaSet) -> Value {
    let template = set.spec.unwrap_or_default().template;
    let mut template = serde_json::to_value(template).unwrap_or_default();
    if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        VERSION_LABELS.iter().for_each(|label| drop(labels.remove(*label)));
    }
    template
}
