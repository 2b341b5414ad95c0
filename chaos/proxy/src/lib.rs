//! A proxy for HTTP/1.1, HTTP/2 and bytes between a caller and a callee, or in front of a service.
//!
//! It does what a Kubernetes Service does: it sends each request to one of the endpoints that are
//! ready, and refuses connections while there is none. It adds nothing to requests and replies, and
//! it never answers in the callee's name unless a fault demands it: where the callee breaks off,
//! the caller's connection is reset.
//!
//! Faults are injected and recovered while it runs, and hit connections that are open already.
//! Requests are counted. A connection of HTTP/2 with prior knowledge is passed on frame by frame,
//! and each stream is a request. One that speaks neither (TLS, databases, …), or that has changed
//! to another protocol (WebSocket), is passed on byte by byte, and met by the faults of connections
//! and bytes: `cut`, `refuse`, `halfOpen`, `latency`, `bandwidth`, `slowClose`, `limitData`,
//! `slice` and `corrupt`. The last four work below HTTP/1 as well.
//!
//! A [`Proxy`] is one edge. An [`EdgeProxy`] is in a callee's place before all of its callers; a
//! controller tells it over a [`ControlServer`]'s port who they are, where the callee is, and which
//! faults there are.
//!
//! A new fault of an edge is a variant of [`WireFault`], and an arm in each of
//! `faults/connection.rs`, `faults/bytes.rs`, `faults/stream.rs`, `faults/request.rs` and
//! `faults/reply.rs`.

mod byte_limit;
mod connection_hits;
mod control;
mod control_lines;
mod control_protocol;
mod control_session;
mod counters;
mod delayed_body;
mod detect;
mod edge;
mod edge_proxy;
mod endpoints;
mod error;
mod fault_wire;
mod faults;
mod forward;
mod headers;
mod http2;
mod kept_body;
mod limited_body;
mod listener;
mod peeked_stream;
mod pool;
mod port;
mod port_proxy;
mod proxy;
mod read_ahead;
mod relay;
mod routing;
mod serve;
mod tunnel;
mod upgrade;
mod wire_protocol;
mod write_faults;

pub use control::ControlServer;
pub use control_lines::ControlLines;
pub use control_protocol::{
    CONTROL_VERSION, ControlReply, ControlRequest, LONGEST_LINE, TrafficCounts,
};
pub use edge_proxy::{EdgeProxy, ServedPort};
pub use endpoints::{EndpointAddress, Endpoints, InFlight};
pub use error::ProxyError;
pub use fault_wire::{FaultWireError, WireFault};
pub use faults::{FaultId, list_faults};
pub use port::Listen;
pub use proxy::Proxy;
