//! HTTP/2 as a client speaks it, over TLS or with prior knowledge: frames and flow control are the h2 crate's.
//!
//! Clients of one lane share connections, each with as many streams as the settings and the server allow. A request is not
//! sent twice: one whose stream or connection broke counts as failed. A connection that is known to be ending (a GOAWAY was
//! read, or it was closed) gets no more requests.

mod exchange;
mod message;
mod missed;
mod pool;
mod session;

pub(crate) use exchange::{Received, exchange};
pub(crate) use message::Message;
pub(crate) use pool::Pool;
