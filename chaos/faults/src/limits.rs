//! How much faults may take away: the blast radius.

use brunt_scenarios::plan::StrategyKind;
use brunt_scenarios::units::Percent;

use crate::error::FaultError;
use crate::target::{Census, FaultTarget, Replica};

/// Bounds on what faults may do.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest share of a service's replicas that may be unavailable at once, counting those
    /// that are unavailable before the fault.
    pub max_unavailable: Percent,
}

impl Limits {
    /// Refuses to take away `takes` ready replicas if that, with those that are unavailable
    /// already, exceeds the share.
    pub(crate) fn check(
        &self,
        service: &str,
        census: &Census,
        takes: u32,
    ) -> Result<(), FaultError> {
        let away = census.away();
        let allowed = self.max_unavailable.fraction() * f64::from(census.wanted);
        tracing::debug!(service, takes, away, allowed, "limits checked");
        // What takes nothing away is allowed even while too much is away already.
        // Shares are fractions in binary: three times a third must count as one.
        if takes == 0 || f64::from(away + takes) <= allowed + 1e-9 {
            return Ok(());
        }
        Err(FaultError::ExceedsLimit {
            service: service.to_owned(),
            takes,
            wanted: census.wanted,
            away,
            limit: self.max_unavailable,
        })
    }

    /// Refuses to take these replicas away. One that is not ready counts as unavailable already.
    pub(crate) fn check_replicas(
        &self,
        service: &str,
        census: &Census,
        replicas: &[Replica],
    ) -> Result<(), FaultError> {
        // One that is not ready is among those away, and must not be counted twice.
        let ready = replicas.iter().map(|replica| u32::from(replica.ready)).sum();
        self.check(service, census, ready)
    }

    /// The replicas of a service, all of which are taken away.
    pub(crate) async fn check_whole_service<T: FaultTarget>(
        &self,
        target: &T,
        service: &str,
    ) -> Result<Vec<Replica>, FaultError> {
        let census = census_of_running(target, service).await?;
        self.check_replicas(service, &census, &census.replicas)?;
        Ok(census.replicas)
    }

    /// The replicas of a service, all of which are replaced as its strategy has it.
    pub(crate) async fn check_rollout<T: FaultTarget>(
        &self,
        target: &T,
        service: &str,
    ) -> Result<Vec<Replica>, FaultError> {
        let census = census_of_running(target, service).await?;
        let takes = match census.rollout.kind {
            StrategyKind::Recreate => census.ready(),
            // Those that are away already count towards what the strategy lets be missing.
            StrategyKind::RollingUpdate => {
                census.rollout.max_unavailable.saturating_sub(census.away())
            }
        };
        self.check(service, &census, takes)?;
        Ok(census.replicas)
    }
}

async fn census_of_running<T: FaultTarget>(
    target: &T,
    service: &str,
) -> Result<Census, FaultError> {
    let census = target.census(service).await?;
    match census.replicas.is_empty() {
        true => Err(nothing_to_hit(service)),
        false => Ok(census),
    }
}

pub(crate) fn nothing_to_hit(service: &str) -> FaultError {
    FaultError::NothingToHit { service: service.to_owned() }
}
