//! What to do: requests with everything filled in, how they arrive, and when they end.

mod called_server;
mod context;
mod error;
mod from_plan;
mod observer;
mod portion;
mod prepared;
mod request_template;
mod script;
mod verdict;

use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use brunt_scenarios::plan::{Arrival, ExpectedResponse, JsonPath};

use crate::protocol::Reuse;
use crate::request::HttpRequest;
use crate::transport::Transport;

pub(crate) use called_server::CalledServer;
pub use context::JobContext;
pub use error::JobError;
pub use observer::CompletedRequest;
pub use portion::Portion;
pub(crate) use prepared::{PrepareError, PreparedJob, PreparedRequest};
pub use script::JourneyScript;
pub(crate) use script::ScriptedStep;
pub(crate) use verdict::ReplyVerdict;

/// One load, with nothing left to look up but the addresses.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// Its requests; at least one, unless it has journeys.
    pub requests: Vec<HttpRequest>,
    /// So many at their end are logins: each user makes one of them before all others.
    pub logins: usize,
    /// What its users do in place of single requests.
    pub journeys: Option<Arc<JourneyScript>>,
    /// Which of them comes next.
    pub order: RequestOrder,
    /// How they arrive.
    pub arrival: Arrival,
    /// When it ends.
    pub bound: Bound,
    /// Requests meant for this long from the start are made and not counted; their keys are kept
    /// all the same.
    pub warm_up: Duration,
    /// What a good reply is.
    pub answer: ExpectedResponse,
    /// Where a good reply holds the id of the command that it accepts.
    pub key: Option<JsonPath>,
    /// How long a request may take, from sending it (connecting included) to the end of its reply.
    pub timeout: Duration,
    /// How long requests in flight at the end are waited for.
    pub drain: Duration,
    /// The most connections at once in the open model; arrivals beyond them queue. Each closed
    /// user has one.
    pub connections: usize,
    /// Whether connections serve more than one request.
    pub reuse: Reuse,
    /// How servers are reached.
    pub transport: Transport,
    /// Whether its threads wait for the next arrival without sleeping, in the open model: exact,
    /// and busy all the time.
    pub spin: bool,
    /// Which part of it this generator puts on.
    pub portion: Portion,
    /// Where to tell of each reply; when it cannot keep up, hits are left out rather than
    /// the load delayed.
    pub observer: Option<SyncSender<CompletedRequest>>,
}

/// Which request comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestOrder {
    /// One after the other; users start evenly spread over the list.
    InTurn,
    /// Any.
    Random,
}

/// When a load ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// After this time.
    Time(Duration),
    /// When each user has made so many requests; closed model only.
    Repetitions(u64),
    /// Whatever comes first.
    Either(Duration, u64),
}

/// The most connections of an open load unless told otherwise.
pub const CONNECTIONS: usize = 512;

impl Bound {
    /// The time after which no request starts.
    pub fn time(self) -> Option<Duration> {
        match self {
            Self::Time(time) | Self::Either(time, _) => Some(time),
            Self::Repetitions(_) => None,
        }
    }

    /// How many requests each user makes at most.
    pub fn repetitions(self) -> u64 {
        match self {
            Self::Time(_) => u64::MAX,
            Self::Repetitions(each) | Self::Either(_, each) => each,
        }
    }
}
