//! HTTP/1.1 as a client speaks it.
//!
//! [`ReplyReader`] turns bytes into replies and touches nothing else. The connection beside it sends and
//! receives, and the client keeps one while it is good.
//!
//! A request that was sent on a kept-alive connection and never answered counts as failed, whatever
//! its method. Some clients send idempotent ones again, silently; a tool that looks for lost
//! requests must not. What is safe is done: a connection that the server is known to have closed
//! before anything was sent on it is replaced first.

mod chunked;
mod client;
mod connection;
mod error;
mod framing;
mod head_cache;
mod reader;
mod request;

pub(crate) use client::Http1Client;
pub use error::{MalformedReply, PrematureClose};
pub use reader::{ReadProgress, ReplyReader};
pub use request::UnsendableRequest;
pub(crate) use request::request_bytes;
