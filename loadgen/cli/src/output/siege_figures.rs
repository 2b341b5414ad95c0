//! The twelve figures of siege's summary.

use std::time::Duration;

use brunt_loadgen::Totals;
use brunt_scenarios::timeline::Failure;

/// Siege's figures, by its definitions: 408, 5xx and requests without a reply failed, every other
/// reply is a hit. Hits with a status of 400 and above are not successful, except for 401 and 407.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SiegeFigures {
    /// Replies that siege counts as hits.
    pub transactions: u64,
    /// Hits that siege calls successful.
    pub successful: u64,
    /// Everything that is not a hit.
    pub failed: u64,
    /// From the start to the end of the last request, in seconds.
    pub elapsed: f64,
    /// Bodies of replies, in bytes.
    pub bytes: u64,
    /// The sum of the times of all replies, in seconds.
    pub time: f64,
    /// How many replies these are.
    pub replies: u64,
    /// The longest reply, in seconds.
    pub longest: f64,
    /// The shortest reply, in seconds.
    pub shortest: f64,
}

impl SiegeFigures {
    /// From a load's sums.
    pub fn new(totals: &Totals, elapsed: Duration) -> Self {
        let count = |is: fn(&Failure) -> bool| -> u64 {
            totals.failed.iter().filter(|(kind, _)| is(kind)).map(|(_, count)| count).sum()
        };
        let failed = count(|kind| !is_hit(kind));
        // Siege 4.0.7 counts these two as successful, unlike every other 4xx.
        let successful = count(|kind| matches!(kind, Failure::Status(401 | 407)));
        Self {
            transactions: totals.requests() - failed,
            successful: totals.ok + successful,
            failed,
            elapsed: elapsed.as_secs_f64(),
            bytes: totals.bytes,
            time: totals.time.as_secs_f64(),
            replies: totals.replies,
            longest: totals.longest.as_secs_f64(),
            shortest: totals.shortest.unwrap_or_default().as_secs_f64(),
        }
    }

    /// Hits of all requests, in per cent.
    pub fn availability(&self) -> f64 {
        100.0 * ratio(self.transactions as f64, (self.transactions + self.failed) as f64)
    }

    /// Transferred, in siege's MB of 1,048,576 bytes.
    pub fn megabytes(&self) -> f64 {
        self.bytes as f64 / 1_048_576.0
    }

    /// The mean time of a reply, in seconds.
    pub fn response_time(&self) -> f64 {
        ratio(self.time, self.replies as f64)
    }

    /// Hits per second.
    pub fn rate(&self) -> f64 {
        ratio(self.transactions as f64, self.elapsed)
    }

    /// MB per second.
    pub fn throughput(&self) -> f64 {
        ratio(self.megabytes(), self.elapsed)
    }

    /// Requests in flight, on average.
    pub fn concurrency(&self) -> f64 {
        ratio(self.time, self.elapsed)
    }
}

fn is_hit(kind: &Failure) -> bool {
    match kind {
        // Measured with siege 4.0.7: a 4xx is a hit, a 408 and a 5xx are not.
        Failure::Status(status) => *status < 500 && *status != 408,
        // Siege knows no checks: the reply was there.
        Failure::Check => true,
        _ => false,
    }
}

/// A ratio that is 0 when there is nothing to divide by.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
