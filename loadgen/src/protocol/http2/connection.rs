//! A connection of HTTP/2 without its socket (sans-IO): received bytes go in, bytes to send come
//! out, and tasks are woken when their replies are complete.

mod control;
mod header_block;
mod input;
mod output;
mod peer_settings;
mod replies;

use std::task::{Context, Poll, Waker};

use self::header_block::{HeaderBlock, HeaderBlockCache};
use self::peer_settings::PeerSettings;
use super::error::{self, code};
use super::frame;
use super::received_reply::ReceivedReply;
use super::reply_headers;
use super::request::Http2Request;
use super::stream::{Http2Stream, StreamFailure};
use crate::failure::RequestError;
use crate::protocol::ReplySummary;
use brunt_hpack::{self as hpack, HpackBuffers};

/// The flow control windows that the client announces, in bytes: large enough to keep a
/// fast server busy.
const WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: i64 = 4 << 20;
/// Both sides' windows before any settings (RFC 9113, 6.9.2).
const FIRST_WINDOW: i64 = 65_535;
const MOST_WINDOW: i64 = (1 << 31) - 1;
/// With more bytes than this to send, bodies wait, and nothing more is read, so that a server that
/// sends PINGs and reads no replies cannot fill the memory.
const MOST_UNSENT: usize = 256 * 1024;
/// The most frames in a row that advance no reply; beyond it a server is taken to flood the client.
const MOST_IDLE: u32 = 10_000;
/// The last stream id that is used; a connection has 2^31 - 1 at most, and ids are not used twice.
const LAST: u32 = (1 << 31) - 3;

/// The client's side of one connection.
#[derive(Debug)]
pub(super) struct Http2Connection {
    out: Vec<u8>,
    /// How many bytes of `out` were sent.
    sent: usize,
    /// The beginning of a frame that has not been received as a whole.
    partial_frame: Vec<u8>,
    streams: Vec<Http2Stream>,
    /// How many streams have no result yet.
    open: usize,
    /// How many streams have a body that is not sent yet.
    unsent: usize,
    next: u32,
    peer: PeerSettings,
    /// The connection's windows: bytes that may be sent, and bytes that may be received.
    credit: i64,
    window: i64,
    block: Option<HeaderBlock>,
    cache: HeaderBlockCache,
    text: HpackBuffers,
    /// How many frames in a row advanced no reply.
    idle: u32,
    goaway: Option<RequestError>,
    /// Whether any request got its reply.
    has_answered: bool,
}

impl Http2Connection {
    /// A new connection, with the preface and the client's settings ready to be sent.
    pub fn new() -> Self {
        let mut out = frame::PREFACE.to_vec();
        let list = reply_headers::LONGEST as u32;
        // SETTINGS_HEADER_TABLE_SIZE, ENABLE_PUSH, INITIAL_WINDOW_SIZE, MAX_HEADER_LIST_SIZE. With
        // no dynamic table a block of headers means the same wherever it comes.
        let settings = [(1_u16, 0), (2, 0), (4, WINDOW), (6, list)];
        let pair =
            |(name, value): (u16, u32)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat();
        let settings: Vec<u8> = settings.into_iter().flat_map(pair).collect();
        frame::write(&mut out, (frame::SETTINGS, 0), 0, &[&settings]);
        let more = (CONNECTION_WINDOW - FIRST_WINDOW) as u32;
        frame::write(&mut out, (frame::WINDOW_UPDATE, 0), 0, &[&more.to_be_bytes()]);
        Self {
            out,
            sent: 0,
            partial_frame: Vec::new(),
            streams: Vec::new(),
            open: 0,
            unsent: 0,
            next: 1,
            peer: PeerSettings {
                is_known: false,
                streams: usize::MAX,
                window: FIRST_WINDOW,
                frame: frame::LONGEST,
            },
            credit: FIRST_WINDOW,
            window: CONNECTION_WINDOW,
            block: None,
            cache: HeaderBlockCache::default(),
            text: HpackBuffers::default(),
            idle: 0,
            goaway: None,
            has_answered: false,
        }
    }

    /// Whether the server's settings have been received.
    pub fn has_settings(&self) -> bool {
        self.peer.is_known
    }

    /// How many streams the server allows at once.
    pub fn allowed(&self) -> usize {
        self.peer.streams
    }

    /// Whether another request can be sent.
    pub fn has_room(&self) -> bool {
        self.peer.is_known
            && self.open < self.peer.streams
            && self.goaway.is_none()
            && self.next < LAST
    }

