//! A service's replicas, and how many there should be.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brunt_scenarios::plan::Rollout;
use brunt_scenarios::timeline::{EventKind, RestartReason};

use crate::reconcile::{ReconcileSteps, ReplicaStage, ReplicaView, ServiceView};
use crate::replica::{LocalReplica, ReplicaAction};
use crate::service_context::ServiceContext;
use crate::status::ReplicaPhase;

#[derive(Debug)]
pub(super) struct ReplicaSet {
    pub(super) wanted: u32,
    pub(super) phase: WorkloadPhase,
    pub(super) revision: u32,
    pub(super) rolling_out: bool,
    last_number: u32,
    /// How many have been killed by faults and not yet replaced.
    pub(super) to_replace: u32,
    pub(super) replicas: Vec<Arc<LocalReplica>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WorkloadPhase {
    Running,
    /// There are no replicas until it is started again.
    Stopped,
    /// There are no replicas, for good.
    Closed,
}

impl ReplicaSet {
    pub(super) fn new(wanted: u32) -> Self {
        Self {
            wanted,
            phase: WorkloadPhase::Running,
            revision: 1,
            rolling_out: false,
            last_number: 0,
            to_replace: 0,
            replicas: Vec::new(),
        }
    }

    /// How many replicas there should be in this phase.
    pub(super) fn effective(&self) -> u32 {
        match self.phase {
            WorkloadPhase::Running => self.wanted,
            WorkloadPhase::Stopped | WorkloadPhase::Closed => 0,
        }
    }

    /// The replicas that are not being stopped.
    pub(super) fn active(&self) -> Vec<Arc<LocalReplica>> {
        let active = self.replicas.iter().filter(|replica| !replica.snapshot().stopping);
        active.cloned().collect()
    }

    /// Whether as many replicas are ready as wanted and, without a readiness probe, accept
    /// connections: then one counts as ready as soon as it runs, and may not answer yet.
    pub(super) fn is_up(&self, context: &ServiceContext) -> bool {
        let has_probe = context.probes.readiness.is_some();
        let snapshots = self.replicas.iter().map(|replica| replica.snapshot());
        let ready = snapshots.filter(|now| now.is_ready() && (has_probe || now.listens)).count();
        ready >= self.effective() as usize
    }

    fn view(&self, rollout: Rollout) -> ServiceView {
        let view_of = |replica: &Arc<LocalReplica>| {
            let now = replica.snapshot();
            ReplicaView {
                number: replica.number,
                revision: replica.revision,
                stage: match () {
                    () if now.stopping => ReplicaStage::Stopping,
                    () if now.is_ready() => ReplicaStage::Ready,
                    () => ReplicaStage::NotReady,
                },
            }
        };
        ServiceView {
            wanted: self.effective() as usize,
            revision: self.revision,
            rollout,
            replicas: self.replicas.iter().map(view_of).collect(),
        }
    }

    /// Wants another number of replicas from now on.
    pub(super) fn scale(&mut self, replicas: u32, context: &ServiceContext) {
        let before = std::mem::replace(&mut self.wanted, replicas);
        context.events.scaled(before, replicas);
        context.changes.send_replace(());
    }

    /// Starts and stops what the service's state demands now.
    fn reconcile(&mut self, context: &Arc<ServiceContext>, rollout: Rollout) {
        self.replicas.retain(|replica| replica.snapshot().state != ReplicaPhase::Gone);
        let view = self.view(rollout);
        let ReconcileSteps { start, stop } = view.steps();
        for replica in self.replicas.iter().filter(|replica| stop.contains(&replica.number)) {
            // Whether it still had a process makes no difference here.
            drop(replica.send(ReplicaAction::Stop(context.grace)));
        }
        for _ in 0..start {
            self.add(context);
        }
        if self.rolling_out && view.is_rolled_out() {
            self.rolling_out = false;
            context.events.rollout_done(self.revision);
        }
    }

    fn add(&mut self, context: &Arc<ServiceContext>) {
        self.last_number += 1;
        if self.to_replace > 0 {
            self.to_replace -= 1;
            let reason = RestartReason::Fault;
            context.events.replica(self.last_number, EventKind::Restarting { reason });
            tracing::info!(
                service = context.events.service_name(),
                replica = self.last_number,
                "replaces one that a fault has killed"
            );
        }
        let replica = LocalReplica::start(self.last_number, self.revision, context);
        self.replicas.push(Arc::new(replica));
    }
}

/// Reconciles after each change, until the service's context is dropped.
pub(super) async fn reconcile_forever(
    replica_set: Arc<Mutex<ReplicaSet>>,
    context: Arc<ServiceContext>,
    rollout: Rollout,
) {
    for dependency in &context.depends_on {
        dependency.come().await;
    }
    let mut changes = context.changes.subscribe();
    loop {
        changes.borrow_and_update();
        {
            let mut replica_set = lock(&replica_set);
            replica_set.reconcile(&context, rollout);
            if replica_set.is_up(&context) {
                context.first_ready.note();
            }
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

pub(super) fn lock(replica_set: &Mutex<ReplicaSet>) -> MutexGuard<'_, ReplicaSet> {
    replica_set.lock().unwrap_or_else(PoisonError::into_inner)
}
