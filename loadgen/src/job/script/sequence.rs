//! Numbers that no two users draw.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::job::portion::Portion;

/// Numbers from 0, shared by threads. Generators draw different ones: with n generators, each draws
/// every n-th number.
#[derive(Debug)]
pub(super) struct SharedSequence {
    next: AtomicU64,
    step: u64,
}

impl SharedSequence {
    pub fn new(portion: Portion) -> Self {
        Self { next: AtomicU64::new(portion.number as u64), step: portion.of as u64 }
    }

    pub fn draw(&self) -> u64 {
        self.next.fetch_add(self.step, Ordering::Relaxed)
    }
}
