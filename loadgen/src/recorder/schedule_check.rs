//! Whether the generator kept its schedule, so that its figures show the server.
//!
//! There are three signs that it did not. A slow, frozen or absent server causes none of them:
//!
//! 1. **Lag**: the time from when a request could have been sent (it was due, and a connection was
//!    free or could be opened) to when it was sent. More than 1 in 1,000 over 50 ms, or 1 in 100
//!    over 10 ms, and at least three of them, and the quantiles show the generator. Below that the
//!    lag is part of the latency, and both are reported.
//! 2. **Starvation** (open model): arrivals waited for a connection while the thread used, or was
//!    denied, at least 95 % of its time. Replies may then have lain unread, and a queue may be the
//!    generator's. More than a second in all and more than 5 % of the run is too much; the short
//!    burst after a server thaws is not.
//! 3. **Exhaustion**: the machine had no ports, file descriptors or memory for another connection,
//!    or a part of the generator ended. The schedule then counts as failed and not only as missed:
//!    requests are missing, or failed because of it.
//!
//! Time in flight in which the generator's thread did not run counts as lag as well.
//!
//! Closed users without think time have no schedule to miss: each starts when the reply before has
//! come. A generator that is the slower of the two then shows in fewer requests, not in lag.

use std::time::Duration;

use brunt_scenarios::timeline::Schedule;
use hdrhistogram::Histogram;

/// What the generator's schedule is judged by.
pub(crate) struct ScheduleEvidence<'a> {
    /// Sent − intended, without waiting for busy connections, in microseconds.
    pub lag: &'a Histogram<u64>,
    /// For how long arrivals waited for a thread without processor time; the worst thread's figure.
    pub starved: Duration,
    /// How long the load took.
    pub elapsed: Duration,
    /// What the machine lacked, or which part of the generator ended, if any.
    pub trouble: Option<String>,
}

/// The largest share of requests that may be sent later than `lag`.
struct LagLimit {
    share: f64,
    lag: Duration,
}

const LIMITS: [LagLimit; 2] = [
    LagLimit { share: 0.001, lag: Duration::from_millis(50) },
    LagLimit { share: 0.01, lag: Duration::from_millis(10) },
];
/// Fewer late requests are no sign: one pause of the machine can cause them.
const FEWEST: u64 = 3;
const STARVED: Duration = Duration::from_secs(1);
const STARVED_SHARE: f64 = 0.05;

/// Whether the schedule was kept.
pub(crate) fn judge(evidence: &ScheduleEvidence<'_>) -> Schedule {
    // First, as it names the cause: a generator without descriptors lags as well.
    if let Some(trouble) = &evidence.trouble {
        return Schedule::Failed(trouble.clone());
    }
    if let Some(why) = LIMITS.iter().find_map(|limit| late(evidence.lag, limit)) {
        return Schedule::Missed(why);
    }
    let share = evidence.starved.as_secs_f64() / evidence.elapsed.as_secs_f64().max(1e-3);
    if evidence.starved > STARVED && share > STARVED_SHARE {
        return Schedule::Missed(format!(
            "arrivals queued for {:.1} s while a thread of the generator had no time left: \
             the rate is more than it can send",
            evidence.starved.as_secs_f64()
        ));
    }
    Schedule::Kept
}

fn late(lag: &Histogram<u64>, limit: &LagLimit) -> Option<String> {
    let micros = u64::try_from(limit.lag.as_micros()).unwrap_or(u64::MAX);
    let all = lag.len();
    let late = all - lag.count_between(0, micros).min(all);
    (late >= FEWEST && late as f64 > limit.share * all as f64).then(|| {
        format!(
            "{late} of {all} requests were sent more than {} ms late by the generator itself \
             (p99.9 of its lag: {:.1} ms)",
            limit.lag.as_millis(),
            lag.value_at_quantile(0.999) as f64 / 1e3
        )
    })
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::timeline::histogram;

    use super::*;

    fn judged(lags: &[(u64, u64)], starved: u64, elapsed: u64) -> Schedule {
        let mut lag = histogram();
        for (value, count) in lags {
            lag.record_n(*value, *count).unwrap();
        }
        judge(&ScheduleEvidence {
            lag: &lag,
            starved: Duration::from_secs(starved),
            elapsed: Duration::from_secs(elapsed),
            trouble: None,
        })
    }

    #[test]
    fn small_and_rare_lags_keep_the_schedule() {
        assert_eq!(judged(&[], 0, 1), Schedule::Kept);
        assert_eq!(judged(&[(900, 10_000), (80_000, 10)], 0, 10), Schedule::Kept);
        assert_eq!(judged(&[(900, 20), (80_000, 2)], 0, 10), Schedule::Kept);
        assert_eq!(judged(&[(20, 100)], 3, 100), Schedule::Kept);
        assert_eq!(judged(&[(20, 100)], 1, 2), Schedule::Kept);
    }

    #[test]
    fn each_reason_for_a_missed_schedule_is_named() {
        let why = |schedule| match schedule {
            Schedule::Missed(why) | Schedule::Failed(why) => why,
            Schedule::Kept => "kept".to_owned(),
        };
        insta::assert_snapshot!(
            why(judged(&[(900, 10_000), (80_000, 20)], 0, 10)),
            @"20 of 10020 requests were sent more than 50 ms late by the generator itself (p99.9 \
                of its lag: 80.1 ms)"
        );
        insta::assert_snapshot!(
            why(judged(&[(900, 1_000), (12_000, 20)], 0, 10)),
            @"20 of 1020 requests were sent more than 10 ms late by the generator itself (p99.9 of \
                its lag: 12.0 ms)"
        );
        insta::assert_snapshot!(
            why(judged(&[(20, 100)], 2, 10)),
            @"arrivals queued for 2.0 s while a thread of the generator had no time left: the rate \
                is more than it can send"
        );
    }
}
