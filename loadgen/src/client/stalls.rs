//! Times in which the generator's thread did not run: it was stopped, or the machine was suspended
//! or gave it no processor. What was in flight meanwhile was not read, however fast the server was.

use std::cell::{Cell, RefCell};

const NANOS_A_MILLI: u64 = 1_000_000;
/// The shortest time without a sign of life that counts, in nanoseconds. A busy thread is swept
/// every few milliseconds all the same.
const SHORTEST: u64 = 100 * NANOS_A_MILLI;
/// For how long deadlines are not enforced after it, in nanoseconds, so that replies that came
/// meanwhile are read.
const SETTLES: u64 = 100 * NANOS_A_MILLI;
/// For how long deadlines are not enforced at most, in nanoseconds: a thread that hardly ever runs
/// has one such time after the other, and what it waits for would never end.
const LONGEST_SERIES: u64 = 1_000 * NANOS_A_MILLI;

/// Notices when a thread did not run, by the distance between its signs of life. All moments are
/// nanoseconds after the load's start; what is before it counts as its start.
#[derive(Debug, Default)]
pub(super) struct StallClock {
    last: Cell<u64>,
    /// From when to when, in order.
    stalls: RefCell<Vec<(u64, u64)>>,
    /// The end of the first of those that followed one another before the thread had settled.
    series: Cell<u64>,
}

impl StallClock {
    /// A sign of life.
    pub fn tick(&self, now: u64) {
        let last = self.last.get();
        if now >= last + SHORTEST {
            let mut stalls = self.stalls.borrow_mut();
            if stalls.last().is_none_or(|(_, end)| last >= end + SETTLES) {
                self.series.set(now);
            }
            stalls.push((last, now));
        }
        self.last.set(last.max(now));
    }

    /// For how much of this time the thread did not run, in nanoseconds.
    pub fn within(&self, from: u64, to: u64) -> u64 {
        let stalls = self.stalls.borrow();
        let later = stalls.iter().rev().take_while(|(_, end)| *end > from);
        later.map(|(begin, end)| (*end).min(to).saturating_sub((*begin).max(from))).sum()
    }

    /// Whether the thread has run long enough since then to have read what came meanwhile, or has
    /// had time enough to.
    pub fn is_settled(&self, now: u64) -> bool {
        let stalls = self.stalls.borrow();
        let is_over = |end: u64| now >= end + SETTLES || now >= self.series.get() + LONGEST_SERIES;
        stalls.last().is_none_or(|(_, end)| is_over(*end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_times_without_a_sign_of_life_are_stalls() {
        let at = |millis: u64| millis * NANOS_A_MILLI;
        let clock = StallClock::default();
        for millis in [10, 60, 140, 2_140, 2_150] {
            clock.tick(at(millis));
        }
        let within = |from, to| clock.within(at(from), at(to)) / NANOS_A_MILLI;
        assert_eq!([within(0, 140), within(0, 200), within(130, 9_000)], [0, 60, 2_000]);
        assert_eq!([within(1_000, 1_500), within(2_140, 9_000)], [500, 0]);
        assert_eq!([2_150, 2_239, 2_240].map(|ms| clock.is_settled(at(ms))), [false, false, true]);
    }

    #[test]
    fn a_thread_that_hardly_ever_runs_enforces_deadlines_after_a_second() {
        let at = |millis: u64| millis * NANOS_A_MILLI;
        let clock = StallClock::default();
        let settled: Vec<u64> = (1..=12)
            .map(|number| number * 150)
            .filter(|millis| {
                clock.tick(at(*millis));
                clock.is_settled(at(*millis))
            })
            .collect();
        // The first of these times ends after 150 ms.
        assert_eq!(settled, [1_200, 1_350, 1_500, 1_650, 1_800]);
        for millis in (1_810..1_920).step_by(10) {
            clock.tick(at(millis));
        }
        clock.tick(at(4_000));
        assert!(!clock.is_settled(at(4_050)), "this one begins a series of its own");
    }
}
