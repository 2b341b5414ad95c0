//! The open model: arrivals on a schedule that no slow reply delays.
//!
//! Each arrival takes an idle connection, or opens one while there may be more, or waits until one
//! is free. However it comes to be sent, its latency counts from when it was due. What was due and
//! could not be sent before the end is counted as unfinished.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::user::ScheduledUser;
use crate::client::WorkerLoad;
use crate::engine::timer::PreciseTimer;
use crate::schedule::{Dispatch, Mailbox, ScheduledAt};

/// Arrivals closer together than this are sent in one go: waking up costs more than the
/// lag is worth.
const GRAIN: Duration = Duration::from_micros(100);

/// Puts the load of one lane on.
pub(crate) async fn open(lane: &Rc<WorkerLoad>) {
    let Some(dispatch) = &lane.dispatch else { return };
    let alarm = PreciseTimer::new();
    let mut connections = JoinSet::new();
    loop {
        let now = Instant::now();
        let all_busy = hand_out(lane, dispatch, now, &mut connections);
        let due = dispatch.borrow().upcoming().map(|due| lane.origin + due);
        let Some(due) = due.filter(|due| lane.takes(*due) && !lane.is_cut(now)) else {
            break;
        };
        let ended = lane.ended.notified();
        let freed = lane.freed.notified();
        tokio::select! {
            () = until(due, lane, &alarm), if !all_busy => {}
            () = freed, if all_busy => {}
            () = ended => {}
        }
    }
    dispatch.borrow_mut().close();
    lane.join(&mut connections).await;
    give_up_the_rest(lane, dispatch);
}

/// Waits until an arrival is due.
async fn until(due: Instant, lane: &WorkerLoad, alarm: &PreciseTimer) {
    if !lane.ready.job.spin {
        return alarm.until(due.max(Instant::now() + GRAIN)).await;
    }
    // A processor that has been halted may take milliseconds to run again, on a virtual machine
    // above all. All others have their turn in between, and what has come is seen.
    while Instant::now() < due {
        tokio::task::yield_now().await;
    }
}

/// Gives all that is due to connections; true when there are none left to give to.
fn hand_out(
    lane: &Rc<WorkerLoad>,
    dispatch: &RefCell<Dispatch>,
    now: Instant,
    connections: &mut JoinSet<()>,
) -> bool {
    let since = now.saturating_duration_since(lane.origin);
    let mut dispatch = dispatch.borrow_mut();
    while let Some(due) =
        dispatch.upcoming().filter(|due| *due <= since && lane.takes(lane.origin + *due))
    {
        if let Some(idle) = dispatch.take_idle() {
            idle.hand(due);
        } else if dispatch.open_another() {
            connections.spawn_local(serve(Rc::clone(lane), due));
        } else {
            return true;
        }
        dispatch.take_due(since);
    }
    false
}

/// One connection: serves what is due, then waits for more.
async fn serve(lane: Rc<WorkerLoad>, first: Duration) {
    let mut visitor = ScheduledUser::connection(&lane);
    let mailbox = Rc::new(Mailbox::default());
    let mut next = Some((lane.origin + first, lane.origin + first));
    while let Some((intended, free)) = next {
        let done = visitor.visit(ScheduledAt { intended, free }).await.at;
        next = match take_due(&lane, done) {
            Some(due) => Some((lane.origin + due, done)),
            None => wait(&lane, &mailbox).await.map(|due| (lane.origin + due, lane.origin + due)),
        };
    }
}

fn take_due(lane: &WorkerLoad, now: Instant) -> Option<Duration> {
    let mut dispatch = lane.dispatch.as_ref()?.borrow_mut();
    let due = dispatch.upcoming()?;
    (!lane.is_cut(now) && lane.takes(lane.origin + due))
        .then(|| dispatch.take_due(now - lane.origin))?
}

async fn wait(lane: &WorkerLoad, mailbox: &Rc<Mailbox>) -> Option<Duration> {
    let stays = lane.dispatch.as_ref()?.borrow_mut().rest(mailbox);
    if !stays {
        return None;
    }
    lane.freed.notify_waiters();
    mailbox.wait().await
}

fn give_up_the_rest(lane: &WorkerLoad, dispatch: &RefCell<Dispatch>) {
    let now = Instant::now();
    let mut dispatch = dispatch.borrow_mut();
    while let Some(due) = dispatch.upcoming().filter(|due| lane.takes(lane.origin + *due)) {
        if dispatch.take_due(now.saturating_duration_since(lane.origin)).is_none() {
            break;
        }
        lane.give_up(due, now);
    }
}
