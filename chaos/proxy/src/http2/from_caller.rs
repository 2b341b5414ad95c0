//! What comes from the caller: requests.

use std::time::Duration;

use brunt_scenarios::plan::EdgeDirection;

use super::duplicate::RequestCopy;
use super::fault_reply;
use super::frame::{self, ErrorCode, Frame, flag, kind};
use super::header_block::EncodedHeaderBlock;
use super::header_list::HeaderList;
use super::relay::{Http2Relay, RelayEnding};
use super::request_info::RequestInfo;
use super::settings;
use super::stream::Stream;
use super::violation::Violation;
use crate::faults::RequestAction;

/// The most streams that are open at once: callees usually allow a few hundred.
const MOST_STREAMS: usize = 20_000;

/// A stream that is reset so soon after its opening was of no use to anybody.
const RAPID: Duration = Duration::from_millis(1);

/// So many of them in a row are an attack (CVE-2023-44487).
const MOST_RAPID_RESETS: u32 = 1_000;

impl Http2Relay<'_> {
    pub(super) fn take_from_caller(&mut self, frame: &Frame) -> Result<(), RelayEnding> {
        if self.caller.parts.is_open() && frame.kind != kind::CONTINUATION {
            return Err(Violation::Misplaced.into());
        }
        match frame.kind {
            kind::HEADERS | kind::CONTINUATION => {
                if let Some(block) = self.caller.parts.add(frame)? {
                    return self.request_headers(&block);
                }
            }
            kind::PUSH_PROMISE => return Err(Violation::Misplaced.into()),
            kind::DATA => self.request_data(frame)?,
            kind::RST_STREAM => return self.request_reset(frame),
            kind::WINDOW_UPDATE if frame.stream != 0 => {
                if self.is_known_to_callee(frame.stream) {
                    self.callee.outbox.bytes.extend_from_slice(&frame.bytes);
                }
            }
            kind::SETTINGS if !frame.has(flag::ACK) => {
                let table = settings::pass(frame, &mut self.callee.outbox.bytes)?;
                self.callee.decoder.allow(table);
            }
            _ => self.callee.outbox.bytes.extend_from_slice(&frame.bytes),
        }
        Ok(())
    }

    /// Streams that the callee opens (pushes) have even numbers, and pass as they are.
    pub(super) fn is_known_to_callee(&self, id: u32) -> bool {
        let is_open = |stream: &Stream| stream.held_by.is_none();
        id.is_multiple_of(2) || self.streams.get(&id).is_some_and(is_open)
    }

    fn request_headers(&mut self, block: &EncodedHeaderBlock) -> Result<(), RelayEnding> {
        let (id, headers) =
            (block.stream, HeaderList::decode(&mut self.caller.decoder, &block.block)?);
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.caller_done |= block.ends_stream();
            if let Some(copy) = &mut stream.copy {
                copy.give_up();
            }
            if stream.held_by.is_none() {
                self.pass_request_block(block, &headers);
                self.forget_if_over(id);
            }
            return Ok(());
        }
        match id {
            _ if id.is_multiple_of(2) => Err(Violation::Misplaced.into()),
            // It was closed by the other side, or by a fault, while this was on its way. As long as
            // headers pass as they came, the callee's table is made of all of them.
            _ if id <= self.last => {
                if !self.is_rewriting {
                    self.callee.outbox.bytes.extend_from_slice(&block.frames);
                }
                Ok(())
            }
            _ => self.open(block, &headers),
        }
    }

    fn open(
        &mut self,
        block: &EncodedHeaderBlock,
        headers: &HeaderList,
    ) -> Result<(), RelayEnding> {
        let id = block.stream;
        self.last = id;
        if self.streams.len() >= MOST_STREAMS {
            return Err(Violation::TooManyStreams.into());
        }
        let edge = self.route.request();
        edge.counters.request_arrived();
        self.is_rewriting |= edge.faults.generation() > 0;
        let info = RequestInfo::of(headers);
        let action = edge.faults.on_request(info.is_grpc);
        let mut stream = Stream::new(edge, info);
        stream.caller_done = block.ends_stream();
        match action {
            RequestAction::Forward => {}
            RequestAction::Duplicate(fault) => {
                stream.copy = Some(Box::new(RequestCopy::new(fault, headers)));
            }
            taken => {
                stream.count_fault();
                self.take_request(id, stream, taken);
                return Ok(());
            }
        }
        if stream.edge.faults.limit(EdgeDirection::Request).is_some() {
            stream.count_fault();
        }
        stream.edge.counters.reached();
        self.streams.insert(id, stream);
        self.pass_request_block(block, headers);
        self.tell_to_go();
        Ok(())
    }

    /// Keeps a request from the callee, as a fault wants it.
    fn take_request(&mut self, id: u32, mut stream: Stream, action: RequestAction) {
        let outbox = &mut self.caller.outbox.bytes;
        match action {
            RequestAction::Reset => frame::write_reset(outbox, id, ErrorCode::InternalError),
            RequestAction::Abort(status) => {
                let reply = fault_reply::aborted(status);
                fault_reply::write(outbox, id, &reply, stream.caller_done);
            }
            RequestAction::Hold(fault) => {
                stream.held_by = Some(fault);
                self.streams.insert(id, stream);
            }
            // They go to the callee.
            RequestAction::Forward | RequestAction::Duplicate(_) => {}
        }
    }

    fn pass_request_block(&mut self, block: &EncodedHeaderBlock, headers: &HeaderList) {
        let outbox = &mut self.callee.outbox.bytes;
        if self.is_rewriting {
            let flags = (block.kind, block.kept_flags());
            let encoded = headers.encode();
            frame::write_block(outbox, flags, block.stream, (&block.prefix, &encoded));
        } else {
            outbox.extend_from_slice(&block.frames);
        }
    }

    fn request_data(&mut self, frame: &Frame) -> Result<(), Violation> {
        let data = frame.unpadded().ok_or(Violation::Malformed)?;
        let (id, ends) = (frame.stream, frame.has(flag::END_STREAM));
        let is_known = match self.streams.get_mut(&id) {
            Some(stream) => {
                stream.caller_done |= ends;
                if let Some(copy) = &mut stream.copy {
                    copy.add(data);
                }
                stream.held_by.is_none()
            }
            None => false,
        };
        if is_known {
            self.callee.outbox.bytes.extend_from_slice(&frame.bytes);
            self.forget_if_over(id);
        } else {
            // Nobody else lets the caller send as much again.
            frame::write_credit(&mut self.caller.outbox.bytes, 0, frame.payload().len());
        }
        Ok(())
    }

    fn request_reset(&mut self, frame: &Frame) -> Result<(), RelayEnding> {
        if frame.stream.is_multiple_of(2) {
            self.callee.outbox.bytes.extend_from_slice(&frame.bytes);
            return Ok(());
        }
        let Some(stream) = self.streams.remove(&frame.stream) else { return Ok(()) };
        if stream.held_by.is_none() {
            self.callee.outbox.bytes.extend_from_slice(&frame.bytes);
            self.drop_held(frame.stream);
        }
        let is_rapid = !stream.reply.has_begun && stream.opened.elapsed() < RAPID;
        self.rapid_resets = if is_rapid { self.rapid_resets + 1 } else { 0 };
        match self.rapid_resets > MOST_RAPID_RESETS {
            true => Err(Violation::RapidReset.into()),
            false => Ok(()),
        }
    }
}
