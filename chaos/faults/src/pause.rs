//! Freezes replicas, and lets them go on.

use brunt_scenarios::plan::Pick;

use crate::limits::{Draw, nothing, numbers};
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
    draw: &mut Draw<'_>,
) -> Result<Applied, FaultError> {
    let census = target.census(service).await?;
    let among = draw.among(target, service, &census).await?;
    let chosen = draw.picked(&among, pick);
    if chosen.is_empty() {
        return Err(nothing(service));
    }
    draw.limits.check_these(service, &census, &chosen)?;
    let undo = Undo { service: service.to_owned(), replicas: numbers(&chosen) };
    let hits = target.pause(service, &undo.replicas).await?;
    Ok(Applied::to_processes(service, hits, crate::Undo::Pause(undo)))
}

pub(crate) async fn recover<T: Target>(target: &T, undo: Undo) -> Result<(), FaultError> {
    Ok(target.resume(&undo.service, &undo.replicas).await?)
}
