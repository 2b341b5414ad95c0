//! In steady state a request costs no allocation and leaves no memory behind, in either model.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "what tests have in common is test code, too")]

#[path = "allocations/counting.rs"]
mod counting;
#[path = "allocations/endless.rs"]
mod endless;
#[path = "engine/frames.rs"]
#[allow(dead_code, reason = "not all of it is needed here")]
mod frames;
#[path = "engine/http2_server.rs"]
#[allow(dead_code, reason = "not all of it is needed here")]
mod http2_server;
#[path = "engine/jobs.rs"]
#[allow(dead_code, reason = "not all of it is needed here")]
mod jobs;
#[path = "engine/server.rs"]
#[allow(dead_code, reason = "not all of it is needed here")]
mod server;
#[path = "allocations/tls_and_http2.rs"]
mod tls_and_http2;
#[path = "engine/wires.rs"]
#[allow(dead_code, reason = "not all of it is needed here")]
mod wires;

use std::hint::black_box;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use brunt_loadgen::{Bound, Job, LoadOutcome, RequestOrder, start};
use brunt_scenarios::plan::{Arrival, Ramp};
use brunt_scenarios::timeline::{Failure, histogram};
use hdrhistogram::Histogram;

use counting::Reading;
use server::{Act, Server, ok};

/// Requests before the generator counts as warm: all connections are open, all buffers
/// have their sizes.
const WARM: u64 = 2_000;
/// Requests of the first phase. The second has three times as many.
const PHASE: u64 = 6_000;
const MARKS: [u64; 3] = [WARM, WARM + PHASE, WARM + 4 * PHASE];
const CONNECTIONS: usize = 8;
/// Requests a second of the open load.
const RATE: f64 = 12_000.0;
/// So long a load has windows of minutes, and what is seen of it fits into the first.
const LONG: Duration = Duration::from_secs(24 * 3600);
/// What a phase may allocate however many requests it has: once a second a thread may see more
/// distinct latencies than before, and then grows the space for them.
const ALLOWED: u64 = 32;
/// The threads of the generator in all tests.
const THREADS: usize = 2;
/// What a thread may allocate for a window: a vector that grows to its distinct
/// latencies, maybe twice.
const WINDOW: u64 = 24;

/// The counter is the process's, so one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a server calls with the number of each request.
type See = Box<dyn Fn(u64) + Send + Sync>;

/// What the generator had allocated when the server saw each mark's request, and what came
/// of the load.
fn observed(load: impl FnOnce(&Server) -> Job) -> ([Reading; 3], LoadOutcome) {
    observed_by(|see| {
        load(&Server::start(move |number| {
            see(number);
            Act::Send(ok("hello"))
        }))
    })
}

/// The same of any server; `begin` starts it, and says what load is put on it.
fn observed_by(begin: impl FnOnce(See) -> Job) -> ([Reading; 3], LoadOutcome) {
    let readings: Arc<[OnceLock<Reading>; 3]> = Arc::default();
    let (seen, (tell, told)) = (Arc::clone(&readings), channel());
    let job = begin(Box::new(move |number| {
        if let Some(mark) = MARKS.iter().position(|mark| *mark == number) {
            seen[mark].get_or_init(Reading::now);
            tell.send(mark).unwrap();
        }
    }));
    // Stopped from outside: at the last mark, no thread has come to its end by itself.
    let running = start(vec![checked(job)], Instant::now(), THREADS).unwrap();
    for _ in MARKS {
        told.recv_timeout(Duration::from_secs(60)).unwrap();
    }
    running.stop();
    let outcome = running.outcomes().pop().unwrap();
    has_all_figures(&outcome);
    (readings.each_ref().map(|reading| *reading.get().unwrap()), outcome)
}

/// Nothing was left out to save memory.
fn has_all_figures(outcome: &LoadOutcome) {
    jobs::adds_up(outcome);
    let (record, totals) = (&outcome.record, &outcome.totals);
    assert!(totals.failed.keys().all(|kind| *kind == Failure::Unfinished), "{totals:?}");
    assert!(totals.ok >= MARKS[2], "{totals:?}");
    assert_eq!(jobs::latency(outcome).len(), totals.requests());
    assert!(record.service_time.len() >= totals.ok && record.lag.len() >= totals.ok);
}

fn checked(mut job: Job) -> Job {
    job.answer.status = vec![200];
    job
}

