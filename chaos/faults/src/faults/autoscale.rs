//! Gives a service's autoscaler other limits or another target utilization. Replicas come and go
//! only as it decides, so no limit applies here.

use crate::effect::Effect;
use crate::error::FaultError;
use crate::target::{AutoscalerChange, FaultTarget};

#[derive(Debug)]
pub(crate) struct Autoscaled {
    service: String,
    change: AutoscalerChange,
}

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    change: AutoscalerChange,
) -> Result<(Effect, Autoscaled), FaultError> {
    // The change is kept, as a cluster restores the fields that it names.
    let hits = target.change_autoscaler(service, change).await?;
    Ok((Effect::on(service, hits), Autoscaled { service: service.to_owned(), change }))
}

pub(crate) async fn recover<T: FaultTarget>(
    target: &T,
    autoscaled: Autoscaled,
) -> Result<(), FaultError> {
    Ok(target.restore_autoscaler(&autoscaled.service, autoscaled.change).await?)
}
