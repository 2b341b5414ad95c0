//! The state machine, step by step and against what a user sees of it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Breaker, Ended, Settings, State, Ticket};

const WAIT: Duration = Duration::from_secs(10);
const SETTINGS: Settings = Settings {
    sliding_window_size: 4,
    minimum_number_of_calls: 2,
    failure_rate_threshold: 50.0,
    slow_call_duration_threshold: Duration::from_millis(100),
    slow_call_rate_threshold: 100.0,
    wait_duration_in_open_state: WAIT,
    permitted_number_of_calls_in_half_open_state: 3,
};
const GOOD: Ended = Ended { failed: false, took: Duration::from_millis(100) };
const SLOW: Ended = Ended { failed: false, took: Duration::from_millis(101) };
const BAD: Ended = Ended { failed: true, took: Duration::ZERO };

/// A breaker and a time that goes on by hand.
struct Bench {
    breaker: Breaker,
    now: Instant,
}

impl Bench {
    fn new(settings: Settings) -> Self {
        Self { breaker: Breaker::new(settings), now: Instant::now() }
    }

    fn acquire(&mut self) -> Result<Ticket, Duration> {
        self.breaker.acquire(self.now)
    }

    fn call(&mut self, ended: Ended) -> State {
        let ticket = self.acquire().unwrap();
        self.breaker.record(ticket, ended, self.now);
        self.breaker.state()
    }

    fn calls(&mut self, calls: &[Ended]) -> Vec<State> {
        calls.iter().map(|ended| self.call(*ended)).collect()
    }

    fn open(settings: Settings) -> Self {
        let mut bench = Self::new(settings);
        assert_eq!(bench.calls(&[BAD, BAD]), [State::Closed, State::Open]);
        bench
    }

    fn half_open(settings: Settings) -> (Self, Ticket) {
        let mut bench = Self::open(settings);
        bench.now += WAIT;
        let ticket = bench.acquire().unwrap();
        assert_eq!(bench.breaker.state(), State::HalfOpen);
        (bench, ticket)
    }
}

#[test]
fn a_breaker_opens_at_the_threshold_but_not_before_the_minimum_of_calls() {
    use State::{Closed, Open};
    assert_eq!(Bench::new(SETTINGS).calls(&[BAD, GOOD]), [Closed, Open]);
    assert_eq!(Bench::new(SETTINGS).calls(&[GOOD, GOOD, BAD, GOOD]), [Closed; 4]);
    assert_eq!(Bench::new(SETTINGS).calls(&[GOOD, GOOD, BAD, BAD]), [Closed, Closed, Closed, Open]);
    let demanding = Settings { minimum_number_of_calls: 4, ..SETTINGS };
    assert_eq!(Bench::new(demanding).calls(&[BAD, BAD, BAD, BAD]), [Closed, Closed, Closed, Open]);
    // Four calls are all that the window holds.
    let impossible = Settings { minimum_number_of_calls: 100, ..SETTINGS };
    assert_eq!(Bench::new(impossible).calls(&[BAD, BAD, BAD, BAD]), [Closed, Closed, Closed, Open]);
}

#[test]
fn old_calls_slide_out_of_the_window() {
    let mut bench = Bench::new(Settings { minimum_number_of_calls: 4, ..SETTINGS });
    assert_eq!(
        bench.calls(&[BAD, GOOD, GOOD, GOOD, BAD, GOOD, GOOD, GOOD, BAD]),
        [State::Closed; 9]
    );
    assert_eq!(bench.call(BAD), State::Open);
}

#[test]
fn slow_answers_open_a_breaker_too() {
    use State::{Closed, Open};
    assert_eq!(Bench::new(SETTINGS).calls(&[SLOW, SLOW]), [Closed, Open]);
    assert_eq!(Bench::new(SETTINGS).calls(&[GOOD, SLOW, SLOW, SLOW]), [Closed; 4]);
    assert_eq!(Bench::new(SETTINGS).calls(&[GOOD, SLOW, SLOW, SLOW, SLOW]).last(), Some(&Open));
}

#[test]
fn an_open_breaker_refuses_calls_and_says_for_how_long() {
    let mut bench = Bench::open(SETTINGS);
    assert_eq!(bench.acquire(), Err(WAIT));
    bench.now += WAIT - Duration::from_millis(1);
    assert_eq!(bench.acquire(), Err(Duration::from_millis(1)));
    assert_eq!(bench.breaker.state(), State::Open);
}

#[test]
fn a_half_open_breaker_permits_exactly_the_configured_number_of_calls() {
    let (mut bench, first) = Bench::half_open(SETTINGS);
    let others = [bench.acquire().unwrap(), bench.acquire().unwrap()];
    assert_eq!(bench.acquire(), Err(Duration::ZERO));
    bench.breaker.record(first, GOOD, bench.now);
    // The end of one does not let in another.
    assert_eq!(bench.acquire(), Err(Duration::ZERO));
    bench.breaker.record(others[0], BAD, bench.now);
    assert_eq!(bench.breaker.state(), State::HalfOpen);
    bench.breaker.record(others[1], GOOD, bench.now);
    assert_eq!(bench.breaker.state(), State::Closed);
    // With a memory that starts empty.
    assert_eq!(bench.calls(&[GOOD, GOOD, BAD]), [State::Closed; 3]);
}

