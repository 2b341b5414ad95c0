//! Takes a service down, and brings it back.

use crate::effect::Effect;
use crate::error::FaultError;
use crate::limits::Limits;
use crate::target::FaultTarget;

#[derive(Debug)]
pub(crate) struct Stopped {
    service: String,
}

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    limits: &Limits,
) -> Result<(Effect, Stopped), FaultError> {
    // All of it is away until the fault ends, so only a limit of 100% allows it.
    limits.check_whole_service(target, service).await?;
    let hits = target.stop(service).await?;
    Ok((Effect::on(service, hits), Stopped { service: service.to_owned() }))
}

pub(crate) async fn recover<T: FaultTarget>(
    target: &T,
    stopped: Stopped,
) -> Result<(), FaultError> {
    Ok(target.start(&stopped.service).await?)
}
