//! Deletes a workload, and applies it again.

use brunt_scenarios::plan::PlatformFault;

use crate::effect::Effect;
use crate::error::FaultError;
use crate::faults::on_platform::{self, ChangedService};
use crate::limits::Limits;
use crate::pick::numbers;
use crate::target::FaultTarget;

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    limits: &Limits,
) -> Result<(Effect, ChangedService), FaultError> {
    // The strategy of the workload does not matter: it goes with all of its replicas at once.
    let replicas = limits.check_whole_service(target, service).await?;
    on_platform::change(target, service, PlatformFault::Remove, &numbers(&replicas)).await
}
