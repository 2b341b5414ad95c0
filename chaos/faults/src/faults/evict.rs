//! Evicts replicas, as draining a node does: a disruption budget may refuse. The workload replaces
//! them, so there is nothing to recover.

use brunt_scenarios::plan::{Pick, PlatformFault};

use crate::effect::Effect;
use crate::error::FaultError;
use crate::faults::on_platform;
use crate::pick::ReplicaPicker;
use crate::target::FaultTarget;

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    pick: Pick,
    picker: &mut ReplicaPicker<'_>,
) -> Result<Effect, FaultError> {
    let replicas = picker.pick_within_limits(target, service, pick).await?;
    on_platform::inject(target, service, &PlatformFault::Evict(pick), &replicas).await
}
