//! The received part of a reply.

use std::time::Instant;

use crate::protocol::reply::Keep;

/// The received part of a reply. It moves to the stream with its request, and back with the result,
/// so that buffers are allocated once for each user.
#[derive(Debug)]
pub(crate) struct ReceivedReply {
    pub(super) keep: Keep,
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
    pub(super) length: u64,
    pub(super) first_byte: Option<Instant>,
    pub(super) grpc: Option<u16>,
}

impl ReceivedReply {
    pub fn new(keep: Keep) -> Self {
        Self { keep, head: Vec::new(), body: Vec::new(), length: 0, first_byte: None, grpc: None }
    }

    pub fn head(&self) -> &[u8] {
        &self.head
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// When its first byte came, unless it came in one piece.
    pub fn first_byte(&self) -> Option<Instant> {
        self.first_byte
    }

    /// The `grpc-status` of headers or trailers, if there was one.
    pub fn grpc(&self) -> Option<u16> {
        self.grpc
    }

    pub(super) fn clear(&mut self) {
        self.head.clear();
        self.body.clear();
        (self.length, self.first_byte, self.grpc) = (0, None, None);
    }

    pub(super) fn take(&mut self, data: &[u8]) {
        self.length += data.len() as u64;
        if let Keep::Body(most) | Keep::Whole(most) = self.keep {
            let room = most.saturating_sub(self.body.len()).min(data.len());
            self.body.extend_from_slice(&data[..room]);
        }
    }
}
