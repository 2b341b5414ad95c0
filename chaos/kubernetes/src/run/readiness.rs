//! Waiting until the system is as the plan has it, before the load begins.

use brunt_scenarios::bounds;
use brunt_scenarios::timeline::ScalerRecord;

use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::observe::autoscaler;
use crate::observe::services::ClusterServices;
use crate::observe::watcher::Observer;
use crate::observe::workload::Workload;

/// Waits until a service has as many replicas ready as it should, and no rollout goes on: of this
/// run, of an earlier one, or of a revert.
pub(super) async fn wait_until_ready(
    observer: &Observer,
    services: &ClusterServices,
    (service, workload): (&str, &Workload),
    generation: i64,
) -> Result<(), KubeError> {
    let wanted = workload.replicas_at_rest();
    let is_ready = || {
        observer.ready_pods(service) >= wanted && observer.state().is_settled(service, generation)
    };
    let within = services.rolls_out_within(service, workload);
    let mut changes = observer.changes();
    if tokio::time::timeout(within, changes.wait_for(|()| is_ready())).await.is_ok() {
        return Ok(());
    }
    Err(KubeError::NotReady {
        service: service.to_owned(),
        ready: observer.ready_pods(service),
        wanted,
        seconds: within.as_secs(),
        describe: workload.object.to_string().to_lowercase().replace(' ', "/"),
        namespace: workload.namespace.clone(),
    })
}

/// Waits until an autoscaler has scaled in from earlier loads.
pub(super) async fn wait_until_scaled_in(
    observer: &Observer,
    services: &ClusterServices,
    (service, workload): (&str, &Workload),
) -> Result<(), KubeError> {
    let plan = services.plan.services.get(service);
    let Some(autoscaler) = plan.and_then(|plan| plan.autoscaler) else {
        return Ok(());
    };
    let least = workload.replicas_at_rest();
    let is_scaled_in = || observer.state().wanted(service).is_some_and(|wanted| wanted <= least);
    let mut changes = observer.changes();
    let within = bounds::scales_in(&autoscaler);
    if tokio::time::timeout(within, changes.wait_for(|()| is_scaled_in())).await.is_ok() {
        return Ok(());
    }
    Err(KubeError::NotScaledIn {
        service: service.to_owned(),
        replicas: observer.state().wanted(service).unwrap_or_default(),
        least,
        seconds: within.as_secs(),
    })
}

/// What the autoscalers of these services say of themselves.
pub(super) async fn autoscaler_records(
    cluster: &Cluster,
    services: &ClusterServices,
    names: &[String],
) -> Vec<ScalerRecord> {
    let mut records = Vec::new();
    for service in names {
        let Some(workload) = services.workloads.get(service) else { continue };
        let Some(scaler) = &workload.scaler else { continue };
        // That it cannot be asked is trouble as well: without it the check would pass on nothing.
        let there = cluster.within(&workload.namespace);
        let found = autoscaler::trouble(&there, &scaler.object).await;
        let trouble = found.unwrap_or_else(|error| Some(error.to_string()));
        records.push(ScalerRecord { service: service.clone(), trouble });
    }
    records
}
