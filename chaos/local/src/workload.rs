//! One service: its replicas, and what can be done to them.

mod autoscaler;
mod replica_set;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use brunt_faults::{Census, Replica};
use brunt_scenarios::plan::{Rollout, Service};
use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::replica::{LocalReplica, ReplicaAction};
use crate::service_context::ServiceContext;
use crate::status::ReplicaStatus;
pub(crate) use autoscaler::AutoscalerTask;
use replica_set::{ReplicaSet, WorkloadPhase, lock, reconcile_forever};

/// How long a process may take to end after SIGKILL.
pub(crate) const KILL_TIMEOUT: Duration = Duration::from_secs(5);

/// A service's replicas; a task of its own starts and stops them as needed.
#[derive(Debug)]
pub(crate) struct LocalWorkload {
    pub(crate) context: Arc<ServiceContext>,
    rollout: Rollout,
    replica_set: Arc<Mutex<ReplicaSet>>,
    task: JoinHandle<()>,
    autoscaler: Option<AutoscalerTask>,
}

impl LocalWorkload {
    /// Starts its replicas. Must be called within a tokio runtime.
    pub(crate) fn start(context: ServiceContext, service: &Service) -> Self {
        let (context, rollout) = (Arc::new(context), service.rollout);
        let replica_set = Arc::new(Mutex::new(ReplicaSet::new(service.replicas)));
        let reconciling =
            reconcile_forever(Arc::clone(&replica_set), Arc::clone(&context), rollout);
        let task = tokio::spawn(reconciling.in_current_span());
        let autoscaler = service.autoscaler.map(|settings| {
            AutoscalerTask::start(settings, Arc::clone(&replica_set), Arc::clone(&context))
        });
        Self { context, rollout, replica_set, task, autoscaler }
    }

    pub(crate) fn wanted(&self) -> u32 {
        self.replica_set().effective()
    }

    /// Whether as many replicas are ready as wanted.
    pub(crate) fn is_up(&self) -> bool {
        self.replica_set().is_up(&self.context)
    }

    /// Whether it still waits for a service that it depends on.
    pub(crate) fn waits(&self) -> bool {
        self.context.depends_on.iter().any(|dependency| dependency.moment().is_none())
    }

    pub(crate) fn replicas(&self) -> Vec<Arc<LocalReplica>> {
        self.replica_set().replicas.clone()
    }

    pub(crate) fn status(&self) -> Vec<ReplicaStatus> {
        let all = self.replicas();
        all.iter().map(|replica| replica.status()).collect()
    }

    /// Number and port of each replica that has a process that can answer.
    pub(crate) fn ports(&self) -> impl Iterator<Item = (u32, u16)> {
        self.replicas().into_iter().filter_map(|replica| {
            let now = replica.snapshot();
            let can_answer = now.pid.is_some() && !now.paused && !now.stopping;
            Some((replica.number, now.port.filter(|_| can_answer)?))
        })
    }

    pub(crate) fn census(&self) -> Census {
        let replica_set = self.replica_set();
        let running = replica_set.replicas.iter().filter_map(|replica| {
            let now = replica.snapshot();
            (now.pid.is_some() && !now.stopping)
                .then(|| Replica { number: replica.number, ready: now.is_ready() })
        });
        Census {
            wanted: replica_set.effective(),
            replicas: running.collect(),
            rollout: self.rollout,
        }
    }

    /// Kills replicas, which are replaced at once. Returns how many had a process.
    pub(crate) async fn kill(&self, numbers: &[u32], grace: Duration) -> u64 {
        let mut victims = self.numbered(numbers);
        victims.retain(|replica| !replica.snapshot().stopping);
        {
            let mut replica_set = self.replica_set();
            // Counted before they end: each end wakes the task that replaces them.
            if replica_set.phase == WorkloadPhase::Running {
                replica_set.to_replace += u32::try_from(victims.len()).unwrap_or(u32::MAX);
            }
        }
        let hits = send_all(&victims, ReplicaAction::Stop(grace)).await;
        self.changed();
        hits
    }

