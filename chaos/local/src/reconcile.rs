//! What to do next so that a service has the replicas it should have. Pure: it looks at numbers and
//! says what to do.

use brunt_scenarios::plan::{Rollout, StrategyKind};

/// A service's replicas and what there should be.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// How many there should be.
    pub(crate) wanted: usize,
    /// Of which revision.
    pub(crate) revision: u32,
    pub(crate) rollout: Rollout,
    pub(crate) replicas: Vec<Seen>,
}

/// One replica.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) number: u32,
    pub(crate) revision: u32,
    pub(crate) stage: Stage,
}

/// How far a replica is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not sent requests yet, or not any more.
    NotReady,
    /// Sent requests.
    Ready,
    /// On its way out.
    Leaving,
}

/// What to do now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    /// Start so many new replicas.
    pub(crate) start: usize,
    /// End these.
    pub(crate) end: Vec<u32>,
}

impl View {
    /// What to do now; nothing while only waiting helps.
    pub(crate) fn steps(&self) -> Steps {
        match self.rollout.kind {
            StrategyKind::Recreate => self.recreate(),
            StrategyKind::RollingUpdate if self.old().next().is_some() => self.roll(),
            StrategyKind::RollingUpdate => self.level(),
        }
    }

    /// Whether there are only new replicas, as many as wanted, all ready.
    pub(crate) fn is_rolled_out(&self) -> bool {
        let ready = self.fresh().filter(|seen| seen.stage == Stage::Ready).count();
        self.old().next().is_none() && ready == self.wanted && self.fresh().count() == self.wanted
    }

    /// As many as wanted: those that are not ready go first, then the youngest.
    fn level(&self) -> Steps {
        let mut active: Vec<Seen> = self.active().collect();
        active.sort_by_key(|seen| (seen.stage == Stage::Ready, std::cmp::Reverse(seen.number)));
        let surplus = active.len().saturating_sub(self.wanted);
        Steps {
            start: self.wanted.saturating_sub(active.len()),
            end: active[..surplus].iter().map(|seen| seen.number).collect(),
        }
    }

    /// One process at a time: whatever is on its way out must have gone before anything new starts.
    fn recreate(&self) -> Steps {
        let old: Vec<u32> = self.old().map(|seen| seen.number).collect();
        if !old.is_empty() {
            return Steps { start: 0, end: old };
        }
        let mut steps = self.level();
        if self.replicas.iter().any(|seen| seen.stage == Stage::Leaving) {
            steps.start = 0;
        }
        steps
    }

    /// New ones come within the surge; old ones go while enough are ready, first those
    /// that are not.
    fn roll(&self) -> Steps {
        let (fresh, all) = (self.fresh().count(), self.active().count());
        let most = self.wanted + self.rollout.max_surge as usize;
        let least_ready = self.wanted.saturating_sub(self.rollout.max_unavailable as usize);
        let ready = self.active().filter(|seen| seen.stage == Stage::Ready).count();
        let fresh_not_ready = self.fresh().filter(|seen| seen.stage == Stage::NotReady).count();
        let mut may_go = all.saturating_sub(least_ready + fresh_not_ready);
        let mut ready_may_go = ready.saturating_sub(least_ready);
        let mut old: Vec<Seen> = self.old().collect();
        old.sort_by_key(|seen| (seen.stage == Stage::Ready, seen.number));
        let mut end = Vec::new();
        for seen in old {
            let is_ready = seen.stage == Stage::Ready;
            if may_go > 0 && (!is_ready || ready_may_go > 0) {
                may_go -= 1;
                ready_may_go -= usize::from(is_ready);
                end.push(seen.number);
            }
        }
        Steps { start: self.wanted.saturating_sub(fresh).min(most.saturating_sub(all)), end }
    }

    fn active(&self) -> impl Iterator<Item = Seen> {
        let all = self.replicas.iter().copied();
        all.filter(|seen| seen.stage != Stage::Leaving)
    }

    fn old(&self) -> impl Iterator<Item = Seen> {
        self.active().filter(|seen| seen.revision < self.revision)
    }

    fn fresh(&self) -> impl Iterator<Item = Seen> {
        self.active().filter(|seen| seen.revision == self.revision)
    }
}

#[cfg(test)]
mod tests;
