//! Refusing a run before it begins, because one of its faults would destroy what nobody could bring
//! back, or would do nothing. Each fault looks again when its time comes.

use brunt_scenarios::plan::{Fault, FaultKind, PlatformFault};

use super::autoscale::AutoscalerLimits;
use super::{autoscale, kill_container, remove, replacement, scale, set_env};
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::observe::services::ClusterServices;

/// Looks at the workloads of all faults.
///
/// # Errors
/// With the first fault that is refused, and why.
pub(crate) async fn refuse(
    cluster: &Cluster,
    services: &ClusterServices,
    faults: &[Fault],
) -> Result<(), KubeError> {
    for fault in faults {
        refuse_one(cluster, services, &fault.kind).await.map_err(|source| {
            KubeError::RefusedFault { fault: fault.kind.to_string(), source: Box::new(source) }
        })?;
    }
    Ok(())
}

async fn refuse_one(
    cluster: &Cluster,
    services: &ClusterServices,
    kind: &FaultKind,
) -> Result<(), KubeError> {
    let service = match kind {
        FaultKind::Stop { service, .. }
        | FaultKind::Scale { service, .. }
        | FaultKind::Rollout { service }
        | FaultKind::Platform { service, .. } => service,
        _ => return Ok(()),
    };
    let Some(workload) = services.workloads.get(service) else { return Ok(()) };
    let (cluster, object) = (&cluster.within(&workload.namespace), &workload.object);
    match kind {
        FaultKind::Stop { .. } => scale::refuse(workload, &object.read(cluster).await?, 0),
        FaultKind::Scale { replicas, .. } => {
            scale::refuse(workload, &object.read(cluster).await?, *replicas)
        }
        FaultKind::Rollout { .. } => replacement::read_for_restart(cluster, object).await.map(drop),
        FaultKind::Platform { fault, .. } => match fault {
            PlatformFault::Remove => remove::refuse(cluster, workload).await,
            PlatformFault::Autoscale { min, max, target } => {
                let limits = AutoscalerLimits { min: *min, max: *max, target: *target };
                autoscale::refuse(cluster, workload, limits).await
            }
            PlatformFault::SetEnv { containers, .. } => {
                set_env::refuse(cluster, workload, containers).await
            }
            PlatformFault::KillContainer(_) => kill_container::refuse(workload),
            PlatformFault::RollBack | PlatformFault::Probe { .. } => {
                replacement::read(cluster, object).await.map(drop)
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}
