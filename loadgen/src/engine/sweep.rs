//! What a worker does every few milliseconds for all of its requests at once.

use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::cpu_usage::CpuUsage;
use super::shared::SharedState;
use super::timer::PreciseTimer;
use crate::client::WorkerLoad;
use crate::recorder::LiveFigures;

/// How often deadlines are checked: the precision of timeouts.
const SWEEP: Duration = Duration::from_millis(5);
/// How often figures are published.
const PUBLISH: Duration = Duration::from_millis(100);
/// The share of time from which a thread counts as having none left.
const SATURATED: f64 = 0.95;

/// Checks deadlines and publishes figures of a thread's loads; never ends by itself.
pub(super) async fn sweep(
    loads: &[Rc<WorkerLoad>],
    shared: &SharedState,
    published: &[Mutex<LiveFigures>],
) {
    // Not a timer of the runtime: while that has none, it does not read the clock before each wait
    // for IO.
    let alarm = PreciseTimer::new();
    let (mut stopped, mut publish, mut seconds) = (false, Instant::now(), 0);
    let mut busy = CpuUsage::new();
    loop {
        alarm.until(Instant::now() + SWEEP).await;
        let now = Instant::now();
        if !stopped && shared.stop.load(Ordering::Relaxed) {
            stopped = true;
            loads.iter().for_each(|load| load.stop(now));
        }
        loads.iter().for_each(|load| load.sweep(now));
        if now < publish {
            continue;
        }
        publish = now + PUBLISH;
        let (share, passed) = busy.share();
        if share >= SATURATED {
            loads.iter().for_each(|load| load.count_starvation(now, passed));
        }
        let second = now.saturating_duration_since(shared.origin).as_secs();
        for (load, live) in loads.iter().zip(published) {
            let mut live = live.lock().unwrap_or_else(PoisonError::into_inner);
            load.publish(now, &mut live);
            if second > seconds {
                load.publish_second(&mut live);
                live.second.number = second;
            }
        }
        seconds = second;
    }
}
