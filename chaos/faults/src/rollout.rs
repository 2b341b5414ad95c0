//! Replaces every replica by a new one. A new version is not undone.

use brunt_scenarios::plan::StrategyKind;

use crate::limits::{Limits, nothing};
use crate::target::Target;
use crate::{Applied, FaultError, Undo};

pub(crate) async fn apply<T: Target>(
    target: &T,
    service: &str,
    limits: &Limits,
) -> Result<Applied, FaultError> {
    let census = target.census(service).await?;
    if census.replicas.is_empty() {
        return Err(nothing(service));
    }
    let takes = match census.rollout.kind {
        StrategyKind::Recreate => census.ready(),
        // Those that are away already count towards what the strategy lets be missing.
        StrategyKind::RollingUpdate => census.rollout.max_unavailable.saturating_sub(census.away()),
    };
    limits.check(service, &census, takes)?;
    let hits = target.rollout(service).await?;
    Ok(Applied::to_processes(service, hits, Undo::Nothing))
}
