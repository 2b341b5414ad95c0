//! Which replicas a fault hits.

use brunt_scenarios::plan::{Pick, ReplicaFilter};

use crate::error::{FaultError, TargetError};
use crate::limits::{Limits, nothing_to_hit};
use crate::target::{Census, FaultTarget, Replica, ReplicaSelector};

/// Picks replicas for a fault.
pub(crate) struct ReplicaPicker<'a> {
    pub(crate) limits: &'a Limits,
    /// What must be true of a replica that is picked.
    pub(crate) only: &'a ReplicaFilter,
    pub(crate) rng: &'a mut fastrand::Rng,
}

impl ReplicaPicker<'_> {
    /// The replicas that may be picked.
    pub(crate) async fn candidates<T: FaultTarget>(
        &self,
        target: &T,
        service: &str,
        census: &Census,
    ) -> Result<Vec<Replica>, TargetError> {
        // Without a condition no platform is needed, so that local systems can be hit.
        if self.only.is_any() {
            return Ok(census.replicas.clone());
        }
        let selector = target.platform().ok_or_else(|| {
            TargetError::on_kubernetes(&format!("a fault of {service} where {}", self.only))
        })?;
        let selected = selector.select_replicas(service, self.only).await?;
        let is_selected = |replica: &&Replica| selected.contains(&replica.number);
        Ok(census.replicas.iter().filter(is_selected).copied().collect())
    }

    /// Some of the candidates, by chance where not all are meant.
    pub(crate) fn pick_of(&mut self, candidates: &[Replica], pick: Pick) -> Vec<Replica> {
        // By the fault's own generator, seeded by the run: the same seed hits the same replicas.
        match pick.of(candidates.len()) {
            all if all == candidates.len() => candidates.to_vec(),
            1 => self.rng.choice(candidates).copied().into_iter().collect(),
            number => self.rng.choose_multiple(candidates.iter().copied(), number),
        }
    }

    /// Picks at least one replica of a service, however many it takes away.
    pub(crate) async fn pick<T: FaultTarget>(
        &mut self,
        target: &T,
        service: &str,
        pick: Pick,
    ) -> Result<(Census, Vec<Replica>), FaultError> {
        let census = target.census(service).await?;
        let candidates = self.candidates(target, service, &census).await?;
        let picked = self.pick_of(&candidates, pick);
        match picked.is_empty() {
            true => Err(nothing_to_hit(service)),
            false => Ok((census, picked)),
        }
    }

    /// Picks at least one replica of a service, and no more than the limits let a fault take away.
    pub(crate) async fn pick_within_limits<T: FaultTarget>(
        &mut self,
        target: &T,
        service: &str,
        pick: Pick,
    ) -> Result<Vec<u32>, FaultError> {
        let (census, picked) = self.pick(target, service, pick).await?;
        self.limits.check_replicas(service, &census, &picked)?;
        let replicas = numbers(&picked);
        tracing::debug!(service, ?replicas, "replicas picked within the limits");
        Ok(replicas)
    }
}

pub(crate) fn numbers(replicas: &[Replica]) -> Vec<u32> {
    replicas.iter().map(|replica| replica.number).collect()
}
