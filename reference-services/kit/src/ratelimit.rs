//! Token buckets, one for each client.

mod bucket;

use std::collections::HashMap;
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

#[derive(Debug, Default)]
struct Buckets {
    /// When each bucket will be full again, since the limiter began.
    full_at: HashMap<String, Duration>,
    swept: Duration,
}

impl Limiter {
    /// All buckets are full.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { rate, began: Instant::now(), buckets: Mutex::default() }
    }

    /// Takes a token from the client's bucket, if there is one.
    pub fn take(&self, client: &str) -> Decision {
        let now = self.began.elapsed();
        self.buckets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(self.rate, client, now, CLIENTS)
    }
}

impl Buckets {
    fn take(&mut self, rate: Rate, client: &str, now: Duration, clients: usize) -> Decision {
        // Beyond the limit, new clients share a bucket rather than go unlimited: made-up keys must
        // not be a way around.
        let client = if self.has_room_for(client, now, clients) { client } else { "" };
        let full_at = self.full_at.get(client).copied().unwrap_or_default();
        let (decision, full_at) = rate.decide(full_at, now);
        // Allocates the key only for a new client.
        if let Some(known) = self.full_at.get_mut(client) {
            *known = full_at;
        } else {
            self.full_at.insert(client.to_owned(), full_at);
        }
        decision
    }

    /// A bucket that is full again says no more than one that is not there.
    fn has_room_for(&mut self, client: &str, now: Duration, clients: usize) -> bool {
        if self.full_at.len() >= clients && now >= self.swept + SWEEP {
            // A full bucket says as much as none.
            self.full_at.retain(|_, full_at| *full_at > now);
            self.swept = now;
        }
        self.full_at.len() < clients || self.full_at.contains_key(client)
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
        let allowed = |client| limiter.take(client).refused_for.is_none();
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
        assert!(buckets.full_at.len() <= 11);
        // Those that came too late share one bucket; those that came early keep theirs.
        assert!(buckets.take(RATE, "late", now, 10).refused_for.is_some());
        assert!(buckets.take(RATE, "3", now, 10).refused_for.is_none());
        // Later all are full again and forgotten.
        let later = now + Duration::from_secs(1000);
        assert_eq!(buckets.take(RATE, "late", later, 10).remaining, 1);
        assert_eq!(buckets.full_at.len(), 1);
    }

    #[test]
    fn a_refusal_says_when_to_retry() {
        let limiter = Limiter::new(Rate { burst: 1, ..RATE });
        assert_eq!(limiter.take("a").retry_after(), None);
        let refused = limiter.take("a");
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
