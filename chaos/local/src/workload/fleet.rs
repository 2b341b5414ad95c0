//! A service's replicas, and what they should be.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brunt_scenarios::plan::Rollout;
use brunt_scenarios::timeline::{EventKind, RestartReason};

use crate::reconcile::{Seen, Stage, Steps, View};
use crate::replica::{Context, Replica, What};
use crate::status::ReplicaState;

#[derive(Debug)]
pub(super) struct Fleet {
    pub(super) wanted: u32,
    pub(super) purpose: Purpose,
    pub(super) revision: u32,
    pub(super) rolling: bool,
    last_number: u32,
    /// How many have been killed and not yet replaced.
    pub(super) owed: u32,
    pub(super) replicas: Vec<Arc<Replica>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Run,
    /// None until it is started again.
    Stopped,
    /// None, for good.
    Closed,
}

impl Fleet {
    pub(super) fn new(wanted: u32) -> Self {
        Self {
            wanted,
            purpose: Purpose::Run,
            revision: 1,
            rolling: false,
            last_number: 0,
            owed: 0,
            replicas: Vec::new(),
        }
    }

    /// How many there should be now.
    pub(super) fn effective(&self) -> u32 {
        match self.purpose {
            Purpose::Run => self.wanted,
            Purpose::Stopped | Purpose::Closed => 0,
        }
    }

    pub(super) fn staying(&self) -> Vec<Arc<Replica>> {
        let staying = self.replicas.iter().filter(|replica| !replica.snapshot().leaving);
        staying.cloned().collect()
    }

    fn view(&self, rollout: Rollout) -> View {
        let seen = |replica: &Arc<Replica>| {
            let now = replica.snapshot();
            Seen {
                number: replica.number,
                revision: replica.revision,
                stage: match () {
                    () if now.leaving => Stage::Leaving,
                    () if now.is_ready() => Stage::Ready,
                    () => Stage::NotReady,
                },
            }
        };
        View {
            wanted: self.effective() as usize,
            revision: self.revision,
            rollout,
            replicas: self.replicas.iter().map(seen).collect(),
        }
    }

    /// Wants another number of replicas from now on, and tells of it.
    pub(super) fn scale(&mut self, replicas: u32, context: &Context) {
        self.wanted = replicas;
        context.journal.service(EventKind::Scaled { replicas });
        context.changes.send_replace(());
    }

    /// Does what is to be done now.
    fn reconcile(&mut self, context: &Arc<Context>, rollout: Rollout) {
        self.replicas.retain(|replica| replica.snapshot().state != ReplicaState::Gone);
        let view = self.view(rollout);
        let Steps { start, end } = view.steps();
        for replica in self.replicas.iter().filter(|replica| end.contains(&replica.number)) {
            // Whether it still had a process makes no difference here.
            drop(replica.tell(What::End(context.grace)));
        }
        for _ in 0..start {
            self.add(context);
        }
        if self.rolling && view.is_rolled_out() {
            self.rolling = false;
            context.journal.service(EventKind::RolloutDone);
        }
    }

    fn add(&mut self, context: &Arc<Context>) {
        self.last_number += 1;
        if self.owed > 0 {
            self.owed -= 1;
            let reason = RestartReason::Fault;
            context.journal.replica(self.last_number, EventKind::Restarting { reason });
        }
        let replica = Replica::start(self.last_number, self.revision, context);
        self.replicas.push(Arc::new(replica));
    }
}

/// Keeps a service as it should be, as long as it lives.
pub(super) async fn keep(fleet: Arc<Mutex<Fleet>>, context: Arc<Context>, rollout: Rollout) {
    let mut changes = context.changes.subscribe();
    loop {
        changes.borrow_and_update();
        lock(&fleet).reconcile(&context, rollout);
        if changes.changed().await.is_err() {
            return;
        }
    }
}

pub(super) fn lock(fleet: &Mutex<Fleet>) -> MutexGuard<'_, Fleet> {
    fleet.lock().unwrap_or_else(PoisonError::into_inner)
}
