//! Deadlines without a timer for each request: one sweep every few milliseconds looks at them all.

use brunt_scenarios::timeline::Failure;

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Poll, Waker};
use std::time::Instant;

use crate::failure::RequestError;

/// Why a request was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// It took too long.
    Deadline,
    /// The load is over.
    Over,
}

/// One connection's deadline.
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
    /// Waits for something, for no longer than the sweep lets it.
    pub async fn limit<F: Future>(
        &self,
        deadline: Instant,
        future: F,
    ) -> Result<F::Output, Interrupt> {
        let mut future = pin!(future);
        self.interrupt.set(None);
        self.deadline.set(Some(deadline));
        let result = poll_fn(|context| {
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

    /// A task's waker stays the same, so it is cloned once, not for each request.
    fn keep(&self, waker: &Waker) {
        let mut kept = self.waker.borrow_mut();
        if !kept.as_ref().is_some_and(|kept| kept.will_wake(waker)) {
            *kept = Some(waker.clone());
        }
    }

    /// Gives up what is past its deadline, or everything.
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
