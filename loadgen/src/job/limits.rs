//! What one load may ask of a generator. Beyond these, a load would not be slow but never end, or
//! take all memory before its first request; so it is refused before it starts.

use std::time::Duration;

use brunt_scenarios::plan::{Arrival, Ramp};

use super::Job;

/// The most users, or connections of the open model. Each takes some kilobytes, and no process has
/// descriptors for more connections than this.
pub const MOST_USERS: u32 = 1_000_000;

/// The highest rate of arrivals, in requests per second; some fifty times of what
/// one machine sends.
pub const MOST_RATE: f64 = 10_000_000.0;

/// The longest time of any kind: ten years. Clocks and timers cannot add much longer ones.
pub const LONGEST_TIME: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// What a job asks too much of, in words, if it does.
pub(crate) fn excess(job: &Job) -> Option<String> {
    let too_many = |what: &str, asked: u64| {
        (asked > u64::from(MOST_USERS))
            .then(|| format!("{asked} {what} are too many: at most {MOST_USERS}"))
    };
    let of_arrival = match &job.arrival {
        Arrival::Closed { users, think } => too_many("users", u64::from(*users))
            .or_else(|| too_long("the think time", think.0.max(think.1))),
        Arrival::Open { ramps } => ramps.iter().find_map(of_ramp),
    };
    let times = [
        ("the load", job.bound.time().unwrap_or_default()),
        ("the warm-up", job.warm_up),
        ("the timeout", job.timeout),
        ("the wait at the end", job.drain),
    ];
    of_arrival
        .or_else(|| too_many("connections", job.connections as u64))
        .or_else(|| times.into_iter().find_map(|(what, time)| too_long(what, time)))
        .or_else(|| {
            job.journeys.as_ref()?.longest_times().find_map(|time| too_long("a step", time))
        })
}

fn of_ramp(ramp: &Ramp) -> Option<String> {
    // A rate that is no number would make a timetable without an end.
    let is_excess = |rate: &f64| rate.is_nan() || *rate > MOST_RATE;
    let excess = [ramp.from, ramp.to].into_iter().find(is_excess);
    excess
        .map(|rate| format!("{rate} requests a second are too many: at most {MOST_RATE}"))
        .or_else(|| too_long("the load", ramp.lasts))
}

fn too_long(what: &str, time: Duration) -> Option<String> {
    (time > LONGEST_TIME)
        .then(|| format!("{what} takes {} s, which is too long: at most ten years", time.as_secs()))
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::plan::ExpectedResponse;

    use super::*;
    use crate::job::{Bound, CONNECTIONS, Portion, RequestOrder};
    use crate::protocol::Reuse;
    use crate::transport::Transport;

    fn job(arrival: Arrival) -> Job {
        Job {
            name: "test".to_owned(),
            requests: vec![],
            logins: 0,
            journeys: None,
            order: RequestOrder::InTurn,
            arrival,
            bound: Bound::Time(LONGEST_TIME),
            warm_up: Duration::ZERO,
            answer: ExpectedResponse::default(),
            key: None,
            timeout: Duration::from_secs(30),
            drain: Duration::from_secs(5),
            spin: false,
            portion: Portion::WHOLE,
            connections: CONNECTIONS,
            reuse: Reuse::Yes,
            transport: Transport::default(),
            observer: None,
        }
    }

    fn users(users: u32) -> Job {
        job(Arrival::Closed { users, think: (Duration::ZERO, Duration::ZERO) })
    }

    fn rate(to: f64) -> Job {
        job(Arrival::Open { ramps: vec![Ramp { from: 1.0, to, lasts: Duration::from_secs(1) }] })
    }

    #[test]
    fn what_no_generator_can_do_is_an_excess() {
        assert_eq!(excess(&users(MOST_USERS)), None);
        assert_eq!(excess(&rate(MOST_RATE)), None);
        assert_eq!(
            excess(&users(u32::MAX)).unwrap(),
            "4294967295 users are too many: at most 1000000"
        );
        assert_eq!(
            excess(&rate(1e12)).unwrap(),
            "1000000000000 requests a second are too many: at most 10000000"
        );
        assert!(excess(&rate(f64::NAN)).is_some() && excess(&rate(f64::INFINITY)).is_some());
        let endless = Duration::from_secs(u64::MAX);
        let long = [
            Job { bound: Bound::Time(endless), ..users(1) },
            Job { bound: Bound::Either(endless, 1), ..users(1) },
            Job { warm_up: endless, ..users(1) },
            Job { timeout: endless, ..users(1) },
            Job { drain: endless, ..users(1) },
            job(Arrival::Closed { users: 1, think: (Duration::ZERO, endless) }),
        ];
        for job in long {
            let excess = excess(&job).unwrap();
            assert!(excess.contains("18446744073709551615 s, which is too long"), "{excess}");
        }
        assert!(excess(&Job { connections: usize::MAX, ..users(1) }).is_some());
    }
}
