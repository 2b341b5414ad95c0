//! The times of one request, and how it ended.

use std::time::{Duration, Instant};

use crate::schedule::ScheduledAt;

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

impl Sample {
    /// `first` is when the first byte came, unless the reply came in one piece.
    pub fn new(
        due: ScheduledAt,
        sent: Instant,
        first: Option<Instant>,
        done: Instant,
        origin: Instant,
    ) -> Self {
        let service = micros(done.saturating_duration_since(sent));
        Self {
            intended: micros(due.intended.saturating_duration_since(origin)),
            latency: micros(done.saturating_duration_since(due.intended)),
            service,
            sent: micros(sent.saturating_duration_since(origin)),
            stalled: 0,
            first_byte: first
                .map_or(service, |first| micros(first.saturating_duration_since(sent))),
            lag: micros(sent.saturating_duration_since(due.free.max(due.intended))),
        }
    }

    /// The same request, while the generator did not run for a part of its time in flight.
    pub fn with_stall(self, stalled: Duration) -> Self {
        Self { stalled: micros(stalled), ..self }
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

pub(super) fn micros(duration: Duration) -> u64 {
    duration.as_secs() * 1_000_000 + u64::from(duration.subsec_micros())
}
