//! The edges of the system, and where faults hit it.

use brunt_scenarios::plan::{FaultKind, Load, Plan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An edge: one service calls another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceCall {
    /// The caller; `None` for callers outside of the system: users, loads and steps.
    pub from: Option<String>,
    /// The service that is called.
    pub to: String,
}

/// A service or an edge that a fault was meant to hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FaultSite {
    /// The fault, in words.
    pub fault: String,
    /// The caller, for a fault between two services.
    pub from: Option<String>,
    /// The service that is hit, or the callee.
    pub to: String,
}

/// Who calls whom, as the system file and the scenario say.
pub(super) fn calls(plan: &Plan) -> Vec<ServiceCall> {
    let steps = plan.setup.iter().chain(&plan.steps).map(|step| &step.request);
    let asked = plan.loads.iter().flat_map(Load::requests).chain(steps);
    let outside = asked.map(|request| &request.target.service).chain(&plan.system.entry);
    let mut calls: Vec<ServiceCall> =
        outside.map(|to| ServiceCall { from: None, to: to.clone() }).collect();
    for (name, service) in &plan.system.services {
        let call = |to: &String| ServiceCall { from: Some(name.clone()), to: to.clone() };
        calls.extend(service.calls.keys().map(call));
    }
    calls.sort();
    calls.dedup();
    calls
}

/// Where each fault of the plan is meant to hit.
pub(super) fn struck(plan: &Plan) -> Vec<FaultSite> {
    let of = |kind: &FaultKind| {
        let fault = kind.to_string();
        let at = |from: Option<&String>, to: &str| FaultSite {
            fault: fault.clone(),
            from: from.cloned(),
            to: to.to_owned(),
        };
        match kind {
            FaultKind::Edge { from, to, .. } => vec![at(Some(from), to)],
            other => other.services().into_iter().map(|service| at(None, service)).collect(),
        }
    };
    plan.faults.iter().flat_map(|fault| of(&fault.kind)).collect()
}
