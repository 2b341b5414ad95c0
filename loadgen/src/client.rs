//! A user: one request at a time, judged and recorded.

mod deadline;
mod follow_ups;
mod page;
pub(crate) mod redirect;
mod server_connection;
mod worker_load;

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Instant, SystemTime};

use brunt_scenarios::timeline::Failure;

pub(crate) use deadline::RequestDeadline;
use follow_ups::FollowUps;
pub(crate) use server_connection::ServerConnection;
pub(crate) use worker_load::{WorkerLoad, WorkerLoadRecord};

use crate::cookies::CookieJar;
use crate::failure::RequestError;
use crate::job::{CompletedRequest, PreparedRequest, ReplyVerdict, RequestOrder};
use crate::protocol::{Keep, ReplySummary};
use crate::recorder::{RequestEnd, Sample};
use crate::request::HttpRequest;
use crate::schedule::ScheduledAt;
use crate::transport::Transport;

/// The most of a body that is kept for checks, in bytes.
pub(crate) const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// Makes requests of one lane and records what comes of them.
pub(crate) struct SingleRequestUser {
    lane: Rc<WorkerLoad>,
    watch: Rc<RequestDeadline>,
    /// One for each server of the job.
    links: Vec<ServerConnection>,
    /// The request that comes next, when they come in turn.
    next: usize,
    /// The request that comes before all others.
    login: Option<usize>,
    /// One user for all requests; else each is a new one's.
    stays: bool,
    jar: CookieJar,
}

/// What a request left behind.
pub(crate) struct VisitEnd {
    /// When.
    pub at: Instant,
    /// Nothing could be sent.
    pub unreachable: bool,
}

/// What came of one request.
struct CompletedHop {
    finished: VisitEnd,
    asks: FollowUps,
}

impl SingleRequestUser {
    /// A user, by its number from 0: they start evenly spread over the list.
    pub fn user(lane: &Rc<WorkerLoad>, number: usize, users: usize) -> Self {
        let job = &lane.ready.job;
        let listed = job.requests.len() - job.logins;
        let login = number.checked_rem(job.logins).map(|which| listed + which);
        Self { next: number * listed / users, login, stays: true, ..Self::connection(lane) }
    }

    /// A connection, which serves one user after another.
    pub fn connection(lane: &Rc<WorkerLoad>) -> Self {
        let Transport { parse, follow, cookies, .. } = lane.ready.job.transport;
        let keep = match (lane.ready.wants_body() || parse, follow || parse || cookies) {
            (true, true) => Keep::Whole(LONGEST_BODY),
            (true, false) => Keep::Body(LONGEST_BODY),
            (false, true) => Keep::Whole(0),
            (false, false) => Keep::Length,
        };
        Self {
            lane: Rc::clone(lane),
            watch: lane.watch(),
            links: (0..lane.ready.servers.len())
                .map(|server| ServerConnection::new(lane, server, keep))
                .collect(),
            next: 0,
            login: None,
            stays: false,
            jar: CookieJar::default(),
        }
    }

    /// Makes the next request and records it, with all that it leads to.
    pub async fn request(&mut self, due: ScheduledAt) -> VisitEnd {
        if !self.stays {
            self.jar.clear();
        }
        let mut due = due;
        if let Some(login) = self.login.take() {
            // Boxed, as it happens once.
            let finished = Box::pin(self.visit(due, login)).await;
            if !self.lane.takes(finished.at) {
                return finished;
            }
            due = ScheduledAt { intended: finished.at, free: finished.at };
        }
        let which = self.choose();
        self.visit(due, which).await
    }

    /// Makes a request, goes where redirects lead, and asks for what the page at their end shows.
    async fn visit(&mut self, due: ScheduledAt, which: usize) -> VisitEnd {
        let lane = Rc::clone(&self.lane);
        let (request, prepared) = (&lane.ready.job.requests[which], &lane.ready.requests[which]);
        let with_cookies = self.with_cookies(request, prepared.server);
        let made = self.make(due, which, with_cookies.as_ref().unwrap_or(prepared)).await;
        self.keep(request, &made.asks);
        if made.asks.location.is_none() && made.asks.shows.is_empty() {
            return made.finished;
        }
        let (request, made) = self.follow(request.clone(), which, made).await;
        self.show(&request, which, made).await
    }

    /// Follows redirects, each hop a request of its own that is due when the reply before it
    /// has come. One to a server that the load does not name is not followed: nobody asked for
    /// load on it.
    async fn follow(
        &mut self,
        mut request: HttpRequest,
        which: usize,
        mut made: CompletedHop,
    ) -> (HttpRequest, CompletedHop) {
        for _ in 0..redirect::MOST {
            let next = redirect::next(&request, made.asks.status, made.asks.location.as_deref());
            let Some(next) = next else { break };
            let Some(hop) = self.hop(&next, which, made.finished.at).await else { break };
            (request, made) = (next, hop);
        }
        (request, made)
    }

