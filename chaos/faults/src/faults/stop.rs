//! Takes a service down, and brings it back.

use std::time::Duration;

use crate::effect::Effect;
use crate::error::FaultError;
use crate::limits::Limits;
use crate::target::FaultTarget;

#[derive(Debug)]
pub(crate) struct Stopped {
    service: String,
    grace: Option<Duration>,
}

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    grace: Option<Duration>,
    limits: &Limits,
) -> Result<(Effect, Stopped), FaultError> {
    // All of it is away until the fault ends, so only a limit of 100% allows it.
    limits.check_whole_service(target, service).await?;
    let hits = target.stop(service, grace).await?;
    Ok((Effect::on(service, hits), Stopped { service: service.to_owned(), grace }))
}

/// A service goes on serving open connections until its last process has ended.
pub(crate) async fn until_in_force<T: FaultTarget>(
    target: &T,
    stopped: &Stopped,
) -> Result<(), FaultError> {
    Ok(target.until_stopped(&stopped.service, stopped.grace).await?)
}

pub(crate) async fn recover<T: FaultTarget>(
    target: &T,
    stopped: Stopped,
) -> Result<(), FaultError> {
    Ok(target.start(&stopped.service).await?)
}
