//! Faults of what is written on a connection, whatever it speaks. Each connection carries them out
//! itself (`write_faults.rs`), as it keeps count of its own bytes.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use brunt_scenarios::plan::{ByteScope, EdgeFault};
use brunt_scenarios::units::Spread;

use super::active_fault::{ActiveFault, FaultId};
use super::chance::uniform;

/// The faults of an edge that concern what is written on its connections.
pub(crate) type StreamFaults = Arc<[StreamFault]>;

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StreamFault {
    pub(crate) id: FaultId,
    pub(crate) scope: ByteScope,
    fault: EdgeFault,
}

/// What a fault does on one connection, and how far it has got.
#[derive(Debug)]
pub(crate) enum StreamState {
    SlowClose(Duration),
    LimitData {
        left: u64,
    },
    /// So large is the next piece, at most.
    Slice {
        pieces: Pieces,
        next: u64,
    },
    /// So many bytes pass before the next one is hit.
    Corrupt {
        rate: f64,
        before: u64,
    },
}

/// How bytes are cut into pieces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pieces {
    size: NonZeroU64,
    variation: u64,
    /// How long the next piece waits.
    delay: Spread,
}

impl Pieces {
    fn draw(&self) -> u64 {
        let size = self.size.get();
        fastrand::u64(size - self.variation..=size.saturating_add(self.variation))
    }
}

impl StreamFault {
    /// Its beginning on one connection.
    pub(crate) fn begin(&self) -> Option<StreamState> {
        Some(match self.fault {
            EdgeFault::SlowClose { delay, .. } => {
                StreamState::SlowClose(uniform(delay.from.0, delay.to.0))
            }
            EdgeFault::LimitData { bytes, .. } => StreamState::LimitData { left: bytes },
            EdgeFault::Slice { size, variation, delay, .. } => {
                let pieces = Pieces { size, variation, delay };
                StreamState::Slice { pieces, next: pieces.draw() }
            }
            EdgeFault::Corrupt { rate, .. } => {
                StreamState::Corrupt { rate, before: until_next(rate) }
            }
            _ => return None,
        })
    }
}

impl StreamState {
    /// How many bytes may be written at once, at most.
    pub(crate) fn most(&self) -> u64 {
        match self {
            Self::SlowClose(_) => u64::MAX,
            Self::LimitData { left } => *left,
            Self::Slice { next, .. } => *next,
            // A piece ends with the byte that is hit.
            Self::Corrupt { before, .. } => before.saturating_add(1),
        }
    }

    /// Whether the last of so many bytes is hit.
    pub(crate) fn corrupts_last_of(&self, bytes: u64) -> bool {
        matches!(self, Self::Corrupt { before, .. } if before + 1 == bytes)
    }

    /// Whether it makes a difference to bytes, of which so many were to be written and so many are.
    pub(crate) fn changes(&self, waiting: u64, written: u64) -> bool {
        match self {
            // They make one when the connection ends.
            Self::SlowClose(_) | Self::LimitData { .. } => false,
            Self::Slice { pieces, next } => waiting > *next || !pieces.delay.to.0.is_zero(),
            Self::Corrupt { .. } => self.corrupts_last_of(written),
        }
    }

    /// So many bytes have been written. Returns how long the next ones wait.
    pub(crate) fn written(&mut self, bytes: u64) -> Duration {
        match self {
            Self::SlowClose(_) => Duration::ZERO,
            Self::LimitData { left } => {
                *left = left.saturating_sub(bytes);
                Duration::ZERO
            }
            Self::Slice { pieces, next } => {
                *next = pieces.draw();
                uniform(pieces.delay.from.0, pieces.delay.to.0)
            }
            Self::Corrupt { rate, before } => {
                *before = before.checked_sub(bytes).unwrap_or_else(|| until_next(*rate));
                Duration::ZERO
            }
        }
    }

    /// Whether nothing more may be written.
    pub(crate) fn is_used_up(&self) -> bool {
        matches!(self, Self::LimitData { left: 0 })
    }
}

/// How many bytes pass before the next one is hit, when each is with this probability.
fn until_next(rate: f64) -> u64 {
    if rate >= 1.0 {
        return 0;
    }
    // 1 - u, as the logarithm of 0 has no value.
    let drawn = (1.0 - fastrand::f64()).ln() / (1.0 - rate).ln();
    // Saturates where the next one is further away than any connection lasts.
    drawn as u64
}

pub(super) fn in_force(faults: &[ActiveFault]) -> StreamFaults {
    let of_streams = faults.iter().filter_map(|active| {
        let scope = match active.fault {
            EdgeFault::SlowClose { scope, .. }
            | EdgeFault::LimitData { scope, .. }
            | EdgeFault::Slice { scope, .. }
            | EdgeFault::Corrupt { scope, .. } => scope,
            // They hit whole connections, requests or replies, or come on the way from one
            // connection to the other. Each is named, so that the compiler asks where a new fault
            // belongs.
            EdgeFault::Latency { .. }
            | EdgeFault::Bandwidth { .. }
            | EdgeFault::Refuse
            | EdgeFault::Cut
            | EdgeFault::HalfOpen
            | EdgeFault::Abort { .. }
            | EdgeFault::Duplicate { .. }
            | EdgeFault::LostReply { .. }
            | EdgeFault::SlowReply(_) => return None,
        };
        Some(StreamFault { id: active.id, scope, fault: active.fault })
    });
    of_streams.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_as_many_bytes_are_hit_as_the_rate_says() {
        for rate in [0.001, 0.1, 1.0] {
            let mut state = StreamState::Corrupt { rate, before: until_next(rate) };
            let mut hit = 0_u64;
            let bytes = 200_000;
            let mut passed = 0;
            while passed < bytes {
                let piece = state.most().min(bytes - passed);
                hit += u64::from(state.corrupts_last_of(piece));
                state.written(piece);
                passed += piece;
            }
            let wanted = rate * bytes as f64;
            let is_near = (hit as f64 - wanted).abs() <= 5.0 * wanted.sqrt();
            assert!(is_near, "{hit} of {bytes} at {rate}");
        }
    }

    #[test]
    fn a_piece_that_was_written_in_part_is_hit_at_the_same_place() {
        let mut state = StreamState::Corrupt { rate: 0.1, before: 9 };
        assert!(!state.corrupts_last_of(9) && state.corrupts_last_of(10));
        state.written(4);
        assert!(state.corrupts_last_of(6));
    }
}
