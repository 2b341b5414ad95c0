//! A load generator for HTTP and gRPC services.
//!
//! Two models of arrival: **closed** (users who wait for each reply before they go on) and **open**
//! (a schedule that no slow reply delays). Latency counts from the moment at which a request was
//! meant to start, so a server that stalls cannot hide the requests that it held up. Requests
//! without an answer stay in the figures with the time that they waited. The generator watches its
//! own lag, and reports when its figures show the generator rather than the server.
//!
//! [`start`] starts one or more loads and returns at once; [`RunningLoads`] shows their progress
//! and their results. The command line is a crate of its own, `brunt-loadgen-cli`.

mod abort;
mod address;
mod client;
mod cookies;
mod engine;
mod failure;
mod job;
mod journey;
mod net;
pub mod protocol;
mod recorder;
mod request;
mod schedule;
mod single;
mod template;
mod transport;
mod user_info;

pub use abort::AbortWatch;
pub use address::{Address, AddressError, Scheme};
pub use engine::{RunningLoads, StartError, start};
pub use job::{
    Bound, CONNECTIONS, CompletedRequest, Job, JobContext, JobError, JourneyScript, LONGEST_TIME,
    MOST_RATE, MOST_USERS, Portion, RequestOrder,
};
pub use net::{ConnectError, TlsError, UnfitPem};
pub use protocol::grpc;
pub use protocol::{Keep, ReplySummary, ReplyTo, Reuse};
pub use recorder::{
    GeneratorRecord, LastSecond, LoadOutcome, LoadSnapshot, Phases, Snapshot, Totals,
};
pub use request::HttpRequest;
pub use schedule::Timetable;
pub use single::{SingleReply, SingleRequestError, send_single};
pub use transport::{ClientCertificate, HttpVersion, Transport};
pub use user_info::without_user_info;
