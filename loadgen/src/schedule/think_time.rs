//! Pauses between requests.

use std::time::Duration;

/// A think time, drawn evenly.
pub(crate) fn draw_think_time((shortest, longest): (Duration, Duration)) -> Duration {
    if longest <= shortest {
        return shortest;
    }
    shortest + (longest - shortest).mul_f64(fastrand::f64())
}
