//! Looks at a service's processor time periodically, and scales it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brunt_faults::AutoscalerChange;
use brunt_scenarios::system::Autoscaler;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tracing::Instrument;

use super::replica_set::{ReplicaSet, WorkloadPhase, lock};
use crate::autoscaling::Autoscaling;
use crate::process_usage::ProcessUsage;
use crate::service_context::ServiceContext;

/// A service's autoscaler. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct AutoscalerTask {
    service: String,
    original: Autoscaler,
    current: Arc<Mutex<Autoscaling>>,
    task: JoinHandle<()>,
}

impl AutoscalerTask {
    /// Must be called within a tokio runtime.
    pub(super) fn start(
        settings: Autoscaler,
        replica_set: Arc<Mutex<ReplicaSet>>,
        context: Arc<ServiceContext>,
    ) -> Self {
        let service = context.events.service_name().to_owned();
        let current = Arc::new(Mutex::new(Autoscaling::new(settings)));
        let syncing = sync_forever(Arc::clone(&current), replica_set, context).in_current_span();
        Self { service, original: settings, current, task: tokio::spawn(syncing) }
    }

    /// Has other limits or another target utilization from its next look on.
    pub(crate) fn change(&self, AutoscalerChange { min, max, target }: AutoscalerChange) {
        let before = locked(&self.current).settings;
        self.set(Autoscaler {
            min_replicas: min.unwrap_or(before.min_replicas),
            max_replicas: max.unwrap_or(before.max_replicas),
            average_utilization: target.unwrap_or(before.average_utilization),
            ..before
        });
    }

    /// Has the limits and the target utilization of the system file again.
    pub(crate) fn restore(&self) {
        self.set(self.original);
    }

    fn set(&self, settings: Autoscaler) {
        let before = std::mem::replace(&mut locked(&self.current).settings, settings);
        let in_words = |settings: Autoscaler| {
            let Autoscaler { min_replicas, max_replicas, average_utilization, .. } = settings;
            format!("{min_replicas} to {max_replicas} replicas at {average_utilization}%")
        };
        let (before, after) = (in_words(before), in_words(settings));
        tracing::info!(service = self.service, before, after, "autoscaler changed");
    }
}

impl Drop for AutoscalerTask {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn sync_forever(
    current: Arc<Mutex<Autoscaling>>,
    replica_set: Arc<Mutex<ReplicaSet>>,
    context: Arc<ServiceContext>,
) {
    let began = Instant::now();
    let mut ticks = interval(locked(&current).settings.sync_period.0);
    // Looks that were missed are not made up for: they would see no time between them.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut usage = ProcessUsage::new();
    loop {
        ticks.tick().await;
        let ready = ready_processes(&replica_set);
        let used = usage.since_last(ready.into_iter());
        let mut replica_set = lock(&replica_set);
        if replica_set.phase != WorkloadPhase::Running {
            continue;
        }
        let before = replica_set.wanted;
        let after = locked(&current).decide(began.elapsed(), before, used);
        let service = context.events.service_name();
        tracing::debug!(service, processors = used, before, after, "autoscaler decided");
        if after != before {
            replica_set.scale(after, &context);
        }
    }
}

/// The process ids of the replicas that are ready.
fn ready_processes(replica_set: &Mutex<ReplicaSet>) -> Vec<u32> {
    let replica_set = lock(replica_set);
    let now = replica_set.replicas.iter().map(|replica| replica.snapshot());
    now.filter_map(|now| now.pid.filter(|_| now.is_ready())).collect()
}

fn locked(current: &Mutex<Autoscaling>) -> MutexGuard<'_, Autoscaling> {
    current.lock().unwrap_or_else(PoisonError::into_inner)
}
