//! Hours of users, on a clock that stands still until everybody waits.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

use brunt_scenarios::plan::{Arrival, ExpectedResponse};

use super::*;

use crate::address::Address;
use crate::job::{Bound, Job, Portion, PreparedJob, RequestOrder};
use crate::protocol::Reuse;
use crate::request::HttpRequest;
use crate::schedule::WorkerShare;
use crate::transport::Transport;

const HOUR: Duration = Duration::from_secs(3600);
/// That of the runtime's timers, which never wake early.
const GRAIN: Duration = Duration::from_millis(1);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

fn load(bound: Bound) -> Rc<WorkerLoad> {
    let request = HttpRequest {
        method: http::Method::GET,
        address: Address::split("http://127.0.0.1:9").unwrap().0,
        path: "/".to_owned(),
        headers: vec![],
        body: vec![],
    };
    let job = Job {
        name: "hours".to_owned(),
        requests: vec![request],
        logins: 0,
        journeys: None,
        order: RequestOrder::InTurn,
        arrival: Arrival::Closed { users: 1, think: (Duration::ZERO, Duration::ZERO) },
        bound,
        warm_up: Duration::ZERO,
        answer: ExpectedResponse::default(),
        key: None,
        timeout: seconds(10),
        drain: seconds(10),
        spin: false,
        portion: Portion::WHOLE,
        connections: 1,
        reuse: Reuse::Yes,
        transport: Transport::default(),
        observer: None,
    };
    let ready = Arc::new(PreparedJob::new(job).unwrap());
    let scratch = Rc::new(RefCell::new(vec![0; 1].into_boxed_slice()));
    Rc::new(WorkerLoad::new(&ready, now(), WorkerShare { thread: 0, of: 1 }, &scratch))
}

/// When a user's requests were meant to start, in time from the first; each takes so long,
/// or finds nobody.
async fn visits(
    bound: Bound,
    think: (u64, u64),
    takes: Duration,
    unreachable: bool,
) -> Vec<Duration> {
    let (load, mut starts) = (load(bound), Vec::new());
    let start = now();
    let visit = async |due: ScheduledAt| {
        assert!(now() - due.intended <= GRAIN, "nobody is late on this clock");
        starts.push(due.intended - start);
        tokio::time::sleep(takes).await;
        VisitEnd { at: now(), unreachable }
    };
    user(load, visit, (seconds(think.0), seconds(think.1))).await;
    starts
}

#[tokio::test(start_paused = true)]
async fn think_time_counts_from_the_reply_for_hours() {
    let starts = visits(Bound::Time(8 * HOUR), (10, 10), seconds(2), false).await;
    assert!((2398..=2400).contains(&starts.len()), "{}", starts.len());
    let gaps: Vec<_> = starts.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(
        gaps.iter().all(|gap| (seconds(12)..=seconds(12) + 2 * GRAIN).contains(gap)),
        "{gaps:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn think_times_are_drawn_from_their_whole_range() {
    let starts = visits(Bound::Time(24 * HOUR), (1, 3), Duration::ZERO, false).await;
    let pauses: Vec<f64> = starts.windows(2).map(|two| (two[1] - two[0]).as_secs_f64()).collect();
    assert!(pauses.iter().all(|pause| (1.0..=3.002).contains(pause)), "{pauses:?}");
    let mean = pauses.iter().sum::<f64>() / pauses.len() as f64;
    assert!((mean - 2.0).abs() < 0.05, "{mean} in {} pauses", pauses.len());
    assert!(pauses.iter().any(|pause| *pause < 1.1) && pauses.iter().any(|pause| *pause > 2.9));
}

#[tokio::test(start_paused = true)]
async fn a_load_ends_when_its_time_or_its_repetitions_do() {
    let count = async |bound| visits(bound, (60, 60), Duration::ZERO, false).await.len();
    assert_eq!(count(Bound::Repetitions(1000)).await, 1000);
    assert_eq!(count(Bound::Either(2 * HOUR, 1000)).await, 120);
    assert_eq!(count(Bound::Either(100 * HOUR, 1000)).await, 1000);
}

#[tokio::test(start_paused = true)]
async fn a_user_whose_connection_is_refused_pauses_before_the_next_attempt() {
    let starts = visits(Bound::Time(HOUR / 60), (0, 0), Duration::ZERO, true).await;
    assert!((5_000..=6_000).contains(&starts.len()), "{}", starts.len());
}
