//! Sets the number of replicas, and sets it back unless somebody else has changed it meanwhile.

use crate::effect::Effect;
use crate::error::FaultError;
use crate::limits::Limits;
use crate::target::FaultTarget;

#[derive(Debug)]
pub(crate) struct Scaled {
    service: String,
    before: u32,
    after: u32,
}

pub(crate) async fn inject<T: FaultTarget>(
    target: &T,
    service: &str,
    replicas: u32,
    limits: &Limits,
) -> Result<(Effect, Scaled), FaultError> {
    let census = target.census(service).await?;
    // Scaling down takes away the replicas that are not ready first.
    let takes = census.ready().saturating_sub(replicas);
    limits.check(service, &census, takes)?;
    target.scale(service, replicas).await?;
    let scaled = Scaled { service: service.to_owned(), before: census.wanted, after: replicas };
    Ok((Effect::on(service, u64::from(census.wanted.abs_diff(replicas))), scaled))
}

pub(crate) async fn recover<T: FaultTarget>(target: &T, scaled: Scaled) -> Result<(), FaultError> {
    let found = target.census(&scaled.service).await?.wanted;
    // An autoscaler may have brought back what was there before.
    if found != scaled.after && found != scaled.before {
        return Err(FaultError::Drift { service: scaled.service, set: scaled.after, found });
    }
    Ok(target.scale(&scaled.service, scaled.before).await?)
}
