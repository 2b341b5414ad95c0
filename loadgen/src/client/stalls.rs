//! Times in which the generator's thread did not run: it was stopped, or the machine was suspended or
//! gave it no processor. What was in flight meanwhile was not read, however fast the server was.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

/// The shortest time without a sign of life that counts. A busy thread is swept every few
/// milliseconds all the same.
const SHORTEST: Duration = Duration::from_millis(100);
/// For how long deadlines are not enforced after it, so that replies that came meanwhile are read.
const SETTLES: Duration = Duration::from_millis(100);

/// Notices when a thread did not run, by the distance between its signs of life.
#[derive(Debug)]
pub(super) struct StallClock {
    last: Cell<Instant>,
    /// From when to when, in order.
    stalls: RefCell<Vec<(Instant, Instant)>>,
}

impl StallClock {
    /// Counts from `start` on, which may lie ahead.
    pub fn new(start: Instant) -> Self {
        Self { last: Cell::new(start), stalls: RefCell::default() }
    }

    /// A sign of life.
    pub fn tick(&self, now: Instant) {
        let last = self.last.get();
        if now.saturating_duration_since(last) >= SHORTEST {
            self.stalls.borrow_mut().push((last, now));
        }
        self.last.set(last.max(now));
    }

    /// For how long the thread did not run in this time.
    pub fn within(&self, from: Instant, to: Instant) -> Duration {
        let stalls = self.stalls.borrow();
        let later = stalls.iter().rev().take_while(|(_, end)| *end > from);
        later.map(|(begin, end)| (*end).min(to).saturating_duration_since((*begin).max(from))).sum()
    }

    /// Whether the thread has run long enough since then to have read what came meanwhile.
    pub fn is_settled(&self, now: Instant) -> bool {
        let stalls = self.stalls.borrow();
        stalls.last().is_none_or(|(_, end)| now.saturating_duration_since(*end) >= SETTLES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_times_without_a_sign_of_life_are_stalls() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let clock = StallClock::new(at(50));
        for millis in [10, 60, 140, 2_140, 2_150] {
            clock.tick(at(millis));
        }
        let within = |from, to| clock.within(at(from), at(to)).as_millis();
        assert_eq!([within(0, 140), within(0, 200), within(130, 9_000)], [0, 60, 2_000]);
        assert_eq!([within(1_000, 1_500), within(2_140, 9_000)], [500, 0]);
        assert_eq!([2_150, 2_239, 2_240].map(|ms| clock.is_settled(at(ms))), [false, false, true]);
    }
}