    /// Why no more requests may be sent, if there was a GOAWAY or the stream ids are used up.
    pub fn shutdown_reason(&self) -> Option<RequestError> {
        self.goaway.or((self.next >= LAST).then_some(error::goaway(code::NO_ERROR)))
    }

    /// Whether a request was ever sent.
    pub fn is_used(&self) -> bool {
        self.next > 1
    }

    /// Whether any request got its reply.
    pub fn has_answered(&self) -> bool {
        self.has_answered
    }

    /// Whether all requests have their results.
    pub fn is_idle(&self) -> bool {
        self.open == 0
    }

    /// Whether so much waits to be sent that nothing more may be read.
    pub fn is_congested(&self) -> bool {
        self.out.len() - self.sent > MOST_UNSENT
    }

    /// The bytes to send next.
    pub fn output(&mut self) -> &[u8] {
        if self.unsent > 0 {
            self.write_bodies();
        }
        &self.out[self.sent..]
    }

    /// Marks this many bytes of the output as sent.
    pub fn advance(&mut self, sent: usize) {
        self.sent += sent;
        if self.sent == self.out.len() {
            self.out.clear();
            self.sent = 0;
        }
    }

    /// Writes a request and returns its stream id. The waker is woken when the reply is complete.
    /// Call it only if [`Http2Connection::has_room`].
    pub fn request(
        &mut self,
        message: &Http2Request,
        received: ReceivedReply,
        waker: &Waker,
    ) -> u32 {
        let id = self.next;
        let first: &[u8] = if id == 1 { &[hpack::NO_TABLE] } else { &[] };
        self.next += 2;
        self.write_head(id, first, message);
        self.streams.push(Http2Stream {
            id,
            to: message.to,
            received,
            answer: None,
            interim: 0,
            window: i64::from(WINDOW),
            credit: self.peer.window,
            unsent: message.body.clone(),
            result: None,
            waker: waker.clone(),
        });
        self.open += 1;
        if !message.body.is_empty() {
            self.unsent += 1;
            self.write_bodies();
        }
        id
    }

    /// Takes a stream's result, or keeps the waker until there is one. `None` for
    /// an unknown stream.
    pub fn poll(
        &mut self,
        id: u32,
        context: &Context<'_>,
    ) -> Poll<Option<(ReceivedReply, Result<ReplySummary, StreamFailure>)>> {
        let Some(place) = self.streams.iter().position(|stream| stream.id == id) else {
            return Poll::Ready(None);
        };
        let stream = &mut self.streams[place];
        let Some(result) = stream.result else {
            stream.waker.clone_from(context.waker());
            return Poll::Pending;
        };
        Poll::Ready(Some((self.streams.swap_remove(place).received, result)))
    }

    /// Gives a request up; the server is told by RST_STREAM if it has not answered.
    pub fn cancel(&mut self, id: u32) {
        let Some(place) = self.streams.iter().position(|stream| stream.id == id) else { return };
        if self.streams[place].result.is_none() {
            let given_up = StreamFailure::Final(error::reset(code::CANCEL));
            self.finish(place, Err(given_up), Some(code::CANCEL));
        }
        self.streams.swap_remove(place);
    }

    /// Fails all requests that have no result, as the connection has ended.
    pub fn fail(&mut self, why: impl Fn(&Http2Stream) -> RequestError) {
        for place in 0..self.streams.len() {
            let missed = self.goaway.unwrap_or_else(|| why(&self.streams[place]));
            self.finish(place, Err(StreamFailure::Final(missed)), None);
        }
    }

    /// Ends a stream with a result, and resets it with `tell` if the server does not know.
    fn finish(
        &mut self,
        place: usize,
        result: Result<ReplySummary, StreamFailure>,
        tell: Option<u32>,
    ) {
        let stream = &mut self.streams[place];
        if stream.result.is_some() {
            return;
        }
        // A reply may be complete before the request's body was sent; the rest is not needed.
        let tell = tell.or((!stream.unsent.is_empty()).then_some(code::CANCEL));
        self.unsent -= usize::from(!stream.unsent.is_empty());
        stream.unsent.clear();
        self.has_answered |= result.is_ok();
        stream.result = Some(result);
        stream.waker.wake_by_ref();
        self.open -= 1;
        self.idle = 0;
        if let Some(code) = tell {
            frame::write(&mut self.out, (frame::RST_STREAM, 0), stream.id, &[&code.to_be_bytes()]);
        }
    }
}

#[cfg(test)]
mod tests;
