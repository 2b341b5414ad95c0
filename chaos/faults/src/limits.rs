//! How much faults may take away: the blast radius.

use brunt_scenarios::plan::{Only, Pick};
use brunt_scenarios::units::Percent;

use crate::TargetError;
use crate::error::FaultError;
use crate::target::{Census, Replica, Target};

/// Bounds on what faults may do.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest share of a service's replicas that may be away at once.
    pub max_unavailable: Percent,
}

impl Limits {
    /// Refuses to take away so many ready replicas if, with those that are away already, it is more
    /// than the share.
    pub(crate) fn check(
        &self,
        service: &str,
        census: &Census,
        takes: u32,
    ) -> Result<(), FaultError> {
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

/// How replicas are drawn for a fault.
pub(crate) struct Draw<'a> {
    /// Within which limits.
    pub(crate) limits: &'a Limits,
    /// Among which of them.
    pub(crate) only: &'a Only,
    /// By what chance.
    pub(crate) rng: &'a mut fastrand::Rng,
}

impl Draw<'_> {
    /// The replicas that come into question.
    pub(crate) async fn among<T: Target>(
        &self,
        target: &T,
        service: &str,
        census: &Census,
    ) -> Result<Vec<Replica>, TargetError> {
        if self.only.is_any() {
            return Ok(census.replicas.clone());
        }
        let there = target.those(service, self.only).await?;
        Ok(census
            .replicas
            .iter()
            .filter(|replica| there.contains(&replica.number))
            .copied()
            .collect())
    }

    /// Some of these, drawn where not all are meant.
    pub(crate) fn picked(&mut self, among: &[Replica], pick: Pick) -> Vec<Replica> {
        match pick.of(among.len()) {
            all if all == among.len() => among.to_vec(),
            1 => self.rng.choice(among).copied().into_iter().collect(),
            number => self.rng.choose_multiple(among.iter().copied(), number),
        }
    }
}

pub(crate) fn numbers(replicas: &[Replica]) -> Vec<u32> {
    replicas.iter().map(|replica| replica.number).collect()
}

pub(crate) fn nothing(service: &str) -> FaultError {
    FaultError::NothingToHit { service: service.to_owned() }
}
