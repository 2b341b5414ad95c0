//! A plan as a proof breaks it: the same run, with a protection taken away or a defect planted.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::plan::{Plan, Proof, Service};

/// The guard that every service with a readiness probe has.
pub const READINESS: &str = "readinessProbe";
/// The guard that every service with a liveness probe has.
pub const LIVENESS: &str = "livenessProbe";

/// The guard that every service with a grace period has: without it, a replica that must end is
/// killed at once.
pub const GRACE: &str = "terminationGracePeriod";

/// The guard that every service with an autoscaler has.
pub const AUTOSCALER: &str = "autoscaler";

/// The guard that every service has whose replicas are spread over the nodes of a cluster: without
/// it they are all on one node.
pub const SPREAD: &str = "spread";

/// The guard that every service with a disruption budget on a cluster has: without it all replicas
/// may be evicted at once.
pub const BUDGET: &str = "disruptionBudget";

impl Plan {
    /// The first part of it that only a cluster has, in words; `None` if it can run on one machine.
    pub fn needs_a_cluster(&self) -> Option<String> {
        let planted = self.proofs.iter().flat_map(|proof| &proof.planted);
        let fault = self.faults.iter().chain(planted).find(|fault| fault.needs_a_cluster());
        let guards = self.proofs.iter().flat_map(|proof| proof.without.keys());
        let of_nodes = |guard: &&String| [SPREAD, BUDGET].contains(&guard.as_str());
        let guard = || guards.clone().find(of_nodes).map(|guard| format!("the guard `{guard}`"));
        let deployed = || self.system.only_deployed();
        let service = || deployed().map(|name| format!("the service `{name}` without a `command`"));
        fault.map(|fault| format!("the fault `{}`", fault.kind)).or_else(guard).or_else(service)
    }
}

/// The guards of a service, by name.
pub fn names(service: &Service) -> Vec<&str> {
    let platforms = [
        (READINESS, service.readiness.is_some()),
        (LIVENESS, service.liveness.is_some()),
        (GRACE, !service.grace.is_zero()),
        (AUTOSCALER, service.autoscaler.is_some()),
        (SPREAD, service.placement.spread),
        (BUDGET, service.placement.budget),
    ];
    let there = platforms.into_iter().filter(|(_, there)| *there).map(|(name, _)| name);
    there.chain(service.guards.keys().map(String::as_str)).collect()
}

impl Plan {
    /// The same plan, broken as a proof says. What it says exists: it was checked when the
    /// plan was made.
    #[must_use]
    pub fn broken_by(&self, proof: &Proof) -> Self {
        let mut plan = self.without(&proof.without);
        for (name, env) in &proof.env {
            if let Some(service) = plan.system.services.get_mut(name) {
                service.alter(env);
            }
        }
        plan.faults.extend(proof.planted.iter().cloned());
        plan.faults.sort_by_key(|fault| fault.at.first().copied());
        plan
    }

    /// The same plan without these guards (guard → services). All of them exist: a proof was
    /// checked when the plan was made.
    #[must_use]
    pub fn without(&self, guards: &BTreeMap<String, Vec<String>>) -> Self {
        let mut plan = self.clone();
        for (guard, services) in guards {
            for name in services {
                if let Some(service) = plan.system.services.get_mut(name) {
                    take_away(service, guard);
                }
            }
        }
        plan
    }
}

/// Takes a guard from a service. One that it has not changes nothing.
pub fn take_away(service: &mut Service, guard: &str) {
    match guard {
        READINESS => service.readiness = None,
        LIVENESS => service.liveness = None,
        GRACE => service.grace = Duration::ZERO,
        AUTOSCALER => service.autoscaler = None,
        SPREAD => service.placement.spread = false,
        BUDGET => service.placement.budget = false,
        _ => {
            if let Some(guard) = service.guards.get(guard).cloned() {
                service.alter(&guard.env);
            }
        }
    }
}
