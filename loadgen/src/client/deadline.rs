//! Deadlines without a timer for each request: one sweep every few milliseconds checks them all.
//! Setting one is a store to a cell; a timer of the runtime would cost each request two operations
//! on its wheel.

use brunt_scenarios::timeline::Failure;

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Poll, Waker};
use std::time::Instant;

use crate::failure::RequestError;

/// Why a request was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// It took longer than its timeout.
    Deadline,
    /// The load has ended, and so has the time to wait for requests in flight.
    Over,
}

/// The deadline of whatever one user waits for.
#[derive(Debug, Default)]
pub(crate) struct RequestDeadline {
    deadline: Cell<Option<Instant>>,
    interrupt: Cell<Option<Interrupt>>,
    waker: RefCell<Option<Waker>>,
}

impl From<Interrupt> for RequestError {
    fn from(interrupt: Interrupt) -> Self {
        match interrupt {
            Interrupt::Deadline => Self::new(Failure::Timeout, "no whole reply in time"),
            Interrupt::Over => Self::new(Failure::Unfinished, "in flight at the end"),
        }
    }
}

impl RequestDeadline {
    /// Waits for a future until the deadline. Precise to the sweep's period. Takes it pinned: an
    /// exchange is large, and to move it in cost each request two copies of it.
    pub async fn limit<F: Future>(
        &self,
        deadline: Instant,
        mut future: Pin<&mut F>,
    ) -> Result<F::Output, Interrupt> {
        self.interrupt.set(None);
        self.deadline.set(Some(deadline));
        let result = poll_fn(|context| {
            // Looked at first: an endless reply always has more to read, and would put its end off.
            if let Some(interrupt) = self.interrupt.get() {
                return Poll::Ready(Err(interrupt));
            }
            let polled = future.as_mut().poll(context).map(Ok);
            if polled.is_pending() {
                self.keep(context.waker());
            }
            polled
        });
        let result = result.await;
        self.deadline.set(None);
        result
    }

    /// Keeps the task's waker. It stays the same, so it is cloned once and not for each request.
    fn keep(&self, waker: &Waker) {
        let mut kept = self.waker.borrow_mut();
        if !kept.as_ref().is_some_and(|kept| kept.will_wake(waker)) {
            *kept = Some(waker.clone());
        }
    }

    /// Interrupts the wait if it is past its deadline, or if `over` says that the load has ended.
    pub fn sweep(&self, now: Instant, over: Option<Interrupt>) {
        let Some(deadline) = self.deadline.get() else {
            return;
        };
        let interrupt = over.or((deadline <= now).then_some(Interrupt::Deadline));
        let Some(interrupt) = interrupt else { return };
        self.interrupt.set(Some(interrupt));
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }
}
