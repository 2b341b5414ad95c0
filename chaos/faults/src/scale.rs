//! Sets the number of replicas, and sets it back unless somebody else has changed it meanwhile.

use crate::limits::Limits;
use crate::target::Target;
use crate::{Applied, FaultError};

#[derive(Debug)]
pub(crate) struct Undo {
    service: String,
    before: u32,
    set: u32,
}

pub(crate) async fn apply<T: Target>(
    target: &T,
    service: &str,
    replicas: u32,
    limits: &Limits,
) -> Result<Applied, FaultError> {
    let census = target.census(service).await?;
    // Replicas that are not ready go first.
    let takes = census.ready().saturating_sub(replicas);
    limits.check(service, &census, takes)?;
    target.scale(service, replicas).await?;
    let undo = Undo { service: service.to_owned(), before: census.wanted, set: replicas };
    let hits = u64::from(census.wanted.abs_diff(replicas));
    Ok(Applied::to_processes(service, hits, crate::Undo::Scale(undo)))
}

pub(crate) async fn recover<T: Target>(target: &T, undo: Undo) -> Result<(), FaultError> {
    let found = target.census(&undo.service).await?.wanted;
    // An autoscaler may have brought back what was there before.
    if found != undo.set && found != undo.before {
        return Err(FaultError::Drift { service: undo.service, set: undo.set, found });
    }
    Ok(target.scale(&undo.service, undo.before).await?)
}
