//! What a server answered, and what is not an answer.

use crate::job::Reuse;

/// What was asked, as far as it decides where the reply ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyTo {
    /// `HEAD`: a reply has no body, whatever its headers say.
    Head,
    /// Any other method.
    Other,
}

/// A whole reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// The length of its body, in bytes as transferred, without framing.
    pub length: u64,
    /// Whether its connection can serve another request.
    pub reuse: Reuse,
    /// Whether it has cookies to keep.
    pub sets_cookies: bool,
}

/// The connection ended before the reply did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrematureClose {
    /// Before its first byte.
    #[error("the connection was closed without a reply")]
    Unanswered,
    /// In its midst.
    #[error("the connection was closed in the midst of a reply")]
    Midway,
}

/// Why what came is not HTTP/1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedReply {
    /// A head that does not parse.
    #[error("not a reply's head: {0}")]
    Head(httparse::Error),
    /// More headers than anybody needs.
    #[error("more than {} headers", super::reader::MOST_HEADERS)]
    Headers,
    /// A status below 100.
    #[error("{0:03} is not a status")]
    Status(u16),
    /// A head without an end.
    #[error("a head of more than {} KiB", super::reader::LONGEST_HEAD / 1024)]
    LongHead,
    /// Interim replies without an end.
    #[error("more than {} interim replies", super::reader::MOST_INTERIM)]
    Interim,
    /// An answer to a question that was not asked.
    #[error("a switch of protocols that nobody asked for")]
    Upgrade,
    /// A length that is none, or two that differ.
    #[error("a content-length that is not a length")]
    Length,
    /// A chunk whose size or end is wrong.
    #[error("a chunk whose {0} is wrong")]
    Chunk(&'static str),
    /// Bytes after the end of the reply.
    #[error("more bytes than the reply announced")]
    Surplus,
}

impl ReplyTo {
    /// For a request with this method.
    pub fn method(method: &http::Method) -> Self {
        if method == http::Method::HEAD { Self::Head } else { Self::Other }
    }
}
