//! Looks at a service again and again, and scales it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use brunt_scenarios::system::Autoscaler;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::fleet::{Fleet, Purpose, lock};
use crate::autoscaling::Autoscaling;
use crate::replica::Context;
use crate::usage::Usage;

/// A service's autoscaler. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct AutoscalerTask {
    original: Autoscaler,
    current: Arc<Mutex<Autoscaling>>,
    task: JoinHandle<()>,
}

impl AutoscalerTask {
    /// Must be called within a tokio runtime.
    pub(super) fn start(
        settings: Autoscaler,
        fleet: Arc<Mutex<Fleet>>,
        context: Arc<Context>,
    ) -> Self {
        let current = Arc::new(Mutex::new(Autoscaling::new(settings)));
        let task = tokio::spawn(look(Arc::clone(&current), fleet, context));
        Self { original: settings, current, task }
    }

    /// Has other limits or another aim from the next look on; what is `None` stays.
    pub(crate) fn change(&self, min: Option<u32>, max: Option<u32>, target: Option<u32>) {
        let settings = &mut locked(&self.current).settings;
        settings.min_replicas = min.unwrap_or(settings.min_replicas);
        settings.max_replicas = max.unwrap_or(settings.max_replicas);
        settings.average_utilization = target.unwrap_or(settings.average_utilization);
    }

    /// Is again as its system file says.
    pub(crate) fn restore(&self) {
        locked(&self.current).settings = self.original;
    }
}

impl Drop for AutoscalerTask {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn look(current: Arc<Mutex<Autoscaling>>, fleet: Arc<Mutex<Fleet>>, context: Arc<Context>) {
    let began = Instant::now();
    let mut looks = interval(locked(&current).settings.sync_period.0);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut usage = Usage::new();
    loop {
        looks.tick().await;
        let ready = ready(&fleet);
        let used = usage.since_last(ready.into_iter());
        let mut fleet = lock(&fleet);
        if fleet.purpose != Purpose::Run {
            continue;
        }
        let next = locked(&current).decide(began.elapsed(), fleet.wanted, used);
        if next != fleet.wanted {
            fleet.scale(next, &context);
        }
    }
}

/// The processes of the replicas that are ready.
fn ready(fleet: &Mutex<Fleet>) -> Vec<u32> {
    let fleet = lock(fleet);
    let now = fleet.replicas.iter().map(|replica| replica.snapshot());
    now.filter_map(|now| now.pid.filter(|_| now.is_ready())).collect()
}

fn locked(current: &Mutex<Autoscaling>) -> MutexGuard<'_, Autoscaling> {
    current.lock().unwrap_or_else(PoisonError::into_inner)
}
