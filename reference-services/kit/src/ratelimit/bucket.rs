//! One token bucket, as the instant at which it will be full again. It is told the time.

use std::time::Duration;

use crate::config::parse_duration;

/// How fast a bucket fills, and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The number of requests that a client may make in `per`, at least 1.
    pub requests: u32,
    /// The time in which an empty bucket gets `requests` tokens.
    pub per: Duration,
    /// How many may come at once, at least 1.
    pub burst: u32,
}

/// Whether a request may pass, and how its client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How many may come at once.
    pub limit: u32,
    /// How many more may come right now.
    pub remaining: u32,
    /// How long until as many as the limit may come again.
    pub full_in: Duration,
    /// If it may not pass: how long until one may.
    pub refused_for: Option<Duration>,
}

impl Rate {
    pub(crate) const ACCEPTS: &'static str =
        "requests per time, such as 100/s, 600/m or 5/10s, or off";

    /// Reads `100/s`, `600/m`, `5/10s`; the burst is the same number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (requests, per) = text.split_once('/')?;
        let requests = requests.trim().parse().ok().filter(|requests| *requests > 0)?;
        let per = per.trim();
        let per = parse_duration(per).or_else(|| parse_duration(&format!("1{per}")))?;
        // A rate of more than one request in a nanosecond has no interval to count with.
        let fills = !per.is_zero() && (per / requests) > Duration::ZERO;
        fills.then_some(Self { requests, per, burst: requests })
    }

    /// What one token takes to come.
    fn interval(self) -> Duration {
        self.per / self.requests
    }

    /// Takes a token from a bucket that will be full at `full_at`; gives when it will be
    /// full after that.
    #[must_use]
    pub fn decide(self, full_at: Duration, now: Duration) -> (Decision, Duration) {
        let capacity = self.interval().saturating_mul(self.burst);
        // The bucket is one instant, when it will be full: no counter to refill and no timer. A
        // request moves it by one token's time.
        let wanted = full_at.max(now).saturating_add(self.interval());
        let excess = wanted.saturating_sub(now.saturating_add(capacity));
        let (full_at, refused_for) =
            if excess.is_zero() { (wanted, None) } else { (full_at, Some(excess)) };
        let full_in = full_at.saturating_sub(now);
        let left = capacity.saturating_sub(full_in).as_nanos() / self.interval().as_nanos().max(1);
        let remaining = u32::try_from(left).unwrap_or(u32::MAX);
        (Decision { limit: self.burst, remaining, full_in, refused_for }, full_at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_bucket_empties_and_fills() {
        let rate = Rate { requests: 2, per: SECOND, burst: 3 };
        let mut full_at = Duration::ZERO;
        let mut take = |ms| {
            let (decision, after) = rate.decide(full_at, Duration::from_millis(ms));
            full_at = after;
            (decision.remaining, decision.refused_for.map(|wait| wait.as_millis()))
        };
        let taken =
            [take(0), take(0), take(0), take(0), take(499), take(500), take(500), take(60_000)];
        let expected = [
            (2, None),
            (1, None),
            (0, None),
            (0, Some(500)),
            (0, Some(1)),
            (0, None),
            (0, Some(500)),
            (2, None),
        ];
        assert_eq!(taken, expected);
    }

    #[test]
    fn rates_are_requests_per_time() {
        let rate = |requests, per| Some(Rate { requests, per, burst: requests });
        assert_eq!(Rate::parse("100/s"), rate(100, SECOND));
        assert_eq!(Rate::parse("600/m"), rate(600, 60 * SECOND));
        assert_eq!(Rate::parse("5 / 10s"), rate(5, 10 * SECOND));
        for bad in ["", "5", "0/s", "-1/s", "5/0s", "5/", "5/h", "1.5/s", "2/1ns", "4000000000/s"] {
            assert_eq!(Rate::parse(bad), None, "{bad:?}");
        }
    }

    proptest! {
        /// However requests come, no more pass than the burst and what has come in since.
        #[test]
        fn no_more_pass_than_the_rate_allows(
            requests in 1..1000_u32,
            burst in 1..50_u32,
            steps in prop::collection::vec(0..200_u64, 1..300),
        ) {
            let rate = Rate { requests, per: SECOND, burst };
            let (mut now, mut full_at, mut passed) = (Duration::ZERO, Duration::ZERO, 0_u32);
            for step in steps {
                now += Duration::from_millis(step);
                let (decision, after) = rate.decide(full_at, now);
                full_at = after;
                passed += u32::from(decision.refused_for.is_none());
                prop_assert!(decision.remaining < burst);
                let most = f64::from(burst) + now.as_secs_f64() / rate.interval().as_secs_f64();
                prop_assert!(f64::from(passed) <= most + 1e-6, "{passed} of at most {most}");
                if let Some(wait) = decision.refused_for {
                    // Who waits as told is let in.
                    prop_assert!(rate.decide(full_at, now + wait).0.refused_for.is_none());
                }
            }
        }
    }
}
