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
use crate::job::{Order, Prepared, Verdict};
use crate::journey::redirect;
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

/// Where a request is redirected to.
struct Onward {
    status: u16,
    location: String,
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
        let keep = match (lane.ready.wants_body(), lane.ready.job.transport.follow) {
            (true, true) => Keep::Whole(LONGEST_BODY),
            (true, false) => Keep::Body(LONGEST_BODY),
            (false, true) => Keep::Whole(0),
            (false, false) => Keep::Length,
        };
        Self {
            lane: Rc::clone(lane),
            watch: lane.watch(),
            links: (0..lane.ready.servers.len()).map(|server| Link::new(server, keep)).collect(),
            next: first,
        }
    }

    /// Makes the next request and records it, with those that it is redirected to.
    pub async fn request(&mut self, due: Due) -> Finished {
        let which = self.choose();
        let lane = Rc::clone(&self.lane);
        match self.make(due, which, &lane.ready.requests[which]).await {
            (finished, None) => finished,
            (finished, Some(onward)) => self.follow(finished, which, onward).await,
        }
    }

    /// Follows redirects, each hop a request of its own that is due when the reply before it has come. One to a server that
    /// the load does not name is not followed: nobody asked for load on it.
    async fn follow(&mut self, mut finished: Finished, which: usize, first: Onward) -> Finished {
        let lane = Rc::clone(&self.lane);
        let job = &lane.ready.job;
        let Some(mut request) = job.requests.get(which).cloned() else { return finished };
        let mut onward = Some(first);
        for _ in 0..redirect::MOST {
            let next = onward.and_then(|on| redirect::next(&request, on.status, Some(&on.location)));
            let Some(next) = next.filter(|_| lane.takes(finished.at)) else { break };
            let Some(known) = job.requests.iter().position(|known| known.address == next.address) else {
                break;
            };
            let Ok(prepared) = Prepared::new(&next, lane.ready.requests[known].server, job) else { break };
            let due = Due { intended: finished.at, free: finished.at };
            (finished, onward) = self.make(due, which, &prepared).await;
            request = next;
        }
        finished
    }

    /// Makes a request and records it; where it leads, if it is redirected and redirects are followed.
    async fn make(&mut self, due: Due, which: usize, request: &Prepared) -> (Finished, Option<Onward>) {
        let lane = &self.lane;
        let link = &mut self.links[request.server];
        let sent = Instant::now();
        lane.begin();
        let wrote = Cell::new(false);
        let exchange = link.exchange(lane, request, &wrote);
        let result = self.watch.bound(sent + lane.ready.job.timeout, exchange).await;
        let result = result.unwrap_or_else(|interrupt| Err(interrupt.into()));
        let done = Instant::now();
        let (ended, verdict) = lane.judge(&result, link, wrote.get());
        let sample = Sample::new(due, sent, link.first_byte(), done, lane.origin);
        let redirected =
            |reply: &Reply| (300..400).contains(&reply.status) && lane.ready.job.transport.follow;
        let onward = result
            .as_ref()
            .ok()
            .filter(|reply| redirected(reply))
            .and_then(|reply| Some(Onward { status: reply.status, location: location(link.head())? }));
        link.settle(lane, &result);
        let unreachable = result.is_err() && !wrote.get();
        lane.tell(which, sent, done, &ended, verdict.failure);
        lane.end(sample, &ended, verdict);
        (Finished { at: done, unreachable }, onward)
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

/// Where a reply's head says to go.
fn location(head: &[u8]) -> Option<String> {
    let mut lines = head.split(|byte| *byte == b'\n').skip(1);
    lines.find_map(|line| {
        let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
        name.trim().eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    })
}

/// What a reply of gRPC came to: its own status counts, if it was reached at all.
fn grpc(reply: &Reply, status: Option<u16>) -> (Ended, Verdict) {
    let failed = |failure| Verdict { failure: Some(failure), ..Verdict::default() };
    let ended = Ended::Replied { status: reply.status, length: reply.length };
    match status {
        Some(0) => (ended, Verdict::default()),
        Some(status) => (ended, failed(Failure::Grpc(status))),
        None if reply.status != 200 => (ended, failed(Failure::Status(reply.status))),
        None => (Ended::Unanswered { cause: "a reply without a grpc-status" }, failed(Failure::Protocol)),
    }
}

impl Lane {
    /// What an attempt came to.
    fn judge(&self, result: &Result<Reply, Missed>, link: &Link, wrote: bool) -> (Ended, Verdict) {
        match result {
            Ok(reply) => {
                let ended = Ended::Replied { status: reply.status, length: reply.length };
                if self.ready.job.transport.grpc {
                    return grpc(reply, link.grpc());
                }
                (ended, self.ready.job.judge(reply.status, link.body()))
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
