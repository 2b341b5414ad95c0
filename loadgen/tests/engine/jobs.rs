//! Jobs for the tests, and what must be true of every record.

use std::time::{Duration, Instant};

use brunt_loadgen::{
    Address, Bound, HttpRequest, Job, LoadOutcome, Portion, RequestOrder, Reuse, Transport, start,
};
use brunt_scenarios::plan::{Arrival, ExpectedResponse, Ramp};
use brunt_scenarios::timeline::{Failure, SparseHistogram};

use crate::server::Server;

/// A closed load on a server: so many users, so many requests each.
pub fn closed(server: &Server, users: u32, each: u64) -> Job {
    Job {
        name: "test".to_owned(),
        requests: vec![request(server, http::Method::GET, "/")],
        logins: 0,
        journeys: None,
        order: RequestOrder::InTurn,
        arrival: Arrival::Closed { users, think: (Duration::ZERO, Duration::ZERO) },
        bound: Bound::Repetitions(each),
        warm_up: Duration::ZERO,
        answer: ExpectedResponse::default(),
        key: None,
        timeout: Duration::from_secs(10),
        drain: Duration::from_secs(10),
        spin: false,
        portion: Portion::WHOLE,
        connections: 512,
        reuse: Reuse::Yes,
        transport: Transport::default(),
        observer: None,
    }
}

/// An open load on a server.
pub fn open(server: &Server, rate: f64, lasts: Duration) -> Job {
    let steady = Ramp { from: rate, to: rate, lasts };
    Job {
        arrival: Arrival::Open { ramps: vec![steady] },
        bound: Bound::Time(lasts),
        ..closed(server, 1, 1)
    }
}

pub fn request(server: &Server, method: http::Method, path: &str) -> HttpRequest {
    HttpRequest {
        method,
        address: Address::split(&server.url()).unwrap().0,
        path: path.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

/// Runs a job to its end, on two threads, and checks that its figures add up.
pub fn run(job: Job) -> LoadOutcome {
    let running = start(vec![job], Instant::now(), 2).unwrap();
    let outcome = running.outcomes().pop().unwrap();
    adds_up(&outcome);
    outcome
}

/// Histograms, windows and sums count the same requests.
pub fn adds_up(outcome: &LoadOutcome) {
    let (record, totals) = (&outcome.record, &outcome.totals);
    let windows = record.windows.iter();
    assert_eq!(windows.clone().map(|window| window.ok).sum::<u64>(), totals.ok);
    assert_eq!(
        windows.clone().map(brunt_scenarios::timeline::Window::failures).sum::<u64>(),
        totals.failures()
    );
    for window in windows {
        let without = |kind: &Failure| !has_latency(*kind);
        let untimed: u64 =
            window.failed.iter().filter(|(kind, _)| without(kind)).map(|(_, count)| count).sum();
        assert_eq!(window.latency.len() + untimed, window.ok + window.failures());
    }
    assert_eq!(record.service_time.len(), record.lag.len());
    assert!(record.lag.len() <= totals.requests());
}

/// A request that never reached a server says nothing of its latency.
fn has_latency(kind: Failure) -> bool {
    use Failure::{Check, Status, Timeout, Unfinished};
    matches!(kind, Status(_) | Check | Timeout | Unfinished)
}

/// All latencies of a load.
pub fn latency(outcome: &LoadOutcome) -> SparseHistogram {
    SparseHistogram::of(&SparseHistogram::merge(
        outcome.record.windows.iter().map(|window| &window.latency),
    ))
}

/// How often requests failed like this.
pub fn failed(outcome: &LoadOutcome, kind: Failure) -> u64 {
    outcome.totals.failed.get(&kind).copied().unwrap_or_default()
}
