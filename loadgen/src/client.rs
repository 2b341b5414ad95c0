//! A user: one request at a time, judged and recorded.

mod link;
mod missed;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use brunt_scenarios::timeline::Failure;

pub(crate) use link::Link;
pub(crate) use missed::Missed;

use crate::engine::{Lane, Watch};
use crate::http1::{Keep, Reply};
use crate::job::{Order, Verdict};
use crate::recorder::{Ended, Hit, Sample};

/// The most of a body that is kept for checks, in bytes.
pub(crate) const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// Makes requests of one lane and records what comes of them.
pub(crate) struct Client {
    lane: Rc<Lane>,
    watch: Rc<Watch>,
    /// One for each server of the job.
    links: Vec<Link>,
    /// The request that comes next, when they come in turn.
    next: usize,
}

/// What a request left behind.
pub(crate) struct Finished {
    /// When.
    pub at: Instant,
    /// Nothing could be sent.
    pub unreachable: bool,
}

/// When a request was due.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    /// When it was meant to start.
    pub intended: Instant,
    /// When a connection was free for it, if that was later: what passed before is the server's delay, not the
    /// generator's.
    pub free: Instant,
}

impl Client {
    /// A client that starts with this request of the list.
    pub fn new(lane: &Rc<Lane>, first: usize) -> Self {
        let keep = if lane.ready.wants_body() { Keep::Body(LONGEST_BODY) } else { Keep::Length };
        Self {
            lane: Rc::clone(lane),
            watch: lane.watch(),
            links: (0..lane.ready.servers.len()).map(|server| Link::new(server, keep)).collect(),
            next: first,
        }
    }

    /// Makes the next request and records it.
    pub async fn request(&mut self, due: Due) -> Finished {
        let which = self.choose();
        let (lane, request) = (&self.lane, &self.lane.ready.requests[which]);
        let link = &mut self.links[request.server];
        let sent = Instant::now();
        lane.begin();
        let wrote = Cell::new(false);
        let exchange = link.exchange(lane, request, &wrote);
        let result = self.watch.bound(sent + lane.ready.job.timeout, exchange).await;
        let result = result.unwrap_or_else(|interrupt| Err(interrupt.into()));
        let done = Instant::now();
        let (ended, verdict) = lane.judge(&result, link.body(), wrote.get());
        let sample = Sample::new(due, sent, link.first_byte(), done, lane.origin);
        link.settle(lane, &result);
        let unreachable = result.is_err() && !wrote.get();
        lane.tell(which, sent, done, &ended, verdict.failure);
        lane.end(sample, &ended, verdict);
        Finished { at: done, unreachable }
    }

    fn choose(&mut self) -> usize {
        let count = self.lane.ready.requests.len();
        match self.lane.ready.job.order {
            Order::Random => fastrand::usize(..count),
            Order::InTurn => {
                let which = self.next % count;
                self.next = which + 1;
                which
            }
        }
    }
}

impl Lane {
    /// What an attempt came to.
    fn judge(&self, result: &Result<Reply, Missed>, body: &[u8], wrote: bool) -> (Ended, Verdict) {
        match result {
            Ok(reply) => {
                let ended = Ended::Replied { status: reply.status, length: reply.length };
                (ended, self.ready.job.judge(reply.status, body))
            }
            Err(missed) => {
                let verdict = Verdict { failure: Some(missed.failure), key: None, unknown: wrote };
                (Ended::Unanswered { cause: missed.cause }, verdict)
            }
        }
    }

    fn tell(&self, which: usize, sent: Instant, done: Instant, ended: &Ended, failure: Option<Failure>) {
        let Some(observer) = &self.ready.job.observer else {
            return;
        };
        let (status, length) = match ended {
            Ended::Replied { status, length } => (Some(*status), *length),
            Ended::Unanswered { .. } => (None, 0),
        };
        let (version, took) = (self.ready.job.transport.version, done.saturating_duration_since(sent));
        let hit = Hit { request: which, version, status, failure, length, took };
        // Full or gone: the load goes on.
        let _ = observer.try_send(hit);
    }
}
