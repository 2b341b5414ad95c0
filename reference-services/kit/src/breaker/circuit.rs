//! A circuit breaker that calls share, with its metrics.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Breaker, Ended, Settings, State, Ticket};
use crate::metrics::{Counter, Gauge, Metrics, Summary};

/// A circuit breaker with a name. Clones share it.
#[derive(Clone, Debug)]
pub struct CircuitBreaker(Arc<Inner>);

struct Inner {
    name: &'static str,
    /// None permits every call.
    breaker: Option<Mutex<Breaker>>,
    metrics: Metrics,
}

/// A permitted call. One that is dropped before its end is not counted.
#[derive(Debug)]
pub struct Permit {
    circuit: CircuitBreaker,
    ticket: Option<Ticket>,
    began: Instant,
    ended: bool,
}

impl CircuitBreaker {
    /// A closed breaker; without settings one that never opens.
    #[must_use]
    pub fn new(name: &'static str, settings: Option<Settings>, metrics: &Metrics) -> Self {
        let breaker = settings.map(|settings| Mutex::new(Breaker::new(settings)));
        let circuit = Self(Arc::new(Inner { name, breaker, metrics: metrics.clone() }));
        circuit.0.show(settings.map(|_| State::Closed));
        circuit
    }

    /// Permits a call, or refuses it.
    ///
    /// # Errors
    /// How long it is until calls are tried again; zero when that depends on those which are
    /// on trial now.
    pub fn permit(&self) -> Result<Permit, Duration> {
        let began = Instant::now();
        let ticket = self.0.breaker.as_ref().map(|breaker| {
            let mut breaker = lock(breaker);
            self.0.watched(&mut breaker, |breaker| breaker.acquire(began))
        });
        let ticket = ticket.transpose().inspect_err(|_| self.0.count_refusal())?;
        Ok(Permit { circuit: self.clone(), ticket, began, ended: false })
    }
}

impl Permit {
    /// Records the end of the call and whether it failed.
    pub fn end(mut self, failed: bool) {
        self.ended = true;
        let now = Instant::now();
        let ended = Ended { failed, took: now.duration_since(self.began) };
        let circuit = &self.circuit.0;
        circuit.count(if failed { "failed" } else { "successful" }, ended.took);
        if let (Some(breaker), Some(ticket)) = (&circuit.breaker, self.ticket) {
            circuit.watched(&mut lock(breaker), |breaker| breaker.record(ticket, ended, now));
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let circuit = &self.circuit.0;
        circuit.count("ignored", self.began.elapsed());
        if let (Some(breaker), Some(ticket)) = (&circuit.breaker, self.ticket) {
            lock(breaker).release(ticket);
        }
    }
}

impl Inner {
    /// Does something with the breaker, which is locked, and shows it if its state has changed.
    fn watched<T>(&self, breaker: &mut Breaker, act: impl FnOnce(&mut Breaker) -> T) -> T {
        let before = breaker.state();
        let outcome = act(breaker);
        let state = breaker.state();
        if state != before {
            tracing::warn!(
                callee = self.name,
                from = %before,
                to = %state,
                "a circuit breaker has changed its state"
            );
            self.show(Some(state));
        }
        outcome
    }

    fn show(&self, state: Option<State>) {
        for (label, shown) in [
            ("closed", Some(State::Closed)),
            ("open", Some(State::Open)),
            ("half_open", Some(State::HalfOpen)),
            ("disabled", None),
        ] {
            let labels = [("name", self.name), ("state", label)];
            self.metrics.set(Gauge::BreakerState, &labels, f64::from(u8::from(shown == state)));
        }
    }

    fn count(&self, kind: &str, took: Duration) {
        self.metrics.observe(Summary::BreakerCalls, &[("name", self.name), ("kind", kind)], took);
    }

    fn count_refusal(&self) {
        self.count("not_permitted", Duration::ZERO);
        self.metrics.add(Counter::NotPermitted, &[("name", self.name)]);
    }
}

fn lock(breaker: &Mutex<Breaker>) -> MutexGuard<'_, Breaker> {
    breaker.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitBreaker").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        })
    }
}
