//! What a fault draws for each request or reply.

use std::time::Duration;

pub(super) fn happens(share: f64) -> bool {
    fastrand::f64() < share
}

pub(super) fn uniform(from: Duration, to: Duration) -> Duration {
    from + to.saturating_sub(from).mul_f64(fastrand::f64())
}
