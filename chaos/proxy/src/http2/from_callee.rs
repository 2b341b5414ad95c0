//! What comes from the callee: replies.

use brunt_scenarios::plan::EdgeDirection;
use bytes::BytesMut;
use tokio::time::Instant;

use super::frame::{self, ErrorCode, Frame, flag, kind};
use super::header_block::EncodedHeaderBlock;
use super::header_list::HeaderList;
use super::held_frames::HeldFrame;
use super::relay::{Http2Relay, RelayEnding};
use super::settings;
use super::stream::Stream;
use super::violation::Violation;
use crate::endpoints::EndpointAddress;
use crate::faults::ReplyAction;

impl Http2Relay<'_> {
    pub(super) fn take_from_callee(&mut self, frame: &Frame) -> Result<(), RelayEnding> {
        if self.callee.parts.is_open() && frame.kind != kind::CONTINUATION {
            return Err(Violation::Misplaced.into());
        }
        let is_of_stream = !frame.stream.is_multiple_of(2);
        match frame.kind {
            kind::HEADERS | kind::PUSH_PROMISE | kind::CONTINUATION => {
                if let Some(block) = self.callee.parts.add(frame)? {
                    self.reply_headers(&block)?;
                }
            }
            kind::DATA if is_of_stream => self.reply_data(frame)?,
            kind::RST_STREAM if is_of_stream => {
                self.pass_reply(frame.stream, frame.bytes.as_ref().into(), (0, true));
            }
            kind::WINDOW_UPDATE if is_of_stream => {
                if self.streams.contains_key(&frame.stream) {
                    self.caller.outbox.bytes.extend_from_slice(&frame.bytes);
                }
            }
            kind::SETTINGS if !frame.has(flag::ACK) => {
                let table = settings::pass(frame, &mut self.caller.outbox.bytes)?;
                self.caller.decoder.allow(table);
            }
            _ => self.caller.outbox.bytes.extend_from_slice(&frame.bytes),
        }
        Ok(())
    }

    fn reply_headers(&mut self, block: &EncodedHeaderBlock) -> Result<(), Violation> {
        let (id, headers) =
            (block.stream, HeaderList::decode(&mut self.callee.decoder, &block.block)?);
        let is_pushed = block.kind == kind::PUSH_PROMISE || id.is_multiple_of(2);
        if !is_pushed {
            let Some(stream) = self.streams.get_mut(&id) else {
                self.pass_late_reply(block);
                return Ok(());
            };
            self.rapid_resets = 0;
            self.is_rewriting |= stream.edge.faults.generation() > 0;
            let is_head = headers.status().is_some_and(|status| status >= 200);
            if is_head && !stream.reply.has_begun {
                stream.begin_reply(self.endpoint);
            }
        }
        let mut bytes = BytesMut::new();
        if self.is_rewriting {
            let (flags, encoded) = ((block.kind, block.kept_flags()), headers.encode());
            frame::write_block(&mut bytes, flags, id, (&block.prefix, &encoded));
        } else {
            bytes.extend_from_slice(&block.frames);
        }
        match is_pushed {
            true => self.caller.outbox.bytes.extend_from_slice(&bytes),
            false => self.pass_reply(id, bytes, (0, block.ends_stream())),
        }
        Ok(())
    }

    /// The stream was closed while this was on its way. As long as headers pass as they came, the
    /// caller has to see them all: its table is made of them.
    fn pass_late_reply(&mut self, block: &EncodedHeaderBlock) {
        if !self.is_rewriting {
            self.caller.outbox.bytes.extend_from_slice(&block.frames);
        }
    }

    fn reply_data(&mut self, frame: &Frame) -> Result<(), Violation> {
        let (id, counts) = (frame.stream, frame.payload().len());
        frame.unpadded().ok_or(Violation::Malformed)?;
        let Some(stream) = self.streams.get_mut(&id) else {
            frame::write_credit(&mut self.callee.outbox.bytes, 0, counts);
            return Ok(());
        };
        if let Some(body_from) = stream.reply.body_from.take() {
            stream.reply.not_before = stream.reply.not_before.max(Some(body_from));
        }
        self.pass_reply(id, frame.bytes.as_ref().into(), (counts, frame.has(flag::END_STREAM)));
        Ok(())
    }

    /// Passes a frame of a reply on, now or later, or drops it. `counts` is how much of it counts
    /// for flow control; `is_last` says whether the reply ends with it.
    fn pass_reply(&mut self, id: u32, bytes: BytesMut, (counts, is_last): (usize, bool)) {
        // Nothing may overtake what is due.
        self.pass_due();
        let Some(stream) = self.streams.get_mut(&id) else { return };
        stream.look_for_latency(self.endpoint);
        if stream.reply.is_lost {
            // The caller never hears of it, so nobody else lets the callee send the rest.
            frame::write_credit(&mut self.callee.outbox.bytes, 0, counts);
            if is_last {
                stream.callee_done = true;
                self.cut_stream(id);
            } else {
                frame::write_credit(&mut self.callee.outbox.bytes, id, counts);
            }
            return;
        }
        let frame = HeldFrame { stream: id, bytes, counts, is_last };
        match stream.due() {
            None => self.pass_now(&frame),
            Some(due) => self.held.hold(due, frame),
        }
    }

    fn pass_now(&mut self, frame: &HeldFrame) {
        self.caller.outbox.bytes.extend_from_slice(&frame.bytes);
        if !frame.is_last {
            return;
        }
        if let Some(stream) = self.streams.get_mut(&frame.stream) {
            stream.callee_done = true;
            if frame.bytes[3] == kind::RST_STREAM {
                stream.caller_done = true;
            } else if let Some(copy) = stream.copy.take().filter(|_| stream.caller_done)
                && copy.send(&stream.edge, stream.info.is_grpc)
            {
                stream.count_fault();
            }
        }
        self.forget_if_over(frame.stream);
    }

    /// Passes on what is due of what is held.
    pub(super) fn pass_due(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let now = Instant::now();
        while let Some(frame) = self.held.take_due(now) {
            self.pass_now(&frame);
        }
    }

    pub(super) fn forget_if_over(&mut self, id: u32) {
        if self.streams.get(&id).is_some_and(Stream::is_over) {
            self.streams.remove(&id);
        }
    }

    /// Resets a stream for both sides.
    pub(super) fn cut_stream(&mut self, id: u32) {
        let Some(stream) = self.streams.remove(&id) else { return };
        frame::write_reset(&mut self.caller.outbox.bytes, id, ErrorCode::InternalError);
        if stream.held_by.is_none() && !stream.is_over() {
            frame::write_reset(&mut self.callee.outbox.bytes, id, ErrorCode::Cancel);
        }
        self.drop_held(id);
    }

    /// Drops what is held of a stream that has ended early.
    pub(super) fn drop_held(&mut self, id: u32) {
        let counts = self.held.drop_stream(id);
        frame::write_credit(&mut self.callee.outbox.bytes, 0, counts);
    }
}

