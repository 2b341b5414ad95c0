//! Token buckets, one for each client.

mod bucket;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderValue};

pub use bucket::{Decision, Rate};

/// The most clients with a bucket of their own; the others share one. It bounds the memory that
/// invented keys can take.
const CLIENTS: usize = 100_000;
/// The least time between two removals of full buckets.
const SWEEP: Duration = Duration::from_secs(1);

/// A limit on each client's requests.
#[derive(Debug)]
pub struct Limiter {
    rate: Rate,
    began: Instant,
    buckets: Mutex<Buckets>,
}

/// Stands for a client: its name may be as long as a header, and is not kept.
type Client = [u64; 2];

#[derive(Debug, Default)]
struct Buckets {
    /// When the bucket of each client will be full again, since the limiter began.
    full_at: HashMap<Client, Duration>,
    /// The same of the bucket that those share for whom the table had no room.
    shared_full_at: Duration,
    /// When full buckets were last removed.
    swept: Duration,
    /// Seeded at random, so that nobody can choose a name with another's hash.
    hashers: [RandomState; 2],
}

/// What became of a request, and whether its client has a bucket of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Whether it may pass.
    pub decision: Decision,
    /// Whether it took from the bucket that is shared, as there are too many clients.
    pub is_shared: bool,
}

impl Limiter {
    /// A limiter that has seen no requests: every client may send a burst.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { rate, began: Instant::now(), buckets: Mutex::default() }
    }

    /// Takes a token from the client's bucket, if there is one.
    pub fn take(&self, client: &str) -> Taken {
        let now = self.began.elapsed();
        self.buckets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(self.rate, client, now, CLIENTS)
    }
}

impl Buckets {
    fn take(&mut self, rate: Rate, client: &str, now: Duration, clients: usize) -> Taken {
        let client = self.hashers.each_ref().map(|hasher| hasher.hash_one(client));
        // Beyond the limit, new clients share a bucket rather than go unlimited: made-up keys must
        // not be a way around.
        let is_shared = !self.has_room_for(client, now, clients);
        let full_at = if is_shared {
            &mut self.shared_full_at
        } else {
            self.full_at.entry(client).or_default()
        };
        let (decision, then) = rate.decide(*full_at, now);
        *full_at = then;
        Taken { decision, is_shared }
    }

    fn has_room_for(&mut self, client: Client, now: Duration, clients: usize) -> bool {
        if self.full_at.len() >= clients && now >= self.swept + SWEEP {
            // A full bucket says as much as none.
            self.full_at.retain(|_, full_at| *full_at > now);
            self.swept = now;
        }
        self.full_at.len() < clients || self.full_at.contains_key(&client)
    }
}

impl Decision {
    /// Adds the headers `X-RateLimit-Limit`, `-Remaining`, and `-Reset` in seconds.
    pub fn tell(&self, headers: &mut HeaderMap) {
        headers.insert("x-ratelimit-limit", HeaderValue::from(self.limit));
        headers.insert("x-ratelimit-remaining", HeaderValue::from(self.remaining));
        headers.insert("x-ratelimit-reset", HeaderValue::from(whole_seconds(self.full_in)));
    }

    /// How many seconds to wait, if it was refused.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        self.refused_for.map(|wait| whole_seconds(wait).max(1))
    }
}

/// Rounded up: a client that returns too early is refused again.
fn whole_seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { requests: 1, per: Duration::from_secs(10), burst: 2 };

    #[test]
    fn clients_do_not_use_up_each_others_tokens() {
        let limiter = Limiter::new(RATE);
        let allowed = |client| limiter.take(client).decision.refused_for.is_none();
        assert_eq!(
            ["a", "a", "a", "b", "b", "b"].map(allowed),
            [true, true, false, true, true, false]
        );
    }

    #[test]
    fn invented_clients_take_bounded_memory() {
        let mut buckets = Buckets::default();
        let now = Duration::from_secs(100);
        for client in 0..1000 {
            buckets.take(RATE, &client.to_string(), now, 10);
        }
        assert_eq!(buckets.full_at.len(), 10);
        // Those that came too late share one bucket; those that came early keep theirs.
        let late = buckets.take(RATE, "late", now, 10);
        assert!(late.is_shared && late.decision.refused_for.is_some());
        let early = buckets.take(RATE, "3", now, 10);
        assert!(!early.is_shared && early.decision.refused_for.is_none());
        // Later all are full again and forgotten.
        let later = now + Duration::from_secs(1000);
        assert_eq!(buckets.take(RATE, "late", later, 10).decision.remaining, 1);
        assert_eq!(buckets.full_at.len(), 1);
    }

    #[test]
    fn a_refusal_says_when_to_retry() {
        let limiter = Limiter::new(Rate { burst: 1, ..RATE });
        assert_eq!(limiter.take("a").decision.retry_after(), None);
        let refused = limiter.take("a").decision;
        let mut headers = HeaderMap::new();
        refused.tell(&mut headers);
        assert_eq!(
            (&headers["x-ratelimit-limit"], &headers["x-ratelimit-remaining"]),
            (&1.into(), &0.into())
        );
        assert!(refused.retry_after().is_some_and(|seconds| (1..=10).contains(&seconds)));
        assert_eq!(
            headers["x-ratelimit-reset"].to_str().unwrap(),
            refused.retry_after().unwrap().to_string()
        );
    }
}
