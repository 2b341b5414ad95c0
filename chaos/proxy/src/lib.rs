//! A proxy for HTTP/1.1 that stands between a caller and a callee, or in front of a service.
//!
//! It does what a Kubernetes Service does: it hands each request to one of the endpoints that are
//! ready, and refuses connections while there is none. It adds nothing to requests and replies, and
//! it never answers in the callee's name unless a fault says so: where the callee breaks off, the
//! caller's connection is reset.
//!
//! Faults are set and lifted while it runs, and meet connections that are open already. Requests
//! are counted. A connection that begins with HTTP/2's preface goes through as it is.
//!
//! A [`Proxy`] is one edge. A [`StandIn`] is in a callee's place before all of its callers, and is
//! told over a [`Control`] connection who they are, where the callee is, and which faults there
//! are.

mod control;
mod counts;
mod edge;
mod endpoints;
mod error;
mod faults;
mod forward;
mod gate;
mod headers;
mod inlet;
mod late;
mod order;
mod pool;
mod proxy;
mod serve;
mod stand_in;
mod tunnel;
mod ways;
mod wire;

pub use control::Control;
pub use endpoints::{Endpoint, Endpoints, UnderWay};
pub use error::ProxyError;
pub use faults::FaultId;
pub use gate::Listen;
pub use order::{Answer, Counted, Order};
pub use proxy::Proxy;
pub use stand_in::StandIn;
pub use wire::Wire;
