//! What to do next so that a service has the replicas it should have. Pure: numbers in, steps out.

use brunt_scenarios::plan::{Rollout, StrategyKind};

/// A service's replicas, and which there should be.
#[derive(Debug, Clone)]
pub(crate) struct ServiceView {
    /// How many replicas there should be.
    pub(crate) wanted: usize,
    /// The revision that all replicas should be of.
    pub(crate) revision: u32,
    pub(crate) rollout: Rollout,
    pub(crate) replicas: Vec<ReplicaView>,
}

/// What reconciling needs to know of a replica.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReplicaView {
    pub(crate) number: u32,
    pub(crate) revision: u32,
    pub(crate) stage: ReplicaStage,
}

/// How far a replica is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReplicaStage {
    /// Requests are not sent to it yet, or not any more.
    NotReady,
    /// Requests are sent to it.
    Ready,
    /// It is being stopped for good.
    Stopping,
}

/// What to do next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReconcileSteps {
    /// How many new replicas to start.
    pub(crate) start: usize,
    /// The numbers of the replicas to stop.
    pub(crate) stop: Vec<u32>,
}

impl ServiceView {
    /// The steps that can be taken now; none while there is something to wait for.
    pub(crate) fn steps(&self) -> ReconcileSteps {
        match self.rollout.kind {
            StrategyKind::Recreate => self.recreate(),
            StrategyKind::RollingUpdate if self.old().next().is_some() => self.roll_out(),
            StrategyKind::RollingUpdate => self.scale_to_wanted(),
        }
    }

    /// Whether all replicas are of the wanted revision, as many as wanted, and ready.
    pub(crate) fn is_rolled_out(&self) -> bool {
        let ready = self.updated().filter(|replica| replica.stage == ReplicaStage::Ready).count();
        self.old().next().is_none() && ready == self.wanted && self.updated().count() == self.wanted
    }

    /// Starts or stops replicas so that there are as many as wanted: those that are not ready are
    /// stopped first, then the youngest.
    fn scale_to_wanted(&self) -> ReconcileSteps {
        let mut active: Vec<ReplicaView> = self.active().collect();
        active.sort_by_key(|replica| {
            (replica.stage == ReplicaStage::Ready, std::cmp::Reverse(replica.number))
        });
        let surplus = active.len().saturating_sub(self.wanted);
        ReconcileSteps {
            start: self.wanted.saturating_sub(active.len()),
            stop: active[..surplus].iter().map(|replica| replica.number).collect(),
        }
    }

    /// Old and new must never run at the same time: nothing starts before all that is stopping has
    /// gone, as two processes of one machine would open the same store.
    fn recreate(&self) -> ReconcileSteps {
        let old: Vec<u32> = self.old().map(|replica| replica.number).collect();
        if !old.is_empty() {
            return ReconcileSteps { start: 0, stop: old };
        }
        let mut steps = self.scale_to_wanted();
        if self.replicas.iter().any(|replica| replica.stage == ReplicaStage::Stopping) {
            steps.start = 0;
        }
        steps
    }

    /// Starts new replicas within the surge, and stops old ones while enough are ready, those first
    /// that are not.
    fn roll_out(&self) -> ReconcileSteps {
        let (updated, all) = (self.updated().count(), self.active().count());
        let most = self.wanted + self.rollout.max_surge as usize;
        let least_ready = self.wanted.saturating_sub(self.rollout.max_unavailable as usize);
        let ready = self.active().filter(|replica| replica.stage == ReplicaStage::Ready).count();
        let updated_not_ready =
            self.updated().filter(|replica| replica.stage == ReplicaStage::NotReady).count();
        // As the Deployment controller has it: new ones that are not ready yet replace nothing.
        let mut may_go = all.saturating_sub(least_ready + updated_not_ready);
        let mut ready_may_go = ready.saturating_sub(least_ready);
        let mut old: Vec<ReplicaView> = self.old().collect();
        old.sort_by_key(|replica| (replica.stage == ReplicaStage::Ready, replica.number));
        let mut stop = Vec::new();
        for replica in old {
            let is_ready = replica.stage == ReplicaStage::Ready;
            if may_go > 0 && (!is_ready || ready_may_go > 0) {
                may_go -= 1;
                ready_may_go -= usize::from(is_ready);
                stop.push(replica.number);
            }
        }
        ReconcileSteps {
            start: self.wanted.saturating_sub(updated).min(most.saturating_sub(all)),
            stop,
        }
    }

    fn active(&self) -> impl Iterator<Item = ReplicaView> {
        let all = self.replicas.iter().copied();
        all.filter(|replica| replica.stage != ReplicaStage::Stopping)
    }

    fn old(&self) -> impl Iterator<Item = ReplicaView> {
        self.active().filter(|replica| replica.revision < self.revision)
    }

    fn updated(&self) -> impl Iterator<Item = ReplicaView> {
        self.active().filter(|replica| replica.revision == self.revision)
    }
}

#[cfg(test)]
mod tests;
