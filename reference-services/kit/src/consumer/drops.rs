//! A planted defect: every n-th event is dropped, as if a handler had swallowed an error.

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which events are dropped.
#[derive(Debug, Default)]
pub struct Drops {
    every: Option<NonZeroU64>,
    seen: AtomicU64,
}

impl Drops {
    /// Drops every `number`-th event, counted from the process's start; none without a number.
    #[must_use]
    pub fn each(every: Option<NonZeroU64>) -> Self {
        Self { every, seen: AtomicU64::default() }
    }

    /// Whether the next event is dropped.
    pub(super) fn next(&self) -> bool {
        let Some(every) = self.every else { return false };
        (self.seen.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(every.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_nth_event_is_dropped() {
        let dropped = |every| {
            let drops = Drops::each(NonZeroU64::new(every));
            (1..=10).filter(|_| drops.next()).collect::<Vec<u64>>()
        };
        assert_eq!(dropped(0), [0; 0]);
        assert_eq!(dropped(1).len(), 10);
        assert_eq!(dropped(4), [4, 8]);
    }
}
