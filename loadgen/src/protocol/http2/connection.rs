//! A connection of HTTP/2 without its socket: bytes that came go in, bytes to send come out,
//! replies are told to whoever waits.

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
use super::hpack::{self, HpackBuffers};
use super::received_reply::ReceivedReply;
use super::reply_headers;
use super::request::Http2Request;
use super::stream::Http2Stream;
use crate::failure::RequestError;
use crate::protocol::ReplySummary;

/// How much may come unasked, in bytes, on a stream and on the connection: enough to keep a
/// fast server busy.
const WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: i64 = 4 << 20;
/// What both have before anybody said anything.
const FIRST_WINDOW: i64 = 65_535;
const MOST_WINDOW: i64 = (1 << 31) - 1;
/// With more than this to send, in bytes, bodies wait, and so does what a server says.
const MOST_UNSENT: usize = 256 * 1024;
/// The most frames in a row that bring no reply further.
const MOST_IDLE: u32 = 10_000;
/// The last number that a stream can have, with some room.
const LAST: u32 = (1 << 31) - 3;

/// One connection, as a client has it.
#[derive(Debug)]
pub(super) struct Http2Connection {
    out: Vec<u8>,
    /// How much of it was sent.
    sent: usize,
    /// A frame that has not come as a whole.
    partial_frame: Vec<u8>,
    streams: Vec<Http2Stream>,
    /// How many of them have no result.
    open: usize,
    /// How many of them have a body that is not sent yet.
    unsent: usize,
    next: u32,
    peer: PeerSettings,
    /// How much may be sent, and may come, on the connection.
    credit: i64,
    window: i64,
    block: Option<HeaderBlock>,
    cache: HeaderBlockCache,
    text: HpackBuffers,
    /// Frames in a row that brought no reply further.
    idle: u32,
    goaway: Option<RequestError>,
}

impl Http2Connection {
    /// One that has said what a client says first.
    pub fn new() -> Self {
        let mut out = frame::PREFACE.to_vec();
        let list = reply_headers::LONGEST as u32;
        // No table for headers, no pushes, the window of a stream, the longest list of headers.
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
        }
    }

    /// Whether the server has said what it allows.
    pub fn has_settings(&self) -> bool {
        self.peer.is_known
    }

    /// How many streams it allows at once.
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

    /// Why it takes no more requests, if the server or its numbers say so.
    pub fn shutdown_reason(&self) -> Option<RequestError> {
        self.goaway.or((self.next >= LAST).then_some(error::goaway(code::NO_ERROR)))
    }

    /// Whether a request was ever sent.
    pub fn is_used(&self) -> bool {
        self.next > 1
    }

    /// Whether no reply is waited for.
    pub fn is_idle(&self) -> bool {
        self.open == 0
    }

    /// Whether so much waits to be sent that nothing more should be read.
    pub fn is_congested(&self) -> bool {
        self.out.len() - self.sent > MOST_UNSENT
    }

    /// What is to be sent next.
    pub fn output(&mut self) -> &[u8] {
        if self.unsent > 0 {
            self.write_bodies();
        }
        &self.out[self.sent..]
    }

    /// So many bytes of it were sent.
    pub fn advance(&mut self, sent: usize) {
        self.sent += sent;
        if self.sent == self.out.len() {
            self.out.clear();
            self.sent = 0;
        }
    }

    /// Says a request; who is woken when its reply is there. Call it when there is room.
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

    /// The result, or who is woken when there is one. `None` for a stream that is not there.
    pub fn poll(
        &mut self,
        id: u32,
        context: &Context<'_>,
    ) -> Poll<Option<(ReceivedReply, Result<ReplySummary, RequestError>)>> {
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

    /// Nobody waits for it any more.
    pub fn cancel(&mut self, id: u32) {
        let Some(place) = self.streams.iter().position(|stream| stream.id == id) else { return };
        if self.streams[place].result.is_none() {
            self.finish(place, Err(error::reset(code::CANCEL)), Some(code::CANCEL));
        }
        self.streams.swap_remove(place);
    }

    /// All that is under way comes to this.
    pub fn fail(&mut self, why: impl Fn(&Http2Stream) -> RequestError) {
        for place in 0..self.streams.len() {
            let missed = self.goaway.unwrap_or_else(|| why(&self.streams[place]));
            self.finish(place, Err(missed), None);
        }
    }

    /// Ends a stream that is under way, with a word to the server if it does not know.
    fn finish(
        &mut self,
        place: usize,
        result: Result<ReplySummary, RequestError>,
        tell: Option<u32>,
    ) {
        let stream = &mut self.streams[place];
        if stream.result.is_some() {
            return;
        }
        // A reply may come before the request was sent as a whole.
        let tell = tell.or((!stream.unsent.is_empty()).then_some(code::CANCEL));
        self.unsent -= usize::from(!stream.unsent.is_empty());
        stream.unsent.clear();
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
