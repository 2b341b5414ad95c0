//! Rolls out the version before the current one. As a new version, it is not undone.

use brunt_scenarios::plan::PlatformFault;

use crate::effect::Effect;
use crate::error::FaultError;
use crate::faults::on_platform;
use crate::limits::Limits;
use crate::pick::numbers;
use crate::target::FaultTarget;

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    limits: &Limits,
) -> Result<Effect, FaultError> {
    // A version before is rolled out like any other, so the strategy bounds what is away.
    let replicas = limits.check_rollout(target, service).await?;
    on_platform::inject(target, service, &PlatformFault::RollBack, &numbers(&replicas)).await
}
