//! Which arrival comes next, and which connection takes it.
//!
//! The queue of waiting arrivals is not stored: it is the part of the timetable between the next
//! arrival and now.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use brunt_scenarios::plan::Ramp;

use super::share::WorkerShare;
use super::timetable::Timetable;

/// How long the first arrival may wait before it counts as queued.
const PATIENCE: Duration = Duration::from_millis(5);

/// One thread's part of a timetable, and its connections.
pub(crate) struct Dispatch {
    timetable: Timetable,
    next: u64,
    stride: u64,
    // A stack: the connection that was used last is used first, so that few stay in use.
    idle: Vec<Rc<Mailbox>>,
    /// How many more connections may be opened.
    unopened: usize,
    closed: bool,
}

/// Where an idle connection waits for an arrival.
#[derive(Default)]
pub(crate) struct Mailbox {
    item: Cell<Option<MailboxItem>>,
    waker: RefCell<Option<Waker>>,
}

#[derive(Clone, Copy)]
enum MailboxItem {
    Arrival(Duration),
    Closed,
}

impl Dispatch {
    /// Every n-th arrival for one of n threads, and its share of the connections, at least one.
    pub fn new(ramps: &[Ramp], share: WorkerShare, connections: usize) -> Self {
        let unopened = connections / share.of + usize::from(share.thread < connections % share.of);
        Self {
            timetable: Timetable::new(ramps),
            next: share.thread as u64,
            stride: share.of as u64,
            idle: Vec::new(),
            // With fewer connections than threads, a thread without one could never send its share.
            unopened: unopened.max(1),
            closed: false,
        }
    }

    /// When the next arrival is due.
    pub fn next_due(&self) -> Option<Duration> {
        self.timetable.at(self.next)
    }

    /// Takes the next arrival if it is due.
    pub fn take_due(&mut self, now: Duration) -> Option<Duration> {
        let due = self.next_due().filter(|due| *due <= now)?;
        self.next += self.stride;
        Some(due)
    }

    /// Drops the next arrivals that are due, up to `most` of them; returns how many there were.
    pub fn drop_due(&mut self, now: Duration, most: u64) -> u64 {
        let count = self.queued(now).min(most);
        self.next += count * self.stride;
        count
    }

    /// Takes the idle connection that was used last.
    pub fn take_idle(&mut self) -> Option<Rc<Mailbox>> {
        self.idle.pop()
    }

    /// Whether another connection may be opened, which then counts as open.
    pub fn reserve_connection(&mut self) -> bool {
        let may = self.unopened > 0;
        self.unopened -= usize::from(may);
        may
    }

    /// Adds an idle connection; `false` when no more arrivals will come.
    pub fn park(&mut self, mailbox: &Rc<Mailbox>) -> bool {
        if !self.closed {
            self.idle.push(Rc::clone(mailbox));
        }
        !self.closed
    }

    /// Closes all idle connections, as no more arrivals will come.
    pub fn close(&mut self) {
        self.closed = true;
        for mailbox in self.idle.drain(..) {
            mailbox.put(MailboxItem::Closed);
        }
    }

    /// Whether the first arrival has waited for longer than [`PATIENCE`].
    pub fn is_queue_late(&self, now: Duration) -> bool {
        self.next_due().is_some_and(|due| due + PATIENCE < now)
    }

    /// How many arrivals are due and not taken.
    pub fn queued(&self, now: Duration) -> u64 {
        let due = self.timetable.due(now);
        due.saturating_sub(self.next).div_ceil(self.stride)
    }
}

impl Mailbox {
    /// Hands over an arrival.
    pub fn deliver(&self, due: Duration) {
        self.put(MailboxItem::Arrival(due));
    }

    fn put(&self, item: MailboxItem) {
        self.item.set(Some(item));
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }

    /// Waits for an arrival; `None` when no more will come.
    pub async fn wait(&self) -> Option<Duration> {
        let item = poll_fn(|context| match self.item.take() {
            Some(item) => Poll::Ready(item),
            None => {
                let mut kept = self.waker.borrow_mut();
                if !kept.as_ref().is_some_and(|kept| kept.will_wake(context.waker())) {
                    *kept = Some(context.waker().clone());
                }
                Poll::Pending
            }
        });
        match item.await {
            MailboxItem::Arrival(due) => Some(due),
            MailboxItem::Closed => None,
        }
    }
}

#[cfg(test)]
mod tests;
