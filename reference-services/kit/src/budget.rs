//! A budget for retries, so that they cannot multiply the load on services that are already down.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The price of a retry. A first attempt earns as many as the budget's percentage.
// In hundredths, so that a percentage needs no fractions.
const COST: u32 = 100;
/// The most retries that can be saved, and the number at the start.
// Bounded: what is saved in an hour without failures must not be spent in one second of an outage.
const SAVED: u32 = 10;

/// A budget. Clones share it.
#[derive(Clone, Debug)]
pub struct Budget {
    percent: u32,
    balance: Arc<AtomicU32>,
}

impl Budget {
    /// A budget by which retries add at most `percent` to the calls, beyond ten at the start.
    #[must_use]
    pub fn new(percent: u32) -> Self {
        // A budget of 0 must allow no retry at all, also not those at the start.
        let initial = if percent == 0 { 0 } else { SAVED * COST };
        Self { percent, balance: Arc::new(AtomicU32::new(initial)) }
    }

    /// Records a first attempt, which earns a part of a retry.
    pub fn deposit(&self) {
        let earn = |balance: u32| Some(balance.saturating_add(self.percent).min(SAVED * COST));
        // An error is impossible: `earn` always gives something.
        let _ = self.balance.fetch_update(Ordering::Relaxed, Ordering::Relaxed, earn);
    }

    /// Takes the price of a retry, if the budget has it.
    #[must_use]
    pub fn withdraw(&self) -> bool {
        self.balance
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |b| b.checked_sub(COST))
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retries(percent: u32) -> usize {
        let budget = Budget::new(percent);
        while budget.withdraw() {}
        let retried = (0..1000).filter(|_| {
            budget.deposit();
            budget.withdraw()
        });
        retried.count()
    }

    #[test]
    fn retries_never_exceed_the_percentage_of_the_budget() {
        assert_eq!([0, 1, 20, 100].map(retries), [0, 10, 200, 1000]);
    }

    #[test]
    fn saved_retries_are_bounded() {
        let budget = Budget::new(20);
        (0..100_000).for_each(|_| budget.deposit());
        assert_eq!(
            std::iter::repeat_with(|| budget.withdraw()).take_while(|paid| *paid).count(),
            10
        );
        assert!(!Budget::new(0).withdraw());
    }
}
