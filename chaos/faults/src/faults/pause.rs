//! Freezes replicas, and lets them continue.

use brunt_scenarios::plan::Pick;

use crate::effect::Effect;
use crate::error::FaultError;
use crate::pick::ReplicaPicker;
use crate::target::FaultTarget;

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
    let hits = target.pause(service, &replicas).await?;
    Ok((Effect::on(service, hits), Paused { service: service.to_owned(), replicas }))
}

pub(crate) async fn recover<T: FaultTarget>(target: &T, paused: Paused) -> Result<(), FaultError> {
    Ok(target.resume(&paused.service, &paused.replicas).await?)
}
