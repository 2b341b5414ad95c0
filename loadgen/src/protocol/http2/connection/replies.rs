//! Receives frames of replies: HEADERS, CONTINUATION and DATA.

use std::time::Instant;

use brunt_scenarios::timeline::Failure;

use super::header_block::HeaderBlock;
use super::{CONNECTION_WINDOW, Http2Connection, WINDOW};
use crate::failure::RequestError;
use crate::protocol::http2::error::{self, RULES, code};
use crate::protocol::http2::frame::{self, FrameHeader};
use crate::protocol::http2::reply_headers::{self, HeadersError, LONG_HEAD};
use crate::protocol::http2::stream::StreamFailure;
use crate::protocol::reply::Keep;

/// The most frames of one head.
const MOST_PIECES: u32 = 128;
/// The most interim heads before the final one; the same as HTTP/1.1's.
const MOST_INTERIM: u32 = 100;
impl Http2Connection {
    pub(super) fn headers(
        &mut self,
        head: FrameHeader,
        payload: &[u8],
    ) -> Result<(), RequestError> {
        let mut bytes = frame::unpadded(head, payload).ok_or(RULES)?;
        if head.has(frame::PRIORITISED) {
            bytes = bytes.get(5..).ok_or(RULES)?;
        }
        let ends = head.has(frame::END_STREAM);
        if head.has(frame::END_HEADERS) {
            return self.block(head.stream, ends, bytes);
        }
        self.place(head.stream)?;
        self.block =
            Some(HeaderBlock { stream: head.stream, ends, bytes: bytes.to_vec(), pieces: 1 });
        Ok(())
    }

    pub(super) fn continuation(
        &mut self,
        head: FrameHeader,
        payload: &[u8],
    ) -> Result<(), RequestError> {
        let Some(block) = &mut self.block else { return Err(RULES) };
        block.bytes.extend_from_slice(payload);
        block.pieces += 1;
        if block.bytes.len() > reply_headers::LONGEST || block.pieces > MOST_PIECES {
            return Err(RequestError::new(Failure::Protocol, LONG_HEAD));
        }
        match self.block.take_if(|_| head.has(frame::END_HEADERS)) {
            Some(block) => self.block(block.stream, block.ends, &block.bytes),
            None => Ok(()),
        }
    }

    /// Takes a whole block of headers.
    fn block(&mut self, stream: u32, ends: bool, block: &[u8]) -> Result<(), RequestError> {
        // Without a dynamic table, a block for a stream that has ended need not be decoded.
        let Some(place) = self.place(stream)? else { return self.idle() };
        let read = match self.streams[place].answer {
            None => self.head(place, ends, block),
            Some(_) => self.trailers(place, ends, block),
        };
        match read {
            Ok(()) => Ok(()),
            Err(HeadersError::Garbled) => Err(error::HPACK),
            Err(HeadersError::Malformed(wrong)) => {
                self.refuse(place, RequestError::new(Failure::Protocol, wrong));
                Ok(())
            }
        }
    }

    fn head(&mut self, place: usize, ends: bool, block: &[u8]) -> Result<(), HeadersError> {
        let stream = &mut self.streams[place];
        let whole = matches!(stream.received.keep, Keep::Whole(_));
        let known = if whole { None } else { self.cache.get(block) };
        let answer = match known {
            Some(known) => known,
            None => {
                stream.received.head.clear();
                reply_headers::head(
                    block,
                    &mut self.text,
                    whole.then_some(&mut stream.received.head),
                )?
            }
        };
        if answer.status < 200 {
            stream.interim += 1;
            return match (ends || answer.status == 101, stream.interim > MOST_INTERIM) {
                (true, _) => Err(HeadersError::Malformed(reply_headers::BREACH)),
                (_, true) => Err(HeadersError::Malformed(error::INTERIM.cause)),
                _ => Ok(()),
            };
        }
        if known.is_none() && !whole {
            self.cache.store(block, answer);
        }
        stream.answer = Some(answer);
        stream.received.grpc = answer.grpc;
        self.idle = 0;
        if ends {
            self.complete(place);
        }
        Ok(())
    }

    fn trailers(&mut self, place: usize, ends: bool, block: &[u8]) -> Result<(), HeadersError> {
        let grpc = reply_headers::trailers(block, &mut self.text)?;
        if !ends {
            return Err(HeadersError::Malformed(reply_headers::BREACH));
        }
        let received = &mut self.streams[place].received;
        received.grpc = grpc.or(received.grpc);
        self.complete(place);
        Ok(())
    }

    pub(super) fn data(&mut self, head: FrameHeader, payload: &[u8]) -> Result<(), RequestError> {
        let came = payload.len() as i64;
        let data = frame::unpadded(head, payload).ok_or(RULES)?;
        let place = self.place(head.stream)?;
        if came > self.window {
            return Err(error::WINDOW);
        }
        // Received data is consumed at once, so windows could be reopened for each frame. Waiting
        // until half is used saves a WINDOW_UPDATE for most of them.
        self.window -= came;
        if self.window < CONNECTION_WINDOW / 2 {
            let more = (CONNECTION_WINDOW - self.window) as u32;
            frame::write(&mut self.out, (frame::WINDOW_UPDATE, 0), 0, &[&more.to_be_bytes()]);
            self.window = CONNECTION_WINDOW;
        }
        let Some(place) = place else { return self.idle() };
        let stream = &mut self.streams[place];
        if stream.answer.is_none() {
            return Err(RULES);
        }
        if came > stream.window {
            return Err(error::WINDOW);
        }
        stream.window -= came;
        stream.received.take(data);
        if head.has(frame::END_STREAM) {
            self.complete(place);
            return Ok(());
        }
        // The clock is only read for replies that come in pieces, as in HTTP/1.1.
        stream.received.first_byte = stream.received.first_byte.or_else(|| Some(Instant::now()));
        if stream.window < i64::from(WINDOW / 2) {
            let more = (i64::from(WINDOW) - stream.window) as u32;
            frame::write(
                &mut self.out,
                (frame::WINDOW_UPDATE, 0),
                stream.id,
                &[&more.to_be_bytes()],
            );
            stream.window = i64::from(WINDOW);
        }
        if data.is_empty() {
            return self.idle();
        }
        self.idle = 0;
        Ok(())
    }

    /// Ends a stream whose reply is complete.
    fn complete(&mut self, place: usize) {
        match self.streams[place].whole() {
            Ok(reply) => self.finish(place, Ok(reply), None),
            Err(missed) => self.refuse(place, missed),
        }
    }

    fn refuse(&mut self, place: usize, missed: RequestError) {
        self.finish(place, Err(StreamFailure::Final(missed)), Some(code::PROTOCOL_ERROR));
    }
}
