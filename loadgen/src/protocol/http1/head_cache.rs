//! The head that came last. Servers repeat themselves but for the date, and comparing bytes costs a
//! tenth of parsing them.

use super::framing::ReplyHead;
use crate::protocol::reply::ReplyTo;

/// The longest head that is remembered, in bytes: each connection has one.
const LONGEST: usize = 1024;

/// The head that came last, and what it said.
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

    /// What these bytes say, if they begin with the head that came last. It ends with an empty
    /// line, so nothing that follows can change its meaning.
    pub fn get(&self, input: &[u8], to: ReplyTo) -> Option<(usize, ReplyHead)> {
        let head = self.head.filter(|_| self.to == to)?;
        input.starts_with(&self.bytes).then_some((self.bytes.len(), head))
    }

    /// Remembers a whole head.
    pub fn store(&mut self, bytes: &[u8], to: ReplyTo, head: ReplyHead) {
        self.bytes.clear();
        self.head = (bytes.len() <= LONGEST).then_some(head);
        if self.head.is_some() {
            self.bytes.extend_from_slice(bytes);
            self.to = to;
        }
    }
}
