//! One service: its replicas, and what may be done to them.

mod autoscaler;
mod fleet;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use brunt_faults::{Census, Replica as Counted};
use brunt_scenarios::plan::{Rollout, Service};
use brunt_scenarios::timeline::EventKind;
use tokio::task::JoinHandle;

use crate::replica::{Context, Replica, What};
use crate::status::ReplicaStatus;
pub(crate) use autoscaler::AutoscalerTask;
use fleet::{Fleet, Purpose, keep, lock};

/// A service's replicas, kept as they should be by a task of its own.
#[derive(Debug)]
pub(crate) struct Workload {
    pub(crate) context: Arc<Context>,
    rollout: Rollout,
    fleet: Arc<Mutex<Fleet>>,
    task: JoinHandle<()>,
    autoscaler: Option<AutoscalerTask>,
}

impl Workload {
    /// Starts its replicas. Must be called within a tokio runtime.
    pub(crate) fn start(context: Context, service: &Service) -> Self {
        let (context, rollout) = (Arc::new(context), service.rollout);
        let fleet = Arc::new(Mutex::new(Fleet::new(service.replicas)));
        let keeper = keep(Arc::clone(&fleet), Arc::clone(&context), rollout);
        let start =
            |settings| AutoscalerTask::start(settings, Arc::clone(&fleet), Arc::clone(&context));
        let autoscaler = service.autoscaler.map(start);
        Self { context, rollout, fleet, task: tokio::spawn(keeper), autoscaler }
    }

    pub(crate) fn wanted(&self) -> u32 {
        self.fleet().effective()
    }

    pub(crate) fn replicas(&self) -> Vec<Arc<Replica>> {
        self.fleet().replicas.clone()
    }

    pub(crate) fn status(&self) -> Vec<ReplicaStatus> {
        let all = self.replicas();
        all.iter().map(|replica| replica.status()).collect()
    }

    /// Number and port of each replica that has a process that can answer.
    pub(crate) fn ports(&self) -> impl Iterator<Item = (u32, u16)> {
        self.replicas().into_iter().filter_map(|replica| {
            let now = replica.snapshot();
            let answers = now.pid.is_some() && !now.paused && !now.leaving;
            Some((replica.number, now.port.filter(|_| answers)?))
        })
    }

    pub(crate) fn census(&self) -> Census {
        let fleet = self.fleet();
        let counted = fleet.replicas.iter().filter_map(|replica| {
            let now = replica.snapshot();
            (now.pid.is_some() && !now.leaving)
                .then(|| Counted { number: replica.number, ready: now.is_ready() })
        });
        Census { wanted: fleet.effective(), replicas: counted.collect(), rollout: self.rollout }
    }

    /// Ends replicas that are replaced at once. Says how many had a process.
    pub(crate) async fn kill(&self, numbers: &[u32], grace: Duration) -> u64 {
        let mut victims = self.numbered(numbers);
        victims.retain(|replica| !replica.snapshot().leaving);
        {
            let mut fleet = self.fleet();
            if fleet.purpose == Purpose::Run {
                fleet.owed += u32::try_from(victims.len()).unwrap_or(u32::MAX);
            }
        }
        let hits = tell_all(&victims, What::End(grace)).await;
        self.changed();
        hits
    }

    /// Ends all replicas and lets none come back. Says how many had a process.
    pub(crate) async fn stop(&self) -> u64 {
        let all = {
            let mut fleet = self.fleet();
            fleet.purpose = Purpose::Stopped;
            fleet.owed = 0;
            fleet.staying()
        };
        self.context.journal.service(EventKind::Scaled { replicas: 0 });
        let hits = tell_all(&all, What::End(self.context.grace)).await;
        self.changed();
        hits
    }

    pub(crate) fn start_again(&self) {
        let mut fleet = self.fleet();
        if fleet.purpose == Purpose::Stopped {
            fleet.purpose = Purpose::Run;
            let replicas = fleet.wanted;
            drop(fleet);
            self.context.journal.service(EventKind::Scaled { replicas });
            self.changed();
        }
    }

    /// Says how many had a process.
    pub(crate) async fn tell(&self, numbers: &[u32], what: What) -> u64 {
        tell_all(&self.numbered(numbers), what).await
    }

    pub(crate) fn scale(&self, replicas: u32) {
        self.fleet().scale(replicas, &self.context);
    }

    /// What decides how many replicas there are.
    pub(crate) fn autoscaler(&self) -> Option<&AutoscalerTask> {
        self.autoscaler.as_ref()
    }

    /// Begins a rollout. Says how many replicas will be replaced.
    pub(crate) fn roll_out(&self) -> u64 {
        let mut fleet = self.fleet();
        fleet.revision += 1;
        fleet.rolling = true;
        let replaced = fleet.staying().len() as u64;
        drop(fleet);
        self.context.journal.service(EventKind::RolloutStarted);
        self.changed();
        replaced
    }

    /// Ends everything for good, gracefully; frozen ones go on first, so that they can.
    pub(crate) async fn close(&self) {
        let all = {
            let mut fleet = self.fleet();
            fleet.purpose = Purpose::Closed;
            fleet.replicas.clone()
        };
        tell_all(&all, What::End(self.context.grace)).await;
        for replica in &all {
            if let Some(group) = replica.snapshot().pid {
                crate::groups::signal(group, rustix::process::Signal::CONT);
            }
        }
        self.changed();
    }

    /// Ends all tasks at once, so that nothing is started again. Processes are left to
    /// whoever calls this.
    pub(crate) fn abandon(&self) {
        let mut fleet = self.fleet();
        fleet.purpose = Purpose::Closed;
        self.task.abort();
        for replica in &fleet.replicas {
            replica.abandon();
        }
    }

    fn numbered(&self, numbers: &[u32]) -> Vec<Arc<Replica>> {
        let mut all = self.replicas();
        all.retain(|replica| numbers.contains(&replica.number));
        all
    }

    fn changed(&self) {
        self.context.changes.send_replace(());
    }

    fn fleet(&self) -> MutexGuard<'_, Fleet> {
        lock(&self.fleet)
    }
}

/// Tells all of them first and then waits for the answers. Says how many had a process.
async fn tell_all(replicas: &[Arc<Replica>], what: What) -> u64 {
    let answers: Vec<_> = replicas.iter().map(|replica| replica.tell(what)).collect();
    let mut hits = 0;
    for answer in answers {
        hits += u64::from(answer.await.unwrap_or(false));
    }
    hits
}
