//! The closed model: users who wait for each reply, think, and make the next request.

use std::rc::Rc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::user::ScheduledUser;
use crate::client::{VisitEnd, WorkerLoad};
use crate::schedule::{ScheduledAt, draw_think_time};

/// The shortest pause after a connection could not be opened. A refusal takes microseconds: without
/// a pause a few users would turn an outage of a second into a hundred thousand failures, and take
/// the processor from the service that is starting up.
const REFUSED: Duration = Duration::from_millis(10);

/// Runs a worker's users: every n-th one for one of n threads.
pub(crate) async fn closed(load: &Rc<WorkerLoad>, users: u32, think: (Duration, Duration)) {
    let users = users as usize;
    let mut all = JoinSet::new();
    for number in (load.share.thread..users).step_by(load.share.of) {
        let mut visitor = ScheduledUser::user(load, number, users);
        let visit = async move |due| visitor.visit(due).await;
        all.spawn_local(user(Rc::clone(load), visit, think));
    }
    load.join_tasks(&mut all).await;
}

async fn user(
    load: Rc<WorkerLoad>,
    mut visit: impl AsyncFnMut(ScheduledAt) -> VisitEnd,
    think: (Duration, Duration),
) {
    let mut wanted = tokio::time::Instant::now().into_std();
    for _ in 0..load.prepared.job.bound.repetitions() {
        if !load.accepts(wanted) {
            break;
        }
        let finished = visit(ScheduledAt { intended: wanted, free: wanted }).await;
        let pause =
            draw_think_time(think).max(if finished.unreachable { REFUSED } else { Duration::ZERO });
        wanted = finished.at + pause;
        if !pause.is_zero() && !load.sleep_until(wanted).await {
            break;
        }
    }
}

#[cfg(test)]
mod tests;
