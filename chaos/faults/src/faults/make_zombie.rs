//! Tells one replica to become a zombie: alive, but unhealthy for good. The target does not undo
//! that: the replica's liveness probe has to.

use brunt_scenarios::plan::Pick;

use crate::effect::Effect;
use crate::error::{FaultError, TargetError};
use crate::pick::ReplicaPicker;
use crate::target::FaultTarget;

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    path: &str,
    picker: &mut ReplicaPicker<'_>,
) -> Result<Effect, FaultError> {
    for replica in picker.pick_within_limits(target, service, Pick::One).await? {
        let status = target.get(service, replica, path).await?;
        // The statuses that are a success to a probe, too.
        if !(200..400).contains(&status) {
            let why = format!("GET {path} was answered with {status}");
            return Err(TargetError::unanswered(service, replica, why).into());
        }
    }
    Ok(Effect::on(service, 1))
}
