//! The protocols that servers are spoken to in: a folder each.
//!
//! A protocol takes requests as bytes, and a [`Connector`] that opens connections for it; it knows
//! nothing of loads, schedules or records. What it reads of a reply is the same for all
//! ([`ReplySummary`], and [`ReplyContent`] for callers that look into a body).

mod connector;
mod content;
mod content_coding;
pub(crate) mod exact_json;
pub mod grpc;
pub mod http1;
pub mod http2;
mod opaque;
mod reply;

pub(crate) use connector::Connector;
pub(crate) use content::{ReplyContent, header_values};
pub(crate) use content_coding::decoded;
pub use reply::Keep;
pub use reply::ReplySummary;
pub use reply::ReplyTo;
pub use reply::Reuse;
