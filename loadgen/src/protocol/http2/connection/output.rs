//! Writes requests: heads at once, bodies as the server's windows allow.

use bytes::Buf;

use super::{Http2Connection, MOST_UNSENT};
use crate::protocol::http2::frame;
use crate::protocol::http2::request::Http2Request;

impl Http2Connection {
    /// Writes a request's head; one that is longer than a frame continues in further ones.
    pub(super) fn write_head(&mut self, id: u32, first: &[u8], message: &Http2Request) {
        let end = if message.body.is_empty() { frame::END_STREAM } else { 0 };
        let whole = first.len() + message.head.len() <= frame::LONGEST;
        if whole {
            let flags = end | frame::END_HEADERS;
            return frame::write(
                &mut self.out,
                (frame::HEADERS, flags),
                id,
                &[first, &message.head],
            );
        }
        let (start, mut rest) = message.head.split_at(frame::LONGEST - first.len());
        frame::write(&mut self.out, (frame::HEADERS, end), id, &[first, start]);
        while !rest.is_empty() {
            let (part, after) = rest.split_at(rest.len().min(frame::LONGEST));
            let flags = if after.is_empty() { frame::END_HEADERS } else { 0 };
            frame::write(&mut self.out, (frame::CONTINUATION, flags), id, &[part]);
            rest = after;
        }
    }

    /// Writes as much of all bodies as the windows and the output's limit allow.
    pub(super) fn write_bodies(&mut self) {
        for stream in self.streams.iter_mut().filter(|stream| !stream.unsent.is_empty()) {
            while !stream.unsent.is_empty() && self.out.len() - self.sent < MOST_UNSENT {
                let most =
                    stream.credit.min(self.credit).min(self.peer.frame as i64).max(0) as usize;
                let length = most.min(stream.unsent.len());
                if length == 0 {
                    break;
                }
                let end = if length == stream.unsent.len() { frame::END_STREAM } else { 0 };
                frame::write(
                    &mut self.out,
                    (frame::DATA, end),
                    stream.id,
                    &[&stream.unsent[..length]],
                );
                stream.unsent.advance(length);
                stream.credit -= length as i64;
                self.credit -= length as i64;
            }
            self.unsent -= usize::from(stream.unsent.is_empty());
        }
    }
}
