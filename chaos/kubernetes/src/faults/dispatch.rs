//! Which file a fault of a service is in.

use brunt_faults::TargetError;
use brunt_scenarios::plan::PlatformFault;

use super::autoscale::AutoscalerLimits;
use super::context::FaultContext;
use super::stress::StressLoad;
use super::{
    autoscale, evict, kill_container, probe, remove, roll_back, set_config, set_env, stress,
};

/// Injects a fault into these replicas of a service. Returns how many it hit; 1 for a fault of a
/// service without replicas.
pub(crate) async fn inject(
    with: FaultContext<'_>,
    service: &str,
    fault: &PlatformFault,
    replicas: &[u32],
) -> Result<u64, TargetError> {
    let FaultContext { changer, observer, services, .. } = with;
    let workload = services.workload(service)?;
    match fault {
        PlatformFault::Evict(_) => {
            return evict::inject(changer, observer, service, replicas).await;
        }
        PlatformFault::KillContainer(_) => {
            return kill_container::inject(with, service, workload, replicas).await;
        }
        PlatformFault::Stress { cpu, memory, .. } => {
            let load = StressLoad { cpu: *cpu, memory: *memory };
            return stress::inject(with, (service, workload), replicas, load).await;
        }
        PlatformFault::Remove => {
            remove::inject(changer, workload).await?;
            return Ok(replicas.len() as u64);
        }
        PlatformFault::SetEnv { env, containers } => {
            set_env::inject(changer, workload, env, containers).await?;
        }
        PlatformFault::SetConfig { name, data } => set_config::inject(changer, name, data).await?,
        PlatformFault::Autoscale { min, max, target } => {
            let limits = AutoscalerLimits { min: *min, max: *max, target: *target };
            autoscale::inject(changer, workload, limits).await?;
        }
        PlatformFault::Probe { which, path } => {
            probe::inject(changer, workload, *which, path.as_deref()).await?;
        }
        PlatformFault::RollBack => roll_back::inject(changer, workload).await?,
    }
    Ok((replicas.len() as u64).max(1))
}

/// Recovers from what [`inject`] did.
pub(crate) async fn recover(
    with: FaultContext<'_>,
    service: &str,
    fault: &PlatformFault,
) -> Result<(), TargetError> {
    let FaultContext { changer, services, stress, .. } = with;
    let workload = services.workload(service)?;
    match fault {
        // What is gone has been replaced by its controller, or started again by its kubelet.
        PlatformFault::Evict(_) | PlatformFault::KillContainer(_) => Ok(()),
        PlatformFault::Stress { .. } => stress.recover(changer, service).await,
        PlatformFault::Remove => remove::recover(changer, workload).await,
        PlatformFault::SetConfig { name, .. } => set_config::recover(changer, name).await,
        PlatformFault::Autoscale { .. } => autoscale::recover(changer, workload).await,
        PlatformFault::SetEnv { .. } => set_env::recover(changer, workload).await,
        PlatformFault::Probe { which, .. } => probe::recover(changer, workload, *which).await,
        PlatformFault::RollBack => roll_back::recover(changer, workload).await,
    }
}
