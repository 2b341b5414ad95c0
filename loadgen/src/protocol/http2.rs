//! HTTP/2 as a client speaks it, over TLS or with prior knowledge.
//!
//! Clients of one lane share connections, each with as many streams as the settings and the server
//! allow. A request is not sent twice: one whose stream or connection broke counts as failed. A
//! connection that is known to be ending (a GOAWAY was read, or it was closed) gets no more
//! requests.
//!
//! `Conversation` turns bytes into replies and requests into bytes, and touches nothing else; the
//! session beside it sends and receives. Servers are asked to pack headers without a table, so
//! heads are made once and read without a memory; what clients say in one moment goes out in one
//! write.

mod client;
mod connection;
mod error;
mod frame;
mod fuzz_support;
mod hpack;
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
