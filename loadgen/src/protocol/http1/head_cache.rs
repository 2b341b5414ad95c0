//! Caches the last head of a connection. A server's heads differ only in their date, which changes
//! once a second, and comparing bytes costs a tenth of parsing them.

use super::framing::ReplyHead;
use crate::protocol::reply::ReplyTo;

/// The longest head that is cached, in bytes, as each connection caches one.
const LONGEST: usize = 1024;

/// The last head's bytes, and what they parsed to.
#[derive(Debug)]
pub(super) struct HeadCache {
    bytes: Vec<u8>,
    to: ReplyTo,
    head: Option<ReplyHead>,
}

impl HeadCache {
    pub fn new() -> Self {
        Self { bytes: Vec::new(), to: ReplyTo::Other, head: None }
    }

    /// The cached head and its length, if these bytes begin with it. It ends with an empty line, so
    /// nothing that follows can change its meaning.
    pub fn get(&self, input: &[u8], to: ReplyTo) -> Option<(usize, ReplyHead)> {
        let head = self.head.filter(|_| self.to == to)?;
        input.starts_with(&self.bytes).then_some((self.bytes.len(), head))
    }

    /// Caches a whole head; one that is too long empties the cache.
    pub fn store(&mut self, bytes: &[u8], to: ReplyTo, head: ReplyHead) {
        self.bytes.clear();
        self.head = (bytes.len() <= LONGEST).then_some(head);
        if self.head.is_some() {
            self.bytes.extend_from_slice(bytes);
            self.to = to;
        }
    }
}
