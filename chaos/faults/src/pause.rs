//! Freezes replicas, and lets them go on.

use brunt_scenarios::plan::Pick;

use crate::limits::{Limits, nothing, numbers, picked};
use crate::target::Target;
use crate::{Applied, FaultError};

#[derive(Debug)]
pub(crate) struct Undo {
    service: String,
    replicas: Vec<u32>,
}

pub(crate) async fn apply<T: Target>(
    target: &T,
    service: &str,
    pick: Pick,
    limits: &Limits,
    rng: &mut fastrand::Rng,
) -> Result<Applied, FaultError> {
    let census = target.census(service).await?;
    let chosen = picked(&census, pick, rng);
    if chosen.is_empty() {
        return Err(nothing(service));
    }
    limits.check_these(service, &census, &chosen)?;
    let undo = Undo { service: service.to_owned(), replicas: numbers(&chosen) };
    let hits = target.pause(service, &undo.replicas).await?;
    Ok(Applied::to_processes(service, hits, crate::Undo::Pause(undo)))
}

pub(crate) async fn recover<T: Target>(target: &T, undo: Undo) -> Result<(), FaultError> {
    Ok(target.resume(&undo.service, &undo.replicas).await?)
}