#[test]
fn a_failed_trial_opens_the_breaker_again() {
    for bad in [BAD, SLOW] {
        let (mut bench, first) = Bench::half_open(SETTINGS);
        let others = [bench.acquire().unwrap(), bench.acquire().unwrap()];
        for ticket in others.into_iter().chain([first]) {
            bench.breaker.record(ticket, bad, bench.now);
        }
        assert_eq!(bench.acquire(), Err(WAIT));
    }
}

#[test]
fn calls_of_an_earlier_phase_do_not_count() {
    let mut bench = Bench::new(SETTINGS);
    let late: Vec<_> = (0..6).map(|_| bench.acquire().unwrap()).collect();
    bench.calls(&[BAD, BAD]);
    bench.now += WAIT;
    bench.breaker.record(late[0], GOOD, bench.now);
    assert_eq!(bench.breaker.state(), State::Open);
    let on_trial = [bench.acquire().unwrap(), bench.acquire().unwrap(), bench.acquire().unwrap()];
    for ticket in &late {
        bench.breaker.record(*ticket, BAD, bench.now);
        bench.breaker.release(*ticket);
    }
    assert_eq!((bench.breaker.state(), bench.acquire()), (State::HalfOpen, Err(Duration::ZERO)));
    for ticket in on_trial {
        bench.breaker.record(ticket, GOOD, bench.now);
    }
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn a_caller_that_gives_up_returns_its_permit() {
    let (mut bench, first) =
        Bench::half_open(Settings { permitted_number_of_calls_in_half_open_state: 1, ..SETTINGS });
    assert_eq!(bench.acquire(), Err(Duration::ZERO));
    bench.breaker.release(first);
    assert_eq!(bench.call(GOOD), State::Closed);
}

/// What may happen to a breaker.
#[derive(Clone, Copy, Debug)]
enum Act {
    Acquire,
    End(Ended),
    GiveUp,
    Wait(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => Just(Act::Acquire),
        3 => prop_oneof![Just(GOOD), Just(SLOW), Just(BAD)].prop_map(Act::End),
        1 => Just(Act::GiveUp),
        1 => (1_u64..15).prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 0..200)
}

proptest! {
    /// Whatever happens: an open breaker lets nothing through before its time, a trial never has
    /// more calls than are permitted, and nobody is locked out for ever.
    #[test]
    fn a_breaker_keeps_its_invariants_for_any_sequence_of_calls(acts in acts()) {
        let mut bench = Bench::new(SETTINGS);
        let mut under_way = VecDeque::new();
        let (mut opened, mut on_trial) = (None, 0);
        for act in acts {
            let before = bench.breaker.state();
            match act {
                Act::Acquire => match bench.acquire() {
                    Ok(ticket) => {
                        if before == State::Open {
                            prop_assert!(opened.is_some_and(|at| bench.now >= at + WAIT));
                            on_trial = 0;
                        }
                        on_trial += u32::from(bench.breaker.state() == State::HalfOpen);
                        prop_assert!(on_trial <= 3);
                        under_way.push_back((bench.breaker.state(), ticket));
                    }
                    Err(wait) => {
                        prop_assert!(before != State::Closed);
                        prop_assert_eq!(wait.is_zero(), bench.breaker.state() == State::HalfOpen);
                    }
                },
                Act::End(ended) => {
                    if let Some((_, ticket)) = under_way.pop_front() {
                        bench.breaker.record(ticket, ended, bench.now);
                    }
                }
                Act::GiveUp => {
                    if let Some((began, ticket)) = under_way.pop_back() {
                        bench.breaker.release(ticket);
                        let counts = began == State::HalfOpen && before == State::HalfOpen;
                        on_trial = on_trial.saturating_sub(u32::from(counts));
                    }
                }
                Act::Wait(seconds) => bench.now += Duration::from_secs(seconds),
            }
            match (before, bench.breaker.state()) {
                (State::Open, State::Closed) => prop_assert!(false, "closed without a trial"),
                (State::Closed, State::HalfOpen) => {
                    prop_assert!(false, "a trial without having been open");
                }
                (State::Closed | State::HalfOpen, State::Open) => opened = Some(bench.now),
                (State::HalfOpen, State::Closed) => on_trial = 0,
                _ => {}
            }
        }
        for (_, ticket) in under_way {
            bench.breaker.record(ticket, GOOD, bench.now);
        }
        for _ in 0..8 {
            bench.now += WAIT;
            if let Ok(ticket) = bench.acquire() {
                bench.breaker.record(ticket, GOOD, bench.now);
            }
        }
        prop_assert_eq!(bench.breaker.state(), State::Closed);
    }
}
