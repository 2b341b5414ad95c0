//! What to do: requests with everything filled in, how they arrive, and when they end.

mod address;
mod plan;
mod prepared;
mod transport;
mod verdict;

use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use brunt_scenarios::plan::{Arrival, ExpectedResponse, JsonPath};

pub use address::{Address, Scheme};
pub use plan::Setting;
pub(crate) use prepared::{CalledServer, PrepareError, PreparedJob, PreparedRequest, bytes};
pub use transport::{Identity, Transport, Version};
pub(crate) use verdict::ReplyVerdict;

use crate::grpc::GrpcError;
use crate::journey::Script;
use crate::recorder::Hit;

/// One load, with nothing left to look up but the addresses.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// Its requests; at least one, unless it has journeys.
    pub requests: Vec<Request>,
    /// So many at their end are logins: each user makes one of them before all others.
    pub logins: usize,
    /// What its users do in place of single requests.
    pub journeys: Option<Arc<Script>>,
    /// Which of them comes next.
    pub order: Order,
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
    pub observer: Option<SyncSender<Hit>>,
}

/// A request, as it will be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: http::Method,
    /// Where to.
    pub address: Address,
    /// The path with its query, from the slash on.
    pub path: String,
    /// Headers beside `Host`, `Content-Length` and `Connection`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Which part of a load a generator puts on: every n-th arrival, or every n-th user, where n
/// generators share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// The generator's number, from 0.
    pub number: usize,
    /// How many generators there are; at least 1.
    pub of: usize,
}

impl Portion {
    /// All of it.
    pub const WHOLE: Self = Self { number: 0, of: 1 };
}

/// Which request comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// One after the other; users start evenly spread over the list.
    InTurn,
    /// Any.
    Random,
}

/// Whether connections serve more than one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// Kept alive.
    Yes,
    /// Closed after each reply.
    No,
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

/// Why a load cannot be made into a job.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum JobError {
    /// A service that has no address.
    #[error("{0} has no address")]
    Unknown(String),
    /// Not a base URL.
    #[error("`{0}` is not an address: write it like http://127.0.0.1:8080")]
    Address(String),
    /// Not a path.
    #[error("`{0}` is not a path: it must start with a slash")]
    Path(String),
    /// A call of gRPC that cannot be made.
    #[error(transparent)]
    Call(#[from] GrpcError),
    /// Not a header.
    #[error("`{name}: {value}` is not a header")]
    Header {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
}

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
