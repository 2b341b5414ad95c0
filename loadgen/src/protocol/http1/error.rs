//! Why a request over HTTP/1.1 got no reply.

use std::io;

use brunt_scenarios::timeline::Failure;

use crate::failure::RequestError;

/// The longest head that is read, in bytes. A server that sends more has no end in sight.
pub(super) const LONGEST_HEAD: usize = 64 * 1024;
/// The most 1xx replies before the one that counts.
pub(super) const MOST_INTERIM: u32 = 100;
/// The most headers of a reply; they are parsed on the stack.
pub(super) const MOST_HEADERS: usize = 128;

/// The connection ended before the reply did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrematureClose {
    /// Before the reply's first byte.
    #[error("the connection was closed without a reply")]
    Unanswered,
    /// After some of the reply had come.
    #[error("the connection was closed in the middle of a reply")]
    Midway,
}

/// Why what came is not HTTP/1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedReply {
    /// A head that does not parse.
    #[error("not a reply's head: {0}")]
    Head(#[source] httparse::Error),
    /// More headers than the reader takes.
    #[error("more than {MOST_HEADERS} headers")]
    Headers,
    /// A status below 100.
    #[error("{0:03} is not a status")]
    Status(u16),
    /// A head without an end.
    #[error("a head of more than {} KiB", LONGEST_HEAD / 1024)]
    LongHead,
    /// Interim replies without an end.
    #[error("more than {MOST_INTERIM} interim replies")]
    Interim,
    /// A 101 to a request that did not ask for another protocol.
    #[error("a switch of protocols that was not requested")]
    Upgrade,
    /// A Content-Length that is not a number, or two that differ.
    #[error("an invalid content-length")]
    Length,
    /// A chunk whose size or end is wrong.
    #[error("a chunk whose {0} is wrong")]
    Chunk(&'static str),
    /// Bytes after the end of the reply.
    #[error("more bytes than the reply announced")]
    Surplus,
}

/// Why a request got no reply on a connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Http1Error {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Closed(#[from] PrematureClose),
    #[error(transparent)]
    Malformed(#[from] MalformedReply),
}

impl From<&Http1Error> for RequestError {
    fn from(error: &Http1Error) -> Self {
        match error {
            Http1Error::Io(error) => Self::broken(error),
            Http1Error::Closed(PrematureClose::Unanswered) => Self::CLOSED_UNANSWERED,
            Http1Error::Closed(PrematureClose::Midway) => Self::CLOSED_MIDWAY,
            Http1Error::Malformed(malformed) => Self::new(Failure::Protocol, malformed.cause()),
        }
    }
}

impl MalformedReply {
    /// The name by which it is counted; without the details that differ from reply to reply.
    fn cause(&self) -> &'static str {
        match self {
            Self::Head(_) => "not a reply's head",
            Self::Headers => "too many headers",
            Self::Status(_) => "an invalid status",
            Self::LongHead => "an endless head",
            Self::Interim => "endless interim replies",
            Self::Upgrade => "a switch of protocols that was not requested",
            Self::Length => "an invalid content-length",
            Self::Chunk(_) => "an invalid chunk",
            Self::Surplus => "more bytes than the reply announced",
        }
    }
}
