//! Receives frames: hands those of replies on, and handles all others.

use super::{Http2Connection, MOST_IDLE, MOST_WINDOW};
use crate::failure::RequestError;
use crate::protocol::http2::error::{self, RULES, code};
use crate::protocol::http2::frame::{self, FrameHeader, number};
use crate::protocol::http2::stream::{Http2Stream, StreamFailure};

impl Http2Connection {
    pub(super) fn frame(&mut self, head: FrameHeader, payload: &[u8]) -> Result<(), RequestError> {
        // Between HEADERS and its CONTINUATIONs no other frame may come (RFC 9113, 6.10).
        let continued = self.block.as_ref().map(|block| block.stream);
        if (head.kind == frame::CONTINUATION).then_some(head.stream) != continued {
            return Err(RULES);
        }
        if !self.peer.is_known && head.kind != frame::SETTINGS {
            return Err(RULES);
        }
        match head.kind {
            frame::DATA => self.data(head, payload),
            frame::HEADERS => self.headers(head, payload),
            frame::CONTINUATION => self.continuation(head, payload),
            _ => self.control(head, payload),
        }
    }

    /// Counts a frame that advances no reply.
    pub(super) fn idle(&mut self) -> Result<(), RequestError> {
        self.idle += 1;
        if self.idle > MOST_IDLE { Err(error::FLOOD) } else { Ok(()) }
    }

    fn control(&mut self, head: FrameHeader, payload: &[u8]) -> Result<(), RequestError> {
        self.idle()?;
        match head.kind {
            frame::PRIORITY => match number(payload) {
                // A stream that depends on itself (RFC 9113, 5.3.1).
                Some(on) if on & 0x7fff_ffff == head.stream => Err(RULES),
                _ if head.stream == 0 || payload.len() != 5 => Err(RULES),
                _ => Ok(()),
            },
            frame::RST_STREAM => self.reset(head, payload),
            frame::SETTINGS => self.settings(head, payload),
            frame::PUSH_PROMISE => Err(RULES),
            frame::PING => self.ping(head, payload),
            frame::GOAWAY => self.goaway(head, payload),
            frame::WINDOW_UPDATE => self.window_update(head, payload),
            _ => Ok(()),
        }
    }

    fn reset(&mut self, head: FrameHeader, payload: &[u8]) -> Result<(), RequestError> {
        let (Some(code), 4) = (number(payload), payload.len()) else { return Err(RULES) };
        if let Some(place) = self.place(head.stream)? {
            let reset = error::reset(code);
            let failure = match code {
                code::REFUSED_STREAM => self.streams[place].unprocessed(reset),
                _ => StreamFailure::Final(reset),
            };
            self.finish(place, Err(failure), None);
        }
        Ok(())
    }

    fn settings(&mut self, head: FrameHeader, payload: &[u8]) -> Result<(), RequestError> {
        let is_answer = head.has(frame::ACK);
        if head.stream != 0 || !payload.len().is_multiple_of(6) || is_answer && !payload.is_empty()
        {
            return Err(RULES);
        }
        if is_answer {
            return if self.peer.is_known { Ok(()) } else { Err(RULES) };
        }
        for setting in payload.chunks_exact(6) {
            let name = u16::from_be_bytes([setting[0], setting[1]]);
            self.setting(name, number(&setting[2..]).unwrap_or_default())?;
        }
        self.peer.is_known = true;
        frame::write(&mut self.out, (frame::SETTINGS, frame::ACK), 0, &[]);
        Ok(())
    }

    fn setting(&mut self, name: u16, value: u32) -> Result<(), RequestError> {
        match name {
            // A server may not enable push.
            2 if value != 0 => return Err(RULES),
            3 => self.peer.streams = value as usize,
            4 if i64::from(value) > MOST_WINDOW => return Err(RULES),
            4 => {
                // The windows of open streams change by the difference (RFC 9113, 6.9.2).
                let change = i64::from(value) - self.peer.window;
                self.peer.window = i64::from(value);
                for stream in &mut self.streams {
                    stream.credit += change;
                    if stream.credit > MOST_WINDOW {
                        return Err(error::WINDOW);
                    }
                }
            }
            5 if !(16_384..=16_777_215).contains(&value) => return Err(RULES),
            // Frames longer than the default would save nine bytes in 16 KiB, so a larger
            // MAX_FRAME_SIZE is not used.
            _ => {}
        }
        Ok(())
    }

    fn ping(&mut self, head: FrameHeader, payload: &[u8]) -> Result<(), RequestError> {
        if head.stream != 0 || payload.len() != 8 {
            return Err(RULES);
        }
        if !head.has(frame::ACK) {
            frame::write(&mut self.out, (frame::PING, frame::ACK), 0, &[payload]);
        }
        Ok(())
    }

    fn goaway(&mut self, head: FrameHeader, payload: &[u8]) -> Result<(), RequestError> {
        let (Some(last), Some(reason)) = (number(payload), payload.get(4..).and_then(number))
        else {
            return Err(RULES);
        };
        if head.stream != 0 {
            return Err(RULES);
        }
        let missed = error::goaway(reason);
        for place in 0..self.streams.len() {
            // The server has not processed streams after the last one, and will not answer them.
            if self.streams[place].id > last & 0x7fff_ffff {
                let failure = self.streams[place].unprocessed(missed);
                self.finish(place, Err(failure), None);
            }
        }
        // A graceful shutdown sends a first GOAWAY without an error; a later one may name the
        // error.
        if self.goaway.is_none() || reason != code::NO_ERROR {
            self.goaway = Some(missed);
        }
        Ok(())
    }

    fn window_update(&mut self, head: FrameHeader, payload: &[u8]) -> Result<(), RequestError> {
        let (Some(more), 4) = (number(payload), payload.len()) else { return Err(RULES) };
        let more = i64::from(more & 0x7fff_ffff);
        if more == 0 {
            return Err(RULES);
        }
        let credit = match head.stream {
            0 => &mut self.credit,
            stream => match self.place(stream)? {
                Some(place) => &mut self.streams[place].credit,
                None => return Ok(()),
            },
        };
        *credit += more;
        if *credit > MOST_WINDOW { Err(error::WINDOW) } else { Ok(()) }
    }

    /// The index of an open stream; `None` for one that has ended. Any other id is an error, as the
    /// server may not open streams.
    pub(super) fn place(&self, stream: u32) -> Result<Option<usize>, RequestError> {
        if stream.is_multiple_of(2) || stream >= self.next {
            return Err(RULES);
        }
        let is = |known: &Http2Stream| known.id == stream && known.result.is_none();
        Ok(self.streams.iter().position(is))
    }
}
