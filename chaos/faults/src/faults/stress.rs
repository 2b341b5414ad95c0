//! Uses up processor time and memory in replicas. They stay available, so no limit applies.

use brunt_scenarios::plan::{Pick, PlatformFault};

use crate::effect::Effect;
use crate::error::FaultError;
use crate::faults::on_platform::{self, ChangedService};
use crate::pick::{ReplicaPicker, numbers};
use crate::target::FaultTarget;

/// `cpu` is the number of busy threads, `memory` is in MiB.
pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    (pick, cpu, memory): (Pick, u32, u32),
    picker: &mut ReplicaPicker<'_>,
) -> Result<(Effect, ChangedService), FaultError> {
    let (_, replicas) = picker.pick(target, service, pick).await?;
    let fault = PlatformFault::Stress { pick, cpu, memory };
    on_platform::change(target, service, fault, &numbers(&replicas)).await
}
