//! A user that makes one request after another, each judged and recorded.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::{Instant, SystemTime};

use super::LONGEST_BODY;
use super::deadline::RequestDeadline;
use super::follow_ups::FollowUps;
use super::redirect;
use super::server_connection::ServerConnection;
use super::visit_end::VisitEnd;
use super::worker_load::WorkerLoad;
use crate::cookies::CookieJar;
use crate::job::{PreparedRequest, RequestOrder};
use crate::protocol::Keep;
use crate::request::HttpRequest;
use crate::schedule::ScheduledAt;
use crate::transport::Transport;

/// Makes requests of a load, one at a time, and records each.
pub(crate) struct SingleRequestUser {
    load: Rc<WorkerLoad>,
    deadline: Rc<RequestDeadline>,
    /// One for each of the job's servers.
    connections: Vec<ServerConnection>,
    /// The index of the next request, when they come in turn.
    next: usize,
    /// The index of the login that comes before all others, until it has been made.
    login: Option<usize>,
    /// Whether all requests are one user's, as in the closed model. An arrival of the open model is
    /// a new user, without cookies.
    is_one_user: bool,
    jar: CookieJar,
}

/// A completed request, and what its reply leads to.
struct CompletedHop {
    finished: VisitEnd,
    follow_ups: FollowUps,
}

/// Whether a redirect in a reply would be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hops {
    Left,
    /// The reply is the last of a row of redirects: where it is one as well, they have no end.
    Last,
}

impl SingleRequestUser {
    /// A user of the closed model, by its number from 0. Users start evenly spread over the list,
    /// so that they do not all hit one endpoint at once.
    pub fn user(load: &Rc<WorkerLoad>, number: usize, users: usize) -> Self {
        let job = &load.prepared.job;
        let listed = job.requests.len() - job.logins;
        let login = number.checked_rem(job.logins).map(|which| listed + which);
        Self { next: number * listed / users, login, is_one_user: true, ..Self::connection(load) }
    }

    /// A connection of the open model, which serves one arrival after another.
    pub fn connection(load: &Rc<WorkerLoad>) -> Self {
        let Transport { parse, follow, cookies, .. } = load.prepared.job.transport;
        let keep = match (load.prepared.wants_body() || parse, follow || parse || cookies) {
            (true, true) => Keep::Whole(LONGEST_BODY),
            (true, false) => Keep::Body(LONGEST_BODY),
            (false, true) => Keep::Whole(0),
            (false, false) => Keep::Length,
        };
        Self {
            load: Rc::clone(load),
            deadline: load.new_deadline(),
            connections: (0..load.prepared.servers.len())
                .map(|server| ServerConnection::new(load, server, keep))
                .collect(),
            next: 0,
            login: None,
            is_one_user: false,
            jar: CookieJar::default(),
        }
    }

    /// Makes and records the next request, its redirects and its resources.
    pub async fn request(&mut self, due: ScheduledAt) -> VisitEnd {
        if !self.is_one_user {
            self.jar.clear();
        }
        let mut due = due;
        if let Some(login) = self.login.take() {
            // Boxed, as it happens once, and would make every user's future larger.
            let finished = Box::pin(self.visit(due, login)).await;
            if !self.load.accepts(finished.at) {
                return finished;
            }
            due = ScheduledAt { intended: finished.at, free: finished.at };
        }
        let which = self.next_request();
        self.visit(due, which).await
    }

    /// Makes a request, follows its redirects, and fetches the resources of the page at their end.
    async fn visit(&mut self, due: ScheduledAt, which: usize) -> VisitEnd {
        let load = Rc::clone(&self.load);
        let (request, prepared) =
            (&load.prepared.job.requests[which], &load.prepared.requests[which]);
        let with_cookies = self.with_cookies(request, prepared.server);
        let completed = self
            .send_and_record(due, which, with_cookies.as_ref().unwrap_or(prepared), Hops::Left)
            .await;
        self.store_cookies(request, &completed.follow_ups);
        if completed.follow_ups.location.is_none()
            && completed.follow_ups.resources.links.is_empty()
        {
            return completed.finished;
        }
        let (request, completed) = self.follow(request.clone(), which, completed).await;
        self.fetch_resources(&request, which, completed).await
    }

