//! A generator without descriptors left. In a process of its own, as the limit is the process's.
#![allow(clippy::unwrap_used)]

use std::net::TcpListener;
use std::time::{Duration, Instant};

use brunt_loadgen::{
    Address, Bound, HttpRequest, Job, LoadOutcome, Portion, RequestOrder, Reuse, Transport, start,
};
use brunt_scenarios::plan::{Arrival, ExpectedResponse};
use brunt_scenarios::timeline::{Failure, Schedule};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

const REASON: &str = "no file descriptors were left for connections (see `ulimit -n`)";

fn job(url: &str, users: u32) -> Job {
    let request = HttpRequest {
        method: http::Method::GET,
        address: Address::split(url).unwrap().0,
        path: "/".to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    Job {
        name: "test".to_owned(),
        requests: vec![request],
        logins: 0,
        journeys: None,
        order: RequestOrder::InTurn,
        arrival: Arrival::Closed { users, think: (Duration::ZERO, Duration::ZERO) },
        bound: Bound::Repetitions(1),
        warm_up: Duration::ZERO,
        answer: ExpectedResponse::default(),
        key: None,
        timeout: Duration::from_millis(300),
        drain: Duration::from_secs(1),
        spin: false,
        portion: Portion::WHOLE,
        connections: 512,
        reuse: Reuse::Yes,
        transport: Transport::default(),
        observer: None,
    }
}

/// On one thread: a second one might find no descriptor left for its runtime.
fn run(job: Job) -> LoadOutcome {
    start(vec![job], Instant::now(), 1).unwrap().outcomes().pop().unwrap()
}

#[test]
fn a_generator_without_descriptors_says_so_and_blames_no_server() {
    // Connections are opened without being accepted: they wait in the listener's queue.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let before = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(64), maximum: before.maximum }).unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let outcome = run(job(&format!("http://{host}:{port}"), 100));
        assert_eq!(outcome.record.schedule, Schedule::Failed(REASON.to_owned()), "{host}");
        assert_eq!(outcome.totals.requests(), 100, "{host}");
        let own = outcome.causes.get(&(Failure::Connect, REASON)).copied().unwrap_or_default();
        let late = outcome.totals.failed.get(&Failure::Timeout).copied().unwrap_or_default();
        assert_eq!((own + late, own > 0), (100, true), "{host}: {:?}", outcome.causes);
    }
    setrlimit(Resource::Nofile, before).unwrap();
}
