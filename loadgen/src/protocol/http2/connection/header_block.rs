//! Blocks of headers: one that comes in pieces, and the one that came last.

use crate::protocol::http2::reply_headers::ReplyHeaders;

/// The longest head that is remembered, in bytes.
const LONGEST_KNOWN: usize = 1024;

/// A head that has not come as a whole.
#[derive(Debug)]
pub(super) struct HeaderBlock {
    pub stream: u32,
    pub ends: bool,
    pub bytes: Vec<u8>,
    pub pieces: u32,
}

/// The head that came last. Servers repeat themselves but for the date, and comparing bytes costs a
/// tenth of reading them.
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
