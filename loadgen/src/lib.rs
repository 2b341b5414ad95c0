//! Load on HTTP services.
//!
//! Two models of arrival: **closed** (users who wait for each reply before they go on) and **open**
//! (a schedule that no slow reply delays). Latency counts from the moment at which a request was
//! meant to start, so a server that stalls cannot hide the requests that it held up. Requests
//! without an answer stay in the figures with the time that they waited. The generator watches its
//! own lag, and says so when its figures tell more of itself than of the server.
//!
//! [`start`] puts load on something and returns at once; [`RunningLoads`] shows how it goes, and
//! what came of it.

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

pub use abort::AbortWatch;
pub use address::{Address, AddressError, Scheme};
pub use engine::{RunningLoads, StartError, start};
pub use job::{
    Bound, CONNECTIONS, CompletedRequest, Job, JobContext, JobError, JourneyScript, Portion,
    RequestOrder,
};
pub use net::{ConnectError, TlsError};
pub use protocol::grpc;
pub use protocol::{Keep, ReplySummary, ReplyTo, Reuse};
pub use recorder::{
    GeneratorRecord, LastSecond, LoadOutcome, LoadSnapshot, Phases, Snapshot, Totals,
};
pub use request::HttpRequest;
pub use schedule::Timetable;
pub use single::{SingleReply, SingleRequestError, send_single};
pub use transport::{ClientCertificate, HttpVersion, Transport};

// Former names, until all users have the new ones.
pub use engine::RunningLoads as Running;
pub use job::{
    CompletedRequest as Hit, JobContext as Setting, JourneyScript as Script, RequestOrder as Order,
};
pub use recorder::LastSecond as Second;
pub use request::HttpRequest as Request;
pub use transport::{ClientCertificate as Identity, HttpVersion as Version};