impl Stream {
    /// Asks the faults what becomes of a reply whose head has come.
    fn begin_reply(&mut self, from: &EndpointAddress) {
        self.reply.has_begun = true;
        let action = self.edge.faults.on_stream_reply(from);
        match action {
            ReplyAction::DelayBody(delay) => self.reply.body_from = Some(Instant::now() + delay),
            ReplyAction::Drop => self.reply.is_lost = true,
            // A latency is asked for at each frame.
            ReplyAction::Forward | ReplyAction::Delay(_) => {}
        }
        let is_limited =
            action != ReplyAction::Drop && self.edge.faults.limit(EdgeDirection::Reply).is_some();
        if is_limited || action != ReplyAction::Forward {
            self.count_fault();
        }
    }

    /// Asks for the latency when the faults have changed: long streams outlive them.
    fn look_for_latency(&mut self, from: &EndpointAddress) {
        let generation = self.edge.faults.generation();
        if self.reply.generation != generation {
            self.reply.generation = generation;
            let delayed_by = &mut self.reply.delayed_by;
            self.reply.delay = self.edge.faults.latency(from, delayed_by);
            if !self.reply.delay.is_zero() {
                self.count_fault();
            }
        }
    }

    /// When the frame that has just come is passed on; `None` for at once.
    fn due(&mut self) -> Option<Instant> {
        if self.reply.delay.is_zero() && self.reply.not_before.is_none() {
            return None;
        }
        let now = Instant::now();
        let due = self.reply.not_before.map_or(now, |earlier| earlier.max(now));
        let due = due.max(now + self.reply.delay);
        self.reply.not_before = Some(due).filter(|due| *due > now);
        self.reply.not_before
    }
}
