//! Load on HTTP services.
//!
//! Two models of arrival: **closed** (users who wait for each reply before they go on) and **open**
//! (a schedule that no slow reply delays). Latency counts from the moment at which a request was
//! meant to start, so a server that stalls cannot hide the requests that it held up. Requests
//! without an answer stay in the figures with the time that they waited. The generator watches its
//! own lag, and says so when its figures tell more of itself than of the server.
//!
//! [`start`] puts load on something and returns at once; [`Running`] shows how it goes, and what
//! came of it. The command line is a crate of its own, `brunt-loadgen-cli`.

mod abort;
mod arrivals;
mod client;
mod cookies;
mod doubt;
mod engine;
pub mod grpc;
pub mod http1;
pub mod http2;
mod job;
mod journey;
mod net;
mod page;
mod recorder;
mod single;
mod template;

pub use abort::AbortWatch;
pub use arrivals::Timetable;
pub use engine::{Running, StartError, start};
pub use job::{
    Address, Bound, CONNECTIONS, Identity, Job, JobError, Order, Portion, Request, Reuse, Scheme,
    Setting, Transport, Version,
};
pub use journey::Script;
pub use net::{ConnectError, TlsError};
pub use recorder::{Hit, LoadOutcome, LoadSnapshot, Part, Phases, Second, Snapshot, Totals};
pub use single::{SingleReply, SingleRequestError, send_single};
