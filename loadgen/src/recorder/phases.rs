//! How long the parts of a request took: connecting, the TLS handshake, the first byte.

use std::time::Duration;

use brunt_scenarios::timeline::{LONGEST, SparseHistogram, histogram};
use hdrhistogram::Histogram;

use super::sample::micros;

/// How long the parts of requests took, in microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phases {
    /// Until the socket was connected, including the name's lookup; one for each connection.
    pub connect: SparseHistogram,
    /// The TLS handshake after that; one for each connection with TLS.
    pub tls: SparseHistogram,
    /// From sending a request to the first byte of its reply; one for each reply.
    pub first_byte: SparseHistogram,
}

/// The times of a load's parts on one thread, while it runs.
#[derive(Debug)]
pub(crate) struct PhaseTimes {
    /// Sparse: connections are few, and a histogram is large.
    connect: SparseHistogram,
    tls: SparseHistogram,
    first_byte: Histogram<u64>,
}

impl PhaseTimes {
    pub fn new() -> Self {
        Self {
            connect: SparseHistogram::default(),
            tls: SparseHistogram::default(),
            first_byte: histogram(),
        }
    }

    pub fn connected(&mut self, connect: Duration, tls: Option<Duration>) {
        let rounded = |time| self.first_byte.highest_equivalent(micros(time).min(LONGEST));
        self.connect.add(rounded(connect), 1);
        if let Some(tls) = tls.map(rounded) {
            self.tls.add(tls, 1);
        }
    }

    /// `wait` in microseconds.
    pub fn first_byte(&mut self, wait: u64) {
        self.first_byte.saturating_record(wait);
    }

    pub fn merge(&mut self, other: Self) {
        self.connect.add_all(other.connect);
        self.tls.add_all(other.tls);
        // Both have the same bounds, so adding one cannot fail.
        let _ = self.first_byte.add(other.first_byte);
    }

    pub fn finish(self) -> Phases {
        Phases {
            connect: self.connect,
            tls: self.tls,
            first_byte: SparseHistogram::of(&self.first_byte),
        }
    }
}
