//! Refusing a run before it begins, because one of its faults would destroy what nobody could bring
//! back, or would do nothing. Each fault looks again when its time comes.

use brunt_scenarios::plan::{Fault, FaultKind, PlatformFault};

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
    let workload = |service: &String| services.workloads.get(service);
    match kind {
        FaultKind::Stop { service, .. } => match workload(service) {
            Some(workload) => scale::refuse(workload, &workload.object.read(cluster).await?, 0),
            None => Ok(()),
        },
        FaultKind::Scale { service, replicas } => match workload(service) {
            Some(workload) => {
                scale::refuse(workload, &workload.object.read(cluster).await?, *replicas)
            }
            None => Ok(()),
        },
        FaultKind::Platform { service, fault: PlatformFault::Remove } => match workload(service) {
            Some(workload) => remove::refuse(cluster, workload).await,
            None => Ok(()),
        },
        FaultKind::Platform { service, fault: PlatformFault::Autoscale { .. } } => {
            match workload(service) {
                Some(workload) => autoscale::refuse(cluster, workload).await,
                None => Ok(()),
            }
        }
        FaultKind::Platform { service, fault: PlatformFault::SetEnv { containers, .. } } => {
            match workload(service) {
                Some(workload) => set_env::refuse(cluster, workload, containers).await,
                None => Ok(()),
            }
        }
        FaultKind::Platform { service, fault: PlatformFault::KillContainer(_) } => {
            workload(service).map_or(Ok(()), kill_container::refuse)
        }
        FaultKind::Rollout { service }
        | FaultKind::Platform {
            service,
            fault: PlatformFault::RollBack | PlatformFault::Probe { .. },
        } => match workload(service) {
            Some(workload) => replacement::read(cluster, &workload.object).await.map(drop),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}
