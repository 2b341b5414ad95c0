//! A proxy for HTTP/1.1 that stands between a caller and a callee, or in front of a service.
//!
//! It does what a Kubernetes Service does: it hands each request to one of the endpoints that are ready, and refuses
//! connections while there is none. It adds nothing to requests and replies, and it never answers in the callee's name
//! unless a fault says so: where the callee breaks off, the caller's connection is reset.
//!
//! Faults are set and lifted while it runs, and meet connections that are open already. Requests are counted. A connection that
//! begins with HTTP/2's preface goes through as it is.

mod counts;
mod edge;
mod endpoints;
mod error;
mod faults;
mod forward;
mod gate;
mod headers;
mod late;
mod pool;
mod proxy;
mod serve;
mod tunnel;

pub use endpoints::{Endpoint, Endpoints, UnderWay};
pub use error::ProxyError;
pub use faults::FaultId;
pub use gate::Listen;
pub use proxy::Proxy;
