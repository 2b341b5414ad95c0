//! How much faults may take away: the blast radius.

use brunt_scenarios::plan::Pick;
use brunt_scenarios::units::Percent;

use crate::error::FaultError;
use crate::target::{Census, Replica};

/// Bounds on what faults may do.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest share of a service's replicas that may be away at once.
    pub max_unavailable: Percent,
}

impl Limits {
    /// Refuses to take away so many ready replicas if, with those that are away already, it is more than the share.
    pub(crate) fn check(&self, service: &str, census: &Census, takes: u32) -> Result<(), FaultError> {
        let away = census.away();
        let allowed = self.max_unavailable.fraction() * f64::from(census.wanted);
        // Shares are fractions in binary: three times a third must count as one.
        if takes == 0 || f64::from(away + takes) <= allowed + 1e-9 {
            return Ok(());
        }
        Err(FaultError::TooMuch {
            service: service.to_owned(),
            takes,
            wanted: census.wanted,
            away,
            limit: self.max_unavailable,
        })
    }

    /// Refuses to take these replicas away.
    pub(crate) fn check_these(
        &self,
        service: &str,
        census: &Census,
        these: &[Replica],
    ) -> Result<(), FaultError> {
        let ready = these.iter().map(|replica| u32::from(replica.ready)).sum();
        self.check(service, census, ready)
    }
}

/// The replicas that are meant, one of them drawn where one is meant.
pub(crate) fn picked(census: &Census, pick: Pick, rng: &mut fastrand::Rng) -> Vec<Replica> {
    match pick.of(census.replicas.len()) {
        all if all == census.replicas.len() => census.replicas.clone(),
        1 => rng.choice(&census.replicas).copied().into_iter().collect(),
        number => rng.choose_multiple(census.replicas.iter().copied(), number),
    }
}

pub(crate) fn numbers(replicas: &[Replica]) -> Vec<u32> {
    replicas.iter().map(|replica| replica.number).collect()
}

pub(crate) fn nothing(service: &str) -> FaultError {
    FaultError::NothingToHit { service: service.to_owned() }
}
