//! Blocks of headers: one that comes in several frames, and a cache of the last one.

use crate::protocol::http2::reply_headers::ReplyHeaders;

/// The longest block that is cached, in bytes.
const LONGEST_KNOWN: usize = 1024;

/// A block of headers that has not been received as a whole.
#[derive(Debug)]
pub(super) struct HeaderBlock {
    pub stream: u32,
    pub ends: bool,
    pub bytes: Vec<u8>,
    pub pieces: u32,
}

/// Caches the last head of a connection. A server's heads differ only in their date, which changes
/// once a second, and comparing bytes costs a tenth of decoding them.
#[derive(Debug, Default)]
pub(super) struct HeaderBlockCache {
    bytes: Vec<u8>,
    answer: Option<ReplyHeaders>,
}

impl HeaderBlockCache {
    pub fn get(&self, block: &[u8]) -> Option<ReplyHeaders> {
        self.answer.filter(|_| self.bytes == block)
    }

    pub fn store(&mut self, block: &[u8], answer: ReplyHeaders) {
        if block.len() <= LONGEST_KNOWN {
            self.bytes.clear();
            self.bytes.extend_from_slice(block);
            self.answer = Some(answer);
        }
    }
}
