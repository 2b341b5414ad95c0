//! What must be otherwise for a run than the manifests have it, before the load begins: variables
//! that the scenario sets, and guards that a proof takes away. It is put back like any fault.

use std::collections::BTreeMap;

use brunt_scenarios::plan;
use serde_json::{Value, json};

use crate::changes::change::Change;
use crate::client::error::KubeError;
use crate::client::object::ObjectRef;
use crate::faults::platform::CONTAINER;
use crate::observe::placement::{self, DisruptionBudget, POD};
use crate::observe::workload::Workload;
use crate::run::ClusterRun;

/// The slot of what is prepared.
const SLOT: &str = "prepared";

impl ClusterRun {
    /// Makes every service as the plan has it. Says which ones roll out because of it, with the
    /// generation to wait for.
    pub(crate) async fn prepare(&self) -> Result<BTreeMap<String, i64>, KubeError> {
        let mut begun = BTreeMap::new();
        for (name, workload) in &self.workloads {
            let Some(service) = self.plan.services.get(name) else { continue };
            let around = without_scaler(workload, service)
                .into_iter()
                .chain(without_budget(workload, service));
            for change in around {
                self.change(&change).await?;
            }
            // Whether anything must be otherwise does not depend on what stands there, so what
            // stays as it is is not read.
            if values(&Value::Null, workload, service).is_empty() {
                continue;
            }
            let object = workload.object.read(&self.cluster).await?;
            let change = prepared(&workload.object, values(&object, workload, service));
            begun.insert(name.clone(), self.change(&change).await?);
        }
        Ok(begun)
    }
}

fn prepared(object: &ObjectRef, values: Vec<(String, Option<Value>)>) -> Change {
    Change { object: object.clone(), slot: SLOT.to_owned(), values }
}

/// An autoscaler without any room does nothing.
fn without_scaler(workload: &Workload, service: &plan::Service) -> Option<Change> {
    let scaler = workload.scaler.as_ref().filter(|_| service.autoscaler.is_none())?;
    let least = vec![("/spec/maxReplicas".to_owned(), Some(json!(scaler.min)))];
    Some(prepared(&scaler.object, least))
}

/// A budget that lets everybody go protects nobody.
fn without_budget(workload: &Workload, service: &plan::Service) -> Option<Change> {
    let budget = workload.budget.as_ref().filter(|_| !service.placement.budget)?;
    Some(prepared(budget, DisruptionBudget::lifted()))
}

/// What has to be otherwise in a workload so that it is as the plan has it.
fn values(
    object: &Value,
    workload: &Workload,
    service: &plan::Service,
) -> Vec<(String, Option<Value>)> {
    let mut values = Vec::new();
    if !service.altered.is_empty() {
        values.push(environment(object, &service.altered));
    }
    let container = workload.pod.containers.first();
    if service.readiness.is_none() && container.is_some_and(|one| one.readiness_probe.is_some()) {
        values.push((format!("{CONTAINER}/readinessProbe"), None));
    }
    if service.liveness.is_none() && container.is_some_and(|one| one.liveness_probe.is_some()) {
        values.push((format!("{CONTAINER}/livenessProbe"), None));
    }
    if service.grace.is_zero() && !workload.grace().is_zero() {
        values.push((format!("{POD}/terminationGracePeriodSeconds"), Some(json!(0))));
        // A hook may not take longer than the grace.
        values.push((format!("{CONTAINER}/lifecycle"), None));
    }
    if !service.placement.spread && placement::is_spread(&workload.pod) {
        values.extend(placement::together(object, workload));
    }
    values
}

/// The container's variables with these among them.
pub(crate) fn environment(
    object: &Value,
    set: &BTreeMap<String, String>,
) -> (String, Option<Value>) {
    let path = format!("{CONTAINER}/env");
    let before = object.pointer(&path).and_then(Value::as_array).cloned().unwrap_or_default();
    let kept = before
        .into_iter()
        .filter(|one| !set.contains_key(one["name"].as_str().unwrap_or_default()));
    let new = set.iter().map(|(name, value)| json!({"name": name, "value": value}));
    (path, Some(Value::Array(kept.chain(new).collect())))
}
