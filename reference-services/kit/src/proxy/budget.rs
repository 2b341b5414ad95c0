//! A budget for retries, so that they cannot multiply the load on services that are already down.

use std::sync::atomic::{AtomicU32, Ordering};

/// In tenths of a retry: each request earns two, a retry costs ten, so that retries add a fifth at the most.
const EARNED: u32 = 2;
const COST: u32 = 10;
const MAX: u32 = 100 * COST;
const INITIAL: u32 = 10 * COST;

#[derive(Debug)]
pub(super) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(INITIAL))
    }
}

impl Budget {
    pub(super) fn deposit(&self) {
        let earn = |tenths: u32| (tenths < MAX).then_some(tenths + EARNED);
        // An error says that the budget is full.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, earn);
    }

    pub(super) fn withdraw(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tenths| tenths.checked_sub(COST)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_add_a_fifth_at_the_most() {
        let budget = Budget::default();
        while budget.withdraw() {}
        let retries = (0..100).filter(|_| {
            budget.deposit();
            budget.withdraw()
        });
        assert_eq!(retries.count(), 20);
    }
}
