//! Feeds a connection with the bytes of an imaginary server, for the fuzz target.

use std::task::{Context, Poll, Waker};

use super::error;

use super::connection::Http2Connection;
use super::received_reply::ReceivedReply;
use super::request::Http2Request;
use crate::address::Scheme;
use crate::protocol::reply::Keep;

/// The client's state after it was fed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuzzOutcome {
    /// Each request's reply: its status, its length, and how much of its body was kept, in bytes;
    /// or the cause of its failure.
    pub replies: Vec<Result<(u16, u64, usize), &'static str>>,
    /// The error that ended the connection, if one did.
    pub ended: Option<&'static str>,
    /// How many bytes the client sent.
    pub sent: usize,
}

/// A server's first frame: settings that keep all defaults.
const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";

/// Makes `requests` requests and feeds the client with what a server sends, `piece` bytes at a
/// time. Of each body, `keep` bytes are kept at most.
pub fn feed_connection(said: &[u8], piece: usize, requests: usize, keep: usize) -> FuzzOutcome {
    let mut connection = Http2Connection::new();
    let bytes = b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi";
    let message = Http2Request::parse(bytes, Scheme::Http);
    let mut ended = connection.feed(SETTINGS).err();
    let ask =
        |message| connection.request(message, ReceivedReply::new(Keep::Whole(keep)), Waker::noop());
    let ids: Vec<u32> =
        std::iter::repeat_n(message.as_ref(), requests).flatten().map(ask).collect();
    let mut sent = 0;
    for part in said.chunks(piece.max(1)) {
        ended = ended.or(connection.feed(part).err());
        let output = connection.output().len();
        connection.advance(output);
        sent += output;
        if ended.is_some() {
            break;
        }
    }
    connection.fail(|_| error::RULES);
    let take = |id| match connection.poll(id, &Context::from_waker(Waker::noop())) {
        Poll::Ready(Some((received, Ok(reply)))) => {
            Ok((reply.status, reply.length, received.body().len()))
        }
        Poll::Ready(Some((_, Err(missed)))) => Err(missed.error().cause),
        Poll::Ready(None) | Poll::Pending => Err("a request without a result"),
    };
    FuzzOutcome {
        replies: ids.into_iter().map(take).collect(),
        ended: ended.map(|missed| missed.cause),
        sent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fed_connection_gives_the_same_result_in_pieces() {
        let said =
            [&b"\0\0\x01\x01\x04\0\0\0\x01\x88"[..], b"\0\0\x05\0\x01\0\0\0\x01hello"].concat();
        for piece in [1, 3, 99] {
            let heard = feed_connection(&said, piece, 2, 3);
            assert_eq!(
                heard.replies,
                [Ok((200, 5, 3)), Err("a violation of the HTTP/2 protocol")],
                "{piece}"
            );
            assert_eq!(
                (heard.ended, heard.sent),
                (None, feed_connection(&said, 1, 2, 3).sent),
                "{piece}"
            );
        }
        assert_eq!(
            feed_connection(b"HTTP/1.1 400 x\r\n", 99, 1, 3).ended,
            Some("not a frame of HTTP/2")
        );
    }
}