    /// Asks for what a page shows, one after the other, each due when the reply before it has come.
    async fn show(&mut self, page: &HttpRequest, which: usize, made: CompletedHop) -> VisitEnd {
        let mut finished = made.finished;
        let lane = Rc::clone(&self.lane);
        for link in &made.asks.shows {
            let shown = redirect::shown(page, link);
            let not_from = &lane.ready.job.transport.not_from;
            let Some(shown) = shown.filter(|shown| !not_from.contains(&shown.address.host)) else {
                continue;
            };
            if let Some(hop) = self.hop(&shown, which, finished.at).await {
                finished = hop.finished;
            }
        }
        finished
    }

    /// Makes a request that a reply led to, if the load goes on and names its server.
    async fn hop(
        &mut self,
        request: &HttpRequest,
        which: usize,
        at: Instant,
    ) -> Option<CompletedHop> {
        let lane = Rc::clone(&self.lane);
        let job = &lane.ready.job;
        let known = job.requests.iter().position(|known| known.address == request.address);
        let server = lane.ready.requests[known.filter(|_| lane.takes(at))?].server;
        let with_cookies = self.with_cookies(request, server);
        let prepared = with_cookies.or_else(|| PreparedRequest::new(request, server, job).ok())?;
        let made = self.make(ScheduledAt { intended: at, free: at }, which, &prepared).await;
        self.keep(request, &made.asks);
        Some(made)
    }

    /// A request with the cookies that go with it, if there are any.
    fn with_cookies(&self, request: &HttpRequest, server: usize) -> Option<PreparedRequest> {
        PreparedRequest::new(&self.jar.with(request)?, server, &self.lane.ready.job).ok()
    }

    fn keep(&mut self, request: &HttpRequest, asks: &FollowUps) {
        for cookie in &asks.cookies {
            self.jar.take(cookie, &request.address, &request.path, SystemTime::now());
        }
    }

    /// Makes a request and records it.
    async fn make(
        &mut self,
        due: ScheduledAt,
        which: usize,
        request: &PreparedRequest,
    ) -> CompletedHop {
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
        let asks =
            result.as_ref().map(|reply| FollowUps::of(reply, link, &lane.ready.job.transport));
        link.settle(lane, &result);
        let unreachable = result.is_err() && !wrote.get();
        lane.tell(which, sent, done, &ended, verdict.failure);
        lane.end(sample, &ended, verdict);
        CompletedHop {
            finished: VisitEnd { at: done, unreachable },
            asks: asks.unwrap_or_default(),
        }
    }

    fn choose(&mut self) -> usize {
        let job = &self.lane.ready.job;
        let count = job.requests.len() - job.logins;
        match job.order {
            RequestOrder::Random => fastrand::usize(..count),
            RequestOrder::InTurn => {
                let which = self.next % count;
                self.next = which + 1;
                which
            }
        }
    }
}

/// What a reply of gRPC came to: its own status counts, if it was reached at all.
fn grpc(reply: &ReplySummary, status: Option<u16>) -> (RequestEnd, ReplyVerdict) {
    let failed = |failure| ReplyVerdict { failure: Some(failure), ..ReplyVerdict::default() };
    let ended = RequestEnd::Replied { status: reply.status, length: reply.length };
    match status {
        Some(0) => (ended, ReplyVerdict::default()),
        Some(status) => (ended, failed(Failure::Grpc(status))),
        None if reply.status != 200 => (ended, failed(Failure::Status(reply.status))),
        None => (
            RequestEnd::Unanswered { cause: "a reply without a grpc-status" },
            failed(Failure::Protocol),
        ),
    }
}

impl WorkerLoad {
    /// What an attempt came to.
    fn judge(
        &self,
        result: &Result<ReplySummary, RequestError>,
        link: &ServerConnection,
        wrote: bool,
    ) -> (RequestEnd, ReplyVerdict) {
        match result {
            Ok(reply) => {
                let ended = RequestEnd::Replied { status: reply.status, length: reply.length };
                if self.ready.job.transport.grpc {
                    return grpc(reply, link.grpc());
                }
                (ended, self.ready.job.judge(reply.status, link.body()))
            }
            Err(missed) => {
                let verdict =
                    ReplyVerdict { failure: Some(missed.failure), key: None, unknown: wrote };
                (RequestEnd::Unanswered { cause: missed.cause }, verdict)
            }
        }
    }

    fn tell(
        &self,
        which: usize,
        sent: Instant,
        done: Instant,
        ended: &RequestEnd,
        failure: Option<Failure>,
    ) {
        let Some(observer) = &self.ready.job.observer else {
            return;
        };
        let (status, length) = match ended {
            RequestEnd::Replied { status, length } => (Some(*status), *length),
            RequestEnd::Unanswered { .. } => (None, 0),
        };
        let (version, took) =
            (self.ready.job.transport.version, done.saturating_duration_since(sent));
        let hit = CompletedRequest { request: which, version, status, failure, length, took };
        // Full or gone: the load goes on.
        let _ = observer.try_send(hit);
    }
}
