//! Freezes replicas, and lets them continue.

use brunt_scenarios::plan::Pick;

use crate::effect::Effect;
use crate::error::{FaultError, TargetError};
use crate::pick::ReplicaPicker;
use crate::target::{FaultTarget, ProcessTarget};

#[derive(Debug)]
pub(crate) struct Paused {
    service: String,
    replicas: Vec<u32>,
}

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    pick: Pick,
    picker: &mut ReplicaPicker<'_>,
) -> Result<(Effect, Paused), FaultError> {
    // A frozen replica counts as taken away: it answers no request until it is resumed.
    let replicas = picker.pick_within_limits(target, service, pick).await?;
    // Looked for after the limits, so that a fault that is too large is refused as such everywhere.
    let hits = processes(target)?.pause(service, &replicas).await?;
    Ok((Effect::on(service, hits), Paused { service: service.to_owned(), replicas }))
}

pub(crate) async fn recover<T: FaultTarget>(target: &T, paused: Paused) -> Result<(), FaultError> {
    Ok(processes(target)?.resume(&paused.service, &paused.replicas).await?)
}

fn processes<T: FaultTarget>(
    target: &T,
) -> Result<&(impl ProcessTarget + use<'_, T>), TargetError> {
    target.processes().ok_or_else(|| TargetError::NotHere {
        what: "freezing processes".to_owned(),
        instead: "without privileges the first process of a container cannot be frozen; \
                  `stress` slows it down, `stop` takes it away"
            .to_owned(),
    })
}
