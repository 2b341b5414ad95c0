//! Which faults hit one connection, and that each counts it once.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use crate::edge::Edge;
use crate::faults::FaultId;

/// One connection as faults see it that hit a share of the connections. Where its two sides are
/// passed on as bytes, they share it.
#[derive(Debug)]
pub(crate) struct ConnectionHits {
    /// What is drawn for each fault depends on it.
    seed: u64,
    /// Whether its requests are not seen, so that it counts as one.
    is_bytes: AtomicBool,
    counted: Mutex<Vec<FaultId>>,
}

impl Default for ConnectionHits {
    fn default() -> Self {
        Self {
            seed: fastrand::u64(..),
            is_bytes: AtomicBool::new(false),
            counted: Mutex::default(),
        }
    }
}

impl ConnectionHits {
    /// Its requests are not seen from now on.
    pub(crate) fn pass_as_bytes(&self) {
        self.is_bytes.store(true, Relaxed);
    }

    /// Whether a fault that hits this share (0 to 1) of the connections hits this one: always the
    /// same for one fault.
    pub(crate) fn is_hit(&self, fault: FaultId, share: f64) -> bool {
        if share >= 1.0 {
            return true;
        }
        // Spread over all bits: with seeds that are alike, the first numbers are alike, too.
        let spread = fault.0.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut drawn = fastrand::Rng::with_seed(self.seed.wrapping_add(spread));
        drawn.u64(..);
        drawn.f64() < share
    }

    /// Bytes have met a fault of this edge.
    pub(crate) fn count(&self, edge: &Edge, fault: FaultId) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.contains(&fault) {
            return;
        }
        counted.push(fault);
        edge.faults.count_hit(fault);
        if self.is_bytes.load(Relaxed) {
            // As a request that has: its caller would have sent one.
            edge.counters.request_arrived();
            edge.counters.met_fault();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_connections_is_hit_each_by_the_same_faults_all_the_time() {
        let all: Vec<ConnectionHits> = (0..2000).map(|_| ConnectionHits::default()).collect();
        let hit = |id| all.iter().map(|one| one.is_hit(FaultId(id), 0.25)).collect::<Vec<_>>();
        let number = |hit: &[bool]| hit.iter().filter(|hit| **hit).count();
        let (one, other) = (hit(1), hit(2));
        assert_eq!(one, hit(1));
        assert!((400..600).contains(&number(&one)), "{}", number(&one));
        let both: Vec<bool> = one.iter().zip(&other).map(|(one, other)| *one && *other).collect();
        assert!((75..175).contains(&number(&both)), "{}", number(&both));
        assert!(all.iter().all(|one| one.is_hit(FaultId(1), 1.0) && !one.is_hit(FaultId(1), 0.0)));
    }
}
