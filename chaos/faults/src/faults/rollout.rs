//! Replaces every replica by a new one, as a new version does. A new version is not undone.

use crate::effect::Effect;
use crate::error::FaultError;
use crate::limits::Limits;
use crate::target::FaultTarget;

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    limits: &Limits,
) -> Result<Effect, FaultError> {
    limits.check_rollout(target, service).await?;
    Ok(Effect::on(service, target.rollout(service).await?))
}
