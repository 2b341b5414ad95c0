//! The times of one request, and how it ended.

use std::time::{Duration, Instant};

use crate::schedule::ScheduledAt;

const NANOS_A_MICRO: u64 = 1_000;
const NANOS_A_SECOND: u64 = 1_000_000_000;

/// The times of a request, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Intended start, from the load's start.
    pub intended: u64,
    /// Done − intended.
    pub latency: u64,
    /// Done − sent.
    pub service: u64,
    /// Sent, from the load's start.
    pub sent: u64,
    /// For how much of the time in flight the generator did not run.
    pub stalled: u64,
    /// First byte − sent; of meaning only when there was a reply.
    pub first_byte: u64,
    /// Sent − intended, without the wait for a connection that the server kept busy.
    pub lag: u64,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestEnd {
    /// A whole reply came; good or not.
    Replied { status: u16, length: u64 },
    /// There was no whole reply.
    Unanswered {
        /// The exact cause, within the kind of failure.
        cause: &'static str,
    },
}

/// When a request was due and sent, and when its reply came, in nanoseconds after the load's
/// start. Subtracting integers costs a tenth of subtracting [`Instant`]s, and each request
/// needs seven differences.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    intended: u64,
    free: u64,
    pub sent: u64,
    first_byte: Option<u64>,
    pub done: u64,
}

impl Moments {
    /// `first` is when the first byte came, unless the reply came in one piece. A moment before the
    /// load's start counts as its start.
    pub fn new(
        due: ScheduledAt,
        sent: Instant,
        first: Option<Instant>,
        done: Instant,
        origin: Instant,
    ) -> Self {
        let intended = nanos_since(origin, due.intended);
        let free = if due.free == due.intended { intended } else { nanos_since(origin, due.free) };
        Self {
            intended,
            free,
            sent: nanos_since(origin, sent),
            first_byte: first.map(|first| nanos_since(origin, first)),
            done: nanos_since(origin, done),
        }
    }
}

impl Sample {
    /// `stalled` is for how many nanoseconds of its time in flight the generator did not run.
    pub fn new(at: &Moments, stalled: u64) -> Self {
        let between = |from: u64, to: u64| to.saturating_sub(from) / NANOS_A_MICRO;
        Self {
            intended: at.intended / NANOS_A_MICRO,
            latency: between(at.intended, at.done),
            service: between(at.sent, at.done),
            sent: at.sent / NANOS_A_MICRO,
            stalled: stalled / NANOS_A_MICRO,
            first_byte: between(at.sent, at.first_byte.unwrap_or(at.done)),
            lag: between(at.free.max(at.intended), at.sent),
        }
    }

    /// Done − sent, without the time in which the generator did not run.
    pub fn since_sent(&self) -> u64 {
        self.service.saturating_sub(self.stalled)
    }

    /// When it had ended, from the load's start.
    pub fn done(&self) -> u64 {
        self.intended + self.latency
    }
}

/// From the load's start to a moment, in nanoseconds; 0 before it. Enough for 584 years.
pub(crate) fn nanos_since(origin: Instant, at: Instant) -> u64 {
    let since = at.saturating_duration_since(origin);
    since.as_secs() * NANOS_A_SECOND + u64::from(since.subsec_nanos())
}

pub(super) fn micros(duration: Duration) -> u64 {
    duration.as_secs() * 1_000_000 + u64::from(duration.subsec_micros())
}
