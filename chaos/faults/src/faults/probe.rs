//! Lets a probe ask for another path, or takes it away. The pod template changes, so every replica
//! is replaced.

use brunt_scenarios::plan::PlatformFault;
use brunt_scenarios::scenario::ProbeKind;

use crate::effect::Effect;
use crate::error::FaultError;
use crate::faults::on_platform::{self, ChangedService};
use crate::limits::Limits;
use crate::pick::numbers;
use crate::target::FaultTarget;

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    which: ProbeKind,
    path: Option<&str>,
    limits: &Limits,
) -> Result<(Effect, ChangedService), FaultError> {
    let replicas = limits.check_rollout(target, service).await?;
    let fault = PlatformFault::Probe { which, path: path.map(str::to_owned) };
    on_platform::change(target, service, fault, &numbers(&replicas)).await
}
