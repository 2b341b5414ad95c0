//! What the live objects say of replicas, probes, grace periods and strategies, which the plan
//! takes over: bounds must be computed from what runs, not from what the system file says of other
//! places.

use std::time::Duration;

use brunt_scenarios::plan::{self, Probe, ProbeAction};
use brunt_scenarios::system::HttpGet;
use brunt_scenarios::units::Cpu;
use k8s_openapi::api::core::v1 as core;

use super::placement;
use super::resolve;
use super::workload::Workload;
use crate::client::connect::{Cluster, ClusterTarget};
use crate::client::error::KubeError;

/// From the decision of a controller to a started container: scheduling, with an image that the
/// node has already.
const SCHEDULING: Duration = Duration::from_secs(5);

/// Sets replicas, probes, grace periods and strategies of a system to those of the live objects.
///
/// # Errors
/// When the cluster cannot be reached, or does not run the system.
pub async fn load_live_spec(
    system: &mut plan::System,
    target: &ClusterTarget,
) -> Result<(), KubeError> {
    let cluster = Cluster::connect(target).await?;
    let workloads = resolve::find(&cluster, system).await?;
    for (name, workload) in &workloads {
        if let Some(service) = system.services.get_mut(name) {
            apply(workload, service);
        }
    }
    Ok(())
}

/// Sets replicas, probes, grace period and strategy of a planned service to those of its workload.
fn apply(workload: &Workload, service: &mut plan::Service) {
    let container = workload.container();
    service.replicas = workload.replicas_at_rest();
    service.autoscaler =
        workload.scaler.as_ref().map(|scaler| scaler.settings(cpu_request(workload)));
    service.rollout = workload.rollout;
    service.readiness = container.and_then(|one| one.readiness_probe.as_ref()).map(probe);
    service.liveness = container.and_then(|one| one.liveness_probe.as_ref()).map(probe);
    service.grace = workload.grace();
    service.placement = plan::Placement {
        spread: placement::is_spread(&workload.pod),
        budget: workload.budget.is_some(),
    };
    // Bounds of the plan are for processes, which start at once.
    service.starts_within += SCHEDULING;
    // A startup probe holds the others back for as long as it may fail.
    if let Some(startup) = container.and_then(|one| one.startup_probe.as_ref()).map(probe) {
        service.starts_within += seconds(startup.initial_delay_seconds)
            + seconds(startup.period_seconds) * startup.failure_threshold
            + seconds(startup.timeout_seconds);
    }
}

/// The processor time that a pod requests, for all of its containers.
fn cpu_request(workload: &Workload) -> Cpu {
    let requests = |container: &core::Container| {
        container.resources.as_ref()?.requests.as_ref()?.get("cpu")?.0.parse::<Cpu>().ok()
    };
    let each = workload.pod.containers.iter().filter_map(requests);
    Cpu::millis(each.map(Cpu::to_millis).sum())
}

fn seconds(number: impl TryInto<u64>) -> Duration {
    Duration::from_secs(number.try_into().unwrap_or_default())
}

/// A probe's figures. Those that ask in another way than over HTTP have no path.
fn probe(probe: &core::Probe) -> Probe {
    let number = |value: Option<i32>, default: u32| {
        value.and_then(|value| u32::try_from(value).ok()).unwrap_or(default)
    };
    let path = probe.http_get.as_ref().and_then(|get| get.path.clone()).unwrap_or_default();
    Probe {
        action: ProbeAction::HttpGet(HttpGet { path, ..HttpGet::default() }),
        initial_delay_seconds: number(probe.initial_delay_seconds, 0),
        period_seconds: number(probe.period_seconds, 10),
        timeout_seconds: number(probe.timeout_seconds, 1),
        success_threshold: number(probe.success_threshold, 1),
        failure_threshold: number(probe.failure_threshold, 3),
    }
}
