//! A stream: one request and its reply among others on a connection.

use std::task::Waker;

use bytes::Bytes;

use brunt_scenarios::timeline::Failure;

use super::received_reply::ReceivedReply;
use super::reply_headers::{LENGTH_DIFFERS, ReplyHeaders};
use crate::failure::RequestError;
use crate::protocol::reply::{ReplySummary, ReplyTo, Reuse};

/// Why a stream has no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamFailure {
    /// The server may have processed the request.
    Final(RequestError),
    /// The server says that it has not processed the request, so that even a command may be sent
    /// again (RFC 9113, 8.7).
    Unprocessed(RequestError),
}

impl StreamFailure {
    /// The failure as it is counted.
    pub fn error(self) -> RequestError {
        match self {
            Self::Final(error) | Self::Unprocessed(error) => error,
        }
    }
}

/// A request that was sent or is being sent, and what was received of its reply.
#[derive(Debug)]
pub(super) struct Http2Stream {
    pub id: u32,
    pub to: ReplyTo,
    pub received: ReceivedReply,
    /// The head, once it has been received.
    pub answer: Option<ReplyHeaders>,
    /// How many interim heads came before the final one.
    pub interim: u32,
    /// How many bytes the server may still send.
    pub window: i64,
    /// How many bytes of the body may still be sent. New settings can make it negative
    /// (RFC 9113, 6.9.2).
    pub credit: i64,
    /// The unsent rest of the request's body.
    pub unsent: Bytes,
    /// The reply or the error, once there is one.
    pub result: Option<Result<ReplySummary, StreamFailure>>,
    /// Wakes the task that waits for the result.
    pub waker: Waker,
}

impl Http2Stream {
    /// Its failure when the server says that it has not processed the request. A server that has
    /// begun to answer contradicts itself, and its request is not sent again.
    pub fn unprocessed(&self, error: RequestError) -> StreamFailure {
        match self.answer {
            None => StreamFailure::Unprocessed(error),
            Some(_) => StreamFailure::Final(error),
        }
    }

    /// The result of a reply that has ended.
    pub fn whole(&self) -> Result<ReplySummary, RequestError> {
        let Some(answer) = self.answer else {
            return Err(RequestError::new(Failure::Protocol, super::reply_headers::BREACH));
        };
        let bare = self.to == ReplyTo::Head || answer.status == 304;
        let announced = if bare { 0 } else { answer.length.unwrap_or(self.received.length) };
        if announced != self.received.length {
            return Err(RequestError::new(Failure::Protocol, LENGTH_DIFFERS));
        }
        Ok(ReplySummary {
            status: answer.status,
            length: self.received.length,
            reuse: Reuse::Yes,
            sets_cookies: answer.sets_cookies,
        })
    }
}
