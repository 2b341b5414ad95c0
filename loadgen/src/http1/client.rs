//! A user of HTTP/1.1: one request at a time, on a connection kept for each address.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use brunt_scenarios::timeline::Failure;

use super::connection::{Broken, Connection};
use super::{Keep, Reply};
use crate::engine::{Interrupt, Lane, Watch};
use crate::job::{Order, Reuse, Verdict};
use crate::net::{Unreached, is_tls};
use crate::recorder::{Ended, Hit, Sample};

/// The most of a body that is kept for checks, in bytes.
const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// Makes requests of one lane and records what comes of them.
pub(crate) struct Client {
    lane: Rc<Lane>,
    watch: Rc<Watch>,
    connections: Vec<Option<Connection>>,
    /// The request that comes next, when they come in turn.
    next: usize,
}

/// What a request left behind.
pub(crate) struct Finished {
    /// When.
    pub at: Instant,
    /// The server could not be reached at all.
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
        Self {
            lane: Rc::clone(lane),
            watch: lane.watch(),
            connections: lane.ready.servers.iter().map(|_| None).collect(),
            next: first,
        }
    }

    /// Makes the next request and records it.
    pub async fn request(&mut self, due: Due) -> Finished {
        let which = self.choose();
        let sent = Instant::now();
        self.lane.begin();
        let wrote = Cell::new(false);
        let attempt = attempt(&self.lane, &mut self.connections, which, &wrote);
        let result = self.watch.bound(sent + self.lane.ready.job.timeout, attempt).await;
        let done = Instant::now();
        let slot = &mut self.connections[self.lane.ready.requests[which].server];
        let (ended, verdict) = self.lane.settle(result, slot.as_ref().map(Connection::body), wrote.get());
        let first = slot.as_ref().and_then(Connection::first_byte);
        let lasting = self.lane.ready.job.reuse == Reuse::Yes;
        if !(lasting && matches!(ended, Ended::Replied { reuse: Reuse::Yes, .. })) {
            *slot = None;
        }
        self.lane.tell(which, sent, done, &ended, verdict.failure);
        let unreachable = matches!(verdict.failure, Some(Failure::Dns | Failure::Connect | Failure::Tls));
        self.lane.end(Sample::new(due, sent, first, done, self.lane.origin), &ended, verdict);
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

enum Missed {
    Unreached(Unreached),
    Broken(Broken),
}

async fn attempt(
    lane: &Lane,
    connections: &mut [Option<Connection>],
    which: usize,
    wrote: &Cell<bool>,
) -> Result<Reply, Missed> {
    let request = &lane.ready.requests[which];
    let slot = &mut connections[request.server];
    if slot.as_mut().is_some_and(Connection::is_stale) {
        *slot = None;
    }
    let connection = match slot {
        Some(connection) => connection,
        None => {
            let keep = if lane.ready.wants_body() { Keep::Body(LONGEST_BODY) } else { Keep::Length };
            let opened = lane.ready.servers[request.server].open().await.map_err(Missed::Unreached)?;
            lane.connected(&opened);
            slot.insert(Connection::new(opened.stream, keep))
        }
    };
    wrote.set(true);
    connection.exchange(request, &lane.scratch).await.map_err(Missed::Broken)
}

impl Lane {
    /// What an attempt came to.
    fn settle(
        &self,
        result: Result<Result<Reply, Missed>, Interrupt>,
        body: Option<&[u8]>,
        wrote: bool,
    ) -> (Ended, Verdict) {
        let failure = match result {
            Ok(Ok(reply)) => {
                let ended = Ended::Replied { status: reply.status, length: reply.length, reuse: reply.reuse };
                return (ended, self.ready.job.judge(reply.status, body.unwrap_or_default()));
            }
            Ok(Err(Missed::Unreached(Unreached::Dns(_)))) => Failure::Dns,
            Ok(Err(Missed::Unreached(Unreached::Connect(error)))) => {
                self.own_trouble(&error);
                Failure::Connect
            }
            Ok(Err(Missed::Unreached(Unreached::Tls(_)))) => Failure::Tls,
            Ok(Err(Missed::Broken(Broken::Malformed(_)))) => Failure::Protocol,
            Ok(Err(Missed::Broken(Broken::Io(error)))) if is_tls(&error) => Failure::Tls,
            Ok(Err(Missed::Broken(Broken::Io(_) | Broken::Cut(_)))) => Failure::Reset,
            Err(Interrupt::Deadline) => Failure::Timeout,
            Err(Interrupt::Over) => Failure::Unfinished,
        };
        let verdict = Verdict { failure: Some(failure), key: None, unknown: wrote };
        (Ended::Unanswered, verdict)
    }

    fn tell(&self, which: usize, sent: Instant, done: Instant, ended: &Ended, failure: Option<Failure>) {
        let Some(observer) = &self.ready.job.observer else {
            return;
        };
        let (status, length) = match ended {
            Ended::Replied { status, length, .. } => (Some(*status), *length),
            Ended::Unanswered => (None, 0),
        };
        let hit = Hit { request: which, status, failure, length, took: done.saturating_duration_since(sent) };
        // Full or gone: the load goes on.
        let _ = observer.try_send(hit);
    }
}
