//! Takes a service down, and brings it back.

use crate::limits::{Limits, nothing};
use crate::target::Target;
use crate::{Applied, FaultError};

#[derive(Debug)]
pub(crate) struct Undo {
    service: String,
}

pub(crate) async fn apply<T: Target>(
    target: &T,
    service: &str,
    limits: &Limits,
) -> Result<Applied, FaultError> {
    let census = target.census(service).await?;
    if census.replicas.is_empty() {
        return Err(nothing(service));
    }
    limits.check_these(service, &census, &census.replicas)?;
    let hits = target.stop(service).await?;
    let undo = Undo { service: service.to_owned() };
    Ok(Applied::to_processes(service, hits, crate::Undo::Stop(undo)))
}

pub(crate) async fn recover<T: Target>(target: &T, undo: Undo) -> Result<(), FaultError> {
    Ok(target.start(&undo.service).await?)
}
