//! Load on HTTP services.
//!
//! Two models of arrival: **closed** (users who wait for each reply before they go on) and **open**
//! (a schedule that no slow reply delays). Latency counts from the moment at which a request was
//! meant to start, so a server that stalls cannot hide the requests that it held up. Requests
//! without an answer stay in the figures with the time that they waited. The generator watches its
//! own lag, and says so when its figures tell more of itself than of the server.
//!
//! [`start`] puts load on something and returns at once; [`Running`] shows how it goes, and what
//! came of it. [`siege`] is the command line.

mod abort;
mod arrivals;
mod client;
mod cookies;
mod doubt;
mod engine;
mod grpc;
pub mod http1;
pub mod http2;
mod job;
mod journey;
mod limit;
mod net;
mod page;
mod recorder;
pub mod siege;
mod template;
mod view;

pub use abort::AbortWatch;
pub use arrivals::Timetable;
pub use engine::{Running, StartError, start};
pub use job::{
    Address, Bound, Identity, Job, JobError, Order, Portion, Request, Reuse, Scheme, Setting,
    Transport, Version,
};
pub use net::TlsError;
pub use recorder::{Hit, LoadOutcome, LoadSnapshot, Part, Phases, Second, Snapshot, Totals};
