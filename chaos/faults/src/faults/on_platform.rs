//! What faults share that only a platform can inject into a service.

use brunt_scenarios::plan::PlatformFault;

use crate::effect::Effect;
use crate::error::{FaultError, TargetError};
use crate::target::{FaultTarget, PlatformTarget};

/// A service that a fault has changed by way of its platform.
#[derive(Debug)]
pub(crate) struct ChangedService {
    service: String,
    fault: PlatformFault,
}

/// Injects a fault that is over at once.
pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    fault: &PlatformFault,
    replicas: &[u32],
) -> Result<Effect, FaultError> {
    // Looked for after the limits, so that a fault that is too large is refused as such everywhere.
    let hits = platform(target, service, fault)?.inject(service, fault, replicas).await?;
    Ok(Effect::on(service, hits))
}

/// Injects a fault that lasts.
pub(crate) async fn change<T: FaultTarget>(
    target: &T,
    service: &str,
    fault: PlatformFault,
    replicas: &[u32],
) -> Result<(Effect, ChangedService), FaultError> {
    let effect = inject(target, service, &fault, replicas).await?;
    Ok((effect, ChangedService { service: service.to_owned(), fault }))
}

pub(crate) async fn recover<T: FaultTarget>(
    target: &T,
    changed: ChangedService,
) -> Result<(), FaultError> {
    let ChangedService { service, fault } = changed;
    Ok(platform(target, &service, &fault)?.recover(&service, &fault).await?)
}

fn platform<'a, T: FaultTarget>(
    target: &'a T,
    service: &str,
    fault: &PlatformFault,
) -> Result<&'a (impl PlatformTarget + use<'a, T>), TargetError> {
    let missing = || TargetError::on_kubernetes(&format!("{fault} {service}"));
    target.platform().ok_or_else(missing)
}
