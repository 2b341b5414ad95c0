//! What must be otherwise for a run than the manifests have it, before the load begins: variables that the scenario sets, and
//! guards that a proof takes away. It is put back like any fault.

use std::collections::BTreeMap;

use brunt_scenarios::plan;
use serde_json::{Value, json};

use crate::change::Change;
use crate::error::KubeError;
use crate::object::ObjectRef;
use crate::platform::CONTAINER;
use crate::system::KubeSystem;
use crate::workload::Workload;

/// The slot of what is prepared.
const SLOT: &str = "prepared";

const POD: &str = "/spec/template/spec";

impl KubeSystem {
    /// Makes every service as the plan has it. Says which ones roll out because of it, with the generation to wait for.
    pub(crate) async fn prepare(&self) -> Result<BTreeMap<String, i64>, KubeError> {
        let mut begun = BTreeMap::new();
        for (name, workload) in &self.workloads {
            let Some(service) = self.plan.services.get(name) else { continue };
            if let Some(change) = without_scaler(workload, service) {
                self.change(&change).await?;
            }
            if !differs(workload, service) {
                continue;
            }
            let object = workload.object.read(&self.cluster).await?;
            let change = prepared(&workload.object, values(&object, workload, service));
            self.change(&change).await?;
            let changed = workload.object.read(&self.cluster).await?;
            begun.insert(
                name.clone(),
                changed.pointer("/metadata/generation").and_then(Value::as_i64).unwrap_or_default(),
            );
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

fn differs(workload: &Workload, service: &plan::Service) -> bool {
    !service.altered.is_empty() || !missing(workload, service).is_empty()
}

/// Where what stands that the manifest has and the plan has not.
fn missing(workload: &Workload, service: &plan::Service) -> Vec<&'static str> {
    let container = workload.pod.containers.first();
    let has = |probe: Option<bool>| probe == Some(true);
    let readiness = has(container.map(|one| one.readiness_probe.is_some()));
    let liveness = has(container.map(|one| one.liveness_probe.is_some()));
    let taken = [
        ("readinessProbe", readiness && service.readiness.is_none()),
        ("livenessProbe", liveness && service.liveness.is_none()),
        ("grace", workload.grace() > service.grace && service.grace.is_zero()),
    ];
    taken.into_iter().filter(|(_, taken)| *taken).map(|(name, _)| name).collect()
}

fn values(object: &Value, workload: &Workload, service: &plan::Service) -> Vec<(String, Option<Value>)> {
    let mut values = Vec::new();
    if !service.altered.is_empty() {
        values.push(environment(object, &service.altered));
    }
    for name in missing(workload, service) {
        match name {
            "grace" => {
                values.push((format!("{POD}/terminationGracePeriodSeconds"), Some(json!(0))));
                // A hook may not take longer than the grace.
                values.push((format!("{CONTAINER}/lifecycle"), None));
            }
            probe => values.push((format!("{CONTAINER}/{probe}"), None)),
        }
    }
    values
}

/// The container's variables with these among them.
pub(crate) fn environment(object: &Value, set: &BTreeMap<String, String>) -> (String, Option<Value>) {
    let path = format!("{CONTAINER}/env");
    let before = object.pointer(&path).and_then(Value::as_array).cloned().unwrap_or_default();
    let kept = before.into_iter().filter(|one| !set.contains_key(one["name"].as_str().unwrap_or_default()));
    let new = set.iter().map(|(name, value)| json!({"name": name, "value": value}));
    (path, Some(Value::Array(kept.chain(new).collect())))
}
