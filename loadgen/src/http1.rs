//! HTTP/1.1 as a client speaks it.
//!
//! [`Reader`] turns bytes into replies and touches nothing else. The connection beside it sends and
//! receives.
//!
//! A request that was sent on a kept-alive connection and never answered counts as failed, whatever
//! its method. Some clients send idempotent ones again, silently; a tool that looks for lost
//! requests must not. What is safe is done: a connection that the server is known to have closed
//! before anything was sent on it is replaced first.

mod chunked;
mod connection;
mod framing;
mod known;
mod reader;
mod reply;

pub(crate) use connection::{Http1Connection, Http1Error};
pub use reader::{Keep, Progress, Reader};
pub use reply::{MalformedReply, PrematureClose, Reply, ReplyTo};
