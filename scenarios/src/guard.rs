//! A plan without one of its guards: the same run, with a protection taken away.

use std::collections::BTreeMap;

use crate::plan::{Plan, Service};

/// The guard that every service with a readiness probe has.
pub const READINESS: &str = "readinessProbe";
/// The guard that every service with a liveness probe has.
pub const LIVENESS: &str = "livenessProbe";

/// The guards of a service, by name.
pub fn names(service: &Service) -> Vec<&str> {
    let probes = [(READINESS, service.readiness.is_some()), (LIVENESS, service.liveness.is_some())];
    let probes = probes.into_iter().filter(|(_, there)| *there).map(|(name, _)| name);
    probes.chain(service.guards.keys().map(String::as_str)).collect()
}

impl Plan {
    /// The same plan without these guards (guard → services). All of them exist: a proof was checked when the plan was made.
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

fn take_away(service: &mut Service, guard: &str) {
    match guard {
        READINESS => service.readiness = None,
        LIVENESS => service.liveness = None,
        _ => {
            if let Some(guard) = service.guards.get(guard) {
                service.env.extend(guard.env.clone());
            }
        }
    }
}
