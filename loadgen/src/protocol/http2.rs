//! A client for HTTP/2, over TLS or with prior knowledge.
//!
//! Users of a load on one thread share connections, each with as many streams as the options and
//! the server allow. A request whose stream or connection broke counts as failed, unless the server
//! says that it has not processed it: then it is sent again on another connection. A connection
//! that is known to be ending (a GOAWAY was read, or it was closed) gets no more requests.
//!
//! `Http2Connection` turns bytes into replies and requests into bytes, without IO (sans-IO); the
//! session sends and receives. Servers are told that no dynamic table is kept, and requests use
//! none, so a head is packed once for all connections, and a reply's head that equals the last one
//! is not read again. Requests of one moment go out in one write.

mod client;
mod connection;
mod error;
mod frame;
mod fuzz_support;
mod options;
mod pool;
mod received_reply;
mod reply_headers;
mod request;
mod session;
mod stream;

pub(crate) use client::Http2Client;
pub use fuzz_support::{FuzzOutcome, feed_connection};
pub(crate) use options::Http2Options;
pub(crate) use pool::Http2Pool;
pub(crate) use request::Http2Request;
