//! Changes before the load begins: variables that the scenario sets, and guards that a proof takes
//! away. They are recorded and restored as those of faults are.

use std::collections::BTreeMap;

use brunt_scenarios::plan;
use serde_json::{Value, json};

use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::client::argo_labels::VERSION_LABEL;
use crate::client::error::KubeError;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::faults::pod_template::{POD, environment};
use crate::faults::replacement;
use crate::observe::placement::is_spread;
use crate::observe::services::ClusterServices;
use crate::observe::workload::Workload;

/// The slot of these changes.
const SLOT: &str = "prepared";

/// Makes every service as the plan has it. Returns the services that roll out because of it, each
/// with the generation to wait for.
pub(super) async fn prepare(
    changer: &Changer,
    services: &ClusterServices,
) -> Result<BTreeMap<String, i64>, KubeError> {
    let mut rollouts = BTreeMap::new();
    for (name, workload) in &services.workloads {
        let Some(service) = services.plan.services.get(name) else { continue };
        let changer = &changer.within(&workload.namespace);
        let around = without_autoscaler(workload, service)
            .into_iter()
            .chain(without_budget(workload, service));
        for change in around {
            changer.apply(&change).await?;
        }
        // Whether anything differs does not depend on the object, so one that stays as it is need
        // not be read: with hundreds of services that is most of the time before a run.
        if differences(&Value::Null, workload, service).is_empty() {
            continue;
        }
        let object = replacement::read(changer.cluster(), &workload.object).await?;
        let change = prepared(&workload.object, differences(&object, workload, service));
        rollouts.insert(name.clone(), changer.apply(&change).await?.generation);
    }
    Ok(rollouts)
}

fn prepared(object: &ObjectRef, values: Vec<(String, Option<Value>)>) -> Change {
    Change { object: object.clone(), slot: SLOT.to_owned(), values }
}

/// An autoscaler whose limits are the same does nothing. Deleting it would be a change that a
/// record on it could not restore.
fn without_autoscaler(workload: &Workload, service: &plan::Service) -> Option<Change> {
    let scaler = workload.scaler.as_ref().filter(|_| service.autoscaler.is_none())?;
    let least = vec![("/spec/maxReplicas".to_owned(), Some(json!(scaler.min)))];
    Some(prepared(&scaler.object, least))
}

/// A budget under which all may be unavailable protects nothing.
fn without_budget(workload: &Workload, service: &plan::Service) -> Option<Change> {
    let budget = workload.budget.as_ref().filter(|_| !service.placement.budget)?;
    // A budget has one of the two fields.
    let values = vec![
        ("/spec/minAvailable".to_owned(), None),
        ("/spec/maxUnavailable".to_owned(), Some(json!("100%"))),
    ];
    Some(prepared(budget, values))
}

/// The values of a workload that differ from the plan.
fn differences(
    object: &Value,
    workload: &Workload,
    service: &plan::Service,
) -> Vec<(String, Option<Value>)> {
    let mut values = Vec::new();
    if !service.altered.is_empty() {
        values.push(environment(object, workload, &service.altered));
    }
    let (container, path) = (workload.container(), workload.container_path());
    if service.readiness.is_none() && container.is_some_and(|one| one.readiness_probe.is_some()) {
        values.push((format!("{path}/readinessProbe"), None));
    }
    if service.liveness.is_none() && container.is_some_and(|one| one.liveness_probe.is_some()) {
        values.push((format!("{path}/livenessProbe"), None));
    }
    if service.grace.is_zero() && !workload.grace().is_zero() {
        values.push((format!("{POD}/terminationGracePeriodSeconds"), Some(json!(0))));
        // The API server refuses a hook that takes longer than the grace period.
        values.push((format!("{path}/lifecycle"), None));
    }
    if !service.placement.spread && is_spread(&workload.pod) {
        values.extend(on_one_node(object, workload));
    }
    values
}

/// The values that put all replicas of a workload on one node, whichever it is. Leaving the
/// constraints out would not do: the scheduler spreads pods by itself. Replicas of the version
/// before are on other nodes and must not count, or no new one would fit.
fn on_one_node(object: &Value, workload: &Workload) -> Vec<(String, Option<Value>)> {
    let version = match workload.object.kind {
        ObjectKind::StatefulSet | ObjectKind::DaemonSet => "controller-revision-hash",
        ObjectKind::Rollout => VERSION_LABEL,
        _ => "pod-template-hash",
    };
    let with_each_other = json!({"requiredDuringSchedulingIgnoredDuringExecution": [{
        "labelSelector": {"matchLabels": workload.selector},
        "matchLabelKeys": [version],
        "topologyKey": "kubernetes.io/hostname",
    }]});
    let path = format!("{POD}/affinity");
    let mut affinity = object.pointer(&path).cloned().unwrap_or_else(|| json!({}));
    if let Some(affinity) = affinity.as_object_mut() {
        affinity.remove("podAntiAffinity");
        affinity.insert("podAffinity".to_owned(), with_each_other);
    }
    vec![(format!("{POD}/topologySpreadConstraints"), None), (path, Some(affinity))]
}
