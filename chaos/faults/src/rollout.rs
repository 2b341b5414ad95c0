//! Replaces every replica by a new one. A new version is not undone.

use brunt_scenarios::plan::StrategyKind;

use crate::limits::{Limits, nothing};
use crate::target::{Census, Target};
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
    limits.check(service, &census, takes(&census))?;
    let hits = target.rollout(service).await?;
    Ok(Applied::to_processes(service, hits, Undo::Nothing))
}

/// How many replicas the strategy takes away at once.
pub(crate) fn takes(census: &Census) -> u32 {
    match census.rollout.kind {
        StrategyKind::Recreate => census.ready(),
        // Those that are away already count towards what the strategy lets be missing.
        StrategyKind::RollingUpdate => census.rollout.max_unavailable.saturating_sub(census.away()),
    }
}
