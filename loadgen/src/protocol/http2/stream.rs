//! One request and its reply among others on a connection.

use std::task::Waker;

use bytes::Bytes;

use super::reply_headers::LENGTH_DIFFERS;
use brunt_scenarios::timeline::Failure;

use super::received_reply::ReceivedReply;
use super::reply_headers::ReplyHeaders;
use crate::failure::RequestError;
use crate::protocol::reply::{ReplySummary, ReplyTo, Reuse};

/// A request that was sent, or is being sent.
#[derive(Debug)]
pub(super) struct Http2Stream {
    pub id: u32,
    pub to: ReplyTo,
    pub received: ReceivedReply,
    /// The head, when it has come.
    pub answer: Option<ReplyHeaders>,
    /// How many interim heads came before it.
    pub interim: u32,
    /// How much may come yet, in bytes.
    pub window: i64,
    /// How much may be sent yet; a server may make it less than nothing.
    pub credit: i64,
    /// What is left of the request's body.
    pub unsent: Bytes,
    /// What came of it.
    pub result: Option<Result<ReplySummary, RequestError>>,
    /// Who waits for it.
    pub waker: Waker,
}

impl Http2Stream {
    /// What a reply comes to that has ended.
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