fn requests_cost_nothing(load: impl FnOnce(&Server) -> Job) {
    let ([warm, first, second], outcome) = observed(load);
    println!("warm {warm:?}, {PHASE} later {first:?}, {} later {second:?}", 3 * PHASE);
    assert_eq!(outcome.record.windows.len(), 1);
    assert!(
        warm.allocations > 0 && warm.live > 0,
        "the generator cannot start without memory: {warm:?}"
    );
    for (before, after, requests) in [(warm, first, PHASE), (first, second, 3 * PHASE)] {
        let allocations = after.allocations - before.allocations;
        assert!(allocations <= ALLOWED, "{allocations} allocations in {requests} requests");
        let left = after.live - before.live;
        assert!(left <= space(&outcome), "{left} bytes more after {requests} requests");
    }
}

/// What the distinct latencies of a load take on its threads, in bytes, if each has seen
/// all of them.
fn space(outcome: &LoadOutcome) -> i64 {
    let values: usize =
        outcome.record.windows.iter().map(|window| window.latency.iter().count()).sum();
    // A vector that grows has up to twice the space that it needs.
    let latencies = THREADS * 2 * values * size_of::<(u32, u32)>();
    // On a busy machine each thread has a second histogram, for times without its own lag.
    let lagged = outcome.record.windows.iter().any(|window| window.from_sent.is_some());
    let counts = histogram().distinct_values() * size_of::<u64>() + size_of::<Histogram<u64>>();
    (latencies + if lagged { THREADS * counts } else { 0 }) as i64
}

fn closed(server: &Server) -> Job {
    Job { bound: Bound::Time(LONG), ..jobs::closed(server, CONNECTIONS as u32, 1) }
}

fn open(server: &Server) -> Job {
    // A burst that opens all connections, then a steady rate.
    let burst = Ramp { from: 1e6, to: 1e6, lasts: Duration::from_millis(1) };
    let steady = Ramp { from: RATE, to: RATE, lasts: LONG };
    let arrival = Arrival::Open { ramps: vec![burst, steady] };
    Job { arrival, connections: CONNECTIONS, ..closed(server) }
}

#[test]
fn a_closed_load_allocates_nothing_for_a_request() {
    let _alone = alone();
    requests_cost_nothing(closed);
}

#[test]
fn a_closed_load_of_several_requests_in_random_order_allocates_nothing_for_a_request() {
    let _alone = alone();
    requests_cost_nothing(|server| {
        let mut job = closed(server);
        job.order = RequestOrder::Random;
        job.requests = vec![
            jobs::request(server, http::Method::GET, "/a"),
            jobs::request(server, http::Method::POST, "/b"),
        ];
        job.requests[1].body = b"{\"qty\": 1}".to_vec();
        job
    });
}

#[test]
fn an_open_load_allocates_nothing_for_a_request() {
    let _alone = alone();
    requests_cost_nothing(open);
}

/// Windows of their usual length each leave their figures behind: as many as there are distinct
/// latencies in them, however many requests had these.
#[test]
fn memory_that_a_load_keeps_is_that_of_its_windows() {
    let _alone = alone();
    let usual =
        |server: &Server| Job { bound: Bound::Time(Duration::from_secs(60)), ..open(server) };
    let ([warm, _, last], outcome) = observed(usual);
    let windows = &outcome.record.windows;
    assert!(
        windows.len() > 4,
        "{RATE} requests a second cannot fit into {} windows",
        windows.len()
    );
    let allocations = last.allocations - warm.allocations;
    let allowed = ALLOWED + WINDOW * (THREADS * windows.len()) as u64;
    println!(
        "{allocations} allocations, {} bytes, {} windows",
        last.live - warm.live,
        windows.len()
    );
    assert!(allocations <= allowed, "{allocations} allocations in {} windows", windows.len());
    let left = last.live - warm.live;
    // Once in the windows, once in what is published of the last second.
    assert!(left <= 2 * space(&outcome), "{left} bytes more in {} windows", windows.len());
}

#[test]
fn only_the_generators_threads_are_counted() {
    let _alone = alone();
    let count = |name: &str| {
        let work = || {
            let before = Reading::now();
            let kept: Vec<Box<u64>> = (0..100).map(|number| black_box(Box::new(number))).collect();
            let after = Reading::now();
            (kept.len(), after.allocations - before.allocations, after.live - before.live)
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work).unwrap();
        let (_, allocations, live) = thread.join().unwrap();
        (allocations, live)
    };
    assert_eq!(count("server"), (0, 0));
    // 100 boxes, and a vector for as many pointers.
    assert_eq!(count("load-7"), (101, 100 * 8 + 100 * 8));
}
