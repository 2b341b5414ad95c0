//! A client for HTTP/1.1.
//!
//! [`ReplyReader`] turns bytes into replies and does nothing else. The connection sends and
//! receives, and the client keeps one while it is good.
//!
//! A request that was sent on a kept-alive connection and never answered counts as failed, whatever
//! its method. Some clients send idempotent ones again, silently; a tool that looks for lost
//! requests must not. Only what is safe is done: a connection that the server is known to have
//! closed is replaced before anything is sent on it.

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
