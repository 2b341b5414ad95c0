//! The open model: arrivals on a schedule that no slow reply delays.
//!
//! Each arrival takes an idle connection, or opens one while the limit allows it, or waits until
//! one is free. In any case its latency counts from when it was due. An arrival that could not be
//! sent before the end counts as unfinished.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::user::ScheduledUser;
use crate::client::WorkerLoad;
use crate::engine::timer::PreciseTimer;
use crate::schedule::{Dispatch, Mailbox, ScheduledAt};

/// Arrivals closer together than this are sent in one go: a wake-up costs more than the lag.
const GRAIN: Duration = Duration::from_micros(100);

/// The most parts that arrivals are counted in when they are given up: half a second's work.
const MOST_PARTS: u64 = 1_000_000;

/// Runs a worker's share of the arrivals.
pub(crate) async fn open(load: &Rc<WorkerLoad>) {
    let Some(dispatch) = &load.dispatch else { return };
    let alarm = PreciseTimer::new();
    let mut connections = JoinSet::new();
    loop {
        let now = Instant::now();
        let all_busy = hand_out(load, dispatch, now, &mut connections);
        let due = dispatch.borrow().next_due().map(|due| load.origin + due);
        let Some(due) = due.filter(|due| load.accepts(*due) && !load.is_past_cutoff(now)) else {
            break;
        };
        let ended = load.ended.notified();
        let freed = load.freed.notified();
        tokio::select! {
            () = until(due, load, &alarm), if !all_busy => {}
            () = freed, if all_busy => {}
            () = ended => {}
        }
    }
    dispatch.borrow_mut().close();
    load.join_tasks(&mut connections).await;
    give_up_the_rest(load, dispatch);
}

/// Waits until an arrival is due.
async fn until(due: Instant, load: &WorkerLoad, alarm: &PreciseTimer) {
    if !load.prepared.job.spin {
        return alarm.until(due.max(Instant::now() + GRAIN)).await;
    }
    // A halted processor may take milliseconds to run again, on a virtual machine above all, so
    // `spin` does not halt it: 99.9 % of requests are then sent within 34 to 144 µs instead of
    // some hundreds. Yielding lets other tasks run and replies be read meanwhile.
    while Instant::now() < due {
        tokio::task::yield_now().await;
    }
}

/// Hands all due arrivals to connections; `true` when all connections are busy.
fn hand_out(
    load: &Rc<WorkerLoad>,
    dispatch: &RefCell<Dispatch>,
    now: Instant,
    connections: &mut JoinSet<()>,
) -> bool {
    let since = now.saturating_duration_since(load.origin);
    let mut dispatch = dispatch.borrow_mut();
    while let Some(due) =
        dispatch.next_due().filter(|due| *due <= since && load.accepts(load.origin + *due))
    {
        if let Some(idle) = dispatch.take_idle() {
            idle.deliver(due);
        } else if dispatch.reserve_connection() {
            connections.spawn_local(serve(Rc::clone(load), due));
        } else {
            return true;
        }
        dispatch.take_due(since);
    }
    false
}

/// One connection: serves arrivals while any are due, then waits for the next.
async fn serve(load: Rc<WorkerLoad>, first: Duration) {
    let mut visitor = ScheduledUser::connection(&load);
    let mailbox = Rc::new(Mailbox::default());
    let mut next = Some((load.origin + first, load.origin + first));
    while let Some((intended, free)) = next {
        let done = visitor.visit(ScheduledAt { intended, free }).await.at;
        next = match take_due(&load, done) {
            Some(due) => Some((load.origin + due, done)),
            None => wait(&load, &mailbox).await.map(|due| (load.origin + due, load.origin + due)),
        };
    }
}

fn take_due(load: &WorkerLoad, now: Instant) -> Option<Duration> {
    let mut dispatch = load.dispatch.as_ref()?.borrow_mut();
    let due = dispatch.next_due()?;
    (!load.is_past_cutoff(now) && load.accepts(load.origin + due))
        .then(|| dispatch.take_due(now - load.origin))?
}

async fn wait(load: &WorkerLoad, mailbox: &Rc<Mailbox>) -> Option<Duration> {
    let stays = load.dispatch.as_ref()?.borrow_mut().park(mailbox);
    if !stays {
        return None;
    }
    load.freed.notify_waiters();
    mailbox.wait().await
}

/// Counts the arrivals that were due and are not sent any more. A rate that nothing could keep
/// leaves billions of them: counting each would take longer than the load, so they are counted in
/// equal parts then, each with the time of its first.
fn give_up_the_rest(load: &WorkerLoad, dispatch: &RefCell<Dispatch>) {
    let now = Instant::now();
    let since = now.saturating_duration_since(load.origin);
    let mut dispatch = dispatch.borrow_mut();
    let part = dispatch.queued(since).div_ceil(MOST_PARTS).max(1);
    while let Some(due) = dispatch.next_due().filter(|due| load.accepts(load.origin + *due)) {
        let count = dispatch.drop_due(since, part);
        if count == 0 {
            break;
        }
        load.record_unsent(due, now, count);
    }
}
