//! Cuts received bytes into frames.

use super::Http2Connection;
use crate::failure::RequestError;
use crate::protocol::http2::error;
use crate::protocol::http2::frame::{self, FrameHeader, HEAD};

impl Http2Connection {
    /// Takes received bytes; an error ends the connection.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), RequestError> {
        if self.partial_frame.is_empty() {
            let used = self.frames(bytes)?;
            self.partial_frame.extend_from_slice(&bytes[used..]);
            return Ok(());
        }
        let mut rest = std::mem::take(&mut self.partial_frame);
        rest.extend_from_slice(bytes);
        let used = self.frames(&rest)?;
        rest.drain(..used);
        self.partial_frame = rest;
        Ok(())
    }

    /// Takes all whole frames, and returns their length in bytes.
    fn frames(&mut self, bytes: &[u8]) -> Result<usize, RequestError> {
        let mut at = 0;
        while let Some(head) = FrameHeader::read(&bytes[at..]) {
            if head.length > frame::LONGEST {
                return Err(error::FRAME);
            }
            let Some(payload) = bytes.get(at + HEAD..at + HEAD + head.length) else { break };
            self.frame(head, payload)?;
            at += HEAD + head.length;
        }
        Ok(at)
    }
}
