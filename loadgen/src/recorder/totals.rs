//! Sums over a whole load.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_scenarios::timeline::Failure;
use serde::{Deserialize, Serialize};

/// Sums over a load.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The number of good replies.
    pub ok: u64,
    /// The number of failed requests, by kind.
    pub failed: BTreeMap<Failure, u64>,
    /// The number of replies, good or not.
    pub replies: u64,
    /// The length of all bodies, in bytes as transferred.
    pub bytes: u64,
    /// The sum of all replies' latencies, each from the intended start.
    pub time: Duration,
    /// The longest latency of a reply.
    pub longest: Duration,
    /// The shortest latency of a reply; `None` without any.
    pub shortest: Option<Duration>,
    /// The number of links of pages that were not followed, because their page had a thousand
    /// others before them.
    #[serde(default)]
    pub left_out: u64,
}

impl Totals {
    /// The number of failed requests.
    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }

    /// The number of requests that have ended.
    pub fn requests(&self) -> u64 {
        self.ok + self.failures()
    }

    pub(super) fn replied(&mut self, time: Duration, length: u64) {
        self.replies += 1;
        self.bytes += length;
        self.time += time;
        self.longest = self.longest.max(time);
        self.shortest = Some(self.shortest.map_or(time, |shortest| shortest.min(time)));
    }

    pub(super) fn count(&mut self, failure: Option<Failure>) {
        match failure {
            None => self.ok += 1,
            Some(failure) => *self.failed.entry(failure).or_default() += 1,
        }
    }

    /// Adds the sums of another load, thread or generator; the extremes are those of both.
    pub fn merge(&mut self, other: &Self) {
        self.ok += other.ok;
        for (failure, count) in &other.failed {
            *self.failed.entry(*failure).or_default() += count;
        }
        self.replies += other.replies;
        self.bytes += other.bytes;
        self.time += other.time;
        self.longest = self.longest.max(other.longest);
        // A thread without a reply has none, and must not count as zero.
        self.shortest = self.shortest.into_iter().chain(other.shortest).min();
        self.left_out += other.left_out;
    }
}
