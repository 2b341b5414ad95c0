//! A job: one load with everything filled in, how its requests arrive, and when it ends.

mod called_server;
mod context;
mod error;
mod from_plan;
mod limits;
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
pub(crate) use limits::excess;
pub use limits::{LONGEST_TIME, MOST_RATE, MOST_USERS};
pub use observer::CompletedRequest;
pub use portion::Portion;
pub(crate) use prepared::{PrepareError, PreparedJob, PreparedRequest};
pub use script::JourneyScript;
pub(crate) use script::{ScriptedStep, sent_key, take};
pub(crate) use verdict::ReplyVerdict;

/// One load, with nothing left to look up but the addresses.
#[derive(Debug, Clone)]
pub struct Job {
    /// The load's name, in snapshots, records and errors.
    pub name: String,
    /// Its requests; at least one, unless it has journeys.
    pub requests: Vec<HttpRequest>,
    /// How many of the requests, at the list's end, are logins: each user makes one of them
    /// before all others.
    pub logins: usize,
    /// The journeys that users make instead of single requests.
    pub journeys: Option<Arc<JourneyScript>>,
    /// The order in which a user makes the requests.
    pub order: RequestOrder,
    /// The closed model's users, or the open model's schedule.
    pub arrival: Arrival,
    /// When no more requests start.
    pub bound: Bound,
    /// Requests meant for this long from the start are made and not counted; their keys are kept
    /// all the same.
    pub warm_up: Duration,
    /// The statuses and values that make a reply a good one.
    pub answer: ExpectedResponse,
    /// Where a good reply holds the id of the command that it accepts.
    pub key: Option<JsonPath>,
    /// How long a request may take, from sending it (connecting included) to the end of its reply.
    pub timeout: Duration,
    /// How long requests in flight at the end are waited for before they count as unfinished.
    pub drain: Duration,
    /// The most connections at once in the open model; arrivals beyond them queue. Each closed
    /// user has one.
    pub connections: usize,
    /// Whether connections serve more than one request.
    pub reuse: Reuse,
    /// The version of HTTP, certificates, proxies and lookups.
    pub transport: Transport,
    /// Whether threads of the open model spin until the next arrival rather than sleep: more exact,
    /// and a processor is busy all the time.
    pub spin: bool,
    /// The share of the load that this generator makes; [`Portion::WHOLE`] when it is alone.
    pub portion: Portion,
    /// Receives each completed request. When its channel is full, requests are left out rather
    /// than the load delayed.
    pub observer: Option<SyncSender<CompletedRequest>>,
}

/// The order in which a user makes a job's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestOrder {
    /// One after the other; users start evenly spread over the list.
    InTurn,
    /// Each time any of them, with equal chances.
    Random,
}

/// When a load ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// After this time from the load's start.
    Time(Duration),
    /// When each user has made this many requests; closed model only.
    Repetitions(u64),
    /// After the time, or when each user has made its requests: whichever comes first.
    Either(Duration, u64),
}

/// The default of [`Job::connections`].
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
