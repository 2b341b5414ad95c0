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
use crate::job::{Order, Prepared, Request, Verdict};
use crate::journey::{self, redirect};
use crate::page::resources;
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

/// What came of one request.
struct Made {
    finished: Finished,
    onward: Option<Onward>,
    /// What a page shows beside itself, if pages are parsed; relative to it.
    shows: Vec<String>,
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
        let parse = lane.ready.job.transport.parse;
        let keep = match (lane.ready.wants_body() || parse, lane.ready.job.transport.follow || parse) {
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
        let made = self.make(due, which, &lane.ready.requests[which]).await;
        if made.onward.is_none() && made.shows.is_empty() {
            return made.finished;
        }
        let Some(request) = lane.ready.job.requests.get(which) else { return made.finished };
        self.go_on(request.clone(), which, made).await
    }

    /// Goes where a redirect leads, and asks for what the page at its end shows.
    async fn go_on(&mut self, request: Request, which: usize, made: Made) -> Finished {
        let (request, made) = self.follow(request, which, made).await;
        self.show(&request, which, made).await
    }

    /// Follows redirects, each hop a request of its own that is due when the reply before it has come. One to a server that
    /// the load does not name is not followed: nobody asked for load on it.
    async fn follow(&mut self, mut request: Request, which: usize, mut made: Made) -> (Request, Made) {
        for _ in 0..redirect::MOST {
            let next = made.onward.as_ref();
            let next = next.and_then(|on| redirect::next(&request, on.status, Some(&on.location)));
            let Some(next) = next else { break };
            let Some(hop) = self.hop(&next, which, made.finished.at).await else { break };
            (request, made) = (next, hop);
        }
        (request, made)
    }

    /// Asks for what a page shows, one after the other, each due when the reply before it has come.
    async fn show(&mut self, page: &Request, which: usize, made: Made) -> Finished {
        let mut finished = made.finished;
        let lane = Rc::clone(&self.lane);
        for link in &made.shows {
            let shown = redirect::shown(page, link);
            let not_from = &lane.ready.job.transport.not_from;
            let Some(shown) = shown.filter(|shown| !not_from.contains(&shown.address.host)) else { continue };
            if let Some(hop) = self.hop(&shown, which, finished.at).await {
                finished = hop.finished;
            }
        }
        finished
    }

    /// Makes a request that a reply led to, if the load goes on and names its server.
    async fn hop(&mut self, request: &Request, which: usize, at: Instant) -> Option<Made> {
        let lane = Rc::clone(&self.lane);
        let job = &lane.ready.job;
        let known = job.requests.iter().position(|known| known.address == request.address);
        let server = lane.ready.requests[known.filter(|_| lane.takes(at))?].server;
        let prepared = Prepared::new(request, server, job).ok()?;
        Some(self.make(Due { intended: at, free: at }, which, &prepared).await)
    }

    /// Makes a request and records it; where it leads, if that is wanted.
    async fn make(&mut self, due: Due, which: usize, request: &Prepared) -> Made {
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
        let parse = lane.ready.job.transport.parse;
        let shows = result.as_ref().ok().filter(|_| parse).map(|reply| shown(reply, link));
        link.settle(lane, &result);
        let unreachable = result.is_err() && !wrote.get();
        lane.tell(which, sent, done, &ended, verdict.failure);
        lane.end(sample, &ended, verdict);
        Made { finished: Finished { at: done, unreachable }, onward, shows: shows.unwrap_or_default() }
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

/// What a reply shows, if it is a page.
fn shown(reply: &Reply, link: &Link) -> Vec<String> {
    let whole = journey::Reply::new(reply.status, link.head(), link.body());
    let is_page = whole.header("content-type").is_some_and(|kind| kind.trim().starts_with("text/html"));
    let page = whole.text().filter(|_| is_page && reply.status < 300);
    page.map(resources).unwrap_or_default()
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