    /// Begins to stop all replicas, with this grace or the service's own, and lets none come back.
    /// Returns how many had a process.
    pub(crate) async fn stop(&self, grace: Option<Duration>) -> u64 {
        let (before, all) = {
            let mut replica_set = self.replica_set();
            let before = replica_set.effective();
            replica_set.phase = WorkloadPhase::Stopped;
            // Those that a fault has killed just before are not replaced any more.
            replica_set.to_replace = 0;
            (before, replica_set.active())
        };
        self.context.events.scaled(before, 0);
        let grace = grace.unwrap_or(self.context.grace);
        let hits = send_all(&all, ReplicaAction::Stop(grace)).await;
        self.changed();
        hits
    }

    /// Waits until no process is left of replicas that were stopped with this grace. Returns
    /// whether that came true in time.
    pub(crate) async fn until_stopped(&self, grace: Option<Duration>) -> bool {
        let within = grace.unwrap_or(self.context.grace) + KILL_TIMEOUT;
        let mut changes = self.context.changes.subscribe();
        let has_ended = || self.replicas().iter().all(|replica| replica.snapshot().pid.is_none());
        tokio::time::timeout(within, changes.wait_for(|()| has_ended())).await.is_ok()
    }

    pub(crate) fn start_again(&self) {
        let mut replica_set = self.replica_set();
        if replica_set.phase == WorkloadPhase::Stopped {
            replica_set.phase = WorkloadPhase::Running;
            let replicas = replica_set.wanted;
            drop(replica_set);
            self.context.events.scaled(0, replicas);
            self.changed();
        }
    }

    /// Carries an action out on replicas. Returns how many had a process.
    pub(crate) async fn send(&self, numbers: &[u32], action: ReplicaAction) -> u64 {
        send_all(&self.numbered(numbers), action).await
    }

    pub(crate) fn scale(&self, replicas: u32) {
        self.replica_set().scale(replicas, &self.context);
    }

    pub(crate) fn autoscaler(&self) -> Option<&AutoscalerTask> {
        self.autoscaler.as_ref()
    }

    /// Begins a rollout. Returns how many replicas will be replaced.
    pub(crate) fn roll_out(&self) -> u64 {
        let mut replica_set = self.replica_set();
        replica_set.revision += 1;
        replica_set.rolling_out = true;
        let revision = replica_set.revision;
        let replaced = replica_set.active().len() as u64;
        drop(replica_set);
        self.context.events.rollout_started(revision - 1, revision);
        self.changed();
        replaced
    }

    /// Stops everything for good, with the service's grace but at most this one.
    pub(crate) async fn close(&self, most: Duration) {
        let all = {
            let mut replica_set = self.replica_set();
            replica_set.phase = WorkloadPhase::Closed;
            replica_set.replicas.clone()
        };
        send_all(&all, ReplicaAction::Stop(self.context.grace.min(most))).await;
        // A frozen process could not act on its SIGTERM.
        send_all(&all, ReplicaAction::Resume).await;
        self.changed();
    }

    /// Aborts all tasks at once, so that no process is started again. Leaves processes running.
    pub(crate) fn abandon(&self) {
        let mut replica_set = self.replica_set();
        replica_set.phase = WorkloadPhase::Closed;
        self.task.abort();
        for replica in &replica_set.replicas {
            replica.abandon();
        }
    }

    fn numbered(&self, numbers: &[u32]) -> Vec<Arc<LocalReplica>> {
        let mut all = self.replicas();
        all.retain(|replica| numbers.contains(&replica.number));
        all
    }

    fn changed(&self) {
        self.context.changes.send_replace(());
    }

    fn replica_set(&self) -> MutexGuard<'_, ReplicaSet> {
        lock(&self.replica_set)
    }
}

/// Sends an action to all of them first and then waits for the replies, so that none is hit later
/// than the others. Returns how many had a process.
async fn send_all(replicas: &[Arc<LocalReplica>], action: ReplicaAction) -> u64 {
    let replies: Vec<_> = replicas.iter().map(|replica| replica.send(action)).collect();
    let mut hits = 0;
    for reply in replies {
        hits += u64::from(reply.await.unwrap_or(false));
    }
    hits
}
