//! A circuit breaker with resilience4j's names and meanings: a callee that fails too often, or
//! answers too slowly too often, is not called for a while, and then tried with a few calls.
//!
//! This is the state machine: it reads no clock, its callers pass the time. [`CircuitBreaker`] is
//! the shared one.

mod circuit;
mod settings;
mod window;

use std::time::{Duration, Instant};

pub use circuit::{CircuitBreaker, Permit};
pub use settings::Settings;

use window::{Rates, Window};

/// The state of a circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Closed: all calls get through.
    Closed,
    /// Open: no call gets through.
    Open,
    /// Half-open: a few calls get through, on trial.
    HalfOpen,
}

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Whether it failed: no answer, or one that cannot be read.
    pub failed: bool,
    /// How long it took.
    pub took: Duration,
}

/// A permitted call. Its outcome counts only in the phase in which it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    phase: u64,
}

/// The state machine. It reads no clock.
#[derive(Clone, Debug)]
pub struct Breaker {
    settings: Settings,
    phase: u64,
    state: Phase,
}

#[derive(Clone, Debug)]
enum Phase {
    Closed(Window),
    Open { until: Instant },
    HalfOpen { window: Window, permits: u32 },
}

impl Breaker {
    /// A closed breaker without recorded calls.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, phase: 0, state: Phase::Closed(settings.window()) }
    }

    /// Whether calls get through. An open one stays open, however late it is, until a call asks.
    #[must_use]
    pub fn state(&self) -> State {
        match self.state {
            Phase::Closed(_) => State::Closed,
            Phase::Open { .. } => State::Open,
            Phase::HalfOpen { .. } => State::HalfOpen,
        }
    }

    /// Permits a call, or refuses it.
    ///
    /// # Errors
    /// How long it is until calls are tried again; zero when that depends on those which are
    /// on trial now.
    pub fn acquire(&mut self, now: Instant) -> Result<Ticket, Duration> {
        if let Phase::Open { until } = self.state {
            if now < until {
                return Err(until - now);
            }
            let permits = self.settings.permitted_number_of_calls_in_half_open_state;
            self.enter(Phase::HalfOpen { window: self.settings.trial(), permits });
        }
        if let Phase::HalfOpen { permits, .. } = &mut self.state {
            // Zero, as the wait depends on the calls on trial: a refused caller may try again at
            // once.
            *permits = permits.checked_sub(1).ok_or(Duration::ZERO)?;
        }
        Ok(Ticket { phase: self.phase })
    }

    /// Records the outcome of a call.
    pub fn record(&mut self, ticket: Ticket, ended: Ended, now: Instant) {
        // An answer that was called for before the breaker opened says nothing about the callee
        // now; it must not close a half-open breaker, nor open it again.
        if ticket.phase != self.phase {
            return;
        }
        let slow = ended.took > self.settings.slow_call_duration_threshold;
        let (Phase::Closed(window) | Phase::HalfOpen { window, .. }) = &mut self.state else {
            return;
        };
        // Too few calls for a rate: a single failed call after the start must not open the breaker.
        let Some(rates) = window.record(ended.failed, slow) else {
            return;
        };
        if self.settings.are_exceeded_by(rates) {
            self.enter(Phase::Open { until: now + self.settings.wait_duration_in_open_state });
        } else if self.state() == State::HalfOpen {
            self.enter(Phase::Closed(self.settings.window()));
        }
    }

    /// Forgets a permitted call that its caller gave up: its permit goes to another.
    pub fn release(&mut self, ticket: Ticket) {
        if let Phase::HalfOpen { permits, .. } = &mut self.state
            && ticket.phase == self.phase
        {
            // Without this, callers that give up during the trial would use up its permits, and the
            // breaker would stay half-open for ever.
            *permits += 1;
        }
    }

    fn enter(&mut self, state: Phase) {
        // A new phase makes all outstanding tickets void.
        self.phase += 1;
        self.state = state;
    }
}

impl Settings {
    fn window(self) -> Window {
        Window::new(self.sliding_window_size, self.minimum_number_of_calls)
    }

    /// A trial is judged when all of its calls have ended.
    fn trial(self) -> Window {
        let calls = self.permitted_number_of_calls_in_half_open_state;
        Window::new(calls, calls)
    }

    fn are_exceeded_by(self, rates: Rates) -> bool {
        rates.failed >= self.failure_rate_threshold || rates.slow >= self.slow_call_rate_threshold
    }
}

#[cfg(test)]
mod tests;