    /// Follows redirects, each hop a request of its own that is due when the reply before it
    /// has come. One to a server that the load does not name is not followed: its
    /// owner did not ask for load.
    async fn follow(
        &mut self,
        mut request: HttpRequest,
        which: usize,
        mut completed: CompletedHop,
    ) -> (HttpRequest, CompletedHop) {
        for number in 1..=redirect::MOST {
            let hops = if number == redirect::MOST { Hops::Last } else { Hops::Left };
            let next = redirect::next(
                &request,
                completed.follow_ups.status,
                completed.follow_ups.location.as_deref(),
            );
            let Some(next) = next else { break };
            let Some(hop) = self.follow_up(&next, which, completed.finished.at, hops).await else {
                break;
            };
            (request, completed) = (next, hop);
        }
        (request, completed)
    }

    /// Fetches a page's resources, one after the other, each due when the reply before it has come.
    async fn fetch_resources(
        &mut self,
        page: &HttpRequest,
        which: usize,
        completed: CompletedHop,
    ) -> VisitEnd {
        let mut finished = completed.finished;
        let load = Rc::clone(&self.load);
        load.record_left_out(completed.follow_ups.resources.left_out);
        for link in &completed.follow_ups.resources.links {
            if !load.accepts(finished.at) {
                break;
            }
            let shown = redirect::resource(page, link);
            let not_from = &load.prepared.job.transport.not_from;
            let Some(shown) = shown.filter(|shown| !not_from.contains(&shown.address.host)) else {
                continue;
            };
            if let Some(hop) = self.follow_up(&shown, which, finished.at, Hops::Left).await {
                finished = hop.finished;
            }
        }
        finished
    }

    /// Makes a request that a reply led to, if the load has not ended and names its server.
    async fn follow_up(
        &mut self,
        request: &HttpRequest,
        which: usize,
        at: Instant,
        hops: Hops,
    ) -> Option<CompletedHop> {
        let load = Rc::clone(&self.load);
        let job = &load.prepared.job;
        let known = job.requests.iter().position(|known| known.address == request.address);
        let server = load.prepared.requests[known.filter(|_| load.accepts(at))?].server;
        let with_cookies = self.with_cookies(request, server);
        let prepared = with_cookies.or_else(|| PreparedRequest::new(request, server, job).ok())?;
        let completed = self
            .send_and_record(ScheduledAt { intended: at, free: at }, which, &prepared, hops)
            .await;
        self.store_cookies(request, &completed.follow_ups);
        Some(completed)
    }

    /// The request with its cookies; `None` without any, so that the prepared bytes are sent.
    fn with_cookies(&self, request: &HttpRequest, server: usize) -> Option<PreparedRequest> {
        PreparedRequest::new(&self.jar.with(request)?, server, &self.load.prepared.job).ok()
    }

    fn store_cookies(&mut self, request: &HttpRequest, follow_ups: &FollowUps) {
        for cookie in &follow_ups.cookies {
            self.jar.take(cookie, &request.address, &request.path, SystemTime::now());
        }
    }

    /// Makes a request and records it.
    async fn send_and_record(
        &mut self,
        due: ScheduledAt,
        which: usize,
        request: &PreparedRequest,
        hops: Hops,
    ) -> CompletedHop {
        let load = &self.load;
        let connection = &mut self.connections[request.server];
        let sent = Instant::now();
        load.request_started();
        let wrote = Cell::new(false);
        let result = {
            let exchange = pin!(connection.exchange(load, request, &wrote));
            self.deadline.limit(sent + load.prepared.job.timeout, exchange).await
        };
        let result = result.unwrap_or_else(|interrupt| Err(interrupt.into()));
        // Before the reply is judged: parsing its body is the time of the generator, not of the
        // server.
        let done = Instant::now();
        // Before `settle`, which may drop the connection and with it what was kept of the reply.
        let (ended, mut verdict) = load.judge(&result, connection, wrote.get());
        let sample = load.sample(due, sent, connection.first_byte(), done);
        let follow_ups = result
            .as_ref()
            .map(|reply| FollowUps::of(reply, connection, &load.prepared.job.transport));
        if let (Hops::Last, Ok(next)) = (hops, &follow_ups) {
            verdict = next.too_many(verdict);
        }
        connection.settle(load, &result);
        let unreachable = result.is_err() && !wrote.get();
        load.notify_observer(which, sent, done, &ended, verdict.failure);
        load.request_ended(sample, &ended, verdict);
        CompletedHop {
            finished: VisitEnd { at: done, unreachable },
            follow_ups: follow_ups.unwrap_or_default(),
        }
    }

    fn next_request(&mut self) -> usize {
        let job = &self.load.prepared.job;
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
