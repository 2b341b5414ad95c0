//! A replica at one moment, shared by its task and its workload.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::status::ReplicaPhase;

#[derive(Debug)]
pub(super) struct SharedSnapshot(Mutex<ReplicaSnapshot>);

/// A replica at one moment.
#[derive(Debug, Clone)]
pub(crate) struct ReplicaSnapshot {
    pub(crate) state: ReplicaPhase,
    pub(crate) pid: Option<u32>,
    pub(crate) port: Option<u16>,
    pub(crate) restarts: u32,
    pub(crate) paused: bool,
    /// Whether it accepts connections; known only of one without a readiness probe.
    pub(crate) listens: bool,
    /// How its last process ended.
    pub(crate) ended: Option<String>,
    /// The probe that had it end, with what was wrong.
    pub(crate) ended_by: Option<String>,
    /// Why it is not ready.
    pub(crate) trouble: Option<String>,
    pub(crate) was_ready_once: bool,
    /// Whether it is being stopped for good.
    pub(crate) stopping: bool,
}

impl ReplicaSnapshot {
    fn absent() -> Self {
        Self {
            state: ReplicaPhase::Absent,
            pid: None,
            port: None,
            restarts: 0,
            paused: false,
            listens: false,
            ended: None,
            ended_by: None,
            trouble: None,
            was_ready_once: false,
            stopping: false,
        }
    }

    /// Its phase as a person sees it. Kubernetes has no such phase as paused: a frozen process
    /// stays ready until its probes fail.
    pub(crate) fn phase(&self) -> ReplicaPhase {
        match self.paused {
            true => ReplicaPhase::Paused,
            false => self.state,
        }
    }

    /// The phases before and after a change; `None` if the phase has stayed the same.
    pub(super) fn transition_to(&self, after: &Self) -> Option<(ReplicaPhase, ReplicaPhase)> {
        let phases = match self.paused == after.paused {
            // What happens to a frozen process is not hidden behind its being frozen.
            true => (self.state, after.state),
            false => (self.phase(), after.phase()),
        };
        (phases.0 != phases.1).then_some(phases)
    }

    /// Whether requests are sent to it.
    pub(crate) fn is_ready(&self) -> bool {
        self.state == ReplicaPhase::Ready && !self.stopping
    }
}

impl SharedSnapshot {
    pub(super) fn new() -> Self {
        Self(Mutex::new(ReplicaSnapshot::absent()))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, ReplicaSnapshot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
